import assert from "node:assert/strict";
import type { Camera } from "../../../core/geometry/camera.ts";
import { translation } from "../../../core/geometry/transform.ts";
import { codeView } from "../../../inference/training/code_view.ts";
import { RayCodes } from "../../../inference/twoktwok/ray_codes.ts";
import { decodeMaps } from "../../../inference/twoktwok/decode.ts";
import { canvasPlace } from "../../../inference/twoktwok/picture.ts";
import { PUBLISHED_PIPELINE } from "../../../inference/twoktwok/pipeline.ts";
import { cpuBackend } from "../../../render/cpu/cpu_backend.ts";
import { sphericalLight } from "../../../render/light.ts";

/** A sphere of radius 0.5 m about the origin: 64 × 64 squares of longitude and latitude. */
function sphere() {
  const n = 64, positions: number[] = [], indices: number[] = [];
  for (let i = 0; i <= n; i++) {
    for (let j = 0; j <= n; j++) {
      const a = Math.PI * i / n, b = 2 * Math.PI * j / n;
      positions.push(
        0.5 * Math.sin(a) * Math.sin(b),
        0.5 * Math.cos(a),
        0.5 * Math.sin(a) * Math.cos(b),
      );
      const at = i * (n + 1) + j;
      if (i < n && j < n) indices.push(at, at + n + 1, at + 1, at + 1, at + n + 1, at + n + 2);
    }
  }
  return { positions: Float32Array.from(positions), indices: Uint32Array.from(indices) };
}

const SIDE = 128, DISTANCE = 2;

const frame = {
  width: SIDE,
  height: SIDE,
  yawDeg: 0,
  pitchDeg: 0,
};

const CAMERAS: Record<string, Camera> = {
  // Off the middle, so that rays are slanted.
  perspective: {
    ...frame,
    projection: "perspective",
    fx: 200,
    fy: 200,
    cx: 30,
    cy: 90,
    camFromScan: translation(0.3, 0.2, -DISTANCE),
  },
  orthographic: {
    ...frame,
    projection: "orthographic",
    halfWidthM: 0.7,
    camFromScan: translation(0, 0, -DISTANCE),
  },
};

for (const [name, camera] of Object.entries(CAMERAS)) {
  Deno.test(`RayCodes are what decodeMaps() reads, ${name}`, async () => {
    const backend = cpuBackend(), scene = await backend.prepare(sphere());
    const maps = await backend.draw(scene, camera, {
      maps: ["normal", "normal_back", "depth", "depth_back", "mask"],
    });
    const rays = new RayCodes(camera, DISTANCE), n = SIDE * SIDE, code = new Float64Array(3);
    const pipeline = {
      ...PUBLISHED_PIPELINE,
      canvasPx: SIDE,
      normals: { zStep: 1 / PUBLISHED_PIPELINE.depth.unitPx },
    };
    const normal = new Float32Array(6 * n);
    const front = new Float32Array(n).fill(6), back = new Float32Array(n);
    for (let i = 0; i < n; i++) {
      if (maps.mask![i] === 0) continue;
      const place: [number, number] = [i % SIDE, Math.floor(i / SIDE)];
      for (
        const [k, depth, normals, out] of [
          [0, maps.depth!, maps.normal!, front],
          [3, maps.depth_back!, maps.normal_back!, back],
        ] as const
      ) {
        const px = rays.code(place, [depth[i], normals, 3 * i], code);
        out[i] = pipeline.depth.centre + px / pipeline.depth.unitPx;
        for (let j = 0; j < 3; j++) normal[(k + j) * n + i] = (code[j] + 1) / 2;
      }
    }
    const mask = new Float32Array(n).fill(1);
    const decoded = decodeMaps(
      { normal, fine: { front, back, mask, clamped: 0, tiles: 0, computed: 0 } },
      { camera, subjectDistanceM: DISTANCE },
      { place: canvasPlace(SIDE, SIDE, SIDE), pipeline },
    );
    let checked = 0;
    for (let i = 0; i < n; i++) {
      if (maps.mask![i] === 0) continue;
      // Codes of depth are float32 numbers near 2 of 512 pixels: about 1e-6 m here.
      assert.ok(Math.abs(decoded.front[i] - maps.depth![i]) < 1e-5);
      assert.ok(Math.abs(decoded.back[i] - maps.depth_back![i]) < 1e-5);
      for (
        const [found, wanted] of [
          [decoded.frontNormals, maps.normal!],
          [decoded.backNormals, maps.normal_back!],
        ] as const
      ) {
        const truth = [0, 1, 2].map((k) => wanted[3 * i + k] / 32767.5 - 1);
        const cosine = truth.reduce((sum, v, k) => sum + v * found[3 * i + k], 0);
        // Edge-on normals are bent to the steepest code.
        const [x, y] = camera.projection === "perspective"
          ? [
            (i % SIDE + 0.5 - camera.cx) / camera.fx,
            (camera.cy - Math.floor(i / SIDE) - 0.5) / camera.fy,
          ]
          : [0, 0];
        if (Math.abs(truth[0] * x + truth[1] * y - truth[2]) < 0.1) continue;
        assert.ok(cosine > 0.9999, `pixel ${i}: cosine ${cosine}`);
        checked++;
      }
    }
    assert.ok(checked > 1000);
  });
}

Deno.test("codeView() writes 14 planes: picture, coverage, codes and depth in shares of the side", async () => {
  const backend = cpuBackend(), scene = await backend.prepare(sphere());
  const camera: Camera = { ...CAMERAS.orthographic, camFromScan: translation(0, 0, -DISTANCE) };
  const maps = await backend.draw(scene, camera, {
    maps: ["shaded", "normal", "normal_back", "depth", "depth_back", "mask"],
    light: sphericalLight([0.5, 0.5, 0.5], []),
  });
  const grid = 32, cells = grid * grid;
  const bytes = codeView(maps, { camera, distanceM: DISTANCE, grid });
  assert.equal(bytes.length, 14 * cells);
  const middle = (grid / 2) * grid + grid / 2;
  assert.equal(bytes[3 * cells + middle], 255);
  assert.equal(bytes[3 * cells], 0, "the corner is background");
  // Seen from the front, the middle of the sphere faces the camera: codes (0, 0, 1).
  for (const k of [4, 7]) {
    assert.ok(Math.abs(bytes[k * cells + middle] - 127.5) < 12);
    assert.ok(bytes[(k + 2) * cells + middle] > 250);
  }
  const depth = (k: number) =>
    new DataView(bytes.buffer).getUint16(10 * cells + 2 * (k * cells + middle), true) / 32768 - 1;
  // 0.5 m before and behind the centre, the picture is 1.4 m wide.
  assert.ok(Math.abs(depth(0) + 0.5 / 1.4) < 2e-3 && Math.abs(depth(1) - 0.5 / 1.4) < 2e-3);
});
