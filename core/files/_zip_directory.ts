/** The directory at the end of a zip archive, checked as a whole before any member is read. */
import { InputError } from "../work/errors.ts";
import { type ByteSource, cleanPath } from "./source.ts";

/** One file in an archive. */
export interface ZipEntry {
  path: string;
  /** 0 stored, 8 deflated. */
  method: number;
  packedSize: number;
  size: number;
  crc32: number;
  /** Where the local header begins, and where the next thing in the archive does. */
  headerStart: number;
  headerEnd: number;
}

const END = 0x06054b50;
const END_BYTES = 22;
const END64 = 0x06064b50;
const END64_BYTES = 56;
const LOCATOR64 = 0x07064b50;
const LOCATOR64_BYTES = 20;
const RECORD = 0x02014b50;
const RECORD_BYTES = 46;

/**
 * Reads and checks the directory. Folders (names that end in a slash) are left out.
 *
 * @throws {InputError} See `openZip`.
 */
export async function readDirectory(source: ByteSource): Promise<Map<string, ZipEntry>> {
  const { start, bytes, count } = await findDirectory(source);
  const list = await source.slice(start, start + bytes);
  const view = new DataView(list.buffer, list.byteOffset, list.byteLength);
  const entries = new Map<string, ZipEntry>();
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (at + RECORD_BYTES > bytes || view.getUint32(at, true) !== RECORD) {
      throw fault(source, `record ${i} of its directory is missing, expected ${count}`);
    }
    const nameBytes = view.getUint16(at + 28, true), extraBytes = view.getUint16(at + 30, true);
    const next = at + RECORD_BYTES + nameBytes + extraBytes + view.getUint16(at + 32, true);
    if (next > bytes) throw fault(source, `record ${i} of its directory is cut short`);
    const name = nameOf(list.subarray(at + RECORD_BYTES, at + RECORD_BYTES + nameBytes));
    const extra = new DataView(
      list.buffer,
      list.byteOffset + at + RECORD_BYTES + nameBytes,
      extraBytes,
    );
    const entry = entryOf(source, view, at, name, extra);
    at = next;
    if (name.endsWith("/") && entry.size === 0) continue;
    if (entries.has(entry.path)) throw fault(source, `"${name}" occurs twice`);
    entries.set(entry.path, entry);
  }
  limitEnds(source, entries, start);
  return entries;
}

/** Finds the end record (it may be followed by a comment) and, where there is one, zip64's. */
async function findDirectory(
  source: ByteSource,
): Promise<{ start: number; bytes: number; count: number }> {
  const tailStart = Math.max(0, source.byteLength - END_BYTES - 65535 - LOCATOR64_BYTES);
  const tail = await source.slice(tailStart, source.byteLength);
  const view = new DataView(tail.buffer, tail.byteOffset, tail.byteLength);
  let at = tail.length - END_BYTES;
  while (
    at >= 0 &&
    !(view.getUint32(at, true) === END &&
      at + END_BYTES + view.getUint16(at + 20, true) === tail.length)
  ) at--;
  if (at < 0) throw fault(source, "its directory at the end is missing, expected a whole archive");
  let disks = view.getUint16(at + 4, true) | view.getUint16(at + 6, true);
  let count = view.getUint16(at + 10, true);
  let bytes = view.getUint32(at + 12, true);
  let start = view.getUint32(at + 16, true);
  let end = tailStart + at;
  const locator = at - LOCATOR64_BYTES;
  if (locator >= 0 && view.getUint32(locator, true) === LOCATOR64) {
    const at64 = wide(source, view, locator + 8);
    if (at64 + END64_BYTES > source.byteLength) throw fault(source, "its zip64 end is missing");
    const head = await source.slice(at64, at64 + END64_BYTES);
    const view64 = new DataView(head.buffer, head.byteOffset, head.byteLength);
    if (view64.getUint32(0, true) !== END64) throw fault(source, "its zip64 end is missing");
    disks = view64.getUint32(16, true) | view64.getUint32(20, true);
    count = wide(source, view64, 32);
    bytes = wide(source, view64, 40);
    start = wide(source, view64, 48);
    end = at64;
  }
  if (disks !== 0) throw fault(source, "it is one part of several, expected a whole archive");
  if (start + bytes > end || count * RECORD_BYTES > bytes) {
    throw fault(source, `its directory of ${count} files does not fit into ${end} bytes`);
  }
  return { start, bytes, count };
}

function entryOf(
  source: ByteSource,
  view: DataView,
  at: number,
  name: string,
  extra: DataView,
): ZipEntry {
  const flags = view.getUint16(at + 8, true), method = view.getUint16(at + 10, true);
  const path = name.includes("\\") || /(^|\/)\.\.?(\/|$)/.test(name) ? undefined : cleanPath(name);
  if (path === undefined) throw fault(source, `it holds the name "${name}", expected a plain path`);
  if ((flags & 1) !== 0) throw fault(source, `"${name}" is encrypted`);
  if (method !== 0 && method !== 8) {
    throw fault(
      source,
      `"${name}" is packed by method ${method}, expected 0 (stored) or 8 (deflate)`,
    );
  }
  const zip64 = zip64Fields(source, extra);
  const field = (offset: number): number => {
    const value = view.getUint32(at + offset, true);
    return value === 0xffffffff ? zip64() : value;
  };
  // The zip64 field holds only the values that did not fit, in this order.
  const size = field(24), packedSize = field(20), headerStart = field(42);
  if (method === 0 && size !== packedSize) {
    throw fault(source, `"${name}" is stored as ${packedSize} bytes, expected its size ${size}`);
  }
  const crc = view.getUint32(at + 16, true);
  return { path, method, packedSize, size, crc32: crc, headerStart, headerEnd: 0 };
}

/** Hands out the 64-bit values of extra field 1, one a call. */
function zip64Fields(source: ByteSource, extra: DataView): () => number {
  let next = 0, end = 0;
  for (let at = 0; at + 4 <= extra.byteLength;) {
    const bytes = extra.getUint16(at + 2, true);
    if (extra.getUint16(at, true) === 1) {
      next = at + 4;
      end = Math.min(extra.byteLength, next + bytes);
      break;
    }
    at += 4 + bytes;
  }
  return () => {
    if (next + 8 > end) throw fault(source, "a zip64 field of its directory is cut short");
    next += 8;
    return wide(source, extra, next - 8);
  };
}

/** Sets where each member must end: at the next one or at the directory. Shared starts are refused. */
function limitEnds(source: ByteSource, entries: Map<string, ZipEntry>, directory: number): void {
  const inOrder = [...entries.values()].sort((a, b) => a.headerStart - b.headerStart);
  inOrder.forEach((entry, i) => {
    entry.headerEnd = inOrder[i + 1]?.headerStart ?? directory;
    // A local header takes 30 bytes at least; what follows it is checked when it is read.
    if (entry.headerStart + 30 + entry.packedSize > entry.headerEnd) {
      throw fault(source, `"${entry.path}" overlaps another member or the directory`);
    }
  });
}

function nameOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("latin1").decode(bytes);
  }
}

function wide(source: ByteSource, view: DataView, at: number): number {
  const value = Number(view.getBigUint64(at, true));
  if (!Number.isSafeInteger(value)) throw fault(source, `it names byte ${value}`);
  return value;
}

function fault(source: ByteSource, what: string): InputError {
  return new InputError(`Cannot read a zip archive: ${what}`, { file: source.name });
}
