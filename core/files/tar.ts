/**
 * Reads tar archives in place (POSIX ustar and pax, GNU long names): the headers are read once, members
 * when they are asked for. A `.tar.gz` has no places: it is unpacked whole, within a limit.
 *
 * An archive is untrusted: absolute and climbing names, sizes beyond the end and headers whose sum is
 * wrong are refused when it is opened. Links and devices are no files here and are left out. Of
 * members with one name the last counts, as for `tar`.
 */
import { gunzipSync } from "node:zlib";
import { InputError } from "../work/errors.ts";
import { withDefaults } from "../work/options.ts";
import {
  type ByteSource,
  bytesSource,
  cleanPath,
  type Folder,
  noSuchFile,
  partOf,
  pathInside,
  readAll,
} from "./source.ts";

/** How an archive is read. */
export interface TarOptions {
  /** The most bytes that a gzip stream may unpack to. Default: 4 × the archive + 64 MiB. */
  maxUnpackedBytes?: number;
}

const BLOCK = 512;
const CHUNK = 1 << 20;
const MAX_NAME_BYTES = 1 << 16;

/** Says whether bytes begin as a gzip stream does. */
export function isGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b && head[2] === 8;
}

/** Says whether bytes (at least 512) begin as a tar archive does. */
export function isTar(head: Uint8Array): boolean {
  return head.length >= BLOCK && head[0] !== 0 && sumOf(head) === octal(head, 148, 8);
}

/**
 * Opens an archive, also a gzipped one, as a folder.
 *
 * @throws {InputError} If it is no tar archive, is cut short, breaks one of the rules above, or
 *   unpacks to more than allowed.
 */
export async function openTar(source: ByteSource, options: TarOptions = {}): Promise<TarFolder> {
  const { maxUnpackedBytes } = withDefaults(
    { maxUnpackedBytes: 4 * source.byteLength + 64 * 2 ** 20 },
    options,
  );
  const head = await source.slice(0, Math.min(3, source.byteLength));
  const plain = isGzip(head) ? await unpacked(source, maxUnpackedBytes) : source;
  return new TarFolder(source.name, plain, await readMembers(plain));
}

/** Where one member's bytes are. */
interface Member {
  start: number;
  size: number;
}

/** The files of an archive, read in place. */
export class TarFolder implements Folder {
  readonly name: string;
  readonly #source: ByteSource;
  readonly #members: ReadonlyMap<string, Member>;

  /** Use `openTar`. */
  constructor(name: string, source: ByteSource, members: ReadonlyMap<string, Member>) {
    this.name = name;
    this.#source = source;
    this.#members = members;
  }

