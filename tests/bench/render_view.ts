// deno-lint-ignore-file no-console -- a benchmark reports on the terminal
/**
 * Times the CPU back-end on the dense scan (564,000 triangles) at 2048², one thread, before files:
 *
 *   deno run --allow-read --allow-env --allow-ffi --allow-sys tests/bench/render_view.ts [SIZE]
 */
import process from "node:process";
import { RASTER_MAPS, type RasterMaps } from "../../render/backend.ts";
import { framingOf, suiteCamera } from "../../render/cameras.ts";
import { albedoSamples } from "../../render/cpu/albedo_samples.ts";
import { drawScene, PIECE } from "../../render/cpu/draw.ts";
import { encodeColors, encodeNormals } from "../../render/cpu/encode.ts";
import { projectVertices } from "../../render/cpu/frame.ts";
import { normalSamples } from "../../render/cpu/normal_samples.ts";
import { rasterize } from "../../render/cpu/rasterize.ts";
import { coveredPixels, samplesOf } from "../../render/cpu/samples.ts";
import { prepareScene } from "../../render/cpu/scene.ts";
import { readFixture } from "../render/_fixture.ts";
import { record } from "./_record.ts";

const size = Number(Deno.args[0] ?? 2048);
const yaws = [-30, -20, -10, 0, 10, 20, 30];
const mesh = await readFixture("h03_dense");
const [prepareMs, scene] = timed(() => prepareScene(mesh));
const framing = framingOf(mesh);
const maps = RASTER_MAPS.filter((name) => !name.startsWith("face") && name !== "shaded");

const views: number[] = [];
let reuse: RasterMaps | undefined;
for (let round = 0; round < 3; round++) {
  for (const yawDeg of yaws) {
    const camera = suiteCamera(framing, { yawDeg, pitchDeg: 0 }, { size });
    const [ms, drawn] = timed(() =>
      drawScene(scene, camera, { maps, ...reuse === undefined ? {} : { reuse } })
    );
    views.push(ms);
    reuse = drawn;
  }
}
console.log(`${mesh.indices.length / 3} triangles, ${size}², maps ${maps.join(" ")}`);
await record("render_view, a view, least", Math.min(...views), "ms");
console.log(`prepare ${prepareMs.toFixed(0)} ms`);
console.log(
  `view    ${median(views).toFixed(1)} ms median, ${Math.min(...views).toFixed(1)} min, ` +
    `first ${views[0].toFixed(1)}, of ${views.length}`,
);

const stages = new Map<string, number[]>();
for (const yawDeg of [...yaws, ...yaws]) {
  const camera = suiteCamera(framing, { yawDeg, pitchDeg: 0 }, { size });
  const spent = new Map<string, number>();
  const stage = <T>(name: string, work: () => T): T => {
    const [ms, result] = timed(work);
    spent.set(name, (spent.get(name) ?? 0) + ms);
    return result;
  };
  const frame = stage("project", () => projectVertices(scene.positions, camera));
  const visibility = stage("rasterize", () => rasterize(scene, frame, { valid: "call" }));
  const covered = stage("covered", () => coveredPixels(visibility, frame));
  for (const side of ["front", "back"] as const) {
    const normalMap = new Uint16Array(3 * size * size), colorMap = new Uint8Array(4 * size * size);
    for (let start = 0; start < covered.length; start += PIECE) {
      const pixels = covered.subarray(start, start + PIECE);
      const samples = stage(
        "samples",
        () => samplesOf({ scene, frame, visibility }, { pixels, side }),
      );
      const { normals } = stage("normals", () => normalSamples(scene, frame, { samples, side }));
      const albedo = stage("albedo", () => albedoSamples(scene, frame, samples));
      stage("encode", () => {
        encodeNormals(normalMap, pixels, normals);
        encodeColors(colorMap, pixels, albedo);
      });
    }
  }
  for (const [name, ms] of spent) stages.set(name, [...(stages.get(name) ?? []), ms]);
}
for (const [name, ms] of stages) {
  console.log(
    `${name.padEnd(10)} ${median(ms).toFixed(1)} ms median, ${Math.min(...ms).toFixed(1)}`,
  );
}
console.log(`peak RSS ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB`);

function timed<T>(work: () => T): [number, T] {
  const start = performance.now();
  const result = work();
  return [performance.now() - start, result];
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}
