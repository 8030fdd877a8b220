/**
 * Layout `2k2k`: the training files of 2K2K (arXiv 2303.15108), as its loader reads them.
 *
 * A scan is centred on its area-weighted centroid and divided by 2.8 × its largest coordinate; the
 * camera stands at (0, 0, 1), 50°. Depth is the Euclidean distance t along the ray, stored as
 * ⌊32 D⌋ in 16 bits with D = (t − 1) N/(2 tan 25°) + N/2 (N pixels a side), 0 = background.
 */
import { encodeNpy } from "../../core/files/npy.ts";
import type { Camera, PerspectiveCamera } from "../../core/geometry/camera.ts";
import type { Keypoints3D } from "../../body/keypoints.ts";
import {
  type Matrix4,
  multiply,
  scaling,
  transformPoint,
  translation,
} from "../../core/geometry/transform.ts";
import { UsageError } from "../../core/work/errors.ts";
import { type Framing, SUITE_DISTANCE_RADII, SUITE_FOV_DEG, suiteCamera } from "../cameras.ts";
import { studioLight } from "../light.ts";
import type { RenderOptions } from "../render_options.ts";
import type { ViewAngles } from "../view_names.ts";
import { viewName } from "../view_names.ts";
import { publishedColors } from "./_face_colors.ts";
import { overBlack, png } from "./_pictures.ts";
import {
  type Layout,
  type LayoutFolder,
  type LayoutSet,
  type LayoutView,
  yawViews,
} from "./layout.ts";

/** Half of the window at distance 1. */
const TANGENT = Math.tan(SUITE_FOV_DEG / 2 * Math.PI / 180);

/** Steps of stored depth per pixel of depth. */
const DEPTH_STEPS = 32;

/** What the published keypoint program multiplies coordinates by before it projects them. */
export const TWOKTWOK_KEYPOINT_FACTOR = 1.037;

/**
 * The 31 keypoints: COCO's 17, six of the feet, and the first joints of the fingers 2 to 5 of the
 * left and the right hand (training files have first joints, test files second ones).
 */
const SOURCES: readonly (readonly ["body25" | "handLeft" | "handRight", number])[] = [
  ...[0, 16, 15, 18, 17, 5, 2, 6, 3, 7, 4, 12, 9, 13, 10, 14, 11, 19, 20, 21, 22, 23, 24]
    .map((index) => ["body25", index] as const),
  ...[5, 9, 13, 17].map((joint) => ["handLeft", joint] as const),
  ...[5, 9, 13, 17].map((joint) => ["handRight", joint] as const),
];

/** 2K2K's own camera: the suite's, or its orthographic option, whose pixels reach both edges. */
export function twoKTwoKCamera({ scene, angles, options }: {
  scene: { framing: Framing };
  angles: ViewAngles;
  options: Pick<RenderOptions, "size" | "camera">;
}): Camera {
  const camera = suiteCamera(scene.framing, angles, options);
  if (camera.projection === "perspective") return camera;
  // np.linspace(−tan 25°, tan 25°, N): pixel centres on the window's edges.
  return { ...camera, halfWidthM: camera.halfWidthM * options.size / (options.size - 1) };
}

/** What the published test program divides its points by, after it has shot them back from depth. */
export const TWOKTWOK_POINT_FACTOR = 1.0367394227574303;

/**
 * The map from the scan's frame to the one in which 2K2K's test program writes the mesh of a view: the
 * scan centred, divided by 2.8 × its largest coordinate, turned, and divided by the factor above.
 */
export function twoKTwoKMeshFromScan(framing: Framing, angles: ViewAngles): Matrix4 {
  const unitM = SUITE_DISTANCE_RADII * framing.radiusM;
  const { camFromScan } = suiteCamera(framing, angles); // the camera stands one unit before
  const scale = scaling(1 / (unitM * TWOKTWOK_POINT_FACTOR));
  return multiply(scale, multiply(translation(0, 0, unitM), camFromScan));
}

/** Metres per unit of the normalised scan. */
export function twoKTwoKUnitM(view: { scene: { framing: Framing } }): number {
  return SUITE_DISTANCE_RADII * view.scene.framing.radiusM;
}

/**
 * Encodes a depth map (metres along −z) as 2K2K does. What the 16 bits cannot hold is clamped
 * where the published program wraps.
 *
 * @returns The map, and how many pixels were clamped.
 */
