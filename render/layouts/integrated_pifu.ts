/**
 * Layout `integrated-pifu`: what IntegratedPIFu's rendering scripts write. Numbers stay in the scan
 * file's own unit; the window is 1.1 × the largest side of the turned scan; the centre is a point on
 * the front surface at half height. Back normals are stored as seen from behind.
 */
import { encodeExr } from "../../core/files/exr.ts";
import { encodeNpy } from "../../core/files/npy.ts";
import { encodeObj } from "../../core/files/obj_write.ts";
import { encodeObjectNpy } from "../../core/files/pickle_write.ts";
import type { OrthographicCamera } from "../../core/geometry/camera.ts";
import { boundsOf } from "../../core/geometry/mesh.ts";
import {
  type Matrix4,
  multiply,
  scaling,
  transformPoints,
  translation,
} from "../../core/geometry/transform.ts";
import { studioLight } from "../light.ts";
import { viewName } from "../view_names.ts";
import { behind, medianOfValues, meshInLayout, orthoCamera } from "./_frames.ts";
import { turnOf } from "./_height_180.ts";
import { png, unitOf16 } from "./_pictures.ts";
import {
  type Layout,
  type LayoutFolder,
  type LayoutSubject,
  type LayoutView,
  wholeYaw,
  yawViews,
} from "./layout.ts";
import { litPicture } from "./lit_picture.ts";
import { parseMap } from "./parse_map.ts";

/** Blender's depth of the background. */
const FAR = 1e10;

/** The camera stands this far before the centre. */
const DISTANCE = 10;

/** Half the height of the strip that the centre is measured in, share of the person's height. */
const STRIP = 0.005;

/** Where the scan's unit is so small that the camera would stand inside of the person: metres. */
function unitOf(metresPerUnit: number): number {
  return metresPerUnit < 0.2 ? 1 : metresPerUnit;
}

/** A view's framing in the scan's own units, turned. */
export interface IntegratedPifuFrame {
  center: readonly [number, number, number];
  /** Side of the window. */
  orthoScale: number;
  /** Whether the window cuts the person: vertices crowd away from the middle at half height. */
  cut: boolean;
  layoutFromScan: Matrix4;
  unitM: number;
}

/** Measures the turned scan. */
export function integratedPifuFrame(
  { scene, angles, metresPerUnit }: Pick<LayoutView, "scene" | "angles" | "metresPerUnit">,
): IntegratedPifuFrame {
  const unitM = unitOf(metresPerUnit);
  const layoutFromScan = multiply(scaling(1 / unitM), scene.framing.upright);
  const turned = transformPoints(multiply(turnOf(angles), layoutFromScan), scene.mesh.positions);
  const { min, max } = boundsOf({ positions: turned });
  const sides = [0, 1, 2].map((k) => max[k] - min[k]);
  const y = (min[1] + max[1]) / 2, half = STRIP * sides[1];
  const strip = new Float32Array(turned.length / 3);
  let x = NaN, z = NaN;
  for (let room = half; Number.isNaN(x) || Number.isNaN(z); room *= 2) {
    let count = 0;
    for (let i = 0; i < turned.length; i += 3) {
      if (Math.abs(turned[i + 1] - y) <= room) strip[count++] = turned[i];
    }
    if (Number.isNaN(x) && count > 0) x = medianOfValues(strip.subarray(0, count));
    for (let i = 0; i < turned.length; i += 3) {
      if (Math.abs(turned[i + 1] - y) > room || Math.abs(turned[i] - x) > room) continue;
      if (!(turned[i + 2] <= z)) z = turned[i + 2];
    }
  }
  const orthoScale = 1.1 * Math.max(...sides);
  const cut = Math.max(max[0] - x, x - min[0]) > orthoScale / 2;
  return { center: [x, y, z], orthoScale, cut, layoutFromScan, unitM };
}

/** The camera of a view in metres. */
export function integratedPifuCamera(
  { angles, options: { size } }: Pick<LayoutView, "angles" | "options">,
  { center: [x, y, z], orthoScale, layoutFromScan, unitM }: IntegratedPifuFrame,
): OrthographicCamera {
  const camFromLayout = behind(DISTANCE, multiply(translation(-x, -y, -z), turnOf(angles)));
  return orthoCamera({
    camFromLayout,
    layoutFromScan,
    unitM,
    halfWindow: orthoScale / 2,
    size,
    angles,
  });
}

