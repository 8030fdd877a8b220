// deno-lint-ignore-file no-console -- a benchmark reports on the terminal
/**
 * What a protocol's sampler does to the number it ranks by, on one bundled person: mean and standard
 * deviation over 20 seeds of the same pair (the scan and its fitted body), and what the body scores
 * as a prediction of itself. `eval/statistics/sampler_noise.ts` holds what this prints:
 *
 *   deno run -A tests/bench/protocol_noise.ts [--seeds 20] [PROTOCOL...]
 */
import { parseArgs } from "node:util";
import { bodyMesh, poseBody } from "../../body/forward.ts";
import { loadBody, loadScan } from "../../datasets/load.ts";
import { openDataset } from "../../datasets/open.ts";
import { mean, sampleStandardDeviation as standardDeviation } from "simple-statistics";
import { type Protocol, withConstants } from "../../eval/protocols/protocol.ts";
import { PROTOCOLS } from "../../eval/protocols/registry.ts";
import { type PairScores, preparePrediction, prepareTruth, scorePair } from "../../eval/score.ts";

const { values: options, positionals } = parseArgs({
  args: Deno.args,
  options: { seeds: { type: "string", default: "20" } },
  allowPositionals: true,
});
const SEEDS = Number(options.seeds), SUBJECT = "h02";
const dataset = await openDataset(new URL("../../fixtures/humans", import.meta.url).pathname);
const subject = dataset.subjects.find(({ id }) => id === SUBJECT)!;
const { mesh: scan } = await loadScan(subject, { textures: "skip" });
const { model, fit } = await loadBody(subject);
const body = bodyMesh(model, poseBody(model, fit));
const chosen = PROTOCOLS.filter(({ id }) => positionals.length === 0 || positionals.includes(id));

/** Pictures do not depend on the seed: they are left out, or small. */
function withoutViews(protocol: Protocol): Protocol {
  const { normalError, viewSizePx } = protocol.constants as Record<string, unknown>;
  return withConstants(protocol, {
    ...(normalError === undefined ? {} : { normalError: null }),
    ...(viewSizePx === undefined ? {} : { viewSizePx: 16, detailSizePx: 16 }),
  });
}

const found = new Map<string, { pair: number[]; self: number[] }>();
for (let seed = 0; seed < SEEDS; seed++) {
  using truth = prepareTruth(scan, { subject: SUBJECT, seed });
  using bodyTruth = prepareTruth(body, { subject: SUBJECT, seed });
  using prediction = preparePrediction(body, truth), itself = preparePrediction(body, bodyTruth);
  for (const protocol of chosen) {
    const { key, alignment } = protocol.rank;
    const options = { protocol: withoutViews(protocol), alignments: [alignment] };
    const value = ({ scores }: PairScores) => scores[alignment][key]!;
    const values = found.get(protocol.id) ?? { pair: [], self: [] };
    values.pair.push(value(await scorePair(truth, prediction, options)));
    values.self.push(value(await scorePair(bodyTruth, itself, options)));
    found.set(protocol.id, values);
  }
}
for (const { id, rank: { key } } of chosen) {
  const { pair, self } = found.get(id)!;
  const digits = (value: number) => Number(value.toPrecision(3));
  const entry = {
    key,
    relative: digits(standardDeviation(pair) / mean(pair)),
    floor: digits(mean(self)),
    floorDeviation: digits(standardDeviation(self)),
  };
  console.log(`  "${id}": ${JSON.stringify(entry)}, // mean ${mean(pair).toPrecision(5)}`);
}
