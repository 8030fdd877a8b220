import assert from "node:assert/strict";
import {
  angleWeightedNormals,
  faceNormals,
  smoothNormals,
} from "../../../core/geometry/normals.ts";
import { affine, rotationOfAxisAngle, transformPoints } from "../../../core/geometry/transform.ts";

const close = (found: ArrayLike<number>, wanted: readonly number[], tolerance = 1e-6) =>
  wanted.forEach((value, k) => assert.ok(Math.abs(found[k] - value) < tolerance, `${found}`));

Deno.test("faceNormals() follows the right hand and is 0 without area", () => {
  const positions = Float32Array.of(0, 0, 0, 2, 0, 0, 0, 3, 0, 4, 0, 0);
  const normals = faceNormals(positions, Uint32Array.of(0, 1, 2, 0, 2, 1, 0, 1, 3));
  assert.deepEqual([...normals], [0, 0, 1, 0, 0, -1, 0, 0, 0]);
});

Deno.test("angleWeightedNormals() does not depend on how a cube's faces are cut", () => {
  // Corner 0 of a cube: the +z face is one triangle there, the others two; all three count alike.
  //   1 = +x, 2 = +y, 3 = +z direction from the corner
  const positions = Float32Array.of(0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 0, 1, 0, 1);
  // deno-fmt-ignore
  const indices = Uint32Array.of(
    0, 1, 4, 0, 4, 2, // z = 0 in two
    0, 2, 3,          // x = 0 in one
    0, 3, 5, 0, 5, 1, // y = 0 in two
  );
  const third = 1 / Math.sqrt(3);
  close(angleWeightedNormals(positions, indices), [third, third, third]);
});

Deno.test("angleWeightedNormals() is (0, 0, 0) where sheets cancel or no triangle meets", () => {
  const positions = Float32Array.of(0, 0, 0, 1, 0, 0, 0, 1, 0, 5, 5, 5);
  const normals = angleWeightedNormals(positions, Uint32Array.of(0, 1, 2, 0, 2, 1));
  assert.ok(normals.every((value) => value === 0));
});

Deno.test("smoothNormals() is continuous across a seam and turns with the mesh", () => {
  // A roof whose ridge is stored twice, as at a texture seam.
  // deno-fmt-ignore
  const positions = Float32Array.of(
    -1, 0, 0, 0, 1, 0, 0, 1, -4,
    1, 0, 0, 0, 1, 0, 0, 1, -4,
  );
  const indices = Uint32Array.of(0, 1, 2, 3, 5, 4);
  const normals = smoothNormals({ positions, indices });
  assert.deepEqual(normals.subarray(6, 9), normals.subarray(15, 18));
  close(normals.subarray(6, 9), [0, 1, 0]);

  const turn = affine(rotationOfAxisAngle(0.4, 1, -2), [3, 0, 1]);
  const turned = smoothNormals({ positions: transformPoints(turn, positions), indices });
  const wanted = transformPoints(affine(rotationOfAxisAngle(0.4, 1, -2), [0, 0, 0]), normals);
  close(turned, [...wanted], 1e-5);
});
