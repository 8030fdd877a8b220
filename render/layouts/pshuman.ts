/**
 * Layout `pshuman`: what PSHuman's `blender_render_human_ortho.py` writes. The scan's box has a
 * diagonal of 1 and its middle at the origin; Blender's world is x right, y into the picture of the
 * first view, z up; cameras stand on a circle of 1.5 about it. Normals are in that world.
 */
import { encodeObjectNpy } from "../../core/files/pickle_write.ts";
import type { OrthographicCamera } from "../../core/geometry/camera.ts";
import { boundsOf, type Mesh } from "../../core/geometry/mesh.ts";
import {
  type Matrix4,
  multiply,
  rotationPart,
  rotationX,
  scaling,
  transformPoints,
  translation,
} from "../../core/geometry/transform.ts";
import { studioLight } from "../light.ts";
import { viewName } from "../view_names.ts";
import { behind, orthoCamera } from "./_frames.ts";
import { turnOf } from "./_height_180.ts";
import { png, unitOf16 } from "./_pictures.ts";
import {
  type Layout,
  type LayoutFolder,
  type LayoutSubject,
  type LayoutView,
  yawViews,
} from "./layout.ts";
import { litPicture } from "./lit_picture.ts";

/** Distance of the cameras from the origin, and what the window shows. */
const DISTANCE = 1.5, ORTHO_SCALE = 1;

/** Stored depth 0 and 65535. */
const NEAR = 0.5, RANGE = 2;

/** File numbers per view: the published default keeps room for three random ones. */
const STEP = 4;

interface PsHumanFrame {
  /** The normalised scan, y up and z to the front. */
  layoutFromScan: Matrix4;
  /** Metres per unit. */
  unitM: number;
}

/** From the layout's y-up frame to Blender's world: (x, −z, y). */
export const PSHUMAN_WORLD_FROM_LAYOUT: Matrix4 = rotationX(Math.PI / 2);

const frames = new WeakMap<Mesh, PsHumanFrame>();

/** Measures a scan, once. */
export function psHumanFrame({ scene }: Pick<LayoutSubject, "scene">): PsHumanFrame {
  let frame = frames.get(scene.mesh);
  if (frame === undefined) {
    const { upright } = scene.framing;
    const { min, max } = boundsOf({ positions: transformPoints(upright, scene.mesh.positions) });
    const unitM = Math.hypot(max[0] - min[0], max[1] - min[1], max[2] - min[2]);
    const middle = [0, 1, 2].map((k) => -(min[k] + max[k]) / 2);
    const centred = multiply(translation(middle[0], middle[1], middle[2]), upright);
    frames.set(
      scene.mesh,
      frame = { layoutFromScan: multiply(scaling(1 / unitM), centred), unitM },
    );
  }
  return frame;
}

/** The camera of a view in metres. */
export function psHumanCamera(
  view: Pick<LayoutView, "scene" | "angles" | "options">,
): OrthographicCamera {
  const { layoutFromScan, unitM } = psHumanFrame(view), { angles, options: { size } } = view;
  const camFromLayout = behind(DISTANCE, turnOf(angles));
  return orthoCamera({
    camFromLayout,
    layoutFromScan,
    unitM,
    halfWindow: ORTHO_SCALE / 2,
    size,
    angles,
  });
}

/** Encodes depth (metres along −z): ⌊65535 (d − 0.5)/2⌋ of units; the background is 65535. */
export function encodePsHumanDepth(depthM: Float32Array, unitM: number): Uint16Array {
  return Uint16Array.from(depthM, (d) => {
    if (d === 0) return 65535;
    return Math.floor(65535 * Math.min(1, Math.max(0, (d / unitM - NEAR) / RANGE)));
  });
}

