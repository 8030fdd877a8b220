import assert from "node:assert/strict";
import { translation } from "../../core/geometry/transform.ts";
import { drawScene } from "../../render/cpu/draw.ts";
import { prepareScene } from "../../render/cpu/scene.ts";
import { keypoints31, projectKeypoints } from "../../render/keypoints.ts";
import { meshOf, pinhole, sphere } from "./_shapes.ts";

/** Two spheres of radius 0.3 on the axis, 2 m and 4 m before the eye; a third beside the second. */
const ball = sphere(0.3, 24);
const scene = [[0, 0, -2], [0, 0, -4], [1.5, 0, -4]].reduce(
  (mesh, offset) =>
    meshOf(
      [...mesh.positions, ...ball.positions.map((value, i) => value + offset[i % 3])],
      [...mesh.indices, ...ball.indices.map((vertex) => vertex + mesh.positions.length / 3)],
    ),
  meshOf([], []),
);
const camera = pinhole(64);
const { depth } = drawScene(prepareScene(scene), camera, { maps: ["depth"] });

function rowsOf(points: readonly (readonly number[])[], radius: number) {
  const body25 = new Float64Array(75).fill(NaN);
  points.forEach((point, i) => body25.set(point, 3 * i));
  const unknown = new Float64Array(63).fill(NaN);
  const { body25: rows } = projectKeypoints(
    { body25, handLeft: unknown, handRight: unknown },
    {
      camera,
      depth: depth!,
      radiiM: {
        body25: new Float64Array(25).fill(radius),
        handLeft: new Float64Array(21),
        handRight: new Float64Array(21),
      },
    },
  );
  return points.map((_, i) => [...rows.subarray(3 * i, 3 * i + 3)]);
}

Deno.test("projectKeypoints() sees a joint inside its own flesh and not one behind another", () => {
  const [near, hidden, beside] = rowsOf([[0, 0, -2], [0, 0, -4], [1.5, 0, -4]], 0.3);
  assert.deepEqual(near, [32, 32, 2]);
  assert.deepEqual(hidden, [32, 32, 1]);
  assert.deepEqual(beside, [32 + 1.5 / 4 * 32, 32, 2]);
});

Deno.test("projectKeypoints() gives points on the skin the margin alone", () => {
  const onSkin = rowsOf([[0, 0, -1.7], [0, 0, -1.73], [0, 0, -2.3]], 0).map(([, , seen]) => seen);
  assert.deepEqual(onSkin, [2, 1, 1]);
});

Deno.test("projectKeypoints() marks what is outside, behind or unknown with 0, and sees over background", () => {
  const [outside, behind, unknown, background] = rowsOf(
    [[9, 0, -4], [0, 0, 1], [NaN, NaN, NaN], [-1, 1, -2]],
    0.1,
  );
  assert.deepEqual(outside, [32 + 9 / 4 * 32, 32, 0]);
  assert.deepEqual(behind, [0, 0, 0]);
  assert.deepEqual(unknown, [0, 0, 0]);
  assert.deepEqual(background, [16, 16, 2]);
});

Deno.test("projectKeypoints() moves with the camera", () => {
  const moved = { ...camera, camFromScan: translation(0, 0, -1) };
  const points = new Float64Array(75).fill(0), hands = new Float64Array(63).fill(NaN);
  const { body25 } = projectKeypoints({ body25: points, handLeft: hands, handRight: hands }, {
    camera: moved,
    depth: new Float32Array(64 * 64),
    radiiM: { body25: points, handLeft: hands, handRight: hands },
  });
  assert.deepEqual([...body25.subarray(0, 3)], [32, 32, 2]);
});

Deno.test("keypoints31() picks 2K2K's points, and the eye for an ear that is unknown", () => {
  const numbered = (length: number, from: number) =>
    Float64Array.from({ length: 3 * length }, (_, i) => i % 3 === 2 ? 2 : from + Math.floor(i / 3));
  const parts = {
    body25: numbered(25, 100),
    handLeft: numbered(21, 200),
    handRight: numbered(21, 300),
  };
  const columns = (rows: Float64Array) => Array.from({ length: 31 }, (_, i) => rows[3 * i]);
  // Table of the network's input: body indices, then hand joints 6, 10, 14, 18 of left and right.
  // deno-fmt-ignore
  const wanted = [
    100, 116, 115, 118, 117, 105, 102, 106, 103, 107, 104, 112, 109, 113, 110, 114, 111,
    119, 120, 121, 122, 123, 124, 206, 210, 214, 218, 306, 310, 314, 318,
  ];
  assert.deepEqual(columns(keypoints31(parts)), wanted);
  parts.body25.fill(0, 3 * 17, 3 * 18); // the right ear
  assert.deepEqual(columns(keypoints31(parts)), wanted.with(4, 115));
});
