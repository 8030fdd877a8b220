/**
 * Compiles AssemblyScript into a module of this suite that holds the WebAssembly as text, so that
 * users need no compiler and no file beside the code. The compiler is fetched from npm by whoever
 * compiles; nothing else of the suite needs it.
 */
import { createHash } from "node:crypto";
import { fromFileUrl } from "./path.ts";

/** Where the sources are, and the module that is made of them. */
export interface WasmBuild {
  /** Folder with `index.ts`. */
  sources: URL;
  module: URL;
}

/** The AssemblyScript compiler: part of the fingerprint. */
const COMPILER = "assemblyscript@0.28.20";

const FLAGS = [
  "-O3",
  "--converge",
  "--noAssert",
  "--runtime",
  "stub",
  "--enable",
  "simd",
  "--importMemory",
] as const;

/** Hash of everything that decides the compiled bytes: sources, compiler version, flags. */
export async function wasmFingerprint({ sources }: WasmBuild): Promise<string> {
  const names: string[] = [];
  for await (const entry of Deno.readDir(sources)) {
    if (entry.isFile && entry.name.endsWith(".ts")) names.push(entry.name);
  }
  const hash = createHash("sha256").update([COMPILER, ...FLAGS].join(" "));
  for (const name of names.sort()) {
    const text = (await Deno.readTextFile(new URL(name, sources))).replaceAll("\r\n", "\n");
    hash.update(`\n${name}\n${text}`);
  }
  return hash.digest("hex");
}

/**
 * Compiles and writes the module. With `check` it writes nothing.
 *
 * @throws {Error} If the sources do not compile; with `check`, if the committed module is not what
 * they compile to.
 */
export async function buildWasm(build: WasmBuild, { check = false } = {}): Promise<void> {
  const text = moduleText(await compile(build.sources), await wasmFingerprint(build));
  if (!check) await Deno.writeTextFile(build.module, text);
  else if (await Deno.readTextFile(build.module) !== text) {
    const name = fromFileUrl(build.module);
    throw new Error(`Cannot confirm ${name}: it is not what its sources compile to`);
  }
}

async function compile(sources: URL): Promise<Uint8Array> {
  // A computed specifier keeps the compiler out of the suite's own dependencies.
  const { default: asc } = await import(`npm:${COMPILER}/asc`);
  let binary: Uint8Array | undefined;
  const { error, stderr } = await asc.main(
    ["index.ts", "--baseDir", fromFileUrl(sources), "--outFile", "kernel.wasm", ...FLAGS],
    { writeFile: (_name: string, contents: Uint8Array) => void (binary = contents) },
  );
  if (error || binary === undefined) {
    throw new Error(`Cannot compile the kernel: ${stderr.toString()}`, { cause: error });
  }
  return binary;
}

function moduleText(binary: Uint8Array, fingerprint: string): string {
  const lines = (binary as Uint8Array & { toBase64(): string }).toBase64().match(/.{1,96}/g) ?? [];
  return [
    "// Compiled from assembly/ by build_kernel.ts. Do not edit.",
    "",
    "/** Hash of the sources, compiler and flags that this was made with. */",
    "export const KERNEL_FINGERPRINT =",
    `  "${fingerprint}";`,
    "",
    "/** The WebAssembly module, base64. */",
    "export const KERNEL_BASE64 = `",
    ...lines,
    "`;",
    "",
  ].join("\n");
}
