import assert from "node:assert/strict";
import type { Camera } from "../../../core/geometry/camera.ts";
import { translation } from "../../../core/geometry/transform.ts";
import { partFlags, viewFlags } from "../../../eval/metrics/regions.ts";
import { Surface } from "../../../eval/metrics/surface.ts";
import { readBodyFile } from "../../../body/body_file.ts";
import { join as joinPath } from "../../../core/work/path.ts";
import { SUITE_ROOT } from "../../../core/work/paths.ts";
import type { Mesh } from "../../../core/geometry/mesh.ts";
import { restShape } from "../../../body/forward.ts";
import { cube, icosphere, join, moved } from "../../core/geometry/_shapes.ts";

const ORTHO: Camera = {
  projection: "orthographic",
  width: 64,
  height: 64,
  halfWidthM: 2,
  camFromScan: translation(0, 0, -5),
  yawDeg: 0,
  pitchDeg: 0,
};

Deno.test("viewFlags() sees the near half of a sphere, whichever way it is wound", () => {
  const surface = new Surface(icosphere(4), { seed: 0, subject: "s", role: "truth" });
  const samples = surface.samples(2000);
  const flags = viewFlags(surface, samples, { camera: ORTHO, startM: 0.0002 });
  for (let i = 0; i < 2000; i++) {
    const z = samples.points[3 * i + 2];
    if (Math.abs(z) > 0.05) assert.equal(flags.get("visible")![i], z > 0 ? 1 : 0);
    assert.equal(flags.get("visible")![i] + flags.get("hidden")![i], 1);
  }
  surface.release();
});

Deno.test("viewFlags() of a pinhole: less than half of a sphere, and nothing behind a wall", () => {
  const wall = moved(cube(3), ([x, y, z]) => [x, y, z / 100 + 2]);
  const camera: Camera = {
    projection: "perspective",
    width: 64,
    height: 64,
    fx: 64,
    fy: 64,
    cx: 32,
    cy: 32,
    camFromScan: translation(0, 0, -4),
    yawDeg: 0,
    pitchDeg: 0,
  };
  const count = (mesh: Mesh) => {
    const surface = new Surface(mesh, { seed: 0, subject: "s", role: "truth" });
    const samples = surface.samples(4000);
    const flags = viewFlags(surface, samples, { camera, startM: 0.0002 }).get("visible")!;
    let inside = 0, seen = 0;
    for (let i = 0; i < 4000; i++) {
      if (Math.hypot(...samples.points.subarray(3 * i, 3 * i + 3)) > 1.01) continue;
      inside++;
      seen += flags[i];
    }
    surface.release();
    return seen / inside;
  };
  // From distance 4 the cap with z > 1/4 is seen: (1 − 1/4) / 2 of the area.
  assert.ok(Math.abs(count(icosphere(4)) - 0.375) < 0.01);
  assert.equal(count(join(icosphere(4), wall)), 0);
});

Deno.test("partFlags() gives each point to one part, head above feet", async () => {
  const model = await readBodyFile(joinPath(SUITE_ROOT, "fixtures", "humans", "open_body.npz"));
  const vertices = restShape(model, { betas: new Float64Array(0) });
  const points = Float64Array.from(vertices);
  const flags = partFlags(points, { model, posed: { vertices } });
  const heights = new Map<string, number>();
  const total = new Uint32Array(points.length / 3);
  for (const [name, list] of flags) {
    let sum = 0, count = 0;
    for (let i = 0; i < list.length; i++) {
      total[i] += list[i];
      if (list[i] === 1) sum += points[3 * i + 1], count++;
    }
    heights.set(name, sum / count);
  }
  assert.ok(total.every((count) => count === 1));
  const order = ["feet", "legs", "torso", "head"].map((name) => heights.get(name)!);
  assert.deepEqual(order, order.toSorted((a, b) => a - b));
});
