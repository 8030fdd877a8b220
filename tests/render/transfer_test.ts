import assert from "node:assert/strict";
import { rotationOfAxisAngle } from "../../core/geometry/transform.ts";
import { irradiance, radianceOf, sphericalLight, studioLight } from "../../render/light.ts";
import { transferOf, turnedLight } from "../../render/transfer.ts";
import { meshOf, sphere } from "./_shapes.ts";

const dot = (transfer: ArrayLike<number>, radiance: Float64Array, channel = 0) => {
  let sum = 0;
  for (let k = 0; k < 9; k++) sum += transfer[k] * radiance[9 * channel + k];
  return sum;
};

Deno.test("transferOf() is the plain irradiance where nothing hides the sky", () => {
  const mesh = sphere(0.5, 16), transfer = transferOf(mesh), light = studioLight(3, "test");
  const radiance = radianceOf(light);
  for (let v = 0; v < mesh.positions.length / 3; v += 37) {
    const n = [0, 1, 2].map((k) => mesh.positions[3 * v + k] / 0.5) as [number, number, number];
    // Normals of a faceted sphere are a little off.
    const want = irradiance(light, n)[0];
    assert.ok(Math.abs(dot(transfer.subarray(9 * v, 9 * v + 9), radiance) - want) < 0.02);
  }
});

Deno.test("transferOf() is dark in a closed box, and half lit beside a wall", () => {
  // Seen from inside, a sphere's every ray ends at the sphere: only order 2's ringing is left.
  const inside = sphere(0.5, 12);
  const turned = { positions: inside.positions, indices: inside.indices.toReversed() };
  const white = radianceOf(sphericalLight([1, 1, 1], []));
  const closed = transferOf(turned);
  for (let v = 0; v < closed.length; v += 9) {
    assert.ok(Math.abs(dot(closed.subarray(v, v + 9), white)) < 1e-6);
  }
  // A floor point at the foot of an endless wall sees half of the cosine-weighted sky:
  //
  //     |wall
  //     |
  //  ---+v----- floor
  const far = 1e4;
  const floor = meshOf(
    [0.001, 0, 0, 1, 0, 0.5, 1, 0, -0.5, 0, -1, -far, 0, -1, far, 0, far, 0],
    [0, 1, 2, 3, 4, 5],
  );
  const lit = transferOf(floor, { rays: 1024, startM: 1e-4 });
  assert.ok(Math.abs(dot(lit.subarray(0, 9), white) - 0.5) < 0.03);
});

Deno.test("turnedLight() shows the same light from another frame, exactly", () => {
  const light = studioLight(1, "turn"), r = rotationOfAxisAngle(0.3, -1.1, 0.7);
  const turned = turnedLight(light, r);
  for (const [x, y, z] of [[1, 0, 0], [0, 0.6, 0.8], [-0.48, 0.6, 0.64]]) {
    const there: [number, number, number] = [
      r[0] * x + r[1] * y + r[2] * z,
      r[3] * x + r[4] * y + r[5] * z,
      r[6] * x + r[7] * y + r[8] * z,
    ];
    const a = irradiance(light, there), b = irradiance(turned, [x, y, z]);
    for (let c = 0; c < 3; c++) assert.ok(Math.abs(a[c] - b[c]) < 1e-12);
  }
});

Deno.test("transferOf() refuses a number of rays that fills no square", () => {
  assert.throws(() => transferOf(sphere(1, 4), { rays: 10 }), RangeError);
});
