/**
 * Layout `pifu`: what PIFu's `apps/render_data.py` writes and its `TrainDataset` reads. Scans are
 * upright, +y up, in centimetres; the camera is that of `_height_180.ts`, the centre's x and z the
 * medians of the vertices.
 */
import { encodeObjectNpy } from "../../core/files/pickle_write.ts";
import { encodeNpy } from "../../core/files/npy.ts";
import { encodeObj } from "../../core/files/obj_write.ts";
import type { Mesh } from "../../core/geometry/mesh.ts";
import { type Matrix4, multiply, scaling, transformPoints } from "../../core/geometry/transform.ts";
import { studioLight } from "../light.ts";
import { type ViewAngles, viewName } from "../view_names.ts";
import { medianOf, meshInLayout } from "./_frames.ts";
import { type Height180, height180, height180Camera, orthoRatio, turnOf } from "./_height_180.ts";
import { jpeg, overBlack, png } from "./_pictures.ts";
import {
  facesArray,
  meshOnAtlas,
  publishedTransfer,
  savetxt8,
  shRows,
  textureFile,
} from "./_transfer_files.ts";
import { uvGeometryFiles, uvShaded } from "./_uv_files.ts";
import {
  type Layout,
  type LayoutFolder,
  type LayoutSubject,
  type LayoutView,
  wholeYaw,
  yawViews,
} from "./layout.ts";
import { litPicture } from "./lit_picture.ts";
import { uvMapsOf } from "./uv_maps.ts";

/** Metres per unit: centimetres. */
const UNIT_M = 0.01;

/** A scan in PIFu's frame. */
interface PifuFrame extends Height180 {
  layoutFromScan: Matrix4;
}

const frames = new WeakMap<Mesh, PifuFrame>();

/** Measures a scan, once. */
export function pifuFrame({ scene }: Pick<LayoutSubject, "scene">): PifuFrame {
  let frame = frames.get(scene.mesh);
  if (frame === undefined) {
    const layoutFromScan = multiply(scaling(1 / UNIT_M), scene.framing.upright);
    const positions = transformPoints(layoutFromScan, scene.mesh.positions);
    const middle = [medianOf(positions, 0), medianOf(positions, 2)] as const;
    frames.set(scene.mesh, frame = { layoutFromScan, ...height180(positions, middle) });
  }
  return frame;
}

/** The camera of a view in metres. */
export function pifuCamera(view: Pick<LayoutView, "scene" | "angles" | "options">) {
  const frame = pifuFrame(view);
  const { angles, options: { size } } = view;
  return height180Camera(frame, {
    layoutFromScan: frame.layoutFromScan,
    unitM: UNIT_M,
    size,
    angles,
  });
}

/** `0_0_00`: yaw, pitch, light. */
function token(angles: ViewAngles): string {
  return `${wholeYaw({ ...angles, pitchDeg: 0 })}_${angles.pitchDeg}_00`;
}

async function writeView(view: LayoutView, out: LayoutFolder) {
  const { id, scene, angles, options } = view, { size } = options;
  const { center, scale } = pifuFrame(view), camera = pifuCamera(view), name = token(angles);
  const light = studioLight(options.seed, id, viewName(angles));
  const { rgba, mask, stats } = await litPicture(view, camera, light);
  const turn = turnOf(angles);
  await out.put(
    `PARAM/${id}/${name}.npy`,
    encodeObjectNpy({
      sh: shRows(light),
      ortho_ratio: orthoRatio(size),
      scale,
      center: { shape: [3], dtype: "f8", data: Float64Array.from(center) },
      R: {
        shape: [3, 3],
        dtype: "f8",
        data: Float64Array.of(
          ...turn.subarray(0, 3),
          ...turn.subarray(4, 7),
          ...turn.subarray(8, 11),
        ),
      },
    }),
  );
  await out.put(`RENDER/${id}/${name}.jpg`, await jpeg(overBlack(rgba), size));
  await out.put(`MASK/${id}/${name}.png`, png(mask, size, 1));
  const uv = await uvMapsOf(scene, size);
  if (uv !== undefined) {
    const shaded = uvShaded(uv, view, { light, camFromScan: camera.camFromScan });
    await out.put(`UV_RENDER/${id}/${name}.jpg`, await jpeg(shaded, size));
  }
  return { result: { covered: stats.covered } };
}

async function writeSubject(subject: LayoutSubject, out: LayoutFolder) {
  const { id, scene, options: { size } } = subject;
  const { layoutFromScan } = pifuFrame(subject);
  const mesh = meshInLayout(meshOnAtlas(scene.mesh), layoutFromScan);
  const [obj] = encodeObj(mesh, `${id}_100k`).values();
  await out.put(`GEO/OBJ/${id}/${id}_100k.obj`, obj);
  const warnings: string[] = [];
  await writeInput(subject, obj, out);
  const uv = await uvMapsOf(scene, size);
  if (uv === undefined) {
    warnings.push("no UV maps: the scan has no texture coordinates");
  } else {
    const { mask, position, normal } = uvGeometryFiles(uv, scene.mesh, layoutFromScan);
    await out.put(`UV_MASK/${id}/00.png`, mask);
    await out.put(`UV_POS/${id}/00.exr`, position);
    await out.put(`UV_NORMAL/${id}/00.png`, normal);
    if (uv.cut > 0) warnings.push(`uv-cut: ${uv.cut} triangles cross the texture's border`);
  }
  return { warnings };
}

/** The folder that the published program starts from, so that it can light and draw the scan itself. */
async function writeInput(subject: LayoutSubject, obj: Uint8Array, out: LayoutFolder) {
  const { id, scene: { mesh } } = subject, folder = `${id}_OBJ`;
  await out.put(`${folder}/${id}_100k.obj`, obj);
  const transfer = publishedTransfer(subject, pifuFrame(subject).layoutFromScan);
  if (transfer !== undefined) {
    await out.put(`${folder}/bounce/bounce0.txt`, savetxt8(transfer));
    await out.put(`${folder}/bounce/face.npy`, encodeNpy(facesArray(mesh)));
  }
  const texture = await textureFile(mesh);
  if (texture !== undefined) await out.put(`${folder}/tex/${id}_dif_2k.jpg`, texture);
}

/** See {@linkcode Layout}. */
export const PIFU_LAYOUT: Layout = {
  name: "pifu",
  title: "PIFu's training files: pictures, PARAM dictionaries, UV maps, meshes",
  defaults: { size: 512, views: yawViews(0, 359, 1) },
  item: "view",
  needs: () => ({ textures: true, body: false, keypoints: false }),
  check: ({ views }) => views.forEach((view) => token(view)),
  subject: writeSubject,
  view: writeView,
  // Lists the subjects for validation; empty as the published program leaves it.
  finish: () => new Map([["val.txt", ""]]),
};
