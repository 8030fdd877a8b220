import assert from "node:assert/strict";
import type { Mesh } from "../../../core/geometry/mesh.ts";
import { outerSamples } from "../../../eval/metrics/outer.ts";
import { Surface } from "../../../eval/metrics/surface.ts";
import {
  blob,
  cube,
  flipped,
  icosphere,
  join,
  meshOf,
  moved,
  shuffled,
} from "../../core/geometry/_shapes.ts";

const SETTINGS = { directions: 64, startM: 0.0002 };

function look(mesh: Mesh, count = 2000, seed = 0) {
  const surface = new Surface(mesh, { seed, subject: "s", role: "truth" });
  const samples = surface.samples(count);
  return { surface, samples, outer: outerSamples(surface, samples, SETTINGS) };
}

const share = (outer: Uint8Array) => outer.reduce((sum, flag) => sum + flag, 0) / outer.length;

Deno.test("outerSamples() finds all of a convex body outside, whichever way it is wound", () => {
  for (const mesh of [icosphere(3), cube(), flipped(icosphere(3))]) {
    assert.equal(share(look(mesh).outer), 1);
  }
});

Deno.test("outerSamples() finds a sphere inside another one hidden", () => {
  const { outer, samples } = look(join(icosphere(3, 1), icosphere(3, 0.8)));
  for (let i = 0; i < outer.length; i++) {
    const radius = Math.hypot(...samples.points.subarray(3 * i, 3 * i + 3));
    assert.equal(outer[i], radius > 0.9 ? 1 : 0);
  }
});

Deno.test("outerSamples() sees out of a bowl, and both sides of a sheet count as outside", () => {
  const { positions, indices } = icosphere(3), lower: number[] = [];
  for (let i = 0; i < indices.length; i += 3) {
    const corners = [...indices.subarray(i, i + 3)];
    if (corners.every((vertex) => positions[3 * vertex + 1] < 0.1)) lower.push(...corners);
  }
  const bowl = { positions, indices: Uint32Array.from(lower) }; // half a sphere, one sheet
  assert.equal(share(look(bowl).outer), 1);
});

Deno.test("outerSamples() drops what stands 0.1 mm behind a closed wall, keeps what lies on it", () => {
  // Two nested cubes 2 mm apart: the inner one is hidden. 0.1 mm apart: rays of the inner one start
  // 0.2 mm off, beyond the outer wall, so it counts as outside.
  const nested = (gapM: number) => join(cube(0.5), cube(0.5 - gapM));
  assert.ok(Math.abs(share(look(nested(0.002)).outer) - 0.5) < 0.01);
  assert.equal(share(look(nested(0.0001)).outer), 1);
});

Deno.test("outerSamples() looks where the triangle is, not where the file says", () => {
  // A lopsided body with a ball half sunk into it: who sees out depends on the directions. Answers
  // stay the same when triangles are shuffled, their corners turned, and the winding reversed.
  const mesh = join(blob(3), moved(icosphere(2, 0.2), ([x, y, z]) => [x + 0.7, y, z]));
  const { outer } = look(mesh);
  assert.ok(share(outer) < 1 && share(outer) > 0.5);
  assert.deepEqual(look(shuffled(mesh, 3)).outer, outer);
  assert.deepEqual(look(flipped(mesh)).outer, outer);
});

Deno.test("outerSamples() gives the same answers after a motion that rounds nothing", () => {
  const step = moved(blob(3, 4), (p) => p.map((v) => Math.round(v * 4096) / 4096));
  const mesh = join(step, moved(step, (p) => p.map((v) => v / 2)));
  const turned = moved(mesh, ([x, y, z]) => [z + 2, x - 1, y + 4]);
  assert.deepEqual(look(turned).outer, look(mesh).outer);
});

Deno.test("outerSamples() refuses an odd number of directions", () => {
  const surface = new Surface(cube(), { seed: 0, subject: "s", role: "truth" });
  const look = (directions: number) => () =>
    outerSamples(surface, surface.samples(10), { directions, startM: 0 });
  assert.throws(look(63), RangeError);
  assert.throws(look(0), RangeError);
});

Deno.test("outerSamples() answers for a single triangle", () => {
  assert.equal(share(look(meshOf([[0, 0, 0], [1, 0, 0], [0, 1, 0]], [[0, 1, 2]])).outer), 1);
});
