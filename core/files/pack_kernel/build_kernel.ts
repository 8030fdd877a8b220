/**
 * Compiles `assembly/` into `kernel_wasm.ts`:
 *
 *   deno run --no-lock --allow-read --allow-write --allow-env core/files/pack_kernel/build_kernel.ts
 *
 * With `--check` it writes nothing and fails where the committed module is not what the sources
 * compile to.
 */
import { buildWasm, type WasmBuild } from "../../work/wasm_build.ts";

/** Where sources and module are. */
export const PACK_KERNEL_BUILD: WasmBuild = {
  sources: new URL("./assembly/", import.meta.url),
  module: new URL("./kernel_wasm.ts", import.meta.url),
};

if (import.meta.main) await buildWasm(PACK_KERNEL_BUILD, { check: Deno.args.includes("--check") });