export function encodeTwoKTwoKDepth(
  depthM: Float32Array,
  camera: Camera,
  unitM: number,
): { map: Uint16Array; clamped: number } {
  const map = new Uint16Array(depthM.length), { width, height } = camera;
  let clamped = 0;
  for (let row = 0, pixel = 0; row < height; row++) {
    for (let column = 0; column < width; column++, pixel++) {
      if (depthM[pixel] === 0) continue;
      const stretch = rayLength(camera, column, row);
      const depthPx = (depthM[pixel] * stretch / unitM - 1) * width / (2 * TANGENT) + width / 2;
      const stored = Math.floor(depthPx * DEPTH_STEPS);
      map[pixel] = Math.min(65535, Math.max(1, stored));
      if (map[pixel] !== stored) clamped++;
    }
  }
  return { map, clamped };
}

/** Metres along −z of a stored depth, in the middle of its step; 0 for background. */
export function decodeTwoKTwoKDepth(
  stored: Uint16Array,
  camera: Camera,
  unitM: number,
): Float32Array {
  const { width, height } = camera, out = new Float32Array(stored.length);
  for (let row = 0, pixel = 0; row < height; row++) {
    for (let column = 0; column < width; column++, pixel++) {
      if (stored[pixel] === 0) continue;
      const depthPx = (stored[pixel] + 0.5) / DEPTH_STEPS;
      const t = (depthPx - width / 2) * 2 * TANGENT / width + 1;
      out[pixel] = t * unitM / rayLength(camera, column, row);
    }
  }
  return out;
}

/** Length of the ray through a pixel's centre per unit along −z. */
function rayLength(camera: Camera, column: number, row: number): number {
  if (camera.projection === "orthographic") return 1;
  const x = (column + 0.5 - camera.cx) / camera.fx, y = (camera.cy - row - 0.5) / camera.fy;
  return Math.sqrt(1 + x * x + y * y);
}

/** Rows of x, y, 1 in pixels, length 93; zeros where a point is unknown. */
export function twoKTwoKKeypoints(
  points: Keypoints3D,
  camera: PerspectiveCamera,
  unitM: number,
): Float64Array {
  const rows = new Float64Array(3 * SOURCES.length);
  SOURCES.forEach(([part, index], i) => {
    const [x, y, z] = points[part].subarray(3 * index, 3 * index + 3);
    if (!Number.isFinite(x + y + z)) return;
    // In the frame of the normalised and turned scan, whose origin is one unit before the camera.
    const [cx, cy, cz] = transformPoint(camera.camFromScan, [x, y, z]);
    const [X, Y, Z] = [cx, cy, cz + unitM].map((v) => v / unitM * TWOKTWOK_KEYPOINT_FACTOR);
    rows[3 * i] = camera.fx * X / (1 - Z) + camera.cx;
    rows[3 * i + 1] = camera.cy - camera.fy * Y / (1 - Z);
    rows[3 * i + 2] = 1;
  });
  return rows;
}

/** `RP_0_y_-30_x`: pitch before the y, yaw before the x. */
function folderOf(set: string, { yawDeg, pitchDeg }: ViewAngles): string {
  return `${set}_${pitchDeg}_y_${yawDeg}_x`;
}

/** What the files of one view are made of: maps of the suite, drawn or read. */
export interface TwoKTwoKView {
  id: string;
  set: string;
  angles: ViewAngles;
  camera: Camera;
  unitM: number;
  keypoints?: Keypoints3D | undefined;
  maps: {
    color: Uint8Array;
    color_back: Uint8Array;
    shaded: Uint8Array;
    depth: Float32Array;
    depth_back: Float32Array;
  };
}

