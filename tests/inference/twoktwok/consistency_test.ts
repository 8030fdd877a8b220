import assert from "node:assert/strict";
import { consistencyOf } from "../../../inference/twoktwok/consistency.ts";
import { depthNormals } from "../../../inference/twoktwok/depth_normals.ts";
import type { NetworkMaps } from "../../../inference/twoktwok/network.ts";
import { type Pipeline, PUBLISHED_PIPELINE } from "../../../inference/twoktwok/pipeline.ts";

const SIDE = 32, N = SIDE * SIDE;
const PIPELINE: Pipeline = { ...PUBLISHED_PIPELINE, canvasPx: SIDE, coarsePx: 4 };

/** A slab over the left half: depth falls to the right, normals are its own. */
function slab(): { maps: NetworkMaps; mask: Uint8Array } {
  const front = new Float32Array(N).fill(6), back = new Float32Array(N), mask = new Uint8Array(N);
  for (let i = 0; i < N; i++) {
    if (i % SIDE >= SIDE / 2) continue;
    front[i] = 1.9 - (i % SIDE) / 1000;
    back[i] = 2.1;
    mask[i] = 1;
  }
  const normal = new Float32Array(6 * N);
  normal.set(depthNormals(front, SIDE, PIPELINE));
  normal.set(depthNormals(back, SIDE, PIPELINE), 3 * N);
  const coarse = new Float32Array(16);
  return {
    mask,
    maps: {
      coarseNormal: new Float32Array(6 * 16),
      coarse: { front: coarse, back: coarse, mask: coarse, clamped: 0 },
      parts: [],
      normal,
      occupancy: Float32Array.from(mask),
      fine: { front, back, mask: new Float32Array(N), clamped: 0, tiles: 4, computed: 3 },
    },
  };
}

Deno.test("consistencyOf() finds nothing wrong with maps that agree", () => {
  const { maps, mask } = slab();
  const found = consistencyOf({ mask, guessedPoints: [] }, maps, PIPELINE);
  assert.equal(found.maskShare, 0.5);
  assert.equal(found.silhouetteShare, 0.5);
  assert.equal(found.maskIou, 1);
  assert.equal(found.frontBehindBack, 0);
  assert.equal(found.partCoverage, 1);
  assert.equal(found.normalsOutOfRange, 0);
  assert.equal(found.guessedShare, 0);
  assert.equal(found.backgroundTiles, 0.25);
  // Codes are float32: arc cosines near 1 cost half the digits.
  assert.ok(found.normalAngleDeg.front.meanDeg! < 0.05);
  assert.equal(found.normalAngleDeg.front.medianDeg, 0);
  assert.ok(found.normalAngleDeg.back.meanDeg! < 0.05);
});

Deno.test("consistencyOf() measures the angle between normals and depth", () => {
  const { maps, mask } = slab();
  // Straight at the camera, while the depth leans by atan(255/1000).
  maps.normal.fill(0.5, 0, 2 * N);
  maps.normal.fill(1, 2 * N, 3 * N);
  const { front } = consistencyOf({ mask, guessedPoints: [] }, maps, PIPELINE).normalAngleDeg;
  const leans = Math.atan(0.255) * 180 / Math.PI;
  assert.ok(Math.abs(front.meanDeg! - leans) < 0.01);
  assert.ok(Math.abs(front.medianDeg! - leans) <= 0.1);
});

Deno.test("consistencyOf() reports what is wrong", () => {
  const { maps, mask } = slab();
  mask.fill(1); // the mask is twice the silhouette
  maps.fine.back.fill(1.9, 0, SIDE); // front − back within a pixel or behind it in the first row
  maps.fine.clamped = 64;
  maps.normal[0] = 1.5;
  const found = consistencyOf({ mask, guessedPoints: [0, 7] }, maps, PIPELINE);
  assert.equal(found.maskIou, 0.5);
  assert.equal(found.frontBehindBack, 0.5);
  assert.equal(found.partCoverage, 0.5);
  assert.equal(found.paperThin, 2 / 512); // columns 0 and 1 are nearer than 1/512
  assert.equal(found.clamped, 64 / 1024);
  assert.ok(found.normalsOutOfRange > 0);
  assert.deepEqual(found.guessed, ["nose", "left elbow"]);
});

Deno.test("consistencyOf() of an empty result has no angles", () => {
  const { maps, mask } = slab();
  maps.fine.front.fill(6);
  const found = consistencyOf({ mask, guessedPoints: [] }, maps, PIPELINE);
  assert.equal(found.silhouetteShare, 0);
  assert.equal(found.frontBehindBack, 1);
  assert.deepEqual(found.normalAngleDeg.front, { medianDeg: null, meanDeg: null });
});
