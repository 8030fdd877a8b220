import assert from "node:assert/strict";
import { join } from "node:path";
import { writeMesh } from "../../core/files/mesh_file.ts";
import type { PredictionFrame } from "../../core/files/predictions_json.ts";
import {
  identity,
  invert,
  type Matrix4,
  rotationY,
  transformPoint,
  transformPoints,
} from "../../core/geometry/transform.ts";
import { InputError } from "../../core/work/errors.ts";
import { openDataset } from "../../datasets/open.ts";
import { evaluate } from "../../eval/evaluate.ts";
import { openPredictions } from "../../eval/predictions.ts";
import { placePrediction } from "../../eval/prediction_frames.ts";
import { verify } from "../../eval/verify.ts";
import { suiteCamera } from "../../render/cameras.ts";
import { cube, moved } from "../core/geometry/_shapes.ts";

const near = (found: readonly number[], wanted: readonly number[], tolerance = 1e-6) =>
  wanted.forEach((value, k) =>
    assert.ok(Math.abs(found[k] - value) <= tolerance, `${found}, expected ${wanted}`)
  );

/** A box 1.8 m high, 0.6 m wide and deep, about (1, 0.9, 2). */
const BOX = moved(cube(0.3), ([x, y, z]) => [x + 1, 3 * y + 0.9, z + 2]);

Deno.test("placePrediction() leaves the scan's frame alone and needs a camera for a camera's", () => {
  assert.deepEqual(placePrediction("scan", { scan: BOX }).scanFromFrame, identity());
  const camera = suiteCamera(
    { centroidM: [1, 0.9, 2], radiusM: 0.9, upright: identity() },
    { yawDeg: 90, pitchDeg: 0 },
  );
  const { scanFromFrame } = placePrediction("camera", { scan: BOX, camera });
  assert.deepEqual(scanFromFrame, invert(camera.camFromScan));
  assert.throws(() => placePrediction("camera", { scan: BOX }), InputError);
});

Deno.test("ICON's square: the top of the head is at y = 90/102.4, yaw 90 takes +z to +x", () => {
  const joints = [1.1, 0.8, 2.05];
  const place = (view: string, p: [number, number, number]) =>
    transformPoint(placePrediction("icon", { scan: BOX, joints, view }).scanFromFrame, p);
  // 102.4 units of a person of 180 are 1.024 m here: the centre is the root's x and z, mid-height.
  near(place("y000", [0, 0, 0]), [1.1, 0.9, 2.05]);
  near(place("y000", [0, 0.87890625, 0]), [1.1, 1.8, 2.05]);
  near(place("y000", [0.5, 0, 0.25]), [1.1 + 0.512, 0.9, 2.05 + 0.256]);
  // Turned by 90°, what was in front (+z) is at +x of the picture.
  near(place("y090", [0.5, 0, 0]), [1.1, 0.9, 2.05 + 0.512]);
});

Deno.test("ICON's square without a fit is centred on the median, and says so", () => {
  const { scanFromFrame, warnings } = placePrediction("icon", { scan: BOX });
  const [x, y, z] = transformPoint(scanFromFrame, [0, 0, 0]);
  assert.ok(Math.abs(x - 1) <= 0.3 + 1e-6 && Math.abs(z - 2) <= 0.3 + 1e-6);
  near([y], [0.9]);
  assert.match(warnings[0], /median/);
});

Deno.test("2K2K's mesh frame: 2.8 × the largest coordinate, and its factor", () => {
  const place = (view: string, p: [number, number, number], upright?: Matrix4) =>
    transformPoint(placePrediction("2k2k", { scan: BOX, view, upright }).scanFromFrame, p);
  // The highest point, 0.9 m over the centroid, is at 1/2.8, over 1.0367.
  const top = 1 / 2.8 / 1.0367394227574303;
  near(place("y000", [0, 0, 0]), [1, 0.9, 2]);
  near(place("y000", [0, top, 0]), [1, 1.8, 2]);
  near(place("y090", [top, 0, 0]), [1, 0.9, 2.9]);
  // A scan that looks to +x is turned to +z before all else.
  near(place("y000", [0, 0, top], rotationY(-Math.PI / 2)), [1.9, 0.9, 2]);
});

Deno.test("placePrediction() refuses views whose names tell no angle", () => {
  for (const frame of ["icon", "2k2k"] as const) {
    assert.throws(() => placePrediction(frame, { scan: BOX, view: "left" }), /view is "left"/);
  }
});

Deno.test("eval places meshes of ICON's and 2K2K's frames, and verify recomputes them", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.mkdir(join(folder, "scans"));
    await writeMesh(join(folder, "scans", "s1.ply"), BOX);
    for (const frame of ["icon", "2k2k"] as const) {
      const { scanFromFrame } = placePrediction(frame, { scan: BOX, view: "y120" });
      const name = frame === "icon" ? "obj/s1_120_recon.ply" : "output_objs/s1_120.ply";
      const file = join(folder, frame, ...name.split("/"));
      await Deno.mkdir(join(file, ".."), { recursive: true });
      const positions = transformPoints(invert(scanFromFrame), BOX.positions);
      await writeMesh(file, { positions, indices: BOX.indices });
      await Deno.writeTextFile(join(folder, frame, "predictions.json"), header(frame));
    }
    const truth = await openDataset(join(folder, "scans"));
    const sets = [
      ...await openPredictions(join(folder, "icon")),
      ...await openPredictions(join(folder, "2k2k")),
    ];
    const subjects = truth.subjects.map((subject) => ({ ...subject, unit: "m" as const }));
    const protocols = [{ id: "pifuhd-2020", changes: { samples: 200, normalError: null } }];
    const out = join(folder, "results.json");
    const { results } = await evaluate(out, {
      truth: { ...truth, subjects },
      sets,
      protocols,
      seed: 0,
    });
    assert.equal(results!.rows.length, 2);
    for (const { status, scores, method, warnings } of results!.rows) {
      assert.equal(status, "ok");
      assert.ok(scores.none.chamfer_cm! < 1e-4, `${method}: ${scores.none.chamfer_cm} cm`);
      assert.equal(warnings.some((text) => text.includes("median")), method === "icon");
    }
    assert.deepEqual(results!.methods[0].timing, { secondsPerItem: 12, device: "RTX 3090" });
    const [{ findings }] = await verify(out);
    assert.deepEqual(findings, []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

function header(frame: PredictionFrame): string {
  return JSON.stringify({
    schema: "scan2score/predictions-1",
    method: { name: frame },
    usesTruth: false,
    frame,
    unit: "m",
    timing: { secondsPerItem: 12, device: "RTX 3090" },
  });
}
