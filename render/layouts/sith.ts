/**
 * Layout `sith`: the HDF5 file of SiTH's `build_dataset.py`, one group a subject, and the aligned
 * meshes it is made from. Scans stand in the canonical frame of their fit (metres, pelvis at the
 * origin, root turned back); the cameras are parallel, 3 away, and show 2 × 2 metres.
 *
 * Each subject is a file of its own, `subjects/<id>.hdf5`; `<set>.hdf5` links to all of them, so that
 * subjects can be written at the same time and one after another. Keep them together.
 */
import { Hdf5Writer } from "../../core/files/hdf5_write.ts";
import { encodeObj } from "../../core/files/obj_write.ts";
import type { OrthographicCamera } from "../../core/geometry/camera.ts";
import type { Mesh } from "../../core/geometry/mesh.ts";
import { faceNormals } from "../../core/geometry/normals.ts";
import type { Matrix4 } from "../../core/geometry/transform.ts";
import { InputError } from "../../core/work/errors.ts";
import { type Json, stableJson } from "../../core/work/json.ts";
import { keypointsOfBody } from "../../body/body_keypoints.ts";
import type { BodyFit } from "../../body/fit.ts";
import { jsonOfFit } from "../../body/fit_json.ts";
import { bodyMesh, pelvisOf, poseBody, restShape } from "../../body/forward.ts";
import type { BodyModel } from "../../body/model.ts";
import { canonicalFit, canonicalFromScan } from "../../body/place.ts";
import type { ViewAngles } from "../view_names.ts";
import { behind, meshInLayout, orthoCamera } from "./_frames.ts";
import { turnOf } from "./_height_180.ts";
import { png } from "./_pictures.ts";
import { pixelWeights } from "./_surface_values.ts";
import {
  type Layout,
  type LayoutFolder,
  type LayoutSet,
  type LayoutSubject,
  type LayoutView,
  yawViews,
} from "./layout.ts";
import { sithSamples } from "./sith_samples.ts";

const DISTANCE = 3, HALF_WINDOW = 1;

/** The map from the scan to SiTH's frame. @throws {InputError} If the subject has no posed body. */
export function sithFrame({ id, scene }: Pick<LayoutSubject, "id" | "scene">): Matrix4 {
  if (scene.body === undefined) {
    throw new InputError(`Cannot write "${id}" in layout sith: it has no posed body`, {
      hint:
        "SiTH's frame is that of the body's fit: fit one with align, or name the model (--body)",
    });
  }
  return canonicalFromScan(scene.body.model, scene.body.fit);
}

/** The camera of a view in metres. */
export function sithCamera(
  view: Pick<LayoutView, "id" | "scene" | "angles" | "options">,
): OrthographicCamera {
  const { angles, options: { size } } = view;
  return orthoCamera({
    camFromLayout: behind(DISTANCE, turnOf(angles)),
    layoutFromScan: sithFrame(view),
    unitM: 1,
    halfWindow: HALF_WINDOW,
    size,
    angles,
  });
}

/** Where the camera stands: (3 sin α cos e, 3 sin e, 3 cos α cos e), α = −yaw. */
function eyeOf(angles: ViewAngles): number[] {
  const turn = turnOf(angles);
  return [turn[8], turn[9], turn[10]].map((v) => DISTANCE * v + 0);
}

interface SithPictures {
  rgb: Uint8Array[];
  nrm: Uint8Array[];
  uv: Uint8Array[];
  /** One row of the body's triangles a view. */
  vis: Uint8Array[];
}

