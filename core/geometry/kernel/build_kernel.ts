/**
 * Compiles `assembly/` into `kernel_wasm.ts`:
 *
 *   deno run --no-lock --allow-read --allow-write --allow-env core/geometry/kernel/build_kernel.ts
 *
 * With `--check` it writes nothing and fails where the committed module is not what the sources
 * compile to. The compiler is fetched from npm; nothing else of the suite needs it.
 */
import { createHash } from "node:crypto";
import { fromFileUrl } from "../../work/path.ts";

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

const SOURCES = new URL("./assembly/", import.meta.url);
const MODULE = new URL("./kernel_wasm.ts", import.meta.url);

/** Hash of everything that decides the compiled bytes: sources, compiler version, flags. */
export async function kernelFingerprint(): Promise<string> {
  const names: string[] = [];
  for await (const entry of Deno.readDir(SOURCES)) {
    if (entry.isFile && entry.name.endsWith(".ts")) names.push(entry.name);
  }
  const hash = createHash("sha256").update([COMPILER, ...FLAGS].join(" "));
  for (const name of names.sort()) {
    const text = (await Deno.readTextFile(new URL(name, SOURCES))).replaceAll("\r\n", "\n");
    hash.update(`\n${name}\n${text}`);
  }
  return hash.digest("hex");
}

async function compile(): Promise<Uint8Array> {
  // A computed specifier keeps the compiler out of the suite's own dependencies.
  const { default: asc } = await import(`npm:${COMPILER}/asc`);
  let binary: Uint8Array | undefined;
  const { error, stderr } = await asc.main(
    ["index.ts", "--baseDir", fromFileUrl(SOURCES), "--outFile", "kernel.wasm", ...FLAGS],
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

if (import.meta.main) {
  const text = moduleText(await compile(), await kernelFingerprint());
  if (!Deno.args.includes("--check")) await Deno.writeTextFile(MODULE, text);
  else if (await Deno.readTextFile(MODULE) !== text) {
    throw new Error("Cannot confirm the kernel: kernel_wasm.ts is not what assembly/ compiles to");
  }
}
