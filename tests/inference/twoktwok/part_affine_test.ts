import assert from "node:assert/strict";
import fc from "fast-check";
import { partAffines } from "../../../inference/twoktwok/part_affine.ts";
import { PARTS } from "../../../inference/twoktwok/parts.ts";
import { refuses } from "../../core/files/_help.ts";

/** 31 points far from each other, so that every part is well placed. */
function standing(): Float64Array {
  const points = new Float64Array(62);
  // deno-fmt-ignore
  const known: [number, number, number][] = [
    [3, 0.04, -0.8], [4, -0.04, -0.8], [5, 0.15, -0.6], [6, -0.15, -0.6], [7, 0.25, -0.3],
    [8, -0.25, -0.3], [9, 0.3, 0], [10, -0.3, 0], [11, 0.1, 0], [12, -0.1, 0], [13, 0.12, 0.4],
    [14, -0.12, 0.4], [15, 0.12, 0.8], [16, -0.12, 0.8], [17, 0.15, 0.9], [18, 0.17, 0.88],
    [19, 0.11, 0.83], [20, -0.15, 0.9], [21, -0.17, 0.88], [22, -0.11, 0.83],
  ];
  for (const [k, x, y] of known) points.set([x, y], 2 * k);
  for (let k = 23; k < 27; k++) points.set([0.31 + 0.01 * k, 0.08], 2 * k);
  for (let k = 27; k < 31; k++) points.set([-0.31 - 0.01 * k, 0.08], 2 * k);
  return points;
}

const apply = (m: Float32Array, part: number, x: number, y: number) => {
  const [a, b, s, c, d, t] = m.subarray(6 * part, 6 * part + 6);
  return [a * x + b * y + s, c * x + d * y + t];
};

Deno.test("partAffines() puts a limb of two points exactly on its targets", () => {
  const points = standing();
  const { partFromPicture, pictureFromPart } = partAffines(points);
  // Left upper arm: shoulder 5, elbow 7; long enough not to be shortened.
  for (const [k, target] of PARTS[2].sources.map((k, i) => [k as number, PARTS[2].targets[i]])) {
    const at = k as number, [x, y] = target as [number, number];
    const found = apply(partFromPicture, 2, points[2 * at], points[2 * at + 1]);
    assert.ok(Math.hypot(found[0] - x, found[1] - y) < 1e-6);
    const back = apply(pictureFromPart, 2, x, y);
    assert.ok(Math.hypot(back[0] - points[2 * at], back[1] - points[2 * at + 1]) < 1e-6);
  }
});

Deno.test("partAffines() draws a short limb at its own size", () => {
  // A face of width 0.08 < 1/6: the map must not enlarge, so it is a motion without scale.
  const { partFromPicture } = partAffines(standing());
  const [a, b] = partFromPicture;
  assert.ok(Math.abs(Math.hypot(a, b) - 1) < 1e-6);
});

Deno.test("partAffines() are similarities and each other's inverses", () => {
  const coordinate = fc.double({ min: -1, max: 1, noNaN: true });
  const jitter = fc.array(coordinate, { minLength: 62, maxLength: 62 });
  fc.assert(
    fc.property(jitter, coordinate, coordinate, (list, x, y) => {
      // Points move by up to a hundredth, so that none coincide.
      const points = standing().map((v, i) => v + 0.01 * list[i]);
      const { partFromPicture, pictureFromPart } = partAffines(points);
      for (let part = 0; part < 12; part++) {
        const [a, b, , c, d] = partFromPicture.subarray(6 * part, 6 * part + 6);
        const size = Math.hypot(a, b), shrink = Math.hypot(...pictureFromPart.subarray(6 * part));
        assert.ok(Math.abs(a - d) <= 1e-5 * size && Math.abs(b + c) <= 1e-5 * size);
        const there = apply(partFromPicture, part, x, y);
        const [u, v] = apply(pictureFromPart, part, there[0], there[1]);
        // Float32 entries: relative to the sizes that cancel.
        assert.ok(Math.hypot(u - x, v - y) < 1e-5 * (1 + shrink * (1 + size)));
      }
    }),
    { seed: 3, numRuns: 200 },
  );
});

Deno.test("partAffines() minimises the squared error of an over-determined part", () => {
  const points = standing(), trunk = 1;
  const error = (m: Float32Array) =>
    PARTS[trunk].sources.reduce<number>((sum, k, i) => {
      const at = k as number, [x, y] = PARTS[trunk].targets[i];
      const [u, v] = apply(m, trunk, points[2 * at], points[2 * at + 1]);
      return sum + (u - x) ** 2 + (v - y) ** 2;
    }, 0);
  const { partFromPicture } = partAffines(points), least = error(partFromPicture);
  for (let k = 0; k < 6; k++) {
    for (const step of [-1e-3, 1e-3]) {
      // Keep it a similarity: move (a, d) or (b, c) together, or one shift.
      const moved = partFromPicture.slice();
      const at = 6 * trunk;
      if (k === 0 || k === 4) [0, 4].forEach((i) => moved[at + i] += step);
      else if (k === 1 || k === 3) [moved[at + 1] += step, moved[at + 3] -= step];
      else moved[at + k] += step;
      assert.ok(error(moved) > least);
    }
  }
});

Deno.test("partAffines() leaves unknown fingers out of the hand's mean", () => {
  const all = standing(), some = standing();
  some.fill(NaN, 2 * 24, 2 * 26);
  some.set([0.5, 0.08], 2 * 23);
  some.set([0.7, 0.1], 2 * 26);
  all.set([0.6, 0.09, 0.6, 0.09, 0.6, 0.09, 0.6, 0.09], 2 * 23);
  const [a, b] = [all, some].map((p) => partAffines(p).partFromPicture.slice(18, 24));
  assert.ok(a.every((v, i) => Math.abs(v - b[i]) < 1e-6));
});

Deno.test("partAffines() names a part that cannot be placed", async () => {
  const at = (change: (points: Float64Array) => void) =>
    Promise.resolve().then(() => {
      const points = standing();
      change(points);
      return partAffines(points);
    });
  await refuses(at((p) => p.fill(0, 6, 10)), /the part "face": its key points coincide/);
  await refuses(at((p) => p.fill(NaN, 46, 54)), /"left lower arm": none of its points is known/);
});
