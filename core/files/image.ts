/**
 * Pictures: PNG (8 and 16 bits), JPEG, WebP, TIFF, GIF and AVIF in; PNG, JPEG and WebP out.
 *
 * The only file that imports sharp (libvips). Its cache is off and it keeps to one thread: the
 * suite runs one worker a core, each of which decodes and encodes, and bytes must not depend on
 * how many there are.
 */
import sharp from "sharp";
import type { Texture } from "../geometry/mesh.ts";
import { InputError, messageOf } from "../work/errors.ts";
import { withDefaults } from "../work/options.ts";
import { writeWhole } from "../work/scratch.ts";
import { type PictureWindow, windowIn } from "./_picture_window.ts";
import { pngBytes, pngFrames } from "./_png.ts";
import { type ByteSource, readAll } from "./source.ts";

sharp.cache(false);
sharp.concurrency(1);

export type { PictureWindow } from "./_picture_window.ts";

/** A picture: rows from the top, channels interleaved, no padding. */
export interface Image {
  width: number;
  height: number;
  /** 1 grey, 3 RGB, 4 RGBA. */
  channels: 1 | 3 | 4;
  /** 8 or 16 bits a channel, length width · height · channels. */
  data: Uint8Array | Uint16Array;
}

/** How a picture is decoded. */
export interface ImageOptions {
  /** Channels wanted; `file` keeps the file's (grey with alpha becomes RGBA). Default: `file`. */
  channels?: 1 | 3 | 4 | "file";
  /** Bits a channel wanted; 16 to 8 drops the low byte. Default: `file`. */
  bits?: 8 | 16 | "file";
  /**
   * `apply` turns the picture as its EXIF tag says (photos), `ignore` keeps the stored pixels
   * (textures: their coordinates were made for those). Default: `apply`.
   */
  orientation?: "apply" | "ignore";
  /**
   * `convert` brings colours with an embedded profile to sRGB (photos), `ignore` keeps the stored
   * numbers (textures, as glTF rules, and data maps). Default: `convert`.
   */
  profile?: "convert" | "ignore";
  /** The most pixels a picture may have. Default: 16384², a gigabyte as RGBA. */
  maxPixels?: number;
  /** Only this part is decoded, in pixels of the turned picture. Default: all. */
  crop?: ImageCrop | undefined;
  /**
   * The longest side that is wanted: a larger picture is shrunk while it is decoded, in little
   * memory (Lanczos 3, in its stored values). Default: no limit.
   */
  maxSide?: number;
  /**
   * `refuse` any fault, or `tolerate` the small ones that photos from phones have and every viewer
   * passes over (stray bytes, odd tags); a cut-short file is refused by both. Default: `refuse`.
   */
  damage?: "refuse" | "tolerate";
}

