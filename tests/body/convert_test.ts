import assert from "node:assert/strict";
import { readBodyFile } from "../../body/body_file.ts";
import { convertFit } from "../../body/convert.ts";
import type { BodyFit } from "../../body/fit.ts";
import { poseBody } from "../../body/forward.ts";
import { jointIndex, SMPL_JOINTS } from "../../body/joints.ts";
import { readTransfer, sameVertices, transferVertices } from "../../body/transfer.ts";
import { encodeNpz } from "../../core/files/npz.ts";
import type { NpyArray } from "../../core/files/npy.ts";
import { encodePickle, PickleInstance, PickleTuple } from "../../core/files/pickle_write.ts";
import { bytesSource } from "../../core/files/source.ts";
import { withMixedShapes, withMoreJoints, withOtherVertices } from "./_derived.ts";

const HUMANS = new URL("../../fixtures/humans/", import.meta.url);
const open = await readBodyFile(new URL("open_body.npz", HUMANS).pathname);

/** A figure's fit; with `flat`, without its hand rotations, which SMPL-H has no joint for. */
async function figure(id: string, hands: "as they are" | "flat"): Promise<BodyFit> {
  const json = JSON.parse(await Deno.readTextFile(new URL(`subjects/${id}.json`, HUMANS)));
  const { betas, pose, transl, scale } = json.body;
  const bodyPose = Float64Array.from(pose.slice(1).flat());
  if (hands === "flat") bodyPose.fill(0, 3 * (SMPL_JOINTS.indexOf("l_hand") - 1));
  return {
    kind: "smpl",
    betas: Float64Array.from(betas),
    globalOrient: Float64Array.from(pose[0]),
    bodyPose,
    transl: Float64Array.from(transl),
    scale,
  };
}

/** Largest distance between corresponding vertices, metres. */
function apart(a: Float64Array, b: Float64Array, order?: number[]): number {
  let worst = 0;
  for (let i = 0; i < b.length / 3; i++) {
    const at = 3 * (order?.[i] ?? i);
    worst = Math.max(
      worst,
      Math.hypot(a[at] - b[3 * i], a[at + 1] - b[3 * i + 1], a[at + 2] - b[3 * i + 2]),
    );
  }
  return worst;
}

const smplh = withMoreJoints(open, "smplh");

// h08 walks fast, h13 sits: the converted body can be exact, and has to be found.
for (const id of ["h08", "h13"]) {
  Deno.test(`convertFit() finds ${id} in SMPL-H's joints and in other shape coordinates`, async () => {
    const fit = await figure(id, "flat");
    const { model, mix } = withMixedShapes(smplh);
    const { fit: made, residual, notes } = convertFit(fit, { from: open, to: model });
    assert.ok(residual.maxM < 1e-4, `${residual.maxM} m`);
    assert.equal(residual.vertices, 13380);
    assert.deepEqual(notes, []);
    assert.equal(made.kind, "smplh");
    const worst = apart(poseBody(open, fit).vertices, poseBody(model, made).vertices);
    assert.ok(worst < 1.1e-4 * fit.scale, `${worst} m`);
    mix(fit.betas).forEach((beta, i) => assert.ok(Math.abs(beta - made.betas[i]) < 0.02));
  });
}

Deno.test("convertFit() carries hands over as far as the target has joints for them", async () => {
  const fit = await figure("h10", "as they are");
  const { fit: made, residual } = convertFit(fit, { from: open, to: smplh });
  assert.ok(residual.maxM < 1e-3, `${residual.maxM} m`);
  const at = 3 * jointIndex("smplh", "l_middle1") - 3;
  const old = 3 * (SMPL_JOINTS.indexOf("l_hand") - 1);
  for (let k = 0; k < 3; k++) {
    assert.ok(Math.abs(made.bodyPose[at + k] - fit.bodyPose[old + k]) < 0.05);
  }
  const back = convertFit(made, { from: smplh, to: open });
  assert.ok(back.residual.maxM < 1e-3);
  assert.deepEqual(back.notes.map((note) => note.code), ["hands-lost"]);
  const worst = apart(poseBody(open, fit).vertices, poseBody(open, back.fit).vertices);
  assert.ok(worst < 2e-3, `there and back: ${worst} m`);
});

