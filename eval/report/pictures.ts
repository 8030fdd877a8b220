/**
 * The pictures of a subject: input, normals of scan and predictions, distances on the predictions;
 * from the input view and from behind. Made from meshes, so they need no maps on disk.
 */
import { encodeLossy, type Image, resizeImage } from "../../core/files/image.ts";
import { type Camera, unproject } from "../../core/geometry/camera.ts";
import { buildTree, type SurfaceTree } from "../../core/geometry/bvh.ts";
import { closestPoints } from "../../core/geometry/closest.ts";
import type { Mesh } from "../../core/geometry/mesh.ts";
import { invert, transformPoint } from "../../core/geometry/transform.ts";
import { messageOf } from "../../core/work/errors.ts";
import { withDefaults } from "../../core/work/options.ts";
import type { Backend, RasterMaps } from "../../render/backend.ts";
import { cpuBackend } from "../../render/cpu/cpu_backend.ts";
import { errorColor } from "./color_maps.ts";
import {
  type FramedCamera,
  frameSubject,
  type PictureFrame,
  type PixelBox,
} from "./picture_frame.ts";
import type { MethodPictures, Picture, SubjectPictures } from "./report_data.ts";

/** What is drawn. Meshes are in the scan's frame, metres. */
export interface SubjectScene {
  scan: Mesh;
  /** The input view's camera; it frames all pictures. */
  camera: Camera;
  /** The picture that the methods saw, the whole of it. */
  input?: Image | undefined;
  /** By method: loads the mesh as scored. What it throws becomes a note instead of pictures. */
  predictions: ReadonlyMap<string, () => Promise<Mesh>>;
}

/** How pictures are made. */
export interface PictureOptions {
  /** Height, pixels. */
  heightPx?: number;
  /** Samples a pixel on each side. */
  supersample?: number;
  /** WebP quality, 1 to 100. */
  quality?: number;
  /** Distance at the end of the colours, millimetres. */
  maxMm?: number;
}

/** 440 pixels high, 2 × 2 samples. */
export const PICTURE_DEFAULTS: Readonly<Required<PictureOptions>> = Object.freeze({
  heightPx: 440,
  supersample: 2,
  quality: 82,
  maxMm: 50,
});

/**
 * How much darker a surface seen edge-on is than one seen from the front, in error pictures: enough
 * to see the shape, too little to be taken for an error. Facing the camera, colours are exact.
 */
const SHADE = 0.3;

/** The input is shown larger than the other pictures. */
const INPUT_SCALE = 1.6;

/**
 * Draws a subject. A prediction that cannot be drawn has a note instead of pictures.
 *
 * @throws {InputError} If the scan cannot be drawn.
 * @throws {RangeError} If the scan is not in front of the camera.
 */
export async function drawSubject(
  scene: SubjectScene,
  options: PictureOptions = {},
): Promise<SubjectPictures> {
  const { heightPx, supersample, quality, maxMm } = withDefaults(PICTURE_DEFAULTS, options);
  const frame = frameSubject(scene.scan, { camera: scene.camera, heightPx, supersample });
  using tree = buildTree(scene.scan);
  const encode = (image: Image) => pictureOf(image, quality);
  const backend = cpuBackend();
  const truth = (await drawViews(scene.scan, { frame, backend })).map((view) =>
    normalImage(view, frame)
  );
  const [normal, normalBack] = await Promise.all(truth.map(encode));
  const input = scene.input && await encode(await cropInput(scene.input, scene.camera, frame));
  // Encoding runs on other threads while the next mesh is drawn.
  const drawn: [method: string, pictures: Promise<MethodPictures>][] = [];
  for (const [method, load] of scene.predictions) {
    try {
      const views = await drawViews(await load(), { frame, backend });
      const images = views.flatMap((view) => [
        normalImage(view, frame),
        errorImage(view, { frame, tree, maxMm }),
      ]);
      drawn.push([method, encodeAll(images, encode)]);
    } catch (error) {
      drawn.push([method, Promise.resolve({ note: `No pictures: ${messageOf(error)}` })]);
    }
  }
  const methods = Object.fromEntries(
    await Promise.all(drawn.map(async ([method, pictures]) => [method, await pictures] as const)),
  );
  return { ...(input === undefined ? {} : { input }), scan: { normal, normalBack }, methods };
}

async function encodeAll(
  images: readonly Image[],
  encode: (image: Image) => Promise<Picture>,
): Promise<MethodPictures> {
  const [normal, error, normalBack, errorBack] = await Promise.all(images.map(encode));
  return { normal, normalBack, error, errorBack };
}

interface DrawnView {
  maps: RasterMaps;
  framed: FramedCamera;
}

