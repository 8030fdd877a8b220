/**
 * Layout `pamir`: PaMIR's `mesh_data` and `image_data`. The scan's box is centred and its longest side
 * 0.75 to 0.9 (drawn per subject); cameras stand 10 away with a focal length of 5000 pixels at 512.
 */
import { encodeMat, MatCell, type MatValue } from "../../core/files/mat_write.ts";
import type { NpyArray } from "../../core/files/npy.ts";
import { encodeObj } from "../../core/files/obj_write.ts";
import { encodePickle } from "../../core/files/pickle_write.ts";
import type { PerspectiveCamera } from "../../core/geometry/camera.ts";
import { boundsOf, type Mesh } from "../../core/geometry/mesh.ts";
import {
  type Matrix4,
  multiply,
  rotationPart,
  scaling,
  transformPoints,
  translation,
} from "../../core/geometry/transform.ts";
import { random } from "../../core/work/random.ts";
import type { BodyFit } from "../../body/fit.ts";
import { bodyMesh } from "../../body/forward.ts";
import { transformFit } from "../../body/place.ts";
import { studioLight } from "../light.ts";
import { viewName } from "../view_names.ts";
import { behind, cameraFromScan, meshInLayout } from "./_frames.ts";
import { turnOf } from "./_height_180.ts";
import { jpeg, overBlack, png } from "./_pictures.ts";
import {
  facesArray,
  meshOnAtlas,
  publishedTransfer,
  shRows,
  textureFile,
} from "./_transfer_files.ts";
import { uvGeometryFiles, uvShaded } from "./_uv_files.ts";
import {
  type Layout,
  type LayoutFolder,
  type LayoutSubject,
  type LayoutView,
  yawViews,
} from "./layout.ts";
import { litPicture } from "./lit_picture.ts";
import {
  PAMIR_CURVATURE,
  PAMIR_SAMPLES,
  PAMIR_SIGMA,
  PAMIR_SIGMA_SMALL,
  pamirSamples,
  sampleVertices,
} from "./pamir_samples.ts";
import { uvMapsOf } from "./uv_maps.ts";

const DISTANCE = 10, FOCAL_AT_512 = 5000;

interface PamirFrame {
  layoutFromScan: Matrix4;
  /** Metres per unit. */
  unitM: number;
}

const frames = new WeakMap<Mesh, PamirFrame>();

/** Normalises a scan, once; the size is drawn from the run's seed and the subject. */
export function pamirFrame(
  { id, scene, options }: Pick<LayoutSubject, "id" | "scene" | "options">,
): PamirFrame {
  let frame = frames.get(scene.mesh);
  if (frame === undefined) {
    const { upright } = scene.framing;
    const { min, max } = boundsOf({ positions: transformPoints(upright, scene.mesh.positions) });
    const longest = Math.max(...[0, 1, 2].map((k) => max[k] - min[k]));
    const unitM = longest / (0.75 + 0.15 * random(options.seed, "pamir-size", id).float());
    const [x, y, z] = [0, 1, 2].map((k) => -(min[k] + max[k]) / 2);
    const layoutFromScan = multiply(scaling(1 / unitM), multiply(translation(x, y, z), upright));
    frames.set(scene.mesh, frame = { layoutFromScan, unitM });
  }
  return frame;
}

/** The camera of a view in metres. */
export function pamirCamera(
  view: Pick<LayoutView, "id" | "scene" | "angles" | "options">,
): PerspectiveCamera {
  const { layoutFromScan, unitM } = pamirFrame(view), { angles, options: { size } } = view;
  const focal = FOCAL_AT_512 * size / 512;
  return {
    projection: "perspective",
    width: size,
    height: size,
    camFromScan: cameraFromScan(behind(DISTANCE, turnOf(angles)), layoutFromScan, unitM),
    fx: focal,
    fy: focal,
    cx: size / 2,
    cy: size / 2,
    yawDeg: angles.yawDeg,
    pitchDeg: angles.pitchDeg,
  };
}

const row = (values: ArrayLike<number>): NpyArray => ({
  shape: [1, values.length],
  dtype: "f8",
  data: Float64Array.from(values, (v) => v + 0),
});

/** Where the camera stands and how it is turned, in the layout's frame. */
function cameraStruct(angles: LayoutView["angles"]): MatValue {
  const turn = turnOf(angles); // its rows are the camera's axes
  const back = [turn[8], turn[9], turn[10]];
  return {
    center: row(back.map((v) => DISTANCE * v)),
    direction: row(back.map((v) => -v)),
    right: row(turn.subarray(0, 3)),
    up: row(turn.subarray(4, 7)),
  };
}

async function writeView(view: LayoutView, out: LayoutFolder) {
  const { id, scene, angles, index, options } = view, { size } = options;
  const name = String(index).padStart(4, "0"), folder = `image_data/${id}`;
  const camera = pamirCamera(view), light = studioLight(options.seed, id, viewName(angles));
  const { rgba, mask, stats } = await litPicture(view, camera, light);
  await out.put(`${folder}/color/${name}.jpg`, await jpeg(overBlack(rgba), size));
  await out.put(`${folder}/mask/${name}.png`, png(mask, size, 1));
  const uv = await uvMapsOf(scene, size);
  if (uv !== undefined) {
    const shaded = uvShaded(uv, view, { light, camFromScan: camera.camFromScan });
    await out.put(`${folder}/color_uv/${name}.png`, png(shaded, size, 3));
  }
  return { result: { covered: stats.covered } };
}

