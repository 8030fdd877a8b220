// deno-lint-ignore-file no-console -- a benchmark reports on the terminal
/**
 * How much `suite-1` varies with the seed alone: mean and standard deviation of its scores over
 * seeds, beside those of independent points (the sampler of most libraries) on the same pair:
 *
 *   deno run --allow-read --allow-env --allow-ffi --allow-sys tests/bench/geometry_noise.ts
 *
 * Arguments: TRUTH PREDICTION, two mesh files; by default the made pair of `geometry_meshes.ts`.
 */
import { closestPoints } from "../../core/geometry/closest.ts";
import { independentSamples } from "../../core/geometry/sampler.ts";
import { readMeshFile } from "../../core/files/mesh_file.ts";
import { withConstants } from "../../eval/protocols/protocol.ts";
import { SUITE_1 } from "../../eval/protocols/suite_1.ts";
import { preparePrediction, prepareTruth, scorePair, type Surface } from "../../eval/score.ts";
import { benchPair } from "./geometry_meshes.ts";

const SEEDS = 20, KEYS = ["p2s_cm", "s2p_cm", "chamfer_cm", "chamfer_all_cm", "f_1cm", "nc"];
const [truthFile, predictionFile] = Deno.args;
const pair = predictionFile === undefined ? await benchPair() : {
  human: (await readMeshFile(truthFile)).mesh,
  prediction: (await readMeshFile(predictionFile)).mesh,
};
// Views do not depend on the seed: draw them small.
const protocol = withConstants(SUITE_1, { viewSizePx: 16 });
const found = new Map<string, number[]>();
const add = (key: string, value: number) => found.set(key, [...found.get(key) ?? [], value]);
for (let seed = 0; seed < SEEDS; seed++) {
  const truth = prepareTruth(pair.human, { subject: "noise", seed });
  const prediction = preparePrediction(pair.prediction, truth);
  const { scores } = await scorePair(truth, prediction, { protocol, alignments: ["none"] });
  for (const key of KEYS) add(key, scores.none[key]!);
  for (const count of [1000, 10_000, 100_000]) {
    const both = independentMean(prediction, truth, { seed, count }) +
      independentMean(truth, prediction, { seed, count });
    add(`chamfer_all_cm, ${count} independent points`, both / 2);
  }
}
for (const [key, values] of found) {
  const mean = values.reduce((a, b) => a + b) / SEEDS;
  const deviation = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (SEEDS - 1));
  console.log(
    `${key.padEnd(44)} mean ${mean.toFixed(6)}, deviation ${deviation.toExponential(2)} ` +
      `(${(100 * deviation / mean).toFixed(3)} %)`,
  );
}

function independentMean(
  from: Surface,
  to: Surface,
  { seed, count }: { seed: number; count: number },
): number {
  const { points } = independentSamples(from.mesh, {
    count,
    seed,
    purpose: [from.role],
    order: from.order,
  });
  return 100 * closestPoints(to.tree, points).distance.reduce((a, b) => a + b) / count;
}
