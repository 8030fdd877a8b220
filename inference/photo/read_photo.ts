/** Photos: any picture file → upright, sRGB, 8 bits, small enough to look at, and its alpha apart. */
import { diskPlace } from "../../core/files/disk.ts";
import {
  type DecodedImage,
  type ImageCrop,
  type ImageInfo,
  type ImageOptions,
  readImage,
  readImageInfo,
} from "../../core/files/image.ts";
import type { ByteSource } from "../../core/files/source.ts";
import type { Note } from "../../core/files/note.ts";
import { InputError } from "../../core/work/errors.ts";
import { withDefaults } from "../../core/work/options.ts";
import type { RgbImage } from "./pyramid.ts";

/** A photo, decoded once at the size that it is looked at; finer parts are decoded when asked for. */
export interface Photo {
  /** The file, as messages name it. */
  file: string;
  /** Size of the whole photo, upright, pixels. All positions of an analysis are in these. */
  width: number;
  height: number;
  /** The photo, its longer side at most `PhotoOptions.maxSidePx`. */
  picture: RgbImage;
  /** Opacity at the picture's size, 0 to 255, where the file has any that is not full. */
  alpha: Uint8Array | undefined;
  /** What was done to it: turned, converted, shrunk. */
  notes: Note[];
  /**
   * Decodes a part at full resolution, or shrunk so that its longer side is at most `maxSidePx`.
   *
   * @throws {InputError} If the file has changed or is damaged there.
   */
  part(crop: ImageCrop, maxSidePx: number): Promise<RgbImage>;
}

/** How a photo is read. */
export interface PhotoOptions {
  /** Longer side of the picture that is kept, pixels. Default: 2048. */
  maxSidePx?: number;
  /** The most pixels a photo may have. Default: 2^27, 134 megapixels. */
  maxPixels?: number;
}

/** See `PhotoOptions`. */
export const PHOTO_DEFAULTS: Readonly<Required<PhotoOptions>> = Object.freeze({
  maxSidePx: 2048,
  maxPixels: 2 ** 27,
});

/** Sides below this show nobody. */
const MIN_SIDE = 16;

/** Reads a photo from a file on a disk; see {@linkcode decodePhoto}. */
export async function readPhoto(path: string, options: PhotoOptions = {}): Promise<Photo> {
  const { folder, name } = diskPlace(path);
  return await decodePhoto(await folder.open(name), options);
}

/**
 * Decodes a photo: JPEG, PNG, WebP, TIFF, AVIF or GIF; the EXIF orientation applied; CMYK, grey and
 * embedded profiles converted to sRGB; 16 bits reduced to 8. Pixels that are fully transparent
 * become black, as the networks were trained on photos and tested on cut-outs on black.
 *
 * @throws {InputError} If the file is no picture of a known format, is damaged or cut short,
 * animated, holds numbers that are no colours, is too large or too small.
 */
export async function decodePhoto(source: ByteSource, options: PhotoOptions = {}): Promise<Photo> {
  const { maxSidePx, maxPixels } = withDefaults(PHOTO_DEFAULTS, options);
  await refuseByContent(source);
  const info = await readImageInfo(source);
  checkInfo(info, source.name, maxPixels);
  const decode = (more: ImageOptions) =>
    readImage(source, { bits: 8, maxPixels, damage: "tolerate", ...more });
  const decoded = await decode({ channels: info.hasAlpha ? 4 : 3, maxSide: maxSidePx });
  const { picture, alpha } = withoutAlpha(decoded);
  return {
    file: source.name,
    width: info.width,
    height: info.height,
    picture,
    alpha,
    notes: notesOf(info, picture),
    part: async (crop, maxSide) =>
      withoutAlpha(await decode({ channels: info.hasAlpha ? 4 : 3, crop, maxSide })).picture,
  };
}