async function drawViews(
  mesh: Mesh,
  { frame, backend }: { frame: PictureFrame; backend: Backend },
): Promise<DrawnView[]> {
  const prepared = await backend.prepare(mesh);
  const views: DrawnView[] = [];
  for (const framed of [frame.front, frame.back]) {
    const maps = await backend.draw(prepared, framed.camera, { maps: ["normal", "depth", "mask"] });
    views.push({ maps, framed });
  }
  backend.release(prepared);
  return views;
}

/** Normals as (n + 1)/2, samples averaged, alpha = coverage. */
function normalImage({ maps, framed }: DrawnView, frame: PictureFrame): Image {
  const normal = maps.normal!;
  return resolve(maps, { box: framed.box, supersample: frame.supersample }, (samples, put) => {
    let r = 0, g = 0, b = 0;
    for (const k of samples) r += normal[3 * k], g += normal[3 * k + 1], b += normal[3 * k + 2];
    const scale = 1 / (257 * samples.length);
    put(scale * r, scale * g, scale * b);
  });
}

/** Distances as colours: one distance a pixel, at the first of its samples that is covered. */
function errorImage(
  { maps, framed }: DrawnView,
  options: { frame: PictureFrame; tree: SurfaceTree; maxMm: number },
): Image {
  const { frame, tree, maxMm } = options;
  const { camera, box } = framed;
  const scanFromCam = invert(camera.camFromScan);
  const depth = maps.depth!;
  const layout = { box, supersample: frame.supersample };
  const points: number[] = [];
  resolve(maps, layout, ([k]) => {
    const u = k % maps.width + 0.5, v = Math.floor(k / maps.width) + 0.5;
    points.push(...transformPoint(scanFromCam, unproject(camera, u, v, depth[k])));
  });
  const { distance } = closestPoints(tree, Float64Array.from(points));
  let next = 0;
  return resolve(maps, layout, (samples, put) => {
    const [r, g, b] = errorColor(1000 * distance[next++], maxMm);
    let facing = 0;
    for (const k of samples) facing += maps.normal![3 * k + 2];
    const light = 1 - SHADE * (1 - Math.max(0, facing / (32767.5 * samples.length) - 1));
    put(light * r, light * g, light * b);
  });
}

/**
 * Makes a picture from supersampled maps: calls `pixel` for every pixel with the indices of its
 * covered samples, at least one, in reading order; alpha is the covered share.
 */
function resolve(
  maps: RasterMaps,
  layout: { box: PixelBox; supersample: number },
  pixel: (samples: readonly number[], put: (r: number, g: number, b: number) => void) => void,
): Image {
  const { box, supersample: n } = layout;
  const { width, height, mask } = maps;
  const data = new Uint8Array(4 * box.width * box.height);
  const samples: number[] = [];
  for (let y = 0, o = 0; y < box.height; y++) {
    for (let x = 0; x < box.width; x++, o += 4) {
      samples.length = 0;
      for (let j = 0; j < n * n; j++) {
        const u = n * (box.x + x) + j % n, v = n * (box.y + y) + Math.floor(j / n);
        if (u < 0 || v < 0 || u >= width || v >= height) continue;
        if (mask![v * width + u] !== 0) samples.push(v * width + u);
      }
      if (samples.length === 0) continue;
      data[o + 3] = Math.round(255 * samples.length / (n * n));
      pixel(samples, (r, g, b) => {
        data[o] = Math.round(r), data[o + 1] = Math.round(g), data[o + 2] = Math.round(b);
      });
    }
  }
  return { width: box.width, height: box.height, channels: 4, data };
}

/** The person's part of the input picture, at the pictures' size. */
async function cropInput(input: Image, camera: Camera, frame: PictureFrame): Promise<Image> {
  const { width, height, channels, data } = input;
  const scale = width / camera.width;
  const left = Math.round(scale * frame.inputBox.x), top = Math.round(scale * frame.inputBox.y);
  const crop = {
    width: Math.max(1, Math.round(scale * frame.inputBox.width)),
    height: Math.max(1, Math.round(scale * frame.inputBox.height)),
  };
  // What lies outside the input is left empty: 0 in every channel.
  const cut = new Uint8Array(crop.width * crop.height * channels);
  const x0 = Math.max(0, left), x1 = Math.min(width, left + crop.width);
  for (let y = Math.max(0, top); x1 > x0 && y < Math.min(height, top + crop.height); y++) {
    const row = data.subarray(channels * (y * width + x0), channels * (y * width + x1));
    cut.set(row, channels * ((y - top) * crop.width + x0 - left));
  }
  const { box } = frame.front;
  return await resizeImage(
    { ...crop, channels, data: cut },
    Math.round(INPUT_SCALE * box.width),
    Math.round(INPUT_SCALE * box.height),
  );
}

/** A picture as a `data:` URL. */
async function pictureOf(image: Image, quality: number): Promise<Picture> {
  const bytes = await encodeLossy(image, { format: "webp", quality });
  const src = `data:image/webp;base64,${bytes.toBase64()}`;
  return { src, width: image.width, height: image.height };
}
