/**
 * OpenEXR scan-line files with float channels: what depth maps are kept in. Writes float32, reads
 * float32 and half. Written from the public description of the format (openexr.com, "OpenEXR File
 * Layout"), checked against the OpenEXR library in `tests/crosscheck/files_exr.py`.
 */
import { withDefaults } from "../work/options.ts";
import { writeWhole } from "../work/scratch.ts";
import { EXR_COMPRESSIONS, type ExrCompression, packBlock } from "./_exr_blocks.ts";

export type { ExrCompression } from "./_exr_blocks.ts";
export { type ExrReadOptions, readExr } from "./_exr_read.ts";

/** A picture of float channels. */
export interface ExrImage {
  width: number;
  height: number;
  /** One plane a channel by name (`Y`, or `R` `G` `B` `A`), rows from the top. */
  channels: Record<string, Float32Array>;
}

/** How an EXR is written. */
export interface ExrWriteOptions {
  /** Default: `zip` (blocks of 16 lines). */
  compression?: Exclude<ExrCompression, "rle">;
  /** Deflate level, 1 to 9. Default: 1: 2 takes 1.5 to 2 times as long and saves a tenth. */
  level?: number;
}

/** See `ExrWriteOptions`. */
export const EXR_WRITE_DEFAULTS: Readonly<Required<ExrWriteOptions>> = Object.freeze({
  compression: "zip",
  level: 1,
});

/**
 * Makes the bytes of an EXR file: float32, channels in the order of their names, as the format
 * demands. Equal pictures give equal bytes.
 *
 * @throws {RangeError} If there is no channel, a name is not 1 to 31 ASCII letters, or a plane's
 *   length is not width · height.
 */
export function encodeExr(image: ExrImage, options: ExrWriteOptions = {}): Uint8Array {
  const { compression, level } = withDefaults(EXR_WRITE_DEFAULTS, options);
  const { width, height } = image;
  const names = Object.keys(image.channels).sort();
  checkChannels(image, names);
  const { code, lines } = EXR_COMPRESSIONS[compression];
  const header = headerBytes(image, names, code);
  const blockCount = Math.ceil(height / lines);
  const lineBytes = 4 * width * names.length;
  const planes = names.map((name) => image.channels[name]);
  const block = new Float32Array(width * names.length * lines);
  const scratch = new Uint8Array(lineBytes * lines);
  // Most blocks of a map are background: the packed form of an empty one is made once.
  const emptyBySize = new Map<number, Uint8Array>();
  const parts: Uint8Array[] = [];
  for (let b = 0; b < blockCount; b++) {
    const first = b * lines, count = Math.min(lines, height - first);
    const bytes = new Uint8Array(block.buffer, 0, count * lineBytes);
    const empty = gather(planes, width, first, count, block);
    if (compression === "none") {
      parts.push(bytes.slice());
      continue;
    }
    let packed = empty ? emptyBySize.get(count) : undefined;
    if (packed === undefined) {
      packed = packBlock(bytes, scratch.subarray(0, bytes.length), empty ? 9 : level);
      if (packed === bytes) packed = bytes.slice();
      if (empty) emptyBySize.set(count, packed);
    }
    parts.push(packed);
  }
  const tableBytes = 8 * blockCount;
  const total = parts.reduce((sum, part) => sum + 8 + part.length, header.length + tableBytes);
  const out = new Uint8Array(total);
  const view = new DataView(out.buffer);
  out.set(header);
  let at = header.length + tableBytes;
  parts.forEach((part, b) => {
    view.setBigUint64(header.length + 8 * b, BigInt(at), true);
    view.setInt32(at, b * lines, true);
    view.setInt32(at + 4, part.length, true);
    out.set(part, at + 8);
    at += 8 + part.length;
  });
  return out;
}

/**
 * Writes an EXR file, whole or not at all.
 *
 * @throws {RangeError} As `encodeExr`.
 * @throws {InputError} If the file system refuses.
 */
export async function writeExr(
  path: string,
  image: ExrImage,
  options: ExrWriteOptions = {},
): Promise<void> {
  await writeWhole(path, encodeExr(image, options));
}

/** Interleaves channels line by line; returns true if all values are +0. */
function gather(
  planes: readonly Float32Array[],
  width: number,
  first: number,
  count: number,
  block: Float32Array,
): boolean {
  let at = 0;
  for (let y = first; y < first + count; y++) {
    for (const plane of planes) {
      block.set(plane.subarray(y * width, (y + 1) * width), at);
      at += width;
    }
  }
  const words = new Uint32Array(block.buffer, 0, at);
  for (let i = 0; i < words.length; i++) if (words[i] !== 0) return false;
  return true;
}

/** Magic, version and attributes. */
function headerBytes(image: ExrImage, names: readonly string[], compression: number): Uint8Array {
  const bytes: number[] = [0x76, 0x2f, 0x31, 0x01, 2, 0, 0, 0];
  const text = (value: string) => [...new TextEncoder().encode(value), 0];
  const int = (value: number) => [...new Uint8Array(Int32Array.of(value).buffer)];
  const float = (value: number) => [...new Uint8Array(Float32Array.of(value).buffer)];
  const attribute = (name: string, type: string, value: number[]) =>
    bytes.push(...text(name), ...text(type), ...int(value.length), ...value);
  // A channel: name, pixel type 2 (float32), perceptually linear no, sampled at every pixel.
  const list = names.flatMap((name) => [...text(name), ...int(2), ...int(0), ...int(1), ...int(1)]);
  const box = [0, 0, image.width - 1, image.height - 1].flatMap(int);
  attribute("channels", "chlist", [...list, 0]);
  attribute("compression", "compression", [compression]);
  attribute("dataWindow", "box2i", box);
  attribute("displayWindow", "box2i", box);
  attribute("lineOrder", "lineOrder", [0]);
  attribute("pixelAspectRatio", "float", float(1));
  attribute("screenWindowCenter", "v2f", [...float(0), ...float(0)]);
  attribute("screenWindowWidth", "float", float(1));
  return Uint8Array.from([...bytes, 0]);
}

function checkChannels({ width, height, channels }: ExrImage, names: readonly string[]): void {
  const wanted = width * height;
  if (names.length === 0 || !(wanted > 0)) {
    throw new RangeError(`Cannot write an EXR of ${width} × ${height}, ${names.length} channels`);
  }
  for (const name of names) {
    if (!/^[A-Za-z][\w.]{0,30}$/.test(name) || channels[name].length !== wanted) {
      throw new RangeError(
        `Cannot write an EXR: channel "${name}" has ${channels[name].length} values, ` +
          `expected a short name and ${wanted}`,
      );
    }
  }
}
