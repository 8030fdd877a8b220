import assert from "node:assert/strict";
import { buildLeaderboard } from "../../../eval/leaderboard.ts";
import { protocolNamed } from "../../../eval/protocols/registry.ts";
import { boardNoise, SAMPLER_NOISE } from "../../../eval/statistics/sampler_noise.ts";
import { syntheticResults } from "../_synthetic.ts";

Deno.test("SAMPLER_NOISE names protocols and the keys that they rank by", () => {
  for (const [id, { key, relative }] of Object.entries(SAMPLER_NOISE)) {
    assert.equal(protocolNamed(id).rank.key, key, id);
    assert.ok(relative > 0 && relative < 0.1, id);
  }
  // suite-1's deviation is at most a fifth of ICON's.
  assert.ok(SAMPLER_NOISE["suite-1"].relative <= SAMPLER_NOISE["icon-2022"].relative / 5);
});

Deno.test("boards say how far the seed alone moves their score, unless a constant was changed", () => {
  const results = syntheticResults();
  const [board] = buildLeaderboard([results], { resamples: 50 }).boards;
  const { relative } = SAMPLER_NOISE["suite-1"];
  assert.deepEqual(board.samplerNoise, {
    key: "chamfer_cm",
    relative,
    ofMean: relative / Math.sqrt(board.subjects.length),
  });
  assert.equal(boardNoise({ id: "suite-1", version: "1+samples=10" }, { subjects: 8 }), undefined);
  assert.equal(boardNoise({ id: "mine", version: "1" }, { subjects: 8 }), undefined);
});