/** A matrix as SciPy pickles a csr_matrix. */
function csr(rows: [number, number][][], columns: number): PickleInstance {
  const flat = rows.flat();
  const ints = (list: number[]): NpyArray => ({
    shape: [list.length],
    dtype: "i4",
    data: Int32Array.from(list),
  });
  let sum = 0;
  const starts = [0, ...rows.map((row) => sum += row.length)];
  return new PickleInstance("scipy.sparse.csr", "csr_matrix", {
    _shape: new PickleTuple([rows.length, columns]),
    data: { shape: [flat.length], dtype: "f8", data: Float64Array.from(flat, ([, w]) => w) },
    indices: ints(flat.map(([c]) => c)),
    indptr: ints(starts),
  });
}

Deno.test("convertFit() goes to another topology by a transfer file, past vertices without a match", async () => {
  const fit = await figure("h20", "flat");
  const { model, order } = withOtherVertices(withMoreJoints(open, "smplx"), 50);
  const count = 13380;
  // Twice the source's columns: the second half (normals) is left out, as smplx does.
  const rows = order.map((v, i): [number, number][] => i < count ? [[v, 1], [count + v, 0.3]] : []);
  const file = encodePickle({ mtx: csr(rows, 2 * count) });
  const transfer = await readTransfer(bytesSource("setup.pkl", file), {
    source: count,
    target: order.length,
  });
  assert.equal(transfer.matched.reduce((a, b) => a + b, 0), count);
  const { fit: made, residual } = convertFit(fit, { from: open, to: model }, { transfer });
  assert.equal(residual.vertices, count);
  assert.ok(residual.maxM < 1e-4, `${residual.maxM} m`);
  const worst = apart(
    poseBody(open, fit).vertices,
    poseBody(model, made).vertices.subarray(0, 3 * count),
    order,
  );
  assert.ok(worst < 1.1e-4, `${worst} m`);
  assert.throws(
    () => convertFit(fit, { from: open, to: model }),
    /expected the same or a transfer file/,
  );
  assert.throws(
    () => convertFit(fit, { from: open, to: model }, { transfer: sameVertices(5) }),
    /goes from 5 to 5 vertices, expected 13380 to 13430/,
  );
});

Deno.test("convertFit() keeps scale, translation and the pelvis rule of the fit", async () => {
  const fit: BodyFit = { ...await figure("h15", "flat"), origin: "pelvis", scale: 0.4 };
  const { fit: made } = convertFit(fit, { from: open, to: smplh });
  const worst = apart(poseBody(open, fit).vertices, poseBody(smplh, made).vertices);
  assert.ok(worst < 1e-4, `${worst}`);
  assert.equal(made.scale, 0.4);
});

Deno.test("readTransfer() takes sparse or dense, npz or pickle, and says whom a file is for", async () => {
  // Two target vertices: the middle of 0 and 1, and vertex 2.
  const dense: NpyArray = {
    shape: [2, 3],
    dtype: "f8",
    data: Float64Array.of(0.5, 0.5, 0, 0, 0, 1),
  };
  const sizes = { source: 3, target: 2 };
  for (
    const file of [
      encodeNpz({ matrix: dense }),
      encodePickle({ matrix: dense }),
      encodePickle({ mtx: csr([[[0, 0.5], [1, 0.5]], [[2, 1]]], 3) }),
    ]
  ) {
    const transfer = await readTransfer(bytesSource("t", file), sizes);
    const moved = transferVertices(transfer, Float64Array.of(0, 0, 0, 2, 4, 6, 7, 8, 9));
    assert.deepEqual([...moved], [1, 2, 3, 7, 8, 9]);
  }
  const wrong = bytesSource("t", encodePickle({ mtx: csr([[], []], 4) }));
  await assert.rejects(readTransfer(wrong, sizes), /"mtx" is 2 × 4, expected 2 × 6 or 2 × 3/);
  await assert.rejects(
    readTransfer(bytesSource("t", encodePickle({ a: 1 })), sizes),
    /neither "mtx" nor "matrix"/,
  );
  const { matched } = await readTransfer(
    bytesSource("t", encodePickle({ mtx: csr([[[0, 0.4]], [[2, 1]]], 6) })),
    sizes,
  );
  assert.deepEqual([...matched], [0, 1]); // weights that do not sum to 1 are no match
});