/** Writes the files of one view. Returns how many pixels of depth were clamped. */
export async function writeTwoKTwoKView(view: TwoKTwoKView, out: LayoutFolder): Promise<number> {
  const { id, set, angles, camera, unitM, maps, keypoints } = view;
  const size = camera.width, folder = folderOf(set, angles);
  const root = camera.projection === "perspective" ? "PERS" : "ORTH";
  let clamped = 0;
  for (
    const [side, colors, depth] of [
      ["front", maps.color, maps.depth],
      ["back", maps.color_back, maps.depth_back],
    ] as const
  ) {
    const encoded = encodeTwoKTwoKDepth(depth, camera, unitM);
    clamped += encoded.clamped;
    await out.put(
      `${root}/COLOR/NOSHADING/${folder}/${id}_${side}.png`,
      png(masked(overBlack(colors), depth), size, 3),
    );
    await out.put(`${root}/DEPTH/${folder}/${id}_${side}.png`, png(encoded.map, size, 1));
  }
  await out.put(
    `${root}/COLOR/SHADED/${folder}/${id}_front.png`,
    png(masked(overBlack(maps.shaded), maps.depth), size, 3),
  );
  if (keypoints !== undefined && camera.projection === "perspective") {
    const rows = twoKTwoKKeypoints(keypoints, camera, unitM);
    await out.put(
      `${root}/keypoint/${folder}/${id}_front.npy`,
      encodeNpy({ shape: [31, 3], dtype: "f8", data: rows }),
    );
  }
  return clamped;
}

async function writeView(view: LayoutView, out: LayoutFolder) {
  const { id, set, scene, angles, options } = view, camera = twoKTwoKCamera(view);
  const faces = options.colors === "published";
  const { backend, prepared } = scene;
  const maps = await backend.draw(prepared.scan, camera, {
    maps: faces
      ? ["shaded", "depth", "depth_back"]
      : ["color", "color_back", "shaded", "depth", "depth_back"],
    supersample: options.supersample,
    light: studioLight(options.seed, id, viewName(angles)),
  });
  const { color, color_back } = faces ? await publishedColors(scene, camera) : maps;
  const clamped = await writeTwoKTwoKView({
    id,
    set,
    angles,
    camera,
    unitM: twoKTwoKUnitM(view),
    keypoints: prepared.keypoints?.points,
    maps: {
      color: color!,
      color_back: color_back!,
      shaded: maps.shaded!,
      depth: maps.depth!,
      depth_back: maps.depth_back!,
    },
  }, out);
  return {
    result: { covered: maps.stats.covered, clamped },
    warnings: clampedWarning(clamped),
  };
}

/** What is said of depths that 16 bits cannot hold. */
export function clampedWarning(clamped: number): string[] {
  return clamped === 0 ? [] : [`depth-clamped: ${clamped} pixels lie outside of what 16 bits hold`];
}

/** Black where there is no depth, as the published program masks its pictures. */
function masked(rgb: Uint8Array, depth: Float32Array): Uint8Array {
  for (let pixel = 0; pixel < depth.length; pixel++) {
    if (depth[pixel] === 0) rgb.fill(0, 3 * pixel, 3 * pixel + 3);
  }
  return rgb;
}

/** The loader makes back paths and keypoint paths by replacing text anywhere in them. */
export function checkTwoKTwoKNames({ set, subjects }: Pick<LayoutSet, "set" | "subjects">): void {
  for (const name of [set, ...subjects]) {
    const word = ["front", "DEPTH", "png", "SHADED", " "].find((part) => name.includes(part));
    if (word !== undefined) {
      throw new UsageError(
        `Cannot write "${name}" in layout 2k2k: found "${word}" in it, which its loader replaces`,
        { hint: "rename the subject, or name the set with --set" },
      );
    }
  }
}

function finish({ set, subjects, views, options }: LayoutSet): Map<string, string> {
  return twoKTwoKLists(
    set,
    subjects.flatMap((id) => views.map((angles) => ({ id, angles }))),
    options.camera === "ortho" ? "ORTH" : "PERS",
  );
}

/** The list file of views in their order. */
export function twoKTwoKLists(
  set: string,
  views: readonly { id: string; angles: ViewAngles }[],
  root: "PERS" | "ORTH",
): Map<string, string> {
  const lines = views.map(({ id, angles }) => {
    const file = `${folderOf(set, angles)}/${id}_front.png`;
    return `/${root}/COLOR/SHADED/${file} /${root}/COLOR/NOSHADING/${file} /${root}/DEPTH/${file}\n`;
  });
  return new Map([[`list/${set}_all.txt`, lines.join("")]]);
}

/** See {@linkcode Layout}. */
export const TWOKTWOK_LAYOUT: Layout = {
  name: "2k2k",
  title: "2K2K's training files: colour, 16-bit ray depth, 31 keypoints, list files",
  defaults: { size: 2048, views: yawViews(-30, 30, 10) },
  item: "view",
  needs: () => ({ textures: true, body: false, keypoints: true }),
  check: checkTwoKTwoKNames,
  view: writeView,
  finish,
};
