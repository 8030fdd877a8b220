/**
 * Layout `icon`: the rendered data of ICON, which ECON, GTA, SIFU and HiLo train on. Scans are upright
 * in metres and read × 100; the camera is that of `_height_180.ts`, the centre's x and z those of
 * the fit's root joint. Back maps share the front camera's pixels.
 */
import { encodeObj } from "../../core/files/obj_write.ts";
import { encodeTorch } from "../../core/files/torch_write.ts";
import type { OrthographicCamera } from "../../core/geometry/camera.ts";
import type { Mesh } from "../../core/geometry/mesh.ts";
import {
  type Matrix4,
  multiply,
  scaling,
  transformPoint,
  transformPoints,
  translation,
} from "../../core/geometry/transform.ts";
import { bodyMesh } from "../../body/forward.ts";
import { studioLight } from "../light.ts";
import { type ViewAngles, viewName } from "../view_names.ts";
import { iconFitFile } from "./_icon_fit.ts";
import { medianOf, meshInLayout } from "./_frames.ts";
import {
  centreDepthM,
  HALF_WINDOW,
  type Height180,
  height180,
  height180Camera,
  turnOf,
} from "./_height_180.ts";
import { normalsRgba8, png } from "./_pictures.ts";
import {
  type Layout,
  type LayoutFolder,
  type LayoutSet,
  type LayoutSubject,
  type LayoutView,
  wholeYaw,
  yawViews,
} from "./layout.ts";
import { litPicture } from "./lit_picture.ts";

/** Metres per unit: ICON multiplies metres by 100. */
const UNIT_M = 0.01;

/** Depths from −100 to 100 units of a person of 180 take 256 levels. */
const DEPTH_RANGE = 100;

interface IconFrame extends Height180 {
  layoutFromScan: Matrix4;
  /** Whether x and z come from the fit's root. */
  rooted: boolean;
}

const frames = new WeakMap<Mesh, IconFrame>();

/** Measures a scan, once. */
export function iconFrame({ scene }: Pick<LayoutSubject, "scene">): IconFrame {
  let frame = frames.get(scene.mesh);
  if (frame === undefined) {
    const { mesh: { positions }, framing: { upright }, body } = scene;
    frame = measure({ positions, upright, joints: body?.posed.joints });
    frames.set(scene.mesh, frame);
  }
  return frame;
}

/** A scan and how it stands. Metres, scan's frame. */
export interface IconScan {
  positions: Float32Array;
  upright: Matrix4;
  /** Joints of the fit, the root first; absent: the centre's x and z are the vertices' medians. */
  joints?: ArrayLike<number> | undefined;
}

function measure({ positions: p, upright, joints }: IconScan): IconFrame {
  const layoutFromScan = multiply(scaling(1 / UNIT_M), upright);
  const positions = transformPoints(layoutFromScan, p);
  const root = joints && transformPoint(layoutFromScan, [joints[0], joints[1], joints[2]]);
  const middle = root === undefined
    ? [medianOf(positions, 0), medianOf(positions, 2)] as const
    : [root[0], root[2]] as const;
  return { layoutFromScan, rooted: root !== undefined, ...height180(positions, middle) };
}

/**
 * The map from the scan's frame to ICON's square of a view: x right, y up, z towards the viewer, each
 * −1 … 1 over the window. Its meshes are in it, y turned up.
 */
export function iconSquareFromScan(scan: IconScan, angles: ViewAngles): Matrix4 {
  const { layoutFromScan, center: [x, y, z], scale } = measure(scan);
  const turned = multiply(turnOf(angles), multiply(translation(-x, -y, -z), layoutFromScan));
  return multiply(scaling(scale / HALF_WINDOW), turned);
}

/** The camera of a view in metres. */
export function iconCamera(
  view: Pick<LayoutView, "scene" | "angles" | "options">,
): OrthographicCamera {
  const frame = iconFrame(view), { angles, options: { size } } = view;
  const { layoutFromScan } = frame;
  return height180Camera(frame, { layoutFromScan, unitM: UNIT_M, size, angles });
}

/** Encodes a depth map (metres along −z) in 256 levels: ⌊255 (z_ndc + 1)/2 + ½⌋, z_ndc = −z/100. */
export function encodeIconDepth(depthM: Float32Array, frame: Height180): Uint8Array {
  const out = new Uint8Array(depthM.length), centreM = centreDepthM(frame, UNIT_M);
  for (let pixel = 0; pixel < depthM.length; pixel++) {
    if (depthM[pixel] === 0) continue;
    const z = (centreM - depthM[pixel]) / UNIT_M * frame.scale;
    out[pixel] = Math.min(255, Math.max(0, Math.round(127.5 * (1 - z / DEPTH_RANGE))));
  }
  return out;
}

