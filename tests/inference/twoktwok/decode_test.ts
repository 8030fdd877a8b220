import assert from "node:assert/strict";
import { type Camera, project, unproject } from "../../../core/geometry/camera.ts";
import { identity } from "../../../core/geometry/transform.ts";
import { canvasCamera, decodeMaps, isPerson } from "../../../inference/twoktwok/decode.ts";
import { canvasPlace } from "../../../inference/twoktwok/picture.ts";
import { type Pipeline, PUBLISHED_PIPELINE } from "../../../inference/twoktwok/pipeline.ts";

const SIDE = 64;
const PIPELINE: Pipeline = {
  ...PUBLISHED_PIPELINE,
  canvasPx: SIDE,
  coarsePx: 16,
  depth: { ...PUBLISHED_PIPELINE.depth, unitPx: 16 },
  // Finer than published, so that slopes of a small canvas stay within the code.
  normals: { zStep: 1 / 16 },
};
const FRAME = { width: SIDE, height: SIDE, camFromScan: identity(), yawDeg: 0, pitchDeg: 0 };
const PERSPECTIVE: Camera = { ...FRAME, projection: "perspective", fx: 80, fy: 80, cx: 32, cy: 32 };
const ORTHOGRAPHIC: Camera = { ...FRAME, projection: "orthographic", halfWidthM: 1 };
const PLACE = canvasPlace(SIDE, SIDE, SIDE);

/** Codes a surface given as depth in metres along −z (0: none) for both sides. */
function coded(camera: Camera, distanceM: number, sides: [Depth, Depth]) {
  const n = SIDE * SIDE, planes = sides.map(() => new Float32Array(n));
  const metres = camera.projection === "perspective"
    ? distanceM / camera.fx
    : 2 * camera.halfWidthM / SIDE;
  const { unitPx, centre } = PIPELINE.depth;
  const code = (side: number, x: number, y: number): number => {
    const depthM = sides[side](x, y);
    if (Number.isNaN(depthM)) return NaN;
    const along = Math.hypot(...unproject(camera, x, y, depthM));
    const t = camera.projection === "perspective" ? along : depthM;
    return (t - distanceM) / metres / unitPx + centre;
  };
  const normal = new Float32Array(6 * n), mask = new Float32Array(n).fill(0.9);
  for (let i = 0; i < n; i++) {
    const x = i % SIDE + 0.5, y = Math.floor(i / SIDE) + 0.5;
    const inside = !Number.isNaN(code(0, x, y));
    planes[0][i] = inside ? code(0, x, y) : 6;
    planes[1][i] = inside ? code(1, x, y) : 0;
    for (const side of [0, 1]) {
      // Exact slopes: the code is a derivative, not a difference.
      const h = 1e-4;
      const a = -(code(side, x + h, y) - code(side, x - h, y)) / (2 * h);
      const b = (code(side, x, y - h) - code(side, x, y + h)) / (2 * h);
      const length = Math.hypot(a, b, PIPELINE.normals.zStep);
      [a, b, PIPELINE.normals.zStep].forEach((v, k) => {
        normal[(3 * side + k) * n + i] = inside ? (v / length + 1) / 2 : 0;
      });
    }
  }
  const fine = { front: planes[0], back: planes[1], mask, clamped: 0, tiles: 1, computed: 1 };
  return { normal, fine };
}

/** Depth in metres along −z at a pixel position; NaN where there is nothing. */
type Depth = (x: number, y: number) => number;

