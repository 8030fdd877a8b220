// deno-lint-ignore-file no-console -- a benchmark reports on the terminal
/**
 * Times exact distances both ways between two surfaces, trees included, loading and sampling left
 * out; one thread. The first run takes fresh memory, the others reuse it, as scoring does:
 *
 *   deno run --allow-read --allow-env --allow-ffi --allow-sys tests/bench/geometry_distances.ts
 *
 * Options: `--truth FILE --prediction FILE` other meshes than the made pair; `--samples N` (100,000);
 * `--runs N` (5); `--save DIR` writes meshes, points and distances as plain little-endian arrays,
 * which `tests/crosscheck/geometry_distances.py` asks other libraries about (add --allow-write);
 * `--json` prints one line of JSON.
 *
 * November 2026, two cores shared with other work. CPU seconds of trees and distances: suite 0.55,
 * Open3D 0.20 (Embree) 1.03, so 0.54 times; in one run of the crosscheck script libigl and
 * point-cloud-utils took 3.7 times as long as the suite on one thread (16.7 and 16.9 s, 4.5 s), all
 * distances within 1e-15 m of theirs; peak 435 MB.
 */
import { parseArgs } from "node:util";
import { buildTree } from "../../core/geometry/bvh.ts";
import { closestPoints } from "../../core/geometry/closest.ts";
import type { Mesh } from "../../core/geometry/mesh.ts";
import { stratifiedSamples } from "../../core/geometry/sampler.ts";
import { readMeshFile } from "../../core/files/mesh_file.ts";
import { benchPair } from "./geometry_meshes.ts";
import { record } from "./_record.ts";

const { values: options } = parseArgs({
  args: Deno.args,
  options: {
    truth: { type: "string" },
    prediction: { type: "string" },
    samples: { type: "string", default: "100000" },
    runs: { type: "string", default: "5" },
    save: { type: "string" },
    json: { type: "boolean", default: false },
  },
});
const count = Number(options.samples);
const [truth, prediction] = await meshes();
const sample = (mesh: Mesh, role: string) =>
  stratifiedSamples(mesh, { count, seed: 0, purpose: ["bench", role] }).points;
const ofTruth = sample(truth, "truth"), ofPrediction = sample(prediction, "prediction");

const build: number[] = [], ask: number[] = [];
let s2p: Float64Array = new Float64Array(0), p2s: Float64Array = s2p;
for (let run = 0; run < Number(options.runs); run++) {
  const started = performance.now();
  const truthTree = buildTree(truth), predictionTree = buildTree(prediction);
  const built = performance.now();
  s2p = closestPoints(predictionTree, ofTruth).distance;
  p2s = closestPoints(truthTree, ofPrediction).distance;
  const asked = performance.now();
  build.push(built - started);
  ask.push(asked - built);
  truthTree.release();
  predictionTree.release();
}
const total = build.map((ms, i) => ms + ask[i]);
const report = {
  faces: [truth.indices.length / 3, prediction.indices.length / 3],
  samples: count,
  firstMs: total[0],
  medianMs: median(total),
  minMs: Math.min(...total),
  buildMedianMs: median(build),
  askMedianMs: median(ask),
  s2pMm: 1000 * mean(s2p),
  p2sMm: 1000 * mean(p2s),
  peakRssMb: peakRssMb(),
};
if (options.json) console.log(JSON.stringify(report));
else {
  await record("geometry_distances, least", report.minMs, "ms");
  console.log(`${report.faces.join(" and ")} triangles, ${count} points each way, one thread`);
  console.log(
    `trees and distances ${report.medianMs.toFixed(0)} ms median, ${
      report.minMs.toFixed(0)
    } min, ` +
      `${report.firstMs.toFixed(0)} first (build ${report.buildMedianMs.toFixed(0)}, ` +
      `ask ${report.askMedianMs.toFixed(0)})`,
  );
  console.log(`S2P ${report.s2pMm.toFixed(5)} mm, P2S ${report.p2sMm.toFixed(5)} mm`);
  console.log(`peak RSS ${report.peakRssMb} MB, making or reading the meshes included`);
}
if (options.save !== undefined) await save(options.save);

async function meshes(): Promise<[Mesh, Mesh]> {
  if (options.truth === undefined || options.prediction === undefined) {
    const { human, prediction } = await benchPair();
    return [human, prediction];
  }
  return [
    (await readMeshFile(options.truth)).mesh,
    (await readMeshFile(options.prediction)).mesh,
  ];
}

async function save(folder: string): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  const write = (name: string, data: ArrayBufferView) =>
    Deno.writeFile(
      `${folder}/${name}`,
      new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength),
    );
  for (const [name, mesh] of [["truth", truth], ["prediction", prediction]] as const) {
    await write(`${name}_vertices.f32`, mesh.positions);
    await write(`${name}_faces.u32`, mesh.indices);
  }
  await write("truth_points.f64", ofTruth);
  await write("prediction_points.f64", ofPrediction);
  await write("s2p.f64", s2p);
  await write("p2s.f64", p2s);
}

/** The most memory the process has held (Linux), else what it holds now. */
function peakRssMb(): number {
  try {
    const found = /VmHWM:\s+(\d+) kB/.exec(Deno.readTextFileSync("/proc/self/status"));
    if (found !== null) return Math.round(Number(found[1]) / 1000);
  } catch {
    // not Linux, or not permitted
  }
  return Math.round(Deno.memoryUsage().rss / 1e6);
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b), half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}
