/** Writes tar archives piece by piece: the same files give the same bytes. */
import { cleanPath } from "./source.ts";

const BLOCK = 512;

/**
 * The bytes that come before a member's own: a ustar header (mode 644, owner 0, date 0), after a pax
 * header where the name has more than 100 bytes or is not plain.
 *
 * @throws {RangeError} If the path is not plain and relative, or the size is above 8 GiB.
 */
export function tarHeader(path: string, size: number): Uint8Array {
  if (cleanPath(path) !== path) {
    throw new RangeError(`Cannot write a tar archive: "${path}" is not a plain path`);
  }
  if (!(Number.isInteger(size) && size >= 0 && size < 8 ** 11)) {
    throw new RangeError(`Cannot write a tar archive: "${path}" has ${size} bytes`);
  }
  const name = new TextEncoder().encode(path);
  if (name.length <= 100 && name.every((byte) => byte >= 32 && byte < 127)) {
    return ustar(name, size, "0");
  }
  const record = paxRecord("path", path);
  const parts = [ustar(new TextEncoder().encode("pax"), record.length, "x"), record];
  parts.push(new Uint8Array(paddingOf(record.length)), ustar(name.subarray(0, 100), size, "0"));
  return joined(parts);
}

/** The zeros that follow a member of so many bytes. */
export function tarPadding(size: number): Uint8Array {
  return new Uint8Array(paddingOf(size));
}

/** The end of an archive. */
export const TAR_END: Uint8Array = new Uint8Array(2 * BLOCK);

/** Makes a whole archive of files in the given order. */
export function encodeTar(
  files: Iterable<readonly [path: string, data: Uint8Array]>,
): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const [path, data] of files) {
    parts.push(tarHeader(path, data.length), data, tarPadding(data.length));
  }
  return joined([...parts, TAR_END]);
}

function paddingOf(size: number): number {
  return (BLOCK - size % BLOCK) % BLOCK;
}

function ustar(name: Uint8Array, size: number, type: string): Uint8Array {
  const header = new Uint8Array(BLOCK), encoder = new TextEncoder();
  const text = (at: number, value: string) => header.set(encoder.encode(value), at);
  header.set(name);
  text(100, "0000644\0");
  text(108, "0000000\0");
  text(116, "0000000\0");
  text(124, size.toString(8).padStart(11, "0") + "\0");
  text(136, "00000000000\0");
  text(148, "        ");
  text(156, type);
  text(257, "ustar\x0000");
  const sum = header.reduce((total, byte) => total + byte, 0);
  text(148, sum.toString(8).padStart(6, "0") + "\0 ");
  return header;
}

/** `<length> key=value\n`, where the length counts itself. */
function paxRecord(key: string, value: string): Uint8Array {
  const body = new TextEncoder().encode(` ${key}=${value}\n`);
  let length = body.length + 1;
  while (String(length).length + body.length !== length) {
    length = String(length).length + body.length;
  }
  return joined([new TextEncoder().encode(String(length)), body]);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
