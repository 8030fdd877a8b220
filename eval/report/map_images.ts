/**
 * Images from rasterized maps: normals, depths, and what differs between a prediction and the scan.
 * Each is one crop of a supersampled frame.
 */
import type { Image } from "../../core/files/image.ts";
import { unproject } from "../../core/geometry/camera.ts";
import type { SurfaceTree } from "../../core/geometry/bvh.ts";
import { closestPoints } from "../../core/geometry/closest.ts";
import type { Mesh } from "../../core/geometry/mesh.ts";
import { invert, transformPoint } from "../../core/geometry/transform.ts";
import type { Backend, RasterMaps } from "../../render/backend.ts";
import { errorColor } from "./color_maps.ts";
import type { FramedCamera, PictureFrame, PixelBox } from "./picture_frame.ts";

/** A mesh seen from one side. */
export interface DrawnView {
  maps: RasterMaps;
  framed: FramedCamera;
}

/**
 * How much darker a surface seen edge-on is than one seen from the front, in error pictures: enough
 * to see the shape, too little to be taken for an error. Facing the camera, colours are exact.
 */
const SHADE = 0.3;

/** Angle at the end of the colours, degrees. */
export const MAX_ANGLE_DEG = 60;

/** Where only one of prediction and scan covers a pixel. */
const ONLY_ONE = [128, 140, 150] as const;

/** Greys of the nearest and the farthest depth. */
const NEAR = 245, FAR = 40;

