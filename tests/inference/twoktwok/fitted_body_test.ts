import assert from "node:assert/strict";
import type { BodyInPicture } from "../../../inference/twoktwok/fitted_body.ts";
import {
  bodyPlanes,
  cueOfBody,
  drawBody,
  holdToBody,
} from "../../../inference/twoktwok/fitted_body.ts";
import { FIXTURES } from "../../../core/work/paths.ts";
import { join } from "../../../core/work/path.ts";
import { loadBody } from "../../../datasets/load.ts";
import { openDataset } from "../../../datasets/open.ts";
import { framingOf, SUITE_DISTANCE_RADII, suiteCamera } from "../../../render/cameras.ts";
import { bodyMesh, poseBody } from "../../../body/forward.ts";

const SIDE = 32, N = SIDE * SIDE;

/** A slab 10 pixels thick around depth 100, over the left half of the picture. */
function slab(): BodyInPicture {
  const mask = Uint8Array.from({ length: N }, (_, i) => i % SIDE < SIDE / 2 ? 1 : 0);
  return {
    joints: new Float64Array(72),
    mask,
    front: Float32Array.from(mask, (m) => m ? 95 : 0),
    back: Float32Array.from(mask, (m) => m ? 105 : 0),
    codes: Float32Array.from({ length: 6 * N }, (_, i) => i % (3 * N) < 2 * N ? 0 : mask[i % N]),
  };
}

Deno.test("holdToBody() moves depth to the body, and what is beside it along", () => {
  const front = new Float32Array(N).fill(-4), back = new Float32Array(N).fill(4);
  holdToBody([front, back], new Uint8Array(N).fill(1), { body: slab(), side: SIDE, pxPerM: 0 });
  // The middle is the body's; half of the thickness is the mean of 5 and 4.
  assert.equal(front[0], 95.5);
  assert.equal(back[0], 104.5);
  // Beside the body the network's own thickness stays.
  assert.equal(front[SIDE - 1], 96);
  assert.equal(back[SIDE - 1], 104);
});

Deno.test("holdToBody() leaves depth alone where the body is nowhere in the mask", () => {
  const front = new Float32Array(N).fill(-4), back = new Float32Array(N).fill(4);
  const mask = Uint8Array.from({ length: N }, (_, i) => i % SIDE < SIDE / 2 ? 0 : 1);
  holdToBody([front, back], mask, { body: slab(), side: SIDE, pxPerM: 0 });
  assert.ok(front.every((v) => v === -4) && back.every((v) => v === 4));
});

Deno.test("drawBody() and cueOfBody() place joints inside of the body's picture and depth", async () => {
  const { subjects } = await openDataset(join(FIXTURES, "humans"));
  const { model, fit } = await loadBody(subjects.find(({ id }) => id === "h01")!);
  const framing = framingOf(bodyMesh(model, poseBody(model, fit)));
  const camera = suiteCamera(framing, { yawDeg: 30, pitchDeg: 0 }, { size: 256 });
  const distanceM = SUITE_DISTANCE_RADII * framing.radiusM;
  const body = await drawBody({ model, fit }, { camera, distanceM });
  for (const joint of [0, 4, 5, 15, 18]) {
    const [u, v, depth] = body.joints.subarray(3 * joint, 3 * joint + 3);
    const at = Math.floor(v) * 256 + Math.floor(u);
    assert.equal(body.mask[at], 1);
    // Depth of surfaces is along the ray, that of joints along the axis: a few pixels at most.
    assert.ok(body.front[at] < depth + 4 && depth < body.back[at] + 4);
  }
  const cue = cueOfBody(body, { x: 0, y: 0, sidePx: 256 });
  assert.equal(cue.length, 68);
  assert.ok(Math.abs(cue[4 * 7 + 2] + cue[4 * 8 + 2]) < 1e-12, "depth is 0 between the hips");
});

Deno.test("bodyPlanes() gives codes, middle and half thickness in shares of the square, from the hips", () => {
  const body = slab();
  body.joints[3 * 1 + 2] = 99, body.joints[3 * 2 + 2] = 101; // hips in the middle of the slab
  const planes = bodyPlanes(body, { x: 0, y: 0, sidePx: SIDE }, 8);
  assert.equal(planes.length, 9 * 64);
  const at = (cell: number) => Array.from({ length: 9 }, (_, k) => planes[k * 64 + cell]);
  assert.deepEqual(at(0), [0, 0, 1, 0, 0, 1, 0, 5 / SIDE, 1]);
  assert.deepEqual(at(7), new Array(9).fill(0), "no body, nothing");
  // A square that reaches out of the picture by half a cell: half of the samples are lost.
  const moved = bodyPlanes(body, { x: -2, y: 0, sidePx: SIDE }, 8);
  assert.equal(moved[8 * 64], 0.5);
  assert.equal(moved[7 * 64], planes[7 * 64]);
});