  list(): Promise<string[]> {
    return Promise.resolve([...this.#members.keys()].sort());
  }

  has(path: string): Promise<boolean> {
    const clean = cleanPath(path);
    return Promise.resolve(clean !== undefined && this.#members.has(clean));
  }

  // deno-lint-ignore require-await
  async open(path: string): Promise<ByteSource> {
    const clean = pathInside(this.name, path);
    const member = this.#members.get(clean);
    if (member === undefined) throw noSuchFile(this.name, path);
    return partOf(this.#source, `${this.name}/${clean}`, member.start, member.size);
  }
}

async function unpacked(source: ByteSource, limit: number): Promise<ByteSource> {
  const packed = await readAll(source);
  try {
    return bytesSource(source.name, gunzipSync(packed, { maxOutputLength: limit }));
  } catch (cause) {
    throw new InputError(
      `Cannot unpack the archive: it is damaged or unpacks to more than ${limit} bytes`,
      { file: source.name, cause, hint: "unpack it yourself (gunzip) and pass the .tar" },
    );
  }
}

async function readMembers(source: ByteSource): Promise<Map<string, Member>> {
  const members = new Map<string, Member>();
  let buffer = new Uint8Array(0), bufferStart = 0;
  const block = async (at: number): Promise<Uint8Array> => {
    if (at < bufferStart || at + BLOCK > bufferStart + buffer.length) {
      buffer = new Uint8Array(await source.slice(at, Math.min(source.byteLength, at + CHUNK)));
      bufferStart = at;
    }
    return buffer.subarray(at - bufferStart, at - bufferStart + BLOCK);
  };
  let at = 0, nextName: string | undefined, nextSize: number | undefined;
  while (at + BLOCK <= source.byteLength) {
    const header = await block(at);
    if (header.every((byte) => byte === 0)) return members;
    if (sumOf(header) !== octal(header, 148, 8)) {
      throw fault(source, `the header at byte ${at} has a wrong sum`);
    }
    const type = String.fromCharCode(header[156] || 0x30);
    const size = nextSize ?? sizeOf(header);
    const start = at + BLOCK;
    if (!(size >= 0 && start + size <= source.byteLength)) {
      throw fault(source, `a member at byte ${at} should have ${size} bytes, beyond its end`);
    }
    at = start + Math.ceil(size / BLOCK) * BLOCK;
    if (type === "x" || type === "g" || type === "L" || type === "K") {
      if (size > MAX_NAME_BYTES) throw fault(source, `a name takes ${size} bytes`);
      const bytes = await source.slice(start, start + size);
      if (type === "L") nextName = textOf(bytes);
      if (type === "x") {
        const records = paxRecords(bytes);
        nextName = records.get("path") ?? nextName;
        if (records.has("size")) nextSize = Number(records.get("size"));
        if (records.has("GNU.sparse.major")) throw fault(source, "it holds sparse files");
      }
      continue;
    }
    const name = nextName ?? nameOf(header);
    nextName = nextSize = undefined;
    if (type === "S") throw fault(source, "it holds sparse files");
    if (type !== "0" && type !== "7") continue; // folders, links, devices
    const clean = cleanPath(name);
    if (clean === undefined) throw fault(source, `the name "${name}" leads out of its folder`);
    members.set(clean, { start, size });
  }
  if (members.size === 0) throw fault(source, "it ends before its first member");
  return members; // without the two empty blocks at the end: as many programs leave it
}

function nameOf(header: Uint8Array): string {
  const name = textOf(header.subarray(0, 100));
  const ustar = textOf(header.subarray(257, 262)) === "ustar" && header[262] === 0;
  const prefix = ustar ? textOf(header.subarray(345, 500)) : "";
  return prefix === "" ? name : `${prefix}/${name}`;
}

/** A size is octal text, or from 8 GiB a binary number with the first bit set. */
function sizeOf(header: Uint8Array): number {
  if ((header[124] & 0x80) === 0) return octal(header, 124, 12);
  let size = header[124] & 0x7f;
  for (let i = 125; i < 136; i++) size = size * 256 + header[i];
  return Number.isSafeInteger(size) ? size : NaN;
}

function octal(bytes: Uint8Array, at: number, length: number): number {
  const text = textOf(bytes.subarray(at, at + length)).trim();
  return /^[0-7]+$/.test(text) ? parseInt(text, 8) : text === "" ? 0 : NaN;
}

/** Sum of a header's bytes, its own field counted as spaces. */
function sumOf(header: Uint8Array): number {
  let sum = 8 * 32;
  for (let i = 0; i < BLOCK; i++) if (i < 148 || i >= 156) sum += header[i];
  return sum;
}

function paxRecords(bytes: Uint8Array): Map<string, string> {
  const records = new Map<string, string>();
  for (let at = 0; at < bytes.length;) {
    const space = bytes.indexOf(0x20, at);
    const length = Number(textOf(bytes.subarray(at, space)));
    if (!(space > at && Number.isInteger(length) && length > space + 1 - at)) break;
    const record = textOf(bytes.subarray(space + 1, at + length - 1));
    const equals = record.indexOf("=");
    if (equals > 0) records.set(record.slice(0, equals), record.slice(equals + 1));
    at += length;
  }
  return records;
}

function textOf(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
}

function fault(source: ByteSource, what: string): InputError {
  return new InputError(`Cannot read the tar archive: ${what}`, { file: source.name });
}
