// deno-lint-ignore-file no-console -- its output is read by protocol_scores.py
/**
 * Writes what `protocol_scores.py` needs: a scan and a made prediction, the points that each
 * protocol draws on them, its drawn normals, and its scores; also scores over 20 seeds.
 *
 *   deno run -A tests/crosscheck/protocol_scores.ts FOLDER
 */
import { bodyMesh, poseBody } from "../../body/forward.ts";
import { mostVertices } from "../../core/geometry/largest_piece.ts";
import type { Mesh } from "../../core/geometry/mesh.ts";
import { join } from "../../core/work/path.ts";
import { loadBody, loadScan } from "../../datasets/load.ts";
import { openDataset } from "../../datasets/open.ts";
import { SUITE_ROOT } from "../../core/work/paths.ts";
import { normalErrorCameras } from "../../eval/metrics/normal_error.ts";
import { drawScene } from "../../eval/metrics/views.ts";
import { isFieldProtocol } from "../../eval/protocols/field_protocol.ts";
import { withConstants } from "../../eval/protocols/protocol.ts";
import { PROTOCOLS } from "../../eval/protocols/registry.ts";
import { SUITE_1 } from "../../eval/protocols/suite_1.ts";
import { preparePrediction, prepareTruth, scorePair } from "../../eval/score.ts";

const [folder] = Deno.args;
const SEEDS = 20;

/** A scan, and its fitted body a little larger, bent and bumpy: one closed piece. */
async function pair(): Promise<[Mesh, Mesh]> {
  const { subjects } = await openDataset(join(SUITE_ROOT, "fixtures", "humans"));
  const subject = subjects.find(({ id }) => id === "h02")!;
  const { mesh } = await loadScan(subject, { textures: "skip" });
  const { model, fit } = await loadBody(subject);
  const body = bodyMesh(model, poseBody(model, fit)), positions = body.positions.slice();
  for (let i = 0; i < positions.length; i += 3) {
    const [x, y, z] = body.positions.subarray(i, i + 3);
    positions[i] = 1.02 * x + 0.01 * Math.sin(9 * y) + 0.004;
    positions[i + 1] = 1.02 * y + 0.006 * Math.sin(11 * z + 5 * x);
    positions[i + 2] = 1.02 * z + 0.012 * Math.sin(8 * x + 3 * y);
  }
  const { indices } = body;
  return [{ positions: mesh.positions, indices: mesh.indices }, { positions, indices }];
}

const write = (name: string, data: Float32Array | Float64Array | Uint32Array | Uint16Array) =>
  Deno.writeFile(
    join(folder, name),
    new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength),
  );

const [scan, made] = await pair();
const truth = prepareTruth(scan, { subject: "h02" });
const prediction = preparePrediction(made, truth);
const out: Record<string, unknown> = {};
for (const protocol of PROTOCOLS.filter(isFieldProtocol)) {
  const { id, constants } = protocol;
  const samples = Math.min(constants.samples, 100_000); // a million points cost memory, not truth
  const chosen = withConstants(protocol, { samples });
  const found = await scorePair(truth, prediction, { protocol: chosen });
  const whole = constants.predictionScope === "whole";
  const piece = mostVertices(prediction.mesh);
  const scored = whole || piece.pieces === 1
    ? prediction
    : prediction.part("largest piece", piece.faces);
  await write(`${id}.truth_points`, truth.drawn(constants.sampler, samples).points);
  await write(`${id}.truth_faces`, truth.drawn(constants.sampler, samples).faces);
  await write(`${id}.prediction_points`, scored.drawn(constants.sampler, samples).points);
  await write(`${id}.prediction_faces`, scored.drawn(constants.sampler, samples).faces);
  await write(`${id}.mesh_faces`, scored.mesh.indices);
  if (constants.normalError !== null) {
    const cameras = normalErrorCameras(truth.bounds, constants.normalError);
    for (const [whose, surface] of [["truth", truth], ["prediction", scored]] as const) {
      const scene = await surface.scene(truth.backend);
      for (const [i, view] of (await drawScene(scene, cameras, truth.backend)).entries()) {
        await write(`${id}.${whose}_normal${i}`, view.normal);
      }
    }
  }
  out[id] = { constants: chosen.constants, labels: protocol.labels, ...found };
}
await write("truth_vertices", truth.mesh.positions);
await write("truth_mesh_faces", truth.mesh.indices);
await write("prediction_vertices", prediction.mesh.positions);

const noise: Record<string, Record<string, number[]>> = {};
for (let seed = 1; seed <= SEEDS; seed++) {
  const t = prepareTruth(scan, { subject: "h02", seed }), p = preparePrediction(made, t);
  for (const protocol of PROTOCOLS) {
    const field = isFieldProtocol(protocol);
    if (field && protocol.constants.samples > 100_000) continue; // too long for a script
    const quick = protocol.id === SUITE_1.id
      ? withConstants(SUITE_1, { viewSizePx: 16, detailSizePx: 16 })
      : field && protocol.constants.normalError !== null
      ? withConstants(protocol, {
        normalError: { ...protocol.constants.normalError, sizePx: 16 },
      })
      : protocol;
    const { scores } = await scorePair(t, p, { protocol: quick, alignments: ["none"] });
    const own = noise[protocol.id] ??= {};
    for (const key of new Set([...Object.values(protocol.labels), protocol.rank.key])) {
      (own[key] ??= []).push(scores.none[key]!);
    }
  }
  t.release();
  p.release();
}
await Deno.writeTextFile(
  join(folder, "scores.json"),
  JSON.stringify({ protocols: out, noise }),
);
console.log(`wrote ${folder}`);
