/** Masks that the user brings. */
import { diskPlace } from "../../core/files/disk.ts";
import { type DecodedImage, readImage, readImageInfo } from "../../core/files/image.ts";
import type { Note } from "../../core/files/note.ts";
import type { ByteSource } from "../../core/files/source.ts";
import { InputError } from "../../core/work/errors.ts";
import type { Matte } from "./matte.ts";
import type { Photo } from "./read_photo.ts";
import { resample } from "./resample.ts";

/** A mask from a file, at the size of the photo's picture. */
export interface OwnMask {
  matte: Matte;
  notes: Note[];
}

/** Share of pixels that are nearly but not quite 0 from which on a mask looks lossy. */
const MURKY_SHARE = 0.01;

/** Reads a mask from a file on a disk; see {@linkcode decodeMask}. */
export async function readMask(path: string, photo: Photo): Promise<OwnMask> {
  const { folder, name } = diskPlace(path);
  return await decodeMask(await folder.open(name), photo);
}

/**
 * Decodes a mask of a photo: a picture of the same size, above 0 where the person is. A picture
 * with transparency is taken by its alpha, any other by its largest channel.
 *
 * @throws {InputError} If it is no picture, has another size than the photo, or is empty.
 */
export async function decodeMask(source: ByteSource, photo: Photo): Promise<OwnMask> {
  const { width, height } = await readImageInfo(source);
  if (width !== photo.width || height !== photo.height) {
    const turned = width === photo.height && height === photo.width;
    throw new InputError(
      `Cannot use the mask: it has ${width} × ${height} pixels, expected the photo's ` +
        `${photo.width} × ${photo.height}`,
      {
        file: source.name,
        ...(turned ? { hint: "the photo is turned by its EXIF tag: turn the mask likewise" } : {}),
      },
    );
  }
  const { inside, murky, count } = threshold(await readImage(source, { profile: "ignore" }));
  if (count === 0) {
    throw new InputError("Cannot use the mask: it is empty", {
      file: source.name,
      hint: "a mask is above 0 where the person is",
    });
  }
  const notes: Note[] = murky > MURKY_SHARE * inside.length
    ? [{
      code: "mask-murky",
      text:
        `${(100 * murky / inside.length).toFixed(1)} % of the mask's pixels are above 0 by less ` +
        "than an eighth of white and count as the person: was it saved as JPEG?",
    }]
    : [];
  const full = { width, height, channels: 1, data: inside };
  const { picture } = photo;
  const fitted = picture.width === width && picture.height === height ? full : resample(full, {
    box: { x: 0, y: 0, width, height },
    width: picture.width,
    height: picture.height,
    kernel: "linear",
  });
  return { matte: { width: fitted.width, height: fitted.height, data: fitted.data }, notes };
}

/** 255 where a mask is above 0; counts those pixels and the ones just above 0. */
function threshold(
  { channels, data }: DecodedImage,
): { inside: Uint8Array; murky: number; count: number } {
  const most = data instanceof Uint16Array ? 65535 : 255, dark = most / 8;
  const n = data.length / channels;
  let transparent = false;
  for (let i = 3; channels === 4 && i < data.length && !transparent; i += 4) {
    transparent = data[i] < most;
  }
  const inside = new Uint8Array(n);
  let murky = 0, count = 0;
  for (let i = 0; i < n; i++) {
    const at = channels * i;
    const value = transparent
      ? data[at + 3]
      : channels === 1
      ? data[at]
      : Math.max(data[at], data[at + 1], data[at + 2]);
    if (value === 0) continue;
    inside[i] = 255;
    count++;
    if (value < dark) murky++;
  }
  return { inside, murky, count };
}
