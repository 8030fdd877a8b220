import assert from "node:assert/strict";
import fc from "fast-check";
import { type Camera, project } from "../../../core/geometry/camera.ts";
import { affine, multiply, rotationY, translation } from "../../../core/geometry/transform.ts";
import { triangulate } from "../../../inference/align/triangulate.ts";

/** Cameras round the origin, 3 m off, the first orthographic. */
const CAMERAS: Camera[] = [0, 60, 120, 200, 290].map((deg, i) => {
  const frame = {
    width: 400,
    height: 400,
    camFromScan: multiply(translation(0, 0, -3), rotationY(deg * Math.PI / 180)),
    yawDeg: 0,
    pitchDeg: 0,
  };
  return i === 0
    ? { projection: "orthographic", ...frame, halfWidthM: 1.2 }
    : { projection: "perspective", ...frame, fx: 400, fy: 400, cx: 200, cy: 200 };
});

const sight = (camera: Camera, at: readonly [number, number, number], confidence = 1) => {
  const [u, v] = project(camera, at);
  return { camera, u, v, confidence };
};

Deno.test("triangulate() finds a point where all pictures see it", () => {
  const metre = fc.double({ min: -0.8, max: 0.8, noNaN: true });
  fc.assert(fc.property(metre, metre, metre, (x, y, z) => {
    const found = triangulate(CAMERAS.map((camera) => sight(camera, [x, y, z])))!;
    const off = Math.hypot(found.at[0] - x, found.at[1] - y, found.at[2] - z);
    assert.ok(off < 1e-9 && found.spreadM < 1e-9, `${off} m off`);
    assert.ok(Math.abs(found.support - 5) < 1e-6);
  }));
});

Deno.test("triangulate() fades the picture that took it for something else", () => {
  const at = [0.1, 0.5, -0.2] as const;
  const sightings = CAMERAS.map((camera) => sight(camera, at));
  sightings[3] = { ...sightings[3], u: sightings[3].u + 60 };
  const found = triangulate(sightings)!;
  const off = Math.hypot(...at.map((v, k) => found.at[k] - v));
  assert.ok(off < 0.005, `${off} m off`);
  assert.ok(found.support < 4.2, `support ${found.support}`);
});

Deno.test("triangulate() says nothing of a point that one picture sees, or two from one side", () => {
  const at = [0.1, 0.5, -0.2] as const;
  assert.equal(triangulate([sight(CAMERAS[1], at)]), undefined);
  assert.equal(triangulate([sight(CAMERAS[1], at), sight(CAMERAS[2], at, 0)]), undefined);
  const ortho = CAMERAS[0];
  const same = {
    ...ortho,
    camFromScan: multiply(affine([1, 0, 0, 0, 1, 0, 0, 0, 1], [0.2, 0, 0]), ortho.camFromScan),
  };
  assert.equal(triangulate([sight(ortho, at), sight(same, at)]), undefined);
});