async function writeView(view: LayoutView, out: LayoutFolder) {
  const { id, scene, angles, index, options } = view, { size } = options;
  const { unitM } = psHumanFrame(view), camera = psHumanCamera(view);
  const name = String(STEP * index).padStart(3, "0");
  const light = studioLight(options.seed, id, viewName(angles));
  const lit = await litPicture(view, camera, light);
  await out.put(`${id}/image/${name}.png`, png(lit.rgba, size, 4));
  const worldFromCam = worldFromCamera(view);
  const maps = await scene.backend.draw(scene.prepared.scan, camera, {
    maps: ["normal", "depth", "mask"],
  });
  await out.put(
    `${id}/normal/${name}.png`,
    png(worldNormals(maps.normal!, maps.mask!, worldFromCam), size, 4),
  );
  await out.put(`${id}/depth/${name}.png`, png(encodePsHumanDepth(maps.depth!, unitM), size, 1));
  await out.put(`${id}/camera/${name}.npy`, cameraFile(view, worldFromCam));
  if (scene.prepared.body !== undefined) {
    const body = await scene.backend.draw(scene.prepared.body, camera, {
      maps: ["shaded", "normal", "mask"],
      light,
    });
    await out.put(`${id}/smpl_image/${name}.png`, png(body.shaded!, size, 4));
    await out.put(
      `${id}/smpl_normal/${name}.png`,
      png(worldNormals(body.normal!, body.mask!, worldFromCam), size, 4),
    );
  }
  return { result: { covered: lit.stats.covered } };
}

/** Rotation from the suite's camera to Blender's world, 3 × 3. */
function worldFromCamera({ angles }: Pick<LayoutView, "angles">): Float64Array {
  const camFromWorld = rotationPart(multiply(turnOf(angles), rotationX(-Math.PI / 2)));
  return transposed(camFromWorld);
}

function transposed(r: Float64Array): Float64Array {
  return Float64Array.of(r[0], r[3], r[6], r[1], r[4], r[7], r[2], r[5], r[8]);
}

/** (n·½ + ½) · 65535 of normals in the world, alpha 65535; transparent black in the background. */
function worldNormals(normals: Uint16Array, mask: Uint8Array, r: Float64Array): Uint16Array {
  const out = new Uint16Array(4 * mask.length);
  for (let pixel = 0; pixel < mask.length; pixel++) {
    if (mask[pixel] === 0) continue;
    const [x, y, z] = normals.subarray(3 * pixel, 3 * pixel + 3);
    const n = [unitOf16(x), unitOf16(y), unitOf16(z)];
    for (let k = 0; k < 3; k++) {
      const world = r[3 * k] * n[0] + r[3 * k + 1] * n[1] + r[3 * k + 2] * n[2];
      out[4 * pixel + k] = Math.min(65535, Math.max(0, Math.round((world + 1) * 32767.5)));
    }
    out[4 * pixel + 3] = 65535;
  }
  return out;
}

/** Intrinsic in pixels per unit; extrinsic from the world to OpenCV's camera (y down, z ahead). */
function cameraFile(view: LayoutView, worldFromCam: Float64Array): Uint8Array {
  const { angles, options: { size } } = view, focal = size / ORTHO_SCALE;
  const r = transposed(worldFromCam);
  // deno-fmt-ignore
  const extrinsic = Float64Array.of(
    r[0], r[1], r[2], 0,
    -r[3], -r[4], -r[5], 0,
    -r[6], -r[7], -r[8], DISTANCE,
  ).map((value) => value + 0);
  // deno-fmt-ignore
  const intrinsic = Float64Array.of(focal, 0, size / 2, 0, focal, size / 2, 0, 0, 1);
  return encodeObjectNpy({
    intrinsic: { shape: [3, 3], dtype: "f8", data: intrinsic },
    extrinsic: { shape: [3, 4], dtype: "f8", data: extrinsic },
    fov: 0,
    azimuth: ((-angles.yawDeg % 360) + 360) % 360,
    elevation: angles.pitchDeg,
    distance: DISTANCE,
    focal,
    sensor_width: ORTHO_SCALE,
    near: NEAR,
    far: NEAR + RANGE,
    camera: "ORTHO",
  });
}

async function writeSubject({ id, views, scene }: LayoutSubject, out: LayoutFolder) {
  await out.put(`${id}/meta.npy`, encodeObjectNpy({ views: views.length }));
  return {
    warnings: scene.prepared.body === undefined
      ? ["no smpl_image, smpl_normal: no posed body"]
      : [],
  };
}

/** See {@linkcode Layout}. */
export const PSHUMAN_LAYOUT: Layout = {
  name: "pshuman",
  title:
    "PSHuman's rendered data: 8 orthographic cameras about the person, 16-bit normals and depth",
  defaults: { size: 768, views: yawViews(0, -315, -45) },
  item: "view",
  needs: () => ({ textures: true, body: true, keypoints: false }),
  subject: writeSubject,
  view: writeView,
};