/** The layout's two 4 × 4 matrices as `np.savetxt` writes them. */
function calibText({ center, scale }: Height180, view: LayoutView): string {
  const turn = turnOf(view.angles);
  const moved = transformPoint(turn, center);
  const extrinsic = [0, 1, 2].map((r) => [...turn.subarray(4 * r, 4 * r + 3), -moved[r]]);
  const k = scale / HALF_WINDOW;
  const rows = [
    ...extrinsic,
    [0, 0, 0, 1],
    [k, 0, 0, 0],
    [0, -k, 0, 0],
    [0, 0, k, 0],
    [0, 0, 0, 1],
  ];
  return rows.map((row) => row.map(savetxtNumber).join(" ") + "\n").join("");
}

/** C's `%.18e`. */
function savetxtNumber(value: number): string {
  const [digits, exponent] = value.toExponential(18).split("e");
  return `${digits}e${exponent[0]}${exponent.slice(1).padStart(2, "0")}`;
}

function rootOf({ set, views }: Pick<LayoutSet, "set" | "views">): string {
  return `${set}_${views.length}views`;
}

async function writeView(view: LayoutView, out: LayoutFolder) {
  const { id, scene, angles, options } = view, { size } = options;
  const frame = iconFrame(view), camera = iconCamera(view);
  const name = String(wholeYaw(angles)).padStart(3, "0"), folder = `${rootOf(view)}/${id}`;
  const light = studioLight(options.seed, id, viewName(angles));
  const lit = await litPicture(view, camera, light);
  await out.put(`${folder}/render/${name}.png`, png(lit.rgba, size, 4));
  await out.put(`${folder}/calib/${name}.txt`, calibText(frame, view));
  const depths = options.maps.includes("depth");
  const surfaces = [["", scene.prepared.scan], ["T_", scene.prepared.body]] as const;
  for (const [prefix, surface] of surfaces) {
    if (surface === undefined) continue;
    const maps = await scene.backend.draw(surface, camera, {
      maps: ["normal", "normal_back", "depth", "depth_back", "mask", "face"],
    });
    const write = (kind: string, data: Uint8Array, channels: 1 | 4) =>
      out.put(`${folder}/${prefix}${kind}/${name}.png`, png(data, size, channels));
    await write("normal_F", normalsRgba8(maps.normal!, maps.mask!), 4);
    await write("normal_B", normalsRgba8(maps.normal_back!, maps.mask!), 4);
    if (depths) {
      await write("depth_F", encodeIconDepth(maps.depth!, frame), 1);
      await write("depth_B", encodeIconDepth(maps.depth_back!, frame), 1);
    }
    if (prefix === "T_") {
      await out.put(`${folder}/vis/${name}.pt`, visibility(maps.face!, scene.body!.model));
    }
  }
  return { result: { covered: lit.stats.covered } };
}

/** 1 for the vertices of the triangles that the picture shows: float32, (V, 1). */
function visibility(face: Uint32Array, model: { faces: Uint32Array; template: Float64Array }) {
  const data = new Float32Array(model.template.length / 3);
  for (const number of face) {
    if (number === 0) continue;
    for (let c = 0; c < 3; c++) data[model.faces[3 * (number - 1) + c]] = 1;
  }
  return encodeTorch({ shape: [data.length, 1], dtype: "f4", data });
}

async function writeSubject(subject: LayoutSubject, out: LayoutFolder) {
  const { id, set, scene } = subject, { framing: { upright }, body } = scene;
  const warnings: string[] = [];
  const { materials: _, ...mesh } = meshInLayout(scene.mesh, upright);
  const [obj] = encodeObj(mesh, id).values();
  await out.put(`${set}/scans/${id}/${id}.obj`, obj);
  if (body !== undefined) {
    const posed = meshInLayout(bodyMesh(body.model, body.posed), upright);
    const folder = body.model.kind === "smplx" ? "smplx" : "smpl";
    const [bodyObj] = encodeObj(posed, id).values();
    await out.put(`${set}/${folder}/${id}.obj`, bodyObj);
    const file = iconFitFile(body, { set, id, upright });
    if ("missing" in file) warnings.push(file.missing);
    else await out.put(file.path, file.bytes);
  }
  return {
    warnings: iconFrame(subject).rooted
      ? warnings
      : ["no body maps, and the centre is the vertices' median: the subject has no posed body"],
  };
}

/** See {@linkcode Layout}. */
export const ICON_LAYOUT: Layout = {
  name: "icon",
  title: "ICON's rendered data (ECON, GTA, SIFU, HiLo): RGBA, normals F/B, body maps, calib, vis",
  defaults: { size: 512, views: yawViews(0, 350, 10) },
  item: "view",
  needs: () => ({ textures: true, body: true, keypoints: false }),
  check: ({ views }) => views.forEach(wholeYaw),
  subject: writeSubject,
  view: writeView,
  finish: ({ set, subjects }) =>
    new Map([[`${set}/all.txt`, subjects.map((id) => `${id}\n`).join("")]]),
};
