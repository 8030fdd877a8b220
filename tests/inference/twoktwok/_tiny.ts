/** The small system of the tests: an eighth of the published sides, a handful of channels. */
import { gunzipSync } from "node:zlib";
import { type ByteSource, bytesSource } from "../../../core/files/source.ts";
import { readImage } from "../../../core/files/image.ts";
import { fileSource } from "../../../core/files/disk.ts";
import type { Widths } from "../../../inference/twoktwok/architecture.ts";
import type { PersonPicture } from "../../../inference/twoktwok/front_end.ts";
import { importCheckpoint } from "../../../inference/twoktwok/import_checkpoint.ts";
import { type ModelFolder, openModel } from "../../../inference/twoktwok/model_json.ts";
import { type Pipeline, PUBLISHED_PIPELINE } from "../../../inference/twoktwok/pipeline.ts";
import { identity } from "../../../core/geometry/transform.ts";
import type { ViewCamera } from "../../../inference/method.ts";
import { keypoints31 } from "../../../render/keypoints.ts";

/** Where the reference put its files: see tests/crosscheck/twoktwok_reference.py, verb golden. */
export const GOLDEN = new URL("./golden/", import.meta.url).pathname;

/** TINY of tests/crosscheck/twoktwok_network.py. */
export const TINY_WIDTHS: Widths = {
  normal: [4, 6, 8, 10],
  depth: [6, 6, 6, 8, 10],
  refine: [4, 8],
};

/** The same. */
export const TINY_PIPELINE: Pipeline = {
  ...PUBLISHED_PIPELINE,
  canvasPx: 256,
  coarsePx: 32,
  groups: [
    { net: "face", parts: [0], windowPx: [48, 40], weightWindowPx: [44, 36] },
    { net: "upper", parts: [1], windowPx: [72, 48], weightWindowPx: [68, 44] },
    { net: "arm", parts: [2, 3, 4, 5], windowPx: [48, 32], weightWindowPx: [44, 28] },
    { net: "leg", parts: [6, 7, 8, 9], windowPx: [40, 32], weightWindowPx: [36, 28] },
    { net: "shoe", parts: [10, 11], windowPx: [24, 16], weightWindowPx: [20, 12] },
  ],
  weightBlur: { taps: 3, sigmaPx: 1 },
  depth: { ...PUBLISHED_PIPELINE.depth, unitPx: 64 },
};

/** The checkpoint that PyTorch wrote. */
export function tinyCheckpointBytes(): Uint8Array {
  return new Uint8Array(gunzipSync(Deno.readFileSync(`${GOLDEN}tiny.pth.tar.gz`)));
}

/** The same as a source. */
export function tinyCheckpoint(): ByteSource {
  return bytesSource("tiny.pth.tar", tinyCheckpointBytes());
}

/** Imports the checkpoint into a folder. */
export async function tinyModel(folder: string): Promise<ModelFolder> {
  await importCheckpoint(tinyCheckpoint(), folder, {
    widths: TINY_WIDTHS,
    pipeline: TINY_PIPELINE,
    parity: "none",
  });
  return await openModel(folder);
}

/** The reference's input of that shape. */
export async function tinyPerson(shape: "square" | "portrait"): Promise<PersonPicture> {
  const folder = `${GOLDEN}${shape}`;
  const picture = await readImage(await fileSource(`${folder}/picture.png`), {
    channels: 3,
    bits: 8,
  });
  const mask = await readImage(await fileSource(`${folder}/mask.png`), { channels: 1, bits: 8 });
  const [person] = JSON.parse(await Deno.readTextFile(`${folder}/keypoints.json`)).people;
  const list = (name: string) => Float64Array.from(person[`${name}_keypoints_2d`] as number[]);
  return {
    picture: { ...picture, data: picture.data as Uint8Array },
    mask,
    keypoints31: keypoints31({
      body25: list("pose"),
      handLeft: list("hand_left"),
      handRight: list("hand_right"),
    }),
  };
}

/** 2K2K's camera for a picture, with the person one metre away. */
export function publishedView({ picture: { width, height } }: PersonPicture): ViewCamera {
  const focal = Math.max(width, height) / (2 * Math.tan(25 * Math.PI / 180));
  return {
    camera: {
      projection: "perspective",
      width,
      height,
      fx: focal,
      fy: focal,
      cx: width / 2,
      cy: height / 2,
      camFromScan: identity(),
      yawDeg: 0,
      pitchDeg: 0,
    },
    subjectDistanceM: 1,
  };
}

/** How many values differ in their bits. */
export function differing(a: Float32Array, b: Float32Array): number {
  const x = new Uint32Array(a.buffer, a.byteOffset, a.length);
  const y = new Uint32Array(b.buffer, b.byteOffset, b.length);
  return x.length === y.length ? x.reduce((n, bits, i) => n + Number(bits !== y[i]), 0) : Infinity;
}

/** Runs work with a folder of its own that is removed afterwards. */
export async function withFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await Deno.makeTempDir({ prefix: "twoktwok-" });
  try {
    return await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Paths of all files below a folder, sorted, relative. */
export async function filesBelow(folder: string, prefix = ""): Promise<string[]> {
  const found: string[] = [];
  for await (const entry of Deno.readDir(`${folder}/${prefix}`)) {
    const path = prefix + entry.name;
    if (entry.isDirectory) found.push(...await filesBelow(folder, `${path}/`));
    else found.push(path);
  }
  return found.sort();
}
