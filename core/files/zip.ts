/**
 * Reads zip archives in place (PKWARE's APPNOTE 6.3.10): the directory at the end is read first,
 * members when they are asked for. Serves `.npz`, PyTorch checkpoints and zipped data sets.
 *
 * An archive is untrusted: names that are absolute, climb out or occur twice, members that overlap
 * and sizes that cannot be true are refused when it is opened.
 */
import { crc32, inflateRawSync } from "node:zlib";
import { InputError } from "../work/errors.ts";
import { withDefaults } from "../work/options.ts";
import { readDirectory, type ZipEntry } from "./_zip_directory.ts";
import {
  type ByteSource,
  bytesSource,
  checkRange,
  cleanPath,
  type Folder,
  noSuchFile,
  pathInside,
} from "./source.ts";

export type { ZipEntry } from "./_zip_directory.ts";

/** How an archive is read. */
export interface ZipOptions {
  /**
   * The most bytes that one compressed member may unpack to. Default: 4 × the archive + 64 MiB,
   * which refuses bombs; raise it for an archive that is known to be honest and shrinks better.
   */
  maxMemberBytes?: number;
}

const LOCAL_HEADER_BYTES = 30;
const STORED = 0;

/** Says whether bytes begin as a zip archive does (also an empty one). */
export function isZip(head: Uint8Array): boolean {
  return head[0] === 0x50 && head[1] === 0x4b &&
    (head[2] === 3 && head[3] === 4 || head[2] === 5 && head[3] === 6);
}

/**
 * Opens an archive as a folder.
 *
 * @throws {InputError} If it is not a zip archive, is cut short, spans disks, is encrypted, or
 *   breaks one of the rules above.
 */
export async function openZip(source: ByteSource, options: ZipOptions = {}): Promise<ZipFolder> {
  const { maxMemberBytes } = withDefaults(
    { maxMemberBytes: 4 * source.byteLength + 64 * 2 ** 20 },
    options,
  );
  return new ZipFolder(source, await readDirectory(source), maxMemberBytes);
}

/**
 * The files of an archive. A stored member is read in place, piece by piece; a deflated one is
 * unpacked whole when it is opened. The checksum is verified whenever a member is read whole:
 * always for deflated members, for stored ones when one `slice` covers all of it or by `verify`.
 */
export class ZipFolder implements Folder {
  readonly name: string;
  /** All members that are files, by path. */
  readonly entries: ReadonlyMap<string, ZipEntry>;
  readonly #source: ByteSource;
  readonly #maxMemberBytes: number;

  /** Use `openZip`. */
  constructor(source: ByteSource, entries: Map<string, ZipEntry>, maxMemberBytes: number) {
    this.name = source.name;
    this.entries = entries;
    this.#source = source;
    this.#maxMemberBytes = maxMemberBytes;
  }

  list(): Promise<string[]> {
    return Promise.resolve([...this.entries.keys()].sort());
  }

  has(path: string): Promise<boolean> {
    const clean = cleanPath(path);
    return Promise.resolve(clean !== undefined && this.entries.has(clean));
  }

  /**
   * @throws {InputError} If there is no such member, or it is damaged or too large.
   */
  async open(path: string): Promise<ByteSource> {
    const entry = this.entries.get(pathInside(this.name, path));
    if (entry === undefined) throw noSuchFile(this.name, path);
    const name = `${this.name}/${entry.path}`;
    const start = await this.#dataStart(entry);
    if (entry.method === STORED) return storedSource(this.#source, name, start, entry);
    if (entry.size > this.#maxMemberBytes) {
      throw new InputError(
        `Cannot unpack "${entry.path}": it would take ${entry.size} bytes, ` +
          `expected at most ${this.#maxMemberBytes}`,
        { file: this.name, hint: "unpack the archive yourself if you trust it" },
      );
    }
    const packed = await this.#source.slice(start, start + entry.packedSize);
    return bytesSource(name, checked(this.name, entry, inflate(this.name, entry, packed)));
  }

  /**
   * Reads one member from its first byte to its last, in pieces, and compares its checksum.
   *
   * @throws {InputError} If it differs.
   */
  async verify(path: string): Promise<void> {
    const member = await this.open(path);
    const entry = this.entries.get(pathInside(this.name, path))!;
    let sum = 0;
    for (let at = 0; at < member.byteLength; at += 1 << 22) {
      sum = crc32(await member.slice(at, Math.min(member.byteLength, at + (1 << 22))), sum);
    }
    if (sum !== entry.crc32) throw damaged(this.name, entry);
  }

  /** Where a member's bytes begin: after its local header, whose name and extra field may differ. */
  async #dataStart(entry: ZipEntry): Promise<number> {
    const { headerStart, headerEnd, path } = entry;
    if (headerStart + LOCAL_HEADER_BYTES > headerEnd) throw outside(this.name, path);
    const bytes = await this.#source.slice(headerStart, headerStart + LOCAL_HEADER_BYTES);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (view.getUint32(0, true) !== 0x04034b50) {
      throw new InputError(`Cannot read "${path}" in the archive: its local header is missing`, {
        file: this.name,
      });
    }
    const start = headerStart + LOCAL_HEADER_BYTES + view.getUint16(26, true) +
      view.getUint16(28, true);
    if (start + entry.packedSize > headerEnd) throw outside(this.name, path);
    return start;
  }
}

function storedSource(
  archive: ByteSource,
  name: string,
  start: number,
  entry: ZipEntry,
): ByteSource {
  return {
    name,
    byteLength: entry.size,
    async slice(from, to) {
      checkRange(name, from, to, entry.size);
      const bytes = await archive.slice(start + from, start + to);
      return from === 0 && to === entry.size ? checked(archive.name, entry, bytes) : bytes;
    },
  };
}

function inflate(archive: string, entry: ZipEntry, packed: Uint8Array): Uint8Array {
  try {
    // One byte more than announced, so that a member that goes on is noticed and stopped.
    const bytes = inflateRawSync(packed, {
      maxOutputLength: entry.size + 1,
      chunkSize: Math.max(64, entry.size + 1),
    });
    if (bytes.length === entry.size) return bytes;
  } catch (cause) {
    throw damaged(archive, entry, cause);
  }
  throw damaged(archive, entry);
}

function checked(archive: string, entry: ZipEntry, bytes: Uint8Array): Uint8Array {
  if (crc32(bytes) !== entry.crc32) throw damaged(archive, entry);
  return bytes;
}

function damaged(archive: string, entry: ZipEntry, cause?: unknown): InputError {
  return new InputError(
    `Cannot unpack "${entry.path}": its bytes do not match the size and checksum in the archive`,
    { file: archive, hint: "the archive is damaged: copy or download it again", cause },
  );
}

function outside(archive: string, path: string): InputError {
  return new InputError(
    `Cannot read "${path}" in the archive: its bytes overlap another member or the directory`,
    { file: archive },
  );
}
