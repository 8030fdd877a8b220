/**
 * The people that miniatures are made of: three of the bundled ones, thinned out, each with the body
 * that their figure was posed with (SMPL's layout). Upright, +z front, metres.
 */
import { Buffer } from "node:buffer";
import { MeshoptSimplifier } from "meshoptimizer";
import { encodePickle } from "../../core/files/pickle_write.ts";
import type { NpyArray } from "../../core/files/npy.ts";
import type { Mesh } from "../../core/geometry/mesh.ts";
import { type Matrix4, transformPoints } from "../../core/geometry/transform.ts";
import { weldByPosition } from "../../core/geometry/weld.ts";
import { FIXTURES } from "../../core/work/paths.ts";
import { readBodyFile } from "../../body/body_file.ts";
import type { BodyFit } from "../../body/fit.ts";
import type { BodyModel } from "../../body/model.ts";
import { transformFit } from "../../body/place.ts";
import { loadScan } from "../../datasets/load.ts";
import { openDataset } from "../../datasets/open.ts";

/** The open body: goes with every SMPL fit of the miniatures. */
export const BODY_FILE = `${FIXTURES}/humans/open_body.npz`;

/** One person. */
export interface Person {
  /** About 2500 triangles, no colours. */
  mesh: Mesh;
  fit: BodyFit;
  keypoints: { body25: Float64Array; handLeft: Float64Array; handRight: Float64Array };
}

let loaded: Promise<{ people: Person[]; model: BodyModel }> | undefined;

/** Loads the people, once. */
export function openPeople(): Promise<{ people: Person[]; model: BodyModel }> {
  return loaded ??= load();
}

async function load(): Promise<{ people: Person[]; model: BodyModel }> {
  await MeshoptSimplifier.ready;
  const { subjects } = await openDataset(`${FIXTURES}/humans`);
  const people: Person[] = [];
  for (const id of ["h01", "h05", "h10"]) {
    const subject = subjects.find((one) => one.id === id)!;
    const { mesh } = await loadScan(subject, { textures: "skip" });
    people.push({
      mesh: thinned(mesh),
      fit: subject.fit!.fit,
      keypoints: subject.keypoints!,
    });
  }
  return { people, model: await readBodyFile(BODY_FILE) };
}

function thinned(mesh: Mesh): Mesh {
  const { weldedOf, firstOf } = weldByPosition(mesh.positions);
  const positions = new Float32Array(3 * firstOf.length);
  firstOf.forEach((v, i) => positions.set(mesh.positions.subarray(3 * v, 3 * v + 3), 3 * i));
  const welded = mesh.indices.map((v) => weldedOf[v]);
  const [indices] = MeshoptSimplifier.simplify(welded, positions, 3, 7500, 1);
  const used = new Map<number, number>(), kept: number[] = [];
  const compact = indices.map((v) => {
    let number = used.get(v);
    if (number === undefined) {
      used.set(v, number = used.size);
      kept.push(...positions.subarray(3 * v, 3 * v + 3));
    }
    return number;
  });
  return { positions: Float32Array.from(kept), indices: compact };
}

/** A person and its fit moved by a similarity. */
export function moved(
  { mesh, fit, keypoints }: Person,
  model: BodyModel,
  matrix: Matrix4,
): Person {
  const points = (list: Float64Array) => transformPoints(matrix, list);
  return {
    mesh: { ...mesh, positions: transformPoints(matrix, mesh.positions) },
    fit: transformFit(model, fit, matrix),
    keypoints: {
      body25: points(keypoints.body25),
      handLeft: points(keypoints.handLeft),
      handRight: points(keypoints.handRight),
    },
  };
}

/** An array of float64 (or float32) for npz and pickles. */
export function array(
  shape: number[],
  values: ArrayLike<number>,
  dtype: "f8" | "f4" = "f8",
): NpyArray {
  return dtype === "f8"
    ? { shape, dtype, data: Float64Array.from(values) }
    : { shape, dtype, data: Float32Array.from(values) };
}

/** A pickle as Python writes it, protocol 3. */
export function pickle(value: unknown): Uint8Array {
  return encodePickle(value);
}

/** The same with every array an instance of `trimesh.caching.TrackedArray`, as THuman2.0's files are. */
export function trackedPickle(value: unknown): Uint8Array {
  const made = (type: string) => `cnumpy.core.multiarray\n_reconstruct\nc${type}\n`;
  const text = Buffer.from(encodePickle(value)).toString("latin1");
  const tracked = text.replaceAll(made("numpy\nndarray"), made("trimesh.caching\nTrackedArray"));
  return new Uint8Array(Buffer.from(tracked, "latin1"));
}

/** Fields of a SMPL fit by smplx's names, shapes (n,). */
export function smplFields({ betas, globalOrient, bodyPose, transl }: BodyFit) {
  return {
    betas: array([10], pad(betas, 10)),
    global_orient: array([3], globalOrient),
    body_pose: array([69], bodyPose),
    transl: array([3], transl),
  };
}

/** Fields of a SMPL-X fit like a SMPL one: the same body joints, hands and face at rest. */
export function smplxFields({ betas, globalOrient, bodyPose, transl }: BodyFit, hands: 12 | 45) {
  const zeros = (n: number) => new Float64Array(n);
  return {
    betas: array([1, 10], pad(betas, 10), "f4"),
    global_orient: array([1, 3], globalOrient, "f4"),
    body_pose: array([1, 63], bodyPose.subarray(0, 63), "f4"),
    left_hand_pose: array([1, hands], zeros(hands), "f4"),
    right_hand_pose: array([1, hands], zeros(hands), "f4"),
    jaw_pose: array([1, 3], zeros(3), "f4"),
    leye_pose: array([1, 3], zeros(3), "f4"),
    reye_pose: array([1, 3], zeros(3), "f4"),
    expression: array([1, 10], zeros(10), "f4"),
    transl: array([3], transl),
  };
}

/** The first so many values, zeros behind. */
export function pad(values: Float64Array, length: number): Float64Array {
  const out = new Float64Array(length);
  out.set(values.subarray(0, length));
  return out;
}
