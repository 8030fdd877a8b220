import assert from "node:assert/strict";
import { wasmFingerprint } from "../../../core/work/wasm_build.ts";
import { KERNEL_BUILD } from "../../../core/geometry/kernel/build_kernel.ts";
import { KERNEL_FINGERPRINT } from "../../../core/geometry/kernel/kernel_wasm.ts";

Deno.test("kernel_wasm.ts was compiled from the sources that stand beside it", async () => {
  assert.equal(
    KERNEL_FINGERPRINT,
    await wasmFingerprint(KERNEL_BUILD),
    "run core/geometry/kernel/build_kernel.ts",
  );
});
