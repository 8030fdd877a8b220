/**
 * OpenEXR scan-line files with float channels: what depth maps are kept in. Writes float32, reads
 * float32 and half. Written from the public description of the format (openexr.com, "OpenEXR File
 * Layout"), checked against the OpenEXR library in `tests/crosscheck/files_exr.py`.
 */
import { withDefaults } from "../work/options.ts";
import { writeWhole } from "../work/scratch.ts";
import { EXR_COMPRESSIONS, type ExrCompression } from "./_exr_blocks.ts";
import { type PictureWindow, windowIn } from "./_picture_window.ts";
import { packExrRows } from "./pack_kernel/pack_kernel.ts";

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
  /**
   * Where there is anything: every value outside is +0, and not looked at. Saves time, never changes
   * a byte. Default: the whole picture.
   */
  window?: PictureWindow | undefined;
}

/** See `ExrWriteOptions`. */
export const EXR_WRITE_DEFAULTS: Readonly<Required<ExrWriteOptions>> = Object.freeze({
  compression: "zip",
  window: undefined,
});

/**
 * Makes the bytes of an EXR file: float32, channels in the order of their names, as the format
 * demands. Equal pictures give equal bytes.
 *
 * @throws {RangeError} If there is no channel, a name is not 1 to 31 ASCII letters, a plane's
 *   length is not width · height, or the window is not inside.
 */
export function encodeExr(image: ExrImage, options: ExrWriteOptions = {}): Uint8Array {
  const { compression } = withDefaults(EXR_WRITE_DEFAULTS, options);
  const { width, height } = image;
  const names = Object.keys(image.channels).sort();
  checkChannels(image, names);
  const window = windowIn(image, options.window);
  const { code, lines } = EXR_COMPRESSIONS[compression];
  const header = headerBytes(image, names, code);
  const blockCount = Math.ceil(height / lines);
  const planes = names.map((name) => image.channels[name]);
  // Most blocks of a map are background: the packed form of an empty one is made once.
  const emptyBySize = new Map<number, Uint8Array[]>();
  const blocks: Uint8Array[][] = [];
  for (let b = 0; b < blockCount; b++) {
    const first = b * lines, count = Math.min(lines, height - first);
    const block = { width, planes, first, count };
    const empty = first >= window.y1 || first + count <= window.y0 || window.x0 === window.x1;
    let parts = empty ? emptyBySize.get(count) : undefined;
    parts ??= compression === "none" ? rowsOf(block) : packed(block, empty ? NOWHERE : window);
    if (empty) emptyBySize.set(count, parts);
    blocks.push(parts);
  }
  const sizes = blocks.map((parts) => parts.reduce((sum, part) => sum + part.length, 0));
  const tableBytes = 8 * blockCount;
  const total = sizes.reduce((sum, size) => sum + 8 + size, header.length + tableBytes);
  const out = new Uint8Array(total);
  const view = new DataView(out.buffer);
  out.set(header);
  let at = header.length + tableBytes;
  blocks.forEach((parts, b) => {
    view.setBigUint64(header.length + 8 * b, BigInt(at), true);
    view.setInt32(at, b * lines, true);
    view.setInt32(at + 4, sizes[b], true);
    at += 8;
    for (const part of parts) {
      out.set(part, at);
      at += part.length;
    }
  });
  return out;
}

/** Some lines of a picture, channel after channel within each. */
interface Block {
  width: number;
  planes: readonly Float32Array[];
  first: number;
  count: number;
}

/** The window of a block that is empty. */
const NOWHERE: PictureWindow = { x0: 0, y0: 0, x1: 0, y1: 0 };

/** The block's rows as they are. */
function rowsOf({ width, planes, first, count }: Block): Uint8Array[] {
  return Array.from({ length: count * planes.length }, (_, i) => {
    const from = (first + Math.floor(i / planes.length)) * width;
    const row = planes[i % planes.length].subarray(from, from + width);
    return new Uint8Array(row.buffer, row.byteOffset, row.byteLength);
  });
}

/** The block's rows, packed if that makes them shorter. */
function packed(block: Block, { x0, x1 }: PictureWindow): Uint8Array[] {
  const rows = rowsOf(block);
  const parts = packExrRows({
    row: (i) => rows[i].subarray(4 * x0, 4 * x1),
    count: rows.length,
    bytes: 4 * (x1 - x0),
    left: 4 * x0,
    right: 4 * (block.width - x1),
  });
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return length < 4 * block.width * rows.length ? parts : rows;
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
