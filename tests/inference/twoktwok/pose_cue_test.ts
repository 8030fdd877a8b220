import assert from "node:assert/strict";
import { POINTS_33 } from "../../../inference/photo/landmarks.ts";
import {
  CUE_CHANNELS,
  cuePoints,
  drawCue,
  mirroredCue,
  type PoseLandmarks,
} from "../../../inference/twoktwok/pose_cue.ts";

/** A person who stands straight, 100 pixels a metre, the hips at (200, 300); the left hand is nearer. */
function standing(): PoseLandmarks {
  const pointsPx = new Float64Array(99), worldM = new Float64Array(99);
  const put = (name: string, x: number, y: number, z = 0) => {
    const k = POINTS_33.indexOf(name as (typeof POINTS_33)[number]);
    worldM.set([x, y, z], 3 * k);
    pointsPx.set([200 + 100 * x, 300 + 100 * y, 1], 3 * k);
  };
  for (const name of POINTS_33) put(name, 0, -0.7);
  for (const [side, x] of [["l", 1], ["r", -1]] as const) {
    put(`${side}_shoulder`, 0.2 * x, -0.5);
    put(`${side}_elbow`, 0.3 * x, -0.25);
    put(`${side}_wrist`, 0.35 * x, 0);
    for (const hand of ["pinky_knuckle", "index_knuckle", "thumb"]) {
      put(`${side}_${hand}`, 0.36 * x, 0.1);
    }
    put(`${side}_hip`, 0.1 * x, 0);
    put(`${side}_knee`, 0.12 * x, 0.4);
    put(`${side}_ankle`, 0.12 * x, 0.8);
    put(`${side}_heel`, 0.12 * x, 0.85);
    put(`${side}_toe`, 0.14 * x, 0.85, -0.1);
  }
  put("l_wrist", 0.35, 0, -0.4);
  return { pointsPx, worldM };
}

const SQUARE = { x: 0, y: 100, sidePx: 400 };

Deno.test("cuePoints() gives shares of the square, depths by the landmarks' own scale", () => {
  const points = cuePoints(standing(), SQUARE);
  const of = (i: number) => [...points.subarray(4 * i, 4 * i + 4)];
  const close = (found: number[], wanted: number[]) =>
    found.forEach((v, k) => assert.ok(Math.abs(v - wanted[k]) < 1e-9, `${found}, not ${wanted}`));
  close(of(7), [210 / 400, 200 / 400, 0, 1]); // left hip
  close(of(5), [235 / 400, 200 / 400, -40 / 400, 1]); // left wrist: 0.4 m nearer, 100 px a metre
});

Deno.test("cuePoints() does not depend on the square's place or on the person's size in metres", () => {
  const person = standing(), big = { ...person, worldM: person.worldM.map((v) => 1.3 * v) };
  const plain = cuePoints(person, SQUARE), grown = cuePoints(big, SQUARE);
  plain.forEach((v, i) => assert.ok(Math.abs(v - grown[i]) < 1e-9));
  const moved = {
    pointsPx: person.pointsPx.map((v, i) => i % 3 === 2 ? v : 2 * v + 7),
    worldM: person.worldM,
  };
  const there = cuePoints(moved, { x: 7, y: 207, sidePx: 800 });
  plain.forEach((v, i) => assert.ok(Math.abs(v - there[i]) < 1e-9));
});

Deno.test("drawCue() is 1 on a bone, carries its depth there, and fades over 0.03 of the side", () => {
  const points = new Float64Array(68);
  // Only the left upper arm is known: from (0.25, 0.5) to (0.75, 0.5), depth 0.1 to 0.3.
  points.set([0.25, 0.5, 0.1, 1], 4);
  points.set([0.75, 0.5, 0.3, 1], 12);
  const grid = 64, cells = grid * grid, cue = drawCue(points, grid);
  assert.equal(cue.length, CUE_CHANNELS * cells);
  const at = (plane: number, row: number, column: number) =>
    cue[plane * cells + row * grid + column];
  // Row 32 lies half a cell below the bone: exp(−(0.5/64)²/(2 · 0.03²)) = 0.967.
  assert.ok(Math.abs(at(4, 32, 32) - 0.967) < 1e-3);
  const depth = at(5, 32, 32) / (4 * at(4, 32, 32));
  assert.ok(Math.abs(depth - (0.1 + 0.2 * (32.5 / 64 - 0.25) / 0.5)) < 1e-6);
  assert.ok(at(4, 40, 32) < 0.02 && at(4, 40, 32) > 0);
  assert.equal(at(6, 32, 32), 0, "the right upper arm has no confidence");
});

Deno.test("mirroredCue() exchanges left and right, and twice is nothing", () => {
  const points = cuePoints(standing(), SQUARE), mirrored = mirroredCue(points);
  // The raised left wrist (5) becomes the right one (6) at the mirrored place.
  assert.equal(mirrored[4 * 6], 1 - points[4 * 5]);
  assert.equal(mirrored[4 * 6 + 2], points[4 * 5 + 2]);
  mirroredCue(mirrored).forEach((v, i) => assert.ok(Math.abs(v - points[i]) < 1e-12));
});
