/** A small data set on the disk: spheres as people, with views and predictions, and its results. */
import { join } from "node:path";
import { encodePng } from "../../../core/files/image.ts";
import { writeMesh } from "../../../core/files/mesh_file.ts";
import { cameraJson } from "../../../core/geometry/camera.ts";
import type { Mesh } from "../../../core/geometry/mesh.ts";
import { transformPoints } from "../../../core/geometry/transform.ts";
import { hashFile } from "../../../core/work/hash.ts";
import { stableJson } from "../../../core/work/json.ts";
import { framingOf, suiteCamera } from "../../../render/cameras.ts";
import type { InputRecord, Results } from "../../../eval/results.ts";
import { icosphere } from "../../core/geometry/_shapes.ts";
import { syntheticResults } from "../_synthetic.ts";

/** Radius of the spheres, metres. */
export const RADIUS_M = 0.5;

const SUBJECTS = ["round", "rounder"];

/**
 * Writes scans, one view each, and two methods: `tight` (10 mm too large, scan frame, metres) and
 * `loose` (the scan itself, in the camera's frame and centimetres). `loose` failed on `rounder`.
 */
export async function writeDataset(folder: string): Promise<Results> {
  const results = syntheticResults({
    subjects: SUBJECTS,
    methods: [{ name: "tight", chamferCm: 1 }, { name: "loose", chamferCm: 2 }],
    failures: { "loose/rounder": "the mask is empty" },
    dataset: "spheres",
  });
  for (const row of results.rows) {
    for (const transform of Object.values(row.transforms ?? {})) delete transform.matrix;
  }
  results.inputs = [];
  const record = async (path: string, rest: Omit<InputRecord, "path" | "bytes" | "sha256">) => {
    results.inputs.push({ ...rest, path, ...await hashFile(join(folder, path)) });
  };
  const scan = icosphere(3, RADIUS_M);
  const camera = suiteCamera(framingOf(scan), { yawDeg: 30, pitchDeg: 0 }, { size: 128 });
  const inCameraCm: Mesh = {
    ...scan,
    positions: transformPoints(camera.camFromScan, scan.positions).map((v) => 100 * v),
  };
  const larger: Mesh = { ...scan, positions: scan.positions.map((v) => 1.02 * v) };
  for (const subject of SUBJECTS) {
    const view = "y000";
    await Deno.mkdir(join(folder, subject, view), { recursive: true });
    const write = (name: string, data: string | Uint8Array) =>
      Deno.writeFile(
        join(folder, subject, view, name),
        typeof data === "string" ? new TextEncoder().encode(data) : data,
      );
    await write("camera.json", stableJson(cameraJson(camera)));
    const grey = new Uint8Array(3 * 128 * 128).fill(90);
    await write("color.png", encodePng({ width: 128, height: 128, channels: 3, data: grey }));
    await writeMesh(join(folder, subject, "scan.ply"), scan);
    await writeMesh(join(folder, subject, "tight.ply"), larger);
    await writeMesh(join(folder, subject, "loose.ply"), inCameraCm);
    await record(`${subject}/scan.ply`, { role: "scan", subject, unit: "m" });
    await record(`${subject}/y000/camera.json`, { role: "camera", subject, view });
    await record(`${subject}/y000/color.png`, { role: "color", subject, view });
    const mesh = { role: "prediction", subject, view };
    await record(`${subject}/tight.ply`, { ...mesh, method: "tight", unit: "m", frame: "scan" });
    await record(`${subject}/loose.ply`, { ...mesh, method: "loose", unit: "cm", frame: "camera" });
  }
  return results;
}
