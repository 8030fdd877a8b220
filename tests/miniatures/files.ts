/** Trees of files: written to a folder, or packed into an archive. */
import { dirname, join } from "node:path";
import { encodeTar } from "../../core/files/tar_write.ts";
import { encodeZip } from "../../core/files/zip_write.ts";

/** Contents by relative path. */
export type Files = Record<string, Uint8Array | string>;

const bytesOf = (data: Uint8Array | string) =>
  typeof data === "string" ? new TextEncoder().encode(data) : data;

/** Writes a tree below a folder. */
export async function writeFiles(folder: string, files: Files): Promise<void> {
  for (const [path, data] of Object.entries(files)) {
    await Deno.mkdir(dirname(join(folder, path)), { recursive: true });
    await Deno.writeFile(join(folder, path), bytesOf(data));
  }
}

/** Packs a tree below one folder, as people do. */
export function archiveOf(files: Files, kind: "zip" | "tar", folder = "data"): Uint8Array {
  const entries = Object.entries(files).map(([path, data]) =>
    [`${folder}/${path}`, bytesOf(data)] as const
  );
  return kind === "zip" ? encodeZip(entries, { level: 1 }) : encodeTar(entries);
}

/** The same tree without some files. */
export function without(files: Files, pattern: RegExp): Files {
  return Object.fromEntries(Object.entries(files).filter(([path]) => !pattern.test(path)));
}

/** Runs work in a folder that is removed afterwards. */
export async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