async function writeSubject(subject: LayoutSubject, out: LayoutFolder) {
  const { id, scene, views, options } = subject, { size, seed } = options, { body } = scene;
  const { layoutFromScan } = pamirFrame(subject), warnings: string[] = [];
  const mesh = meshInLayout(meshOnAtlas(scene.mesh), layoutFromScan);
  const [obj] = encodeObj(mesh, id).values();
  await out.put(`mesh_data/${id}/${id}.obj`, obj);
  await writeBody(subject, out, warnings);
  const transfer = publishedTransfer(subject, layoutFromScan);
  if (transfer !== undefined) {
    await out.put(
      `mesh_data/${id}/bounce/prt_data.mat`,
      encodeMat({ bounce0: transfer, face: facesArray(mesh) }, { compress: true }),
    );
  }
  const texture = await textureFile(scene.mesh);
  if (texture !== undefined) await out.put(`mesh_data/${id}/${id}.jpg`, texture);

  const folder = `image_data/${id}`;
  const cameras = new MatCell(views.map(cameraStruct));
  await out.put(`${folder}/meta/cam_data.mat`, encodeMat({ cam: cameras }));
  const lights = new Float64Array(27 * views.length);
  views.forEach((angles, i) => {
    // In the mesh's frame: PaMIR turns the camera, and no light with it.
    const turn = rotationPart(turnOf(angles));
    lights.set(
      shRows(studioLight(seed, id, viewName(angles)), turn).data as Float64Array,
      27 * i,
    );
  });
  const sh: NpyArray = { shape: [views.length, 9, 3], dtype: "f8", data: lights };
  await out.put(`${folder}/meta/sh_data.mat`, encodeMat({ sh }));

  const uv = await uvMapsOf(scene, size);
  if (uv === undefined) warnings.push("no UV maps: the scan has no texture coordinates");
  else {
    const { mask, position, normal } = uvGeometryFiles(uv, scene.mesh, layoutFromScan);
    await out.put(`${folder}/meta/uv_mask.png`, mask);
    await out.put(`${folder}/meta/uv_pos.exr`, position);
    await out.put(`${folder}/meta/uv_nml.png`, normal);
  }
  const count = options.samples ?? PAMIR_SAMPLES;
  const samples = pamirSamples(mesh, { count, seed, id });
  await out.put(`${folder}/sample/samples.mat`, encodeMat(samples));
  if (body !== undefined) {
    const vertices = transformPoints(layoutFromScan, Float32Array.from(body.posed.vertices));
    await out.put(
      `${folder}/sample/sample2smpl.mat`,
      encodeMat(sampleVertices(samples, vertices), { compress: true }),
    );
  }
  await out.put(
    `${folder}/sample/meta.mat`,
    encodeMat({
      sigma: row([PAMIR_SIGMA]),
      sigma_small: row([PAMIR_SIGMA_SMALL]),
      curv_thresh: row([PAMIR_CURVATURE]),
    }),
  );
  return { warnings };
}

async function writeBody(
  subject: LayoutSubject,
  out: LayoutFolder,
  warnings: string[],
): Promise<void> {
  const { id, scene: { body } } = subject, { layoutFromScan } = pamirFrame(subject);
  const folder = `mesh_data/${id}/smpl`;
  if (body === undefined) {
    warnings.push("no smpl files: the subject has no posed body");
    return;
  }
  const moved = meshInLayout(bodyMesh(body.model, body.posed), layoutFromScan);
  await out.put(`${folder}/smpl_mesh.obj`, encodeObj(moved, "smpl_mesh").get("smpl_mesh.obj")!);
  const fit = transformFit(body.model, body.fit, layoutFromScan);
  const params = smplParams(fit);
  if (params === undefined) {
    warnings.push(`no smpl_param.pkl: the fit is of ${fit.kind}, PaMIR's is of SMPL`);
    return;
  }
  await out.put(`${folder}/smpl_param.pkl`, encodePickle(params));
}

/** PaMIR's dictionary: V = body_scale · smpl(body_pose, betas) + translation. */
function smplParams(fit: BodyFit): Record<string, NpyArray> | undefined {
  if (fit.kind !== "smpl" || fit.bodyPose.length !== 69 || fit.origin === "pelvis") {
    return undefined;
  }
  const f4 = (shape: number[], values: ArrayLike<number>): NpyArray => ({
    shape,
    dtype: "f4",
    data: Float32Array.from(values),
  });
  const betas = new Float64Array(10);
  betas.set(fit.betas.subarray(0, 10));
  return {
    betas: f4([1, 10], betas),
    global_orient: f4([1, 3], fit.globalOrient),
    global_body_translation: f4([3], fit.transl),
    body_scale: f4([1], [fit.scale]),
    body_pose: f4([1, 72], [...fit.globalOrient, ...fit.bodyPose]),
    // VPoser's code of the pose: nothing that reads the data uses it, and it cannot be told from a pose.
    body_pose_embedding: f4([1, 32], new Float32Array(32)),
  };
}

/** See {@linkcode Layout}. */
export const PAMIR_LAYOUT: Layout = {
  name: "pamir",
  title: "PaMIR's mesh_data and image_data, with .mat files of cameras, lights and samples",
  defaults: { size: 512, views: yawViews(0, -359, -1) },
  item: "view",
  needs: () => ({ textures: true, body: true, keypoints: false }),
  subject: writeSubject,
  view: writeView,
  finish: ({ subjects }) => new Map([["data_list.txt", subjects.map((id) => `${id}\n`).join("")]]),
};
