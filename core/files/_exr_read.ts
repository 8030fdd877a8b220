/** The reader of OpenEXR files; see `exr.ts`. */
import { InputError, messageOf } from "../work/errors.ts";
import { withDefaults } from "../work/options.ts";
import { EXR_COMPRESSIONS, type ExrCompression, unpackBlock } from "./_exr_blocks.ts";
import type { ExrImage } from "./exr.ts";
import { type ByteSource, readAll } from "./source.ts";

/** How an EXR is read. */
export interface ExrReadOptions {
  /** The most bytes that the decoded channels may take. Default: 1 GiB. */
  maxBytes?: number;
}

interface Channel {
  name: string;
  half: boolean;
}

interface Header {
  channels: Channel[];
  compression: ExrCompression;
  /** xMin, yMin, xMax, yMax, inclusive. */
  window: readonly number[];
  /** Where the table of block offsets begins. */
  end: number;
}

const REFUSED_COMPRESSIONS = ["", "", "", "", "piz", "pxr24", "b44", "b44a", "dwaa", "dwab"];
/** Deflate cannot shrink further than this; a file that claims more lies. */
const MAX_RATIO = 1032;
const HALF = 1, FLOAT = 2;

/** Says whether bytes begin as an OpenEXR file does. */
export function isExr(head: Uint8Array): boolean {
  return head[0] === 0x76 && head[1] === 0x2f && head[2] === 0x31 && head[3] === 0x01;
}

/**
 * Reads a scan-line OpenEXR file (compression none, RLE, ZIPS or ZIP; float32 or half) over its
 * data window.
 *
 * @throws {InputError} If it is not OpenEXR, is damaged or cut short, or uses a part of the format
 *   that is not read: tiles, several parts, deep data, whole-number channels, subsampling, lossy
 *   compression.
 */
export async function readExr(source: ByteSource, options: ExrReadOptions = {}): Promise<ExrImage> {
  const { maxBytes } = withDefaults({ maxBytes: 2 ** 30 }, options);
  const file = await readAll(source);
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const { channels, compression, window, end } = readHeader(source, file, view);
  const [xMin, yMin, xMax, yMax] = window;
  const width = xMax - xMin + 1, height = yMax - yMin + 1;
  const { lines } = EXR_COMPRESSIONS[compression];
  const lineBytes = width * channels.reduce((sum, { half }) => sum + (half ? 2 : 4), 0);
  const blockCount = Math.ceil(height / lines);
  const decoded = 4 * width * height * channels.length;
  const packedLeast = lineBytes * height / (compression === "none" ? 1 : MAX_RATIO);
  if (end + 16 * blockCount + packedLeast > file.length) {
    throw fault(source, `${width} × ${height} pixels cannot fit into its ${file.length} bytes`);
  }
  if (decoded > maxBytes) {
    throw fault(source, `its pixels take ${decoded} bytes, the limit is ${maxBytes}`);
  }
  const planes = channels.map(() => new Float32Array(width * height));
  const seen = new Uint8Array(blockCount);
  for (let b = 0; b < blockCount; b++) {
    const at = Number(view.getBigUint64(end + 8 * b, true));
    const headed = at >= end + 8 * blockCount && at + 8 <= file.length;
    const size = headed ? view.getInt32(at + 4, true) : -1;
    if (size < 0 || at + 8 + size > file.length) {
      throw fault(source, `block ${b} of ${blockCount} lies outside the file: it is cut short`);
    }
    const first = view.getInt32(at, true) - yMin;
    const index = first / lines;
    if (!Number.isInteger(index) || index < 0 || index >= blockCount || seen[index] === 1) {
      throw fault(source, `block ${b} says it begins at line ${first + yMin}`);
    }
    seen[index] = 1;
    const count = Math.min(lines, height - first);
    const block = unpacked(source, file.subarray(at + 8, at + 8 + size), count * lineBytes);
    if (block === undefined) throw fault(source, `block ${b} does not hold ${count} lines`);
    scatter(block, channels, planes, { width, first, count });
  }
  const named = channels.map(({ name }, c) => [name, planes[c]] as const);
  return { width, height, channels: Object.fromEntries(named) };

  function unpacked(source: ByteSource, packed: Uint8Array, size: number) {
    try {
      return unpackBlock(packed, size, compression);
    } catch (cause) {
      throw fault(source, messageOf(cause), cause);
    }
  }
}

