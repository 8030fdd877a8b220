/** WebAssembly that travels as text in a module of this suite: see `wasm_build.ts`. */

/** Compiles the module that `buildWasm` wrote. */
export function wasmModule(base64: string): WebAssembly.Module {
  return new WebAssembly.Module(
    Uint8Array.from(atob(base64.replaceAll("\n", "")), (c) => c.charCodeAt(0)),
  );
}