/** Files that people take for photos and that cannot be decoded here: what they are, what to do. */
const FOREIGN: readonly { what: string; test: (head: string) => boolean; hint: string }[] = [
  {
    what: "it is a HEIC picture (HEVC)",
    test: (head) =>
      /^ftyp(hei[cxms]|hev[cxms]|mif1|msf1)/.test(head.slice(4)) && !/avi[fs]/.test(head),
    hint: "save it as JPEG: iPhones do with Settings › Camera › Formats › Most Compatible",
  },
  {
    what: "it is a JPEG XL picture",
    test: (head) => head.startsWith("\xff\x0a") || head.slice(4).startsWith("JXL "),
    hint: "save it as JPEG or PNG",
  },
  {
    what: "it is a JPEG 2000 picture",
    test: (head) => head.slice(4).startsWith("jP  "),
    hint: "save it as JPEG or PNG",
  },
  { what: "it is a BMP picture", test: (head) => head.startsWith("BM"), hint: "save it as PNG" },
  {
    what: "it is a PDF document",
    test: (head) => head.startsWith("%PDF"),
    hint: "export its picture",
  },
  {
    what: "it is a vector drawing",
    test: (head) => /^\s*(<\?xml|<svg)/.test(head),
    hint: "export it as PNG",
  },
  {
    what: "it is a film",
    test: (head) => /^ftyp(isom|mp4|qt|M4V|avc1|iso[2-6])/.test(head.slice(4)),
    hint: "save one frame as a picture",
  },
];

async function refuseByContent(source: ByteSource): Promise<void> {
  const bytes = await source.slice(0, Math.min(64, source.byteLength));
  const head = String.fromCharCode(...bytes);
  const foreign = FOREIGN.find(({ test }) => test(head));
  if (head === "" || foreign !== undefined) {
    throw new InputError(
      `Cannot read the photo: ${foreign?.what ?? "the file is empty"}, expected JPEG, PNG, WebP, ` +
        "TIFF, AVIF or GIF",
      { file: source.name, ...(foreign === undefined ? {} : { hint: foreign.hint }) },
    );
  }
}

function checkInfo(info: ImageInfo, file: string, maxPixels: number): void {
  const { width, height, frames, depth, colorSpace } = info;
  const refuse = (found: string, hint: string) => {
    throw new InputError(`Cannot read the photo: ${found}`, { file, hint });
  };
  const size = `${width} × ${height} pixels`;
  if (frames > 1) {
    refuse(
      `it holds ${frames} pictures, expected one`,
      info.format === "tiff" ? "save one of its pages" : "it is animated: save one frame as PNG",
    );
  }
  if (depth !== "uchar" && depth !== "ushort") {
    refuse(`its numbers are ${depth}, expected 8 or 16 bits`, "save it as an 8-bit picture");
  }
  if (!COLOR_SPACES.has(colorSpace)) {
    refuse(`its colours are ${colorSpace}, expected RGB, grey or CMYK`, "save it as JPEG or PNG");
  }
  if (width * height > maxPixels) {
    refuse(
      `it has ${size}, expected at most ${maxPixels} in all`,
      "shrink it: 2048 a side are enough",
    );
  }
  if (Math.min(width, height) < MIN_SIDE) {
    refuse(`it has ${size}, expected at least ${MIN_SIDE} a side`, "use the original photo");
  }
}

const COLOR_SPACES = new Set(["srgb", "rgb", "rgb16", "b-w", "grey16", "cmyk", "lab", "labs"]);

/** Splits RGBA. Alpha that is full everywhere is none. */
function withoutAlpha(
  { width, height, channels, data }: DecodedImage,
): { picture: RgbImage; alpha: Uint8Array | undefined } {
  if (channels !== 4) {
    return { picture: { width, height, channels: 3, data: data as Uint8Array }, alpha: undefined };
  }
  const n = width * height;
  const rgb = new Uint8Array(3 * n), alpha = new Uint8Array(n);
  let opaque = true;
  for (let i = 0; i < n; i++) {
    const a = alpha[i] = data[4 * i + 3];
    if (a < 255) opaque = false;
    if (a === 0) continue;
    rgb[3 * i] = data[4 * i];
    rgb[3 * i + 1] = data[4 * i + 1];
    rgb[3 * i + 2] = data[4 * i + 2];
  }
  return { picture: { width, height, channels: 3, data: rgb }, alpha: opaque ? undefined : alpha };
}

function notesOf(info: ImageInfo, { width, height }: RgbImage): Note[] {
  const notes: Note[] = [];
  const note = (code: string, text: string) => notes.push({ code, text });
  if (info.exifOrientation !== 1) {
    note("photo-turned", `the photo was turned as its EXIF tag (${info.exifOrientation}) says`);
  }
  if (info.hasProfile) note("photo-profile", "colours were converted from the embedded profile");
  if (info.colorSpace === "cmyk") note("photo-cmyk", "colours were converted from CMYK");
  if (info.depth === "ushort") note("photo-16-bit", "16 bits a channel were reduced to 8");
  if (width < info.width) {
    note(
      "photo-shrunk",
      `looked at with ${width} × ${height} of ${info.width} × ${info.height} pixels`,
    );
  }
  return notes;
}
