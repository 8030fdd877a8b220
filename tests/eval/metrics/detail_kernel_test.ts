import assert from "node:assert/strict";
import { wasmFingerprint } from "../../../core/work/wasm_build.ts";
import { DETAIL_KERNEL_BUILD } from "../../../eval/metrics/detail_kernel/build_kernel.ts";
import { KERNEL_FINGERPRINT } from "../../../eval/metrics/detail_kernel/kernel_wasm.ts";

Deno.test("the detail metric's kernel_wasm.ts was compiled from the sources beside it", async () => {
  assert.equal(
    KERNEL_FINGERPRINT,
    await wasmFingerprint(DETAIL_KERNEL_BUILD),
    "run eval/metrics/detail_kernel/build_kernel.ts",
  );
});