async function writeView(view: LayoutView, out: LayoutFolder) {
  const { id, scene, angles, options } = view, { size } = options;
  const name = String(wholeYaw(angles)).padStart(3, "0");
  const frame = integratedPifuFrame(view), camera = integratedPifuCamera(view, frame);
  const light = studioLight(options.seed, id, viewName(angles));
  const lit = await litPicture(view, camera, light);
  const maps = await scene.backend.draw(scene.prepared.scan, camera, {
    maps: ["normal", "normal_back", "depth", "mask", "face"],
  });
  const full = `buffer_fixed_full_mesh/${id}`;
  await out.put(`${full}/rendered_image_${name}.png`, png(lit.rgba, size, 4));
  await out.put(`${full}/rendered_mask_${name}.png`, png(maps.mask!, size, 1));
  const turn = turnOf(angles);
  await out.put(
    `${full}/rendered_params_${name}.npy`,
    encodeObjectNpy({
      center: { shape: [3], dtype: "f8", data: Float64Array.from(frame.center) },
      R: {
        shape: [3, 3],
        dtype: "f8",
        data: Float64Array.of(...[0, 4, 8].flatMap((r) => [...turn.subarray(r, r + 3)])),
      },
      scale_factor: size / frame.orthoScale,
    }),
  );
  const normals = `buffer_normal_maps_of_full_mesh/${id}`;
  const front = floatNormals(maps.normal!, maps.mask!);
  const back = floatNormals(maps.normal_back!, maps.mask!).map((plane) => flipped(plane, size));
  await out.put(`${normals}/rendered_nmlF_${name}.exr`, rgbExr(front, size));
  await out.put(`${normals}/rendered_nmlB_${name}.exr`, rgbExr(back, size));
  const depth = maps.depth!.map((d) => d === 0 ? FAR : d / frame.unitM);
  await out.put(
    `buffer_depth_maps_of_full_mesh/${id}/rendered_depthmap_${name}.exr`,
    rgbExr([depth, depth, depth], size),
  );
  const parse = parseMap(view, camera, maps.face!);
  if (parse !== undefined) {
    await out.put(
      `render_human_parse_results/${id}/rendered_parse_${name}.npy`,
      encodeNpy({ shape: [size, size], dtype: "f4", data: parse }),
    );
  }
  return {
    result: { covered: lit.stats.covered, parse: parse === undefined ? "none" : "body parts" },
    warnings: frame.cut
      ? ["the window cuts the person: the layout's centre is the median of x at half height"]
      : [],
  };
}

/** The mesh that `TrainDataset` samples, in the frame and unit of the params. */
async function writeSubject(subject: LayoutSubject, out: LayoutFolder) {
  const { id, scene, metresPerUnit } = subject;
  const frame = multiply(scaling(1 / unitOf(metresPerUnit)), scene.framing.upright);
  const { materials: _, ...mesh } = meshInLayout(scene.mesh, frame);
  const [obj] = encodeObj(mesh, `${id}_clean`).values();
  await out.put(`split_mesh/results/${id}/${id}_clean.obj`, obj);
  return {
    warnings: scene.body === undefined
      ? ["no render_human_parse_results: the subject has no posed body to tell its parts"]
      : [],
  };
}

/** Normals −1 to 1 as three planes, 0 in the background. */
function floatNormals(normals: Uint16Array, mask: Uint8Array): Float32Array[] {
  return [0, 1, 2].map((k) =>
    Float32Array.from(mask, (covered, i) => covered === 0 ? 0 : unitOf16(normals[3 * i + k]))
  );
}

function flipped(plane: Float32Array, size: number): Float32Array {
  const out = new Float32Array(plane.length);
  for (let row = 0; row < plane.length; row += size) {
    for (let x = 0; x < size; x++) out[row + x] = plane[row + size - 1 - x];
  }
  return out;
}

function rgbExr([R, G, B]: Float32Array[], size: number): Uint8Array {
  return encodeExr({ width: size, height: size, channels: { R, G, B } });
}

/** See {@linkcode Layout}. */
export const INTEGRATED_PIFU_LAYOUT: Layout = {
  name: "integrated-pifu",
  title: "IntegratedPIFu's rendered data: pictures, params, float normals and depth, parts, meshes",
  defaults: { size: 1024, views: yawViews(0, 350, 10) },
  item: "view",
  needs: () => ({ textures: true, body: true, keypoints: false }),
  check: ({ views }) => views.forEach(wholeYaw),
  subject: writeSubject,
  view: writeView,
};
