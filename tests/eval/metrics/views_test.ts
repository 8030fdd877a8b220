import assert from "node:assert/strict";
import { boundsOf } from "../../../core/geometry/mesh.ts";
import {
  drawNormals,
  meanNormalAngleDeg,
  meanSilhouetteIou,
  sideCameras,
  sizedCamera,
} from "../../../eval/metrics/views.ts";
import { cpuBackend } from "../../../render/cpu/cpu_backend.ts";
import { project } from "../../../core/geometry/camera.ts";
import { cube, flipped, icosphere, meshOf, moved } from "../../core/geometry/_shapes.ts";

const SETTINGS = { yawsDeg: [0, 90, 180, 270], sizePx: 128, window: 1.1 };
const backend = cpuBackend();

Deno.test("sideCameras() put the box in the middle with a margin, and turn +z towards +x", () => {
  const cameras = sideCameras({ min: [1, 0, -1], max: [2, 2, 1] }, SETTINGS);
  assert.equal(cameras.length, 4);
  for (const camera of cameras) {
    assert.ok(Math.abs(camera.halfWidthM - 1.1) < 1e-12);
    const [u, v] = project(camera, [1.5, 1, 0]);
    assert.ok(Math.abs(u - 64) < 1e-9 && Math.abs(v - 64) < 1e-9);
  }
  // At yaw 90 what was in front (+z) stands at the right.
  const [u] = project(cameras[1], [1.5, 1, 1]);
  assert.ok(Math.abs(u - (64 + 64 / 1.1)) < 1e-9);
});

Deno.test("views of a mesh against itself: no angle, full overlap", async () => {
  const mesh = icosphere(3), cameras = sideCameras(boundsOf(mesh), SETTINGS);
  const views = await drawNormals(mesh, cameras, backend);
  assert.equal(meanNormalAngleDeg(views, views), 0);
  assert.equal(meanSilhouetteIou(views, views), 1);
  // Inside out looks the same: normals are turned towards the camera.
  const inside = await drawNormals(flipped(mesh), cameras, backend);
  assert.ok(meanNormalAngleDeg(views, inside)! < 0.01);
});

Deno.test("meanNormalAngleDeg() measures how far a plane was turned", async () => {
  // A square facing +z, turned by 20° about y: seen from the front and the back only.
  const square = meshOf([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]], [[0, 1, 2], [0, 2, 3]]);
  const [c, s] = [Math.cos(Math.PI / 9), Math.sin(Math.PI / 9)];
  const turned = moved(square, ([x, y]) => [c * x, y, -s * x]);
  const cameras = sideCameras(boundsOf(square), { ...SETTINGS, yawsDeg: [0, 180] });
  const a = await drawNormals(square, cameras, backend);
  const b = await drawNormals(turned, cameras, backend);
  // 16-bit normals hold 20° to 0.002°.
  assert.ok(Math.abs(meanNormalAngleDeg(a, b)! - 20) < 0.002);
  // It covers the same rows and cos 20° of the columns (to a pixel of 116).
  assert.ok(Math.abs(meanSilhouetteIou(a, b)! - c) < 0.02);
});

Deno.test("meanSilhouetteIou() of half-overlapping cubes is a third", async () => {
  const a = cube(0.5), b = moved(a, ([x, y, z]) => [x + 0.5, y, z]);
  const cameras = sideCameras(boundsOf(a), { ...SETTINGS, yawsDeg: [0], window: 3, sizePx: 300 });
  const [viewsA, viewsB] = [
    await drawNormals(a, cameras, backend),
    await drawNormals(b, cameras, backend),
  ];
  // 100 columns each, 50 shared.
  assert.ok(Math.abs(meanSilhouetteIou(viewsA, viewsB)! - 1 / 3) < 1e-12);
});

Deno.test("views that do not meet have no angle and no overlap; empty ones have no IoU", async () => {
  const a = cube(0.1), b = moved(a, ([x, y, z]) => [x + 0.5, y, z]);
  const cameras = sideCameras({ min: [-1, -1, -1], max: [1, 1, 1] }, { ...SETTINGS, yawsDeg: [0] });
  const [viewsA, viewsB] = [
    await drawNormals(a, cameras, backend),
    await drawNormals(b, cameras, backend),
  ];
  assert.equal(meanNormalAngleDeg(viewsA, viewsB), null);
  assert.equal(meanSilhouetteIou(viewsA, viewsB), 0);
  const far = moved(a, ([x, y, z]) => [x + 50, y, z]);
  const empty = await drawNormals(far, cameras, backend);
  assert.equal(meanSilhouetteIou(empty, empty), null);
});

Deno.test("sizedCamera() takes the same picture at another size", () => {
  const shared = { camFromScan: sideCameras({ min: [0, 0, 0], max: [1, 1, 1] }, SETTINGS)[0] };
  const camera = {
    projection: "perspective" as const,
    width: 2000,
    height: 1000,
    fx: 1500,
    fy: 1500,
    cx: 1000,
    cy: 480,
    yawDeg: 0,
    pitchDeg: 0,
    camFromScan: shared.camFromScan.camFromScan,
  };
  const small = sizedCamera(camera, 1024);
  assert.deepEqual([small.width, small.height], [1024, 512]);
  const before = project(camera, [0.2, 0.3, 0.4]), after = project(small, [0.2, 0.3, 0.4]);
  assert.ok(Math.abs(after[0] - before[0] * 0.512) < 1e-9);
  assert.ok(Math.abs(after[1] - before[1] * 0.512) < 1e-9);
});
