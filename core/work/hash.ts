/** SHA-256 of files and bytes: the only hash that artifacts record. */
import { createHash } from "node:crypto";
import { basename } from "node:path";
import { InputError } from "./errors.ts";

/** One file that something was made from or consists of. */
export interface FileRecord {
  /** What the file is for: `scan`, `body`, `view`, `prediction`, … */
  role: string;
  /** Portable path: see `portablePath`. */
  path: string;
  /** Length in bytes. */
  bytes: number;
  /** SHA-256, lower-case hexadecimal. */
  sha256: string;
}

/** SHA-256 of bytes in memory, lower-case hexadecimal. */
export function sha256(data: Uint8Array | string): string {
  return createHash("sha256").update(data).digest("hex");
}

/**
 * SHA-256 and length of a file, read in pieces of 1 MiB.
 *
 * @throws {InputError} If the file cannot be read.
 */
export async function hashFile(path: string): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash("sha256");
  let bytes = 0;
  try {
    using file = await Deno.open(path);
    const buffer = new Uint8Array(1 << 20);
    for (;;) {
      const read = await file.read(buffer);
      if (read === null) break;
      hash.update(buffer.subarray(0, read));
      bytes += read;
    }
  } catch (cause) {
    throw new InputError(`Cannot read "${basename(path)}": ${reason(cause)}`, {
      file: path,
      cause,
    });
  }
  return { bytes, sha256: hash.digest("hex") };
}

/** Why the operating system refused, in words. */
export function reason(cause: unknown): string {
  if (cause instanceof Deno.errors.NotFound) return "no such file or folder";
  if (cause instanceof Deno.errors.PermissionDenied) return "permission denied";
  if (cause instanceof Deno.errors.NotCapable) return "not permitted to this task";
  if (cause instanceof Deno.errors.IsADirectory) return "it is a folder, expected a file";
  if (cause instanceof Deno.errors.NotADirectory) return "a part of the path is not a folder";
  const code = (cause as { code?: unknown } | null)?.code;
  if (code === "ENOSPC") return "no space left on the disk";
  if (code === "EDQUOT") return "the disk quota is used up";
  if (code === "EROFS") return "the file system is read-only";
  if (code === "EIO") return "the disk reported an input/output error";
  return cause instanceof Error ? cause.message : String(cause);
}