async function drawViews(subject: LayoutSubject): Promise<SithPictures> {
  const { scene, views, options } = subject, { size } = options;
  const normals = faceNormals(
    meshInLayout(scene.mesh, sithFrame(subject)).positions,
    scene.mesh.indices,
  );
  const { model, posed } = scene.body!;
  const body = bodyMesh(model, posed);
  const out: SithPictures = { rgb: [], nrm: [], uv: [], vis: [] };
  for (const angles of views) {
    const camera = sithCamera({ ...subject, angles });
    const { color, face } = await scene.backend.draw(scene.prepared.scan, camera, {
      maps: ["color", "face"],
      supersample: options.supersample,
    });
    out.rgb.push(png(color!, size, 4));
    out.nrm.push(png(faceNormalPicture(face!, normals), size, 4));
    const { face: bodyFace } = await scene.backend.draw(scene.prepared.body!, camera, {
      maps: ["face"],
    });
    const seen = new Uint8Array(model.faces.length / 3);
    for (const number of bodyFace!) if (number !== 0) seen[number - 1] = 1;
    out.vis.push(seen);
    if (model.uv !== undefined) {
      out.uv.push(png(uvPicture(camera, { body, face: bodyFace!, uv: model.uv }), size, 4));
    }
  }
  return out;
}

/** Normals of triangles in SiTH's frame, (n + 1)/2 in 8 bits, RGBA. */
function faceNormalPicture(face: Uint32Array, normals: Float32Array): Uint8Array {
  const rgba = new Uint8Array(4 * face.length);
  for (let pixel = 0; pixel < face.length; pixel++) {
    if (face[pixel] === 0) continue;
    for (let k = 0; k < 3; k++) {
      rgba[4 * pixel + k] = Math.round((normals[3 * (face[pixel] - 1) + k] + 1) * 127.5);
    }
    rgba[4 * pixel + 3] = 255;
  }
  return rgba;
}

/** Texture coordinates of the body: u in red, v (up) in green, 8 bits. */
function uvPicture(
  camera: OrthographicCamera,
  { body, face, uv }: {
    body: Mesh;
    face: Uint32Array;
    uv: { coordinates: Float32Array; faces: Uint32Array };
  },
): Uint8Array {
  const weights = pixelWeights(camera, body, face), rgba = new Uint8Array(4 * face.length);
  for (let pixel = 0; pixel < face.length; pixel++) {
    if (face[pixel] === 0) continue;
    const at = 3 * (face[pixel] - 1), wb = weights[2 * pixel], wc = weights[2 * pixel + 1];
    for (let k = 0; k < 2; k++) {
      const value = (1 - wb - wc) * uv.coordinates[2 * uv.faces[at] + k] +
        wb * uv.coordinates[2 * uv.faces[at + 1] + k] +
        wc * uv.coordinates[2 * uv.faces[at + 2] + k];
      rgba[4 * pixel + k] = Math.round(255 * Math.min(1, Math.max(0, value)));
    }
    rgba[4 * pixel + 3] = 255;
  }
  return rgba;
}

