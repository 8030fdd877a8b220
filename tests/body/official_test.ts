/**
 * Models of the official sizes, written by the suite's own writers, against PyTorch's smplx 0.1.28:
 * golden/official.json is made by tests/crosscheck/body_make_models.py from the same numbers.
 */
import assert from "node:assert/strict";
import { readBodyModel } from "../../body/body_file.ts";
import { skeletonPoints } from "../../body/extra_points.ts";
import { poseBody } from "../../body/forward.ts";
import type { BodyKind, BodyModel } from "../../body/model.ts";
import { encodeNpz } from "../../core/files/npz.ts";
import { encodePickle, PickleInstance, PickleTuple } from "../../core/files/pickle_write.ts";
import type { NpyArray } from "../../core/files/npy.ts";
import { bytesSource } from "../../core/files/source.ts";
import { fitOfCase, officialArrays, type SmplxCase, worstOf } from "./_official.ts";

/** Asked for: 1e-5 m. Found: 3e-8 m, from the 1e-8 that smplx adds to every rotation vector. */
const TOLERANCE_M = 1e-7;

const golden = JSON.parse(
  await Deno.readTextFile(new URL("./golden/official.json", import.meta.url)),
) as { cases: SmplxCase[] };

/** A sparse matrix as SciPy pickles a csc_matrix. */
function csc({ shape: [rows, columns], data }: NpyArray): PickleInstance {
  const value: number[] = [], index: number[] = [], start = [0];
  for (let c = 0; c < columns; c++) {
    for (let r = 0; r < rows; r++) {
      const w = Number(data[r * columns + c]);
      if (w !== 0) value.push(w), index.push(r);
    }
    start.push(value.length);
  }
  const ints = (list: number[]): NpyArray => ({
    shape: [list.length],
    dtype: "i4",
    data: Int32Array.from(list),
  });
  return new PickleInstance("scipy.sparse.csc", "csc_matrix", {
    _shape: new PickleTuple([rows, columns]),
    data: { shape: [value.length], dtype: "f8", data: Float64Array.from(value) },
    indices: ints(index),
    indptr: ints(start),
  });
}

/** The official form of each kind: SMPL as a pickle with chumpy and SciPy objects, the rest as npz. */
async function officialModel(kind: BodyKind): Promise<BodyModel> {
  const arrays = officialArrays(kind);
  if (kind !== "smpl") return await readBodyModel(bytesSource(`${kind}.npz`, encodeNpz(arrays)));
  const pickle = encodePickle({
    ...arrays,
    J_regressor: csc(arrays.J_regressor),
    shapedirs: new PickleInstance("chumpy.ch", "Ch", { x: arrays.shapedirs }),
    bs_style: "lbs",
  }, { protocol: 3 });
  return await readBodyModel(bytesSource("smpl.pkl", pickle));
}

for (const kind of ["smpl", "smplh", "smplx"] as const) {
  Deno.test(`poseBody() agrees with smplx for a full-size ${kind} model to 1e-7 m`, async () => {
    const model = await officialModel(kind);
    assert.equal(model.kind, kind);
    for (const [i, c] of golden.cases.filter((c) => c.kind === kind).entries()) {
      const posed = poseBody(model, fitOfCase(c));
      const points = skeletonPoints(model, posed, { contour: c.contour ? "include" : "omit" });
      assert.equal(points.positions.length, c.joints.length);
      assert.equal(points.names.length, c.joints.length / 3);
      const worst = worstOf(c, { vertices: posed.vertices, joints: points.positions });
      assert.ok(worst < TOLERANCE_M, `case ${i}: off by ${worst} m`);
    }
  });
}