/** A part of a picture, whole pixels. */
export interface ImageCrop {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** See `ImageOptions`. */
export const IMAGE_DEFAULTS: Readonly<Required<ImageOptions>> = Object.freeze({
  channels: "file",
  bits: "file",
  orientation: "apply",
  profile: "convert",
  maxPixels: 16384 * 16384,
  crop: undefined,
  maxSide: Infinity,
  damage: "refuse",
});

/** A picture from a file, and what was found there. */
export interface DecodedImage extends Image {
  format: "png" | "jpeg" | "webp" | "tiff" | "gif" | "avif";
  /** The EXIF orientation tag: 1 is upright, or there is none. */
  exifOrientation: number;
  /** True if the file embeds a colour profile, converted or not. */
  hasProfile: boolean;
}

/** The picture formats that are read, by their first bytes; undefined for anything else. */
export function imageFormat(head: Uint8Array): DecodedImage["format"] | undefined {
  const text = String.fromCharCode(...head.subarray(0, 12));
  if (text.startsWith("\x89PNG\r\n\x1a\n")) return "png";
  if (text.startsWith("\xff\xd8\xff")) return "jpeg";
  if (text.startsWith("RIFF") && text.slice(8) === "WEBP") return "webp";
  if (text.startsWith("II*\0") || text.startsWith("MM\0*")) return "tiff";
  if (text.startsWith("GIF87a") || text.startsWith("GIF89a")) return "gif";
  if (text.slice(4, 8) === "ftyp" && /avi[fs]/.test(brandsOf(head))) return "avif";
  return undefined;
}

/** Names in the first box of an ISO base media file: what it is, and what else can read it. */
function brandsOf(head: Uint8Array): string {
  const length = (head[2] << 8) | head[3];
  return String.fromCharCode(...head.subarray(8, Math.min(length, 256)));
}

/**
 * Decodes a picture.
 *
 * @throws {InputError} If it is none of the formats, is damaged or cut short, or too large.
 */
export async function readImage(
  source: ByteSource,
  options: ImageOptions = {},
): Promise<DecodedImage> {
  const { channels, bits, orientation, profile, maxPixels, crop, maxSide, damage } = withDefaults(
    IMAGE_DEFAULTS as Required<ImageOptions>,
    options,
  );
  const { bytes, format } = await pictureBytes(source);
  try {
    let input = sharp(bytes, {
      limitInputPixels: maxPixels,
      ignoreIcc: profile === "ignore",
      failOn: damage === "refuse" ? "warning" : "error",
      autoOrient: orientation === "apply",
    });
    const found = await input.metadata();
    if (found.width * found.height > maxPixels) {
      throw fault(
        source,
        `it has ${found.width} × ${found.height} pixels, the limit is ${maxPixels}`,
      );
    }
    if (crop !== undefined) input = input.extract(crop);
    const side = Math.max(crop?.width ?? found.width, crop?.height ?? found.height);
    if (side > maxSide) input = input.resize(maxSide, maxSide, { fit: "inside" });
    const inFile = found.channels <= 1 ? 1 : found.channels === 3 || !found.hasAlpha ? 3 : 4;
    const wanted = channels === "file" ? inFile : channels;
    const wide = bits === "file" ? found.depth === "ushort" : bits === 16;
    const space = wanted === 1 ? (wide ? "grey16" : "b-w") : (wide ? "rgb16" : "srgb");
    let pipeline = input.toColourspace(space);
    pipeline = wanted === 4 ? pipeline.ensureAlpha() : pipeline.removeAlpha();
    const { data, info } = await pipeline.raw({ depth: wide ? "ushort" : "uchar" })
      .toBuffer({ resolveWithObject: true });
    if (info.channels !== wanted) {
      throw fault(source, `it decoded to ${info.channels} channels, expected ${wanted}`);
    }
    return {
      width: info.width,
      height: info.height,
      channels: wanted,
      data: wide
        ? new Uint16Array(data.buffer, data.byteOffset, data.byteLength / 2)
        : new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
      format,
      exifOrientation: found.orientation ?? 1,
      hasProfile: found.hasProfile,
    };
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    throw fault(source, messageOf(cause), cause);
  }
}

/** What a picture's head says, without its pixels. */
export interface ImageInfo {
  format: DecodedImage["format"];
  /** Pixels, once turned as the EXIF tag says. */
  width: number;
  height: number;
  /** The EXIF orientation tag: 1 is upright, or there is none. */
  exifOrientation: number;
  hasAlpha: boolean;
  hasProfile: boolean;
  /** `srgb`, `rgb16`, `b-w`, `grey16`, `cmyk`, `lab`, … as libvips names them. */
  colorSpace: string;
  /** Numbers of a channel: `uchar` and `ushort` are pictures, `float` and others data. */
  depth: string;
  /** Pictures in the file: frames of an animation, pages of a TIFF. */
  frames: number;
}

/**
 * Reads a picture's head.
 *
 * @throws {InputError} If it is none of the formats, or its head is damaged.
 */
export async function readImageInfo(source: ByteSource): Promise<ImageInfo> {
  const { bytes, format } = await pictureBytes(source);
  try {
    const found = await sharp(bytes, { limitInputPixels: false, failOn: "error" }).metadata();
    return {
      format,
      width: found.autoOrient.width,
      height: found.autoOrient.height,
      exifOrientation: found.orientation ?? 1,
      hasAlpha: found.hasAlpha,
      hasProfile: found.hasProfile,
      colorSpace: found.space,
      depth: found.depth,
      frames: format === "png" ? pngFrames(bytes) : found.pages ?? 1,
    };
  } catch (cause) {
    throw fault(source, messageOf(cause), cause);
  }
}

async function pictureBytes(
  source: ByteSource,
): Promise<{ bytes: Uint8Array; format: DecodedImage["format"] }> {
  const bytes = await readAll(source);
  const format = imageFormat(bytes);
  if (format === undefined) {
    throw fault(source, "its content is no picture, expected PNG, JPEG, WebP, TIFF, GIF or AVIF");
  }
  return { bytes, format };
}

/**
 * Decodes a picture as a texture: RGBA, 8 bits, stored pixels as they are (no EXIF turn, no colour
 * profile), taken as sRGB.
 *
 * @throws {InputError} As `readImage`.
 */
export async function readTexture(
  source: ByteSource,
  options: Pick<ImageOptions, "maxPixels"> = {},
): Promise<Texture> {
  const { width, height, data } = await readImage(source, {
    ...options,
    channels: 4,
    bits: 8,
    orientation: "ignore",
    profile: "ignore",
  });
  return { name: source.name, width, height, data: data as Uint8Array };
}

/** A texture as a picture to write: without its alpha where that is opaque throughout. */
export function textureImage({ width, height, data }: Texture): Image {
  let opaque = true;
  for (let i = 3; i < data.length && opaque; i += 4) opaque = data[i] === 255;
  if (!opaque) return { width, height, channels: 4, data };
  const rgb = new Uint8Array(3 * width * height);
  for (let i = 0, to = 0; i < data.length; i += 4) {
    rgb[to++] = data[i];
    rgb[to++] = data[i + 1];
    rgb[to++] = data[i + 2];
  }
  return { width, height, channels: 3, data: rgb };
}

/** How a PNG is written. */
export interface PngOptions {
  /**
   * Where there is anything: every value outside is 0, and not looked at. Saves time, never changes
   * a byte. Default: the whole picture.
   */
  window?: PictureWindow | undefined;
}

/**
 * Makes the bytes of a PNG, 8 or 16 bits as the data. Equal pictures give equal bytes.
 *
 * @throws {RangeError} If the data's length does not fit the size, or the window is not inside.
 */
export function encodePng(image: Image, options: PngOptions = {}): Uint8Array {
  checkImage(image);
  return pngBytes(image, windowIn(image, options.window));
}

/**
 * Writes a PNG, whole or not at all.
 *
 * @throws {InputError} If the file system refuses.
 */
export async function writePng(
  path: string,
  image: Image,
  options: PngOptions = {},
): Promise<void> {
  await writeWhole(path, encodePng(image, options));
}

/** How a lossy picture is written. */
export interface LossyOptions {
  format?: "jpeg" | "webp";
  /** 1 to 100. Default: 90. */
  quality?: number;
  /** Of WebP: 0 is quick, 6 makes the smallest files. Default: 4. */
  effort?: number;
}

/** See `LossyOptions`. */
export const LOSSY_DEFAULTS: Readonly<Required<LossyOptions>> = Object.freeze({
  format: "jpeg",
  quality: 90,
  effort: 4,
});

/**
 * Makes the bytes of a JPEG (full chroma) or WebP; 8 bits only. JPEG has no alpha: give it RGB.
 *
 * @throws {RangeError} If the data does not fit the size, has 16 bits, or is RGBA for a JPEG.
 */
export async function encodeLossy(image: Image, options: LossyOptions = {}): Promise<Uint8Array> {
  const { format, quality, effort } = withDefaults(LOSSY_DEFAULTS, options);
  checkImage(image);
  if (image.data instanceof Uint16Array || (format === "jpeg" && image.channels === 4)) {
    throw new RangeError(`Cannot write a ${format}: it holds 8-bit pictures without alpha`);
  }
  const raw = rawInput(image);
  const encoded = format === "jpeg"
    ? raw.jpeg({ quality, chromaSubsampling: "4:4:4" })
    : raw.webp({ quality, effort });
  return new Uint8Array(await encoded.toBuffer());
}

/**
 * Scales an 8-bit picture (Lanczos 3 when it shrinks, in its stored values; RGBA premultiplied, so
 * colours under low alpha lose a little).
 *
 * @throws {RangeError} If the data does not fit the size or has 16 bits.
 */
export async function resizeImage(image: Image, width: number, height: number): Promise<Image> {
  checkImage(image);
  if (image.data instanceof Uint16Array) {
    throw new RangeError("Cannot scale a picture: it has 16 bits a channel, expected 8");
  }
  const { data, info } = await rawInput(image).resize(width, height, { fit: "fill" })
    .toColourspace(image.channels === 1 ? "b-w" : "srgb").raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, channels: image.channels, data: plain(data) };
}

function rawInput({ width, height, channels, data }: Image) {
  return sharp(data, { raw: { width, height, channels }, limitInputPixels: false });
}

function plain(data: Uint8Array): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

function checkImage({ width, height, channels, data }: Image): void {
  const wanted = width * height * channels;
  if (!(wanted > 0) || data.length !== wanted) {
    throw new RangeError(
      `Cannot encode a picture of ${width} × ${height} × ${channels}: found ${data.length} values`,
    );
  }
}

function fault(source: ByteSource, what: string, cause?: unknown): InputError {
  return new InputError(`Cannot decode a picture: ${what}`, { file: source.name, cause });
}
