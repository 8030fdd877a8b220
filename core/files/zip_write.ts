/** Writes small zip archives: the same files give the same bytes. */
import { crc32, deflateRawSync } from "node:zlib";
import { withDefaults } from "../work/options.ts";
import { cleanPath } from "./source.ts";

/** How an archive is written. */
export interface ZipWriteOptions {
  /** 0 stores, 1 to 9 deflates. A member that deflating does not shrink is stored. Default: 0. */
  level?: number;
}

/** See `ZipWriteOptions`. */
export const ZIP_WRITE_DEFAULTS: Readonly<Required<ZipWriteOptions>> = Object.freeze({ level: 0 });

/** 1980-01-01 00:00:00 in MS-DOS form: the earliest that the format can say. */
const DATE = 0x21;
const UTF8_NAMES = 0x0800;
const LIMIT = 0xffffffff;

/**
 * Makes a zip archive of files in the given order, all dated 1 January 1980.
 *
 * @throws {RangeError} If a path is not plain and relative or occurs twice, or the archive would
 *   need zip64 (4 GiB, 65,535 files).
 */
export function encodeZip(
  files: Iterable<readonly [path: string, data: Uint8Array]>,
  options: ZipWriteOptions = {},
): Uint8Array {
  const { level } = withDefaults(ZIP_WRITE_DEFAULTS, options);
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  const seen = new Set<string>();
  let offset = 0;
  for (const [path, data] of files) {
    if (cleanPath(path) !== path || seen.has(path)) {
      throw new RangeError(`Cannot write a zip archive: "${path}" is not a plain path or is twice`);
    }
    seen.add(path);
    const packed = level === 0 ? data : deflateRawSync(data, { level });
    const body = packed.length < data.length ? packed : data;
    const name = new TextEncoder().encode(path);
    // The fields that a local header and its record in the directory share.
    const shared = new DataView(new ArrayBuffer(26));
    shared.setUint16(0, 20, true);
    shared.setUint16(2, UTF8_NAMES, true);
    shared.setUint16(4, body === data ? 0 : 8, true);
    shared.setUint16(8, DATE, true);
    shared.setUint32(10, crc32(data), true);
    shared.setUint32(14, body.length, true);
    shared.setUint32(18, data.length, true);
    shared.setUint16(22, name.length, true);
    const fields = new Uint8Array(shared.buffer);

    const local = new Uint8Array(30 + name.length);
    local.set([0x50, 0x4b, 3, 4]);
    local.set(fields, 4);
    local.set(name, 30);
    const record = new Uint8Array(46 + name.length);
    record.set([0x50, 0x4b, 1, 2, 20, 0]);
    record.set(fields, 6);
    if (offset + local.length + body.length > LIMIT) throw tooLarge("4 GiB");
    new DataView(record.buffer).setUint32(42, offset, true);
    record.set(name, 46);

    parts.push(local, body);
    directory.push(record);
    offset += local.length + body.length;
  }
  if (directory.length > 65535) throw tooLarge("65,535 files");
  const end = new DataView(new ArrayBuffer(22));
  end.setUint32(0, 0x06054b50, true);
  end.setUint16(8, directory.length, true);
  end.setUint16(10, directory.length, true);
  end.setUint32(12, directory.reduce((sum, record) => sum + record.length, 0), true);
  end.setUint32(16, offset, true);
  return joined([...parts, ...directory, new Uint8Array(end.buffer)]);
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

function tooLarge(what: string): RangeError {
  return new RangeError(`Cannot write a zip archive: more than ${what} would need zip64`);
}
