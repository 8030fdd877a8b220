import assert from "node:assert/strict";
import { integrateNormals } from "../../../inference/twoktwok/integrate.ts";

const SIDE = 48, N = SIDE * SIDE;

/** Codes of the normals of a depth given by its slopes along columns and rows. */
function codesOf(slope: (column: number, row: number) => readonly [number, number]): Float32Array {
  const codes = new Float32Array(3 * N);
  for (let i = 0; i < N; i++) {
    const [p, q] = slope(i % SIDE, Math.floor(i / SIDE)), length = Math.hypot(p, q, 1);
    codes[i] = -p / length, codes[N + i] = -q / length, codes[2 * N + i] = 1 / length;
  }
  return codes;
}

const depthOf = (f: (column: number, row: number) => number) =>
  Float32Array.from({ length: N }, (_, i) => f(i % SIDE, Math.floor(i / SIDE)));

const mask = new Uint8Array(N);
for (let r = 4; r < 44; r++) mask.fill(1, r * SIDE + 4, r * SIDE + 44);

Deno.test("integrateNormals() keeps a plane whose normals and depth agree", () => {
  const depthPx = depthOf((c, r) => 100 + 0.5 * c - 0.25 * r);
  const out = integrateNormals({ mask, depthPx, codes: codesOf(() => [0.5, -0.25]), side: SIDE });
  for (let i = 0; i < N; i++) {
    assert.ok(Math.abs(out[i] - (mask[i] ? depthPx[i] : 0)) < 1e-4, `pixel ${i}: ${out[i]}`);
  }
});

Deno.test("integrateNormals() brings back waves that the coarse depth does not have", () => {
  // A wave of 12 pixels and 1 pixel of height on a flat coarse depth.
  const k = 2 * Math.PI / 12, wave = (c: number) => Math.sin(k * c);
  const depthPx = depthOf(() => 50), codes = codesOf((c) => [k * Math.cos(k * c), 0]);
  const out = integrateNormals({ mask, depthPx, codes, side: SIDE });
  let before = 0, after = 0, count = 0;
  for (let i = 0; i < N; i++) {
    if (mask[i] === 0) continue;
    const truth = 50 + wave(i % SIDE);
    before += (depthPx[i] - truth) ** 2;
    after += (out[i] - truth) ** 2;
    count++;
  }
  const rms = (sum: number) => Math.sqrt(sum / count);
  assert.ok(rms(before) > 0.65 && rms(after) < 0.15, `rms ${rms(before)} → ${rms(after)}`);
});

Deno.test("integrateNormals() does not smear a jump of the coarse depth", () => {
  // Two flat halves 40 pixels apart; their normals say nothing of the step.
  const depthPx = depthOf((c) => c < SIDE / 2 ? 100 : 140);
  const out = integrateNormals({ mask, depthPx, codes: codesOf(() => [0, 0]), side: SIDE });
  for (let i = 0; i < N; i++) {
    if (mask[i] !== 0) assert.ok(Math.abs(out[i] - depthPx[i]) < 1.5, `pixel ${i}: ${out[i]}`);
  }
});