/** Draws a mesh from the front and from behind. */
export async function drawViews(
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
export function normalImage({ maps, framed }: DrawnView, frame: PictureFrame): Image {
  const normal = maps.normal!;
  return resolve([maps], { box: framed.box, supersample: frame.supersample }, (samples, put) => {
    let r = 0, g = 0, b = 0;
    for (const k of samples) r += normal[3 * k], g += normal[3 * k + 1], b += normal[3 * k + 2];
    const scale = 1 / (257 * samples.length);
    put(scale * r, scale * g, scale * b);
  });
}

/** Distances as colours: one distance a pixel, at the first of its samples that is covered. */
export function errorImage(
  { maps, framed }: DrawnView,
  options: { frame: PictureFrame; tree: SurfaceTree; maxMm: number },
): Image {
  const { frame, tree, maxMm } = options;
  const { camera, box } = framed;
  const scanFromCam = invert(camera.camFromScan);
  const depth = maps.depth!;
  const layout = { box, supersample: frame.supersample };
  const points = new Float64Array(3 * box.width * box.height);
  let length = 0;
  resolve([maps], layout, (samples) => {
    const k = samples[0], u = k % maps.width + 0.5, v = Math.floor(k / maps.width) + 0.5;
    points.set(transformPoint(scanFromCam, unproject(camera, u, v, depth[k])), length);
    length += 3;
  });
  const { distance } = closestPoints(tree, points.subarray(0, length));
  let next = 0;
  return resolve([maps], layout, (samples, put) => {
    const [r, g, b] = errorColor(1000 * distance[next++], maxMm);
    let facing = 0;
    for (const k of samples) facing += maps.normal![3 * k + 2];
    const light = 1 - SHADE * (1 - Math.max(0, facing / (32767.5 * samples.length) - 1));
    put(light * r, light * g, light * b);
  });
}

/** Depths from near (light) to far (dark); the same greys for all meshes of a subject. */
export function depthImage(
  { maps, framed }: DrawnView,
  { frame, range }: { frame: PictureFrame; range: DepthRange },
): Image {
  const depth = maps.depth!, layout = { box: framed.box, supersample: frame.supersample };
  return resolve([maps], layout, (samples, put) => {
    let sum = 0;
    for (const k of samples) sum += depth[k];
    const share = (sum / samples.length - range.nearM) / (range.farM - range.nearM || 1);
    const grey = NEAR + (FAR - NEAR) * Math.min(1, Math.max(0, share));
    put(grey, grey, grey);
  });
}

/** Depths that greys span, metres along the viewing direction. */
export interface DepthRange {
  nearM: number;
  farM: number;
}

/** The depths of a scan seen from one side. */
export function depthRange({ maps }: DrawnView): DepthRange {
  let nearM = Infinity, farM = -Infinity;
  const mask = maps.mask!, depth = maps.depth!;
  for (let k = 0; k < mask.length; k++) {
    if (mask[k] === 0) continue;
    nearM = Math.min(nearM, depth[k]), farM = Math.max(farM, depth[k]);
  }
  return { nearM, farM };
}

/** Difference of depths as colours; grey where only one of the two covers the pixel. */
export function depthErrorImage(
  drawn: DrawnView,
  { truth, frame, maxMm }: { truth: DrawnView; frame: PictureFrame; maxMm: number },
): Image {
  return differenceImage(drawn, {
    truth,
    frame,
    color: (k) => errorColor(1000 * Math.abs(drawn.maps.depth![k] - truth.maps.depth![k]), maxMm),
  });
}

/** Angle between normals as colours, to {@linkcode MAX_ANGLE_DEG}; grey as for depths. */
export function angleImage(
  drawn: DrawnView,
  { truth, frame }: { truth: DrawnView; frame: PictureFrame },
): Image {
  const a = drawn.maps.normal!, b = truth.maps.normal!;
  const at = (map: Uint16Array, k: number, c: number) => map[3 * k + c] / 32767.5 - 1;
  return differenceImage(drawn, {
    truth,
    frame,
    color(k) {
      let dot = 0, aa = 0, bb = 0;
      for (let c = 0; c < 3; c++) {
        const x = at(a, k, c), y = at(b, k, c);
        dot += x * y, aa += x * x, bb += y * y;
      }
      const cosine = Math.min(1, Math.max(-1, dot / Math.sqrt(aa * bb || 1)));
      return errorColor(Math.acos(cosine) * 180 / Math.PI, MAX_ANGLE_DEG);
    },
  });
}

function differenceImage(
  drawn: DrawnView,
  { truth, frame, color }: {
    truth: DrawnView;
    frame: PictureFrame;
    color: (sample: number) => readonly [number, number, number];
  },
): Image {
  const layout = { box: drawn.framed.box, supersample: frame.supersample };
  const inBoth = (k: number) => drawn.maps.mask![k] !== 0 && truth.maps.mask![k] !== 0;
  return resolve([drawn.maps, truth.maps], layout, (samples, put) => {
    let r = 0, g = 0, b = 0;
    for (const k of samples) {
      const [red, green, blue] = inBoth(k) ? color(k) : ONLY_ONE;
      r += red, g += green, b += blue;
    }
    put(r / samples.length, g / samples.length, b / samples.length);
  });
}

/**
 * Makes an image from supersampled maps of one size: calls `pixel` for every pixel with the indices
 * of the samples that any of them (one or two) covers, at least one, in reading order; alpha is that share.
 */
function resolve(
  all: readonly RasterMaps[],
  layout: { box: PixelBox; supersample: number },
  pixel: (samples: readonly number[], put: (r: number, g: number, b: number) => void) => void,
): Image {
  const { box, supersample: n } = layout;
  const { width, height } = all[0];
  const mask = all[0].mask!, other = all[1]?.mask ?? mask;
  const data = new Uint8Array(4 * box.width * box.height);
  // One list of each length: to shorten and lengthen one list takes longer than all the rest.
  const lists = Array.from({ length: n * n + 1 }, (_, length) => new Array<number>(length).fill(0));
  const found = new Uint32Array(n * n);
  let to = 0;
  const put = (r: number, g: number, b: number) => {
    data[to] = Math.round(r), data[to + 1] = Math.round(g), data[to + 2] = Math.round(b);
  };
  for (let y = 0; y < box.height; y++) {
    const v0 = Math.max(0, n * (box.y + y)), v1 = Math.min(height, n * (box.y + y + 1));
    for (let x = 0; x < box.width; x++, to += 4) {
      const u0 = Math.max(0, n * (box.x + x)), u1 = Math.min(width, n * (box.x + x + 1));
      let count = 0;
      for (let v = v0; v < v1; v++) {
        for (let k = v * width + u0, end = v * width + u1; k < end; k++) {
          if (mask[k] !== 0 || other[k] !== 0) found[count++] = k;
        }
      }
      if (count === 0) continue;
      const samples = lists[count];
      for (let i = 0; i < count; i++) samples[i] = found[i];
      data[to + 3] = Math.round(255 * count / (n * n));
      pixel(samples, put);
    }
  }
  return { width: box.width, height: box.height, channels: 4, data };
}