/** Copies a block's lines to the channels' planes. */
function scatter(
  block: Uint8Array,
  channels: readonly Channel[],
  planes: readonly Float32Array[],
  rows: { width: number; first: number; count: number },
): void {
  const { width, first, count } = rows;
  const aligned = block.byteOffset % 4 === 0 ? block : block.slice();
  let at = aligned.byteOffset;
  for (let y = first; y < first + count; y++) {
    channels.forEach(({ half }, c) => {
      const bytes = width * (half ? 2 : 4);
      const line = half
        ? new Float16Array(aligned.buffer, at, width)
        : at % 4 === 0
        ? new Float32Array(aligned.buffer, at, width)
        : new Float32Array(aligned.buffer.slice(at, at + bytes));
      planes[c].set(line, y * width);
      at += bytes;
    });
  }
}

/** Reads the attributes up to the table of offsets. */
function readHeader(source: ByteSource, file: Uint8Array, view: DataView): Header {
  if (!isExr(file) || file.length < 9) {
    throw fault(source, "it does not begin with 76 2f 31 01, expected an OpenEXR file");
  }
  const version = view.getUint32(4, true);
  // Bit 10 only allows longer names.
  const refused = version & ~0x4ff;
  if ((version & 0xff) !== 2 || refused !== 0) {
    const kind = version & 0x200 ? "tiles" : version & 0x800 ? "deep data" : "several parts";
    throw fault(source, `it holds ${kind} (version field ${version}), expected scan lines`);
  }
  const text = (from: number): { value: string; next: number } => {
    const stop = file.subarray(from, from + 256).indexOf(0);
    if (stop < 0) throw fault(source, `a name at byte ${from} does not end`);
    const value = new TextDecoder("latin1").decode(file.subarray(from, from + stop));
    return { value, next: from + stop + 1 };
  };
  let channels: Channel[] | undefined, compression: ExrCompression | undefined;
  let window: number[] | undefined;
  let at = 8;
  for (;;) {
    const name = text(at);
    if (name.value === "") {
      at = name.next;
      break;
    }
    const type = text(name.next);
    const start = type.next + 4;
    const size = start <= file.length ? view.getInt32(type.next, true) : -1;
    if (size < 0 || start + size > file.length) {
      throw fault(source, `its attribute "${name.value}" is cut short`);
    }
    at = start + size;
    if (name.value === "channels") channels = readChannels(source, view, start, at, text);
    if (name.value === "compression" && size === 1) {
      compression = compressionOf(source, file[start]);
    }
    if (name.value === "dataWindow" && size === 16) {
      window = [0, 4, 8, 12].map((offset) => view.getInt32(start + offset, true));
    }
  }
  if (channels === undefined || compression === undefined || window === undefined) {
    throw fault(source, "its header lacks channels, compression or dataWindow");
  }
  if (window[2] < window[0] || window[3] < window[1]) {
    throw fault(source, `its data window is ${window.join(" ")}, expected at least one pixel`);
  }
  return { channels, compression, window, end: at };
}

function readChannels(
  source: ByteSource,
  view: DataView,
  start: number,
  end: number,
  text: (from: number) => { value: string; next: number },
): Channel[] {
  const channels: Channel[] = [];
  for (let at = start; at < end;) {
    const { value: name, next } = text(at);
    if (name === "") break;
    if (next + 16 > end) throw fault(source, "its list of channels is cut short");
    const type = view.getInt32(next, true);
    if (type !== HALF && type !== FLOAT) {
      throw fault(source, `channel "${name}" has the pixel type ${type}, expected half or float`);
    }
    if (view.getInt32(next + 8, true) !== 1 || view.getInt32(next + 12, true) !== 1) {
      throw fault(source, `channel "${name}" is subsampled, expected every pixel`);
    }
    if (channels.some((channel) => channel.name === name)) {
      throw fault(source, `channel "${name}" occurs twice`);
    }
    channels.push({ name, half: type === HALF });
    at = next + 16;
  }
  if (channels.length === 0) throw fault(source, "it has no channels");
  return channels;
}

function compressionOf(source: ByteSource, code: number): ExrCompression {
  const names = Object.keys(EXR_COMPRESSIONS) as ExrCompression[];
  const found = names.find((name) => EXR_COMPRESSIONS[name].code === code);
  if (found === undefined) {
    const name = REFUSED_COMPRESSIONS[code] ?? `number ${code}`;
    throw new InputError(
      `Cannot read an OpenEXR file: its compression is ${name}, expected none, rle, zips or zip`,
      { file: source.name, hint: "save it again with ZIP compression" },
    );
  }
  return found;
}

function fault(source: ByteSource, what: string, cause?: unknown): InputError {
  return new InputError(`Cannot read an OpenEXR file: ${what}`, { file: source.name, cause });
}
