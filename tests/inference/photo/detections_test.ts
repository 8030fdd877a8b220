import assert from "node:assert/strict";
import { anchorCentres, decodeDetections } from "../../../inference/photo/detections.ts";
import { near } from "./_help.ts";

const COUNT = 28 * 28 * 2 + 14 * 14 * 2 + 7 * 7 * 6;

Deno.test("anchorCentres() lists three grids, rows then columns then repeats", () => {
  const centres = anchorCentres();
  assert.equal(centres.length, 2 * COUNT);
  const at = (i: number) => [centres[2 * i], centres[2 * i + 1]];
  assert.deepEqual(at(0), [0.5 / 28, 0.5 / 28]);
  assert.deepEqual(at(1), at(0));
  assert.deepEqual(at(2), [1.5 / 28, 0.5 / 28]);
  assert.deepEqual(at(2 * 28), [0.5 / 28, 1.5 / 28]);
  assert.deepEqual(at(28 * 28 * 2), [0.5 / 14, 0.5 / 14]);
  assert.deepEqual(at(COUNT - 294), [0.5 / 7, 0.5 / 7]);
  assert.deepEqual(at(COUNT - 1), [6.5 / 7, 6.5 / 7]);
});

/** Answers of the network: for some anchors a logit and 12 numbers in pixels. */
function answers(of: Record<number, { logit: number; row: number[] }>) {
  const boxes = new Float32Array(12 * COUNT), scores = new Float32Array(COUNT).fill(-200);
  for (const [i, { logit, row }] of Object.entries(of)) {
    boxes.set(row, 12 * Number(i));
    scores[Number(i)] = logit;
  }
  return [boxes, scores] as const;
}

const row = (
  x: number,
  y: number,
  side: number,
) => [x, y, side, side, x, y + 40, x, y - 60, 0, 0, 0, 0];

Deno.test("decodeDetections() puts boxes and points relative to their anchors", () => {
  const i = COUNT - 1; // centre 6.5/7 = 208 of 224 pixels
  const [one, ...none] = decodeDetections(...answers({ [i]: { logit: 3, row: row(2, 4, 28) } }));
  assert.equal(none.length, 0);
  near(one.score, 1 / (1 + Math.exp(-3)), 1e-7);
  [210 / 224, 212 / 224, 28 / 224, 28 / 224].forEach((v, k) => near(one.box[k], v, 1e-6));
  near(one.centre[1], 252 / 224, 1e-6);
  near(one.top[1], 152 / 224, 1e-6);
});

Deno.test("decodeDetections() averages overlapping answers by score and keeps others apart", () => {
  const strong = Math.log(0.9 / 0.1), weak = Math.log(0.6 / 0.4);
  const found = decodeDetections(...answers({
    // Two on the same anchor's place, 4 pixels apart; one far away; one too weak.
    0: { logit: weak, row: row(34, 30, 20) },
    1: { logit: strong, row: row(30, 30, 20) },
    [COUNT - 1]: { logit: weak, row: row(0, 0, 20) },
    [COUNT - 7]: { logit: Math.log(0.4 / 0.6), row: row(-60, -60, 20) },
  }));
  assert.equal(found.length, 2);
  near(found[0].score, 0.9, 1e-6);
  near(found[0].box[0] * 224, 4 + (0.9 * 30 + 0.6 * 34) / 1.5, 1e-4);
  near(found[1].box[0] * 224, 208, 1e-4);
});

Deno.test("decodeDetections() finds nobody below the least score, or in numbers that are none", () => {
  assert.deepEqual(decodeDetections(...answers({ 5: { logit: -0.01, row: row(0, 0, 9) } })), []);
  const broken = decodeDetections(new Float32Array(12 * COUNT), new Float32Array(COUNT).fill(NaN));
  assert.deepEqual(broken, []);
});