for (const camera of [PERSPECTIVE, ORTHOGRAPHIC]) {
  const kind = camera.projection;

  Deno.test(`decodeMaps() of the plane through the body's centre, ${kind}`, () => {
    const n = SIDE * SIDE,
      two = new Float32Array(n).fill(2),
      half = new Float32Array(6 * n).fill(0.5);
    half.fill(1, 2 * n, 3 * n);
    half.fill(1, 5 * n, 6 * n);
    const fine = { front: two, back: two, mask: two, clamped: 0, tiles: 1, computed: 1 };
    const maps = decodeMaps({ normal: half, fine }, { camera, subjectDistanceM: 3 }, {
      place: PLACE,
      pipeline: PIPELINE,
    });
    assert.equal(maps.pixels, n);
    // Code 2 is a distance of 3 m from the eye: a sphere about the eye, a plane without one.
    for (const i of [0, 31, 2000, n - 1]) {
      const point = unproject(camera, i % SIDE + 0.5, Math.floor(i / SIDE) + 0.5, maps.front[i]);
      const distance = kind === "perspective" ? Math.hypot(...point) : -point[2];
      assert.ok(Math.abs(distance - 3) < 1e-6);
      // The code of no slope means a surface square to the ray.
      const normal = maps.frontNormals.subarray(3 * i, 3 * i + 3);
      const ray = kind === "perspective" ? point.map((v) => v / distance) : [0, 0, -1];
      normal.forEach((v, k) => assert.ok(Math.abs(v + ray[k]) < 1e-6));
    }
  });

  Deno.test(`decodeMaps() of a sphere: depth and normals to rounding, ${kind}`, () => {
    const radius = 0.5, distanceM = 3, centre = [0.1, -0.05, -distanceM];
    // The ray's two hits, along −z.
    const hit = (sign: number): Depth => (x, y) => {
      const far = unproject(camera, x, y, 1);
      const origin = kind === "perspective" ? [0, 0, 0] : [far[0], far[1], 0];
      const d = kind === "perspective" ? far : [0, 0, -1];
      const o = origin.map((v, k) => v - centre[k]);
      const dd = d.reduce((s, v) => s + v * v, 0), od = d.reduce((s, v, k) => s + v * o[k], 0);
      const root = od * od - dd * (o.reduce((s, v) => s + v * v, 0) - radius * radius);
      // Rays that graze the sphere have slopes that no code holds.
      return root < 0.02 * dd ? NaN : (-od + sign * Math.sqrt(root)) / dd;
    };
    const { normal, fine } = coded(camera, distanceM, [hit(-1), hit(1)]);
    const maps = decodeMaps({ normal, fine }, { camera, subjectDistanceM: distanceM }, {
      place: PLACE,
      pipeline: PIPELINE,
    });
    assert.ok(maps.pixels > 100);
    assert.equal(maps.steepNormals, 0);
    for (let i = 0; i < SIDE * SIDE; i++) {
      const x = i % SIDE + 0.5, y = Math.floor(i / SIDE) + 0.5;
      for (
        const [depth, normals] of [
          [maps.front, maps.frontNormals],
          [maps.back, maps.backNormals],
        ]
      ) {
        if (depth[i] === 0) {
          assert.deepEqual([...normals.subarray(3 * i, 3 * i + 3)], [0, 0, 0]);
          continue;
        }
        const point = unproject(camera, x, y, depth[i]);
        const out = point.map((v, k) => (v - centre[k]) / radius);
        assert.ok(Math.abs(Math.hypot(...out) - 1) < 2e-6, "the point lies on the sphere");
        // Codes are float32 numbers near 0.5, slopes up to 5: 1e-6 of an angle.
        out.forEach((v, k) => assert.ok(Math.abs(v - normals[3 * i + k]) < 2e-4));
      }
    }
    // Front normals face the camera, back ones away from it.
    const i = SIDE * 33 + 34;
    assert.ok(maps.frontNormals[3 * i + 2] > 0.5 && maps.backNormals[3 * i + 2] < -0.5);
    assert.equal(maps.confidence[i], Math.fround(0.9));
    assert.equal(maps.confidence[0], 0);
  });
}

Deno.test("isPerson() takes front before back, and nothing at the eye", () => {
  assert.ok(isPerson(1, 2));
  assert.ok(isPerson(2, 2));
  assert.ok(!isPerson(2, 1));
  assert.ok(!isPerson(6, 0));
  assert.ok(!isPerson(0, 0));
  assert.ok(!isPerson(NaN, 2));
});

Deno.test("decodeMaps() bends normals whose code names no slope, and counts them", () => {
  const n = SIDE * SIDE,
    two = new Float32Array(n).fill(2),
    normal = new Float32Array(6 * n).fill(0.5);
  const fine = { front: two, back: two, mask: two, clamped: 0, tiles: 1, computed: 1 };
  normal.fill(1, 0, n); // straight left, no part to the camera
  const maps = decodeMaps({ normal, fine }, { camera: ORTHOGRAPHIC, subjectDistanceM: 3 }, {
    place: PLACE,
    pipeline: PIPELINE,
  });
  assert.equal(maps.steepNormals, 2 * n);
  assert.ok(maps.frontNormals.every(Number.isFinite));
  assert.ok(maps.frontNormals[0] < -0.99 && maps.frontNormals[2] > 0);
});

Deno.test("canvasCamera() shows every point at its place on the canvas", () => {
  for (const [width, height] of [[300, 200], [143, 225], [64, 64]]) {
    const place = canvasPlace(width, height, 128), size = { ...FRAME, width, height };
    const cameras: Camera[] = [
      {
        ...size,
        projection: "perspective",
        fx: 300,
        fy: 310,
        cx: width / 2 + 3,
        cy: height / 2 - 5,
      },
      { ...size, projection: "orthographic", halfWidthM: 0.8 },
    ];
    for (const camera of cameras) {
      const point = [0.13, -0.21, -2.5] as const;
      const [u, v, depthM] = project(camera, point);
      const [x, y, sameM] = project(canvasCamera(camera, place), point);
      assert.ok(Math.abs(x - (u + place.padX) * place.scale) < 1e-9);
      assert.ok(Math.abs(y - (v + place.padY) * place.scale) < 1e-9);
      assert.equal(sameM, depthM);
    }
  }
});