async function writeSubject(subject: LayoutSubject, out: LayoutFolder) {
  const { id, set, scene, views, options } = subject;
  const layoutFromScan = sithFrame(subject), mesh = meshInLayout(scene.mesh, layoutFromScan);
  const { model, fit } = scene.body!, canonical = canonicalFit(fit);
  const posed = poseBody(model, canonical);
  const aligned = `${set}/${id}`;
  const { materials: _, ...plain } = mesh;
  await out.put(`${aligned}/${id}.obj`, encodeObj(plain, id).values().next().value!);
  const bodyObj = encodeObj(bodyMesh(model, posed), `${id}_smplx`).values().next().value!;
  await out.put(`${aligned}/${id}_smplx.obj`, bodyObj);
  await out.put(`${aligned}/${id}_smplx.json`, fitText(model, fit));

  const pictures = await drawViews(subject);
  const samples = sithSamples(mesh, {
    ...(options.samples === undefined ? {} : { count: options.samples }),
    seed: options.seed,
    id,
  });
  const n = samples.d.length, count = views.length;
  using file = await Hdf5Writer.create(await out.place(`subjects/${id}.hdf5`));
  const floats = (name: string, shape: number[], data: Float32Array) =>
    file.array(`${id}/${name}`, { shape, dtype: "f4" }, [data]);
  await floats("pts", [n, 3], samples.pts);
  await floats("rgb", [n, 3], samples.rgb);
  await floats("nrm", [n, 3], samples.nrm);
  await floats("d", [n, 1], samples.d);
  const column = (of: (angles: ViewAngles) => number) => Float32Array.from(views, of);
  await floats("cam_eva", [count, 1], column(({ pitchDeg }) => pitchDeg));
  await floats("cam_azh", [count, 1], column(({ yawDeg }) => -yawDeg + 0));
  await floats("cam_rad", [count, 1], column(() => DISTANCE));
  await floats("cam_pos", [count, 3], Float32Array.from(views.flatMap(eyeOf)));
  await floats("smpl_v", [posed.vertices.length / 3, 3], Float32Array.from(posed.vertices));
  await floats("joints_3d", [135, 3], openPose135(keypointsOfBody(model, posed)));
  await file.array(
    `${id}/vis`,
    { shape: [count, model.faces.length / 3], dtype: "b1" },
    pictures.vis,
  );
  await file.byteLists(`${id}/rgb_img`, pictures.rgb);
  await file.byteLists(`${id}/nrm_img`, pictures.nrm);
  if (pictures.uv.length > 0) await file.byteLists(`${id}/uv_img`, pictures.uv);
  await file.finish();
  return {
    result: { views: count, points: n },
    warnings: pictures.uv.length > 0
      ? []
      : ["no uv_img: the body model's file has no texture coordinates"],
  };
}

/**
 * The fit as `align_thuman.py` writes it: smplx's names, plain lists, translation 0; the root's
 * rotation is kept although the scan was turned back. Of other models than SMPL-X, which SiTH does
 * not know, the fit says what it means: no root rotation, minus the pelvis as translation.
 */
function fitText(model: BodyModel, fit: BodyFit): string {
  const published = fit.kind === "smplx";
  const pelvis = pelvisOf(model, restShape(model, fit));
  const written: BodyFit = published
    ? { ...canonicalFit(fit), globalOrient: fit.globalOrient }
    : { ...canonicalFit(fit), transl: Float64Array.from(pelvis, (v) => -v) };
  const plain = Object.entries(jsonOfFit(written))
    .filter(([key]) => !["kind", "gender", "origin", "scale", "rest_shape"].includes(key))
    .map(([key, value]) =>
      [
        key,
        value !== null && typeof value === "object" && !Array.isArray(value)
          ? Object.values(value)[0]
          : value,
      ] as const
    );
  return stableJson(Object.fromEntries(plain) as Json);
}

/** smplx's OpenPose order: BODY_25, left hand, right hand, 51 of the face, 17 of the jaw line. */
function openPose135(points: ReturnType<typeof keypointsOfBody>): Float32Array {
  const { body25, handLeft, handRight, face } = points;
  return Float32Array.from([
    ...body25,
    ...handLeft,
    ...handRight,
    ...face.subarray(3 * 17),
    ...face.subarray(0, 3 * 17),
  ]);
}

/** The file that links the subjects' files into one. */
async function finish({ set, subjects }: LayoutSet): Promise<Map<string, Uint8Array>> {
  const path = await Deno.makeTempFile({ suffix: ".hdf5" });
  try {
    {
      using file = await Hdf5Writer.create(path);
      for (const id of subjects) file.link(id, `subjects/${id}.hdf5`, `/${id}`);
      await file.finish();
    }
    return new Map([[`${set}.hdf5`, await Deno.readFile(path)]]);
  } finally {
    await Deno.remove(path);
  }
}

/** See {@linkcode Layout}. */
export const SITH_LAYOUT: Layout = {
  name: "sith",
  title: "SiTH's HDF5 training file, and its aligned meshes",
  defaults: { size: 1024, views: yawViews(0, -350, -10) },
  item: "subject",
  needs: () => ({ textures: true, body: true, keypoints: false }),
  subject: writeSubject,
  finish,
};
