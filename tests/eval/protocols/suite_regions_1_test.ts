import assert from "node:assert/strict";
import { join } from "node:path";
import { readBodyFile } from "../../../body/body_file.ts";
import { restShape } from "../../../body/forward.ts";
import type { OrthographicCamera } from "../../../core/geometry/camera.ts";
import type { Mesh } from "../../../core/geometry/mesh.ts";
import { translation } from "../../../core/geometry/transform.ts";
import { SUITE_ROOT } from "../../../core/work/paths.ts";
import { describeKey } from "../../../eval/keys.ts";
import { withConstants } from "../../../eval/protocols/protocol.ts";
import { SUITE_1 } from "../../../eval/protocols/suite_1.ts";
import { SUITE_REGIONS_1 } from "../../../eval/protocols/suite_regions_1.ts";
import { preparePrediction, prepareTruth, scorePair } from "../../../eval/score.ts";
import { moved } from "../../core/geometry/_shapes.ts";

const model = await readBodyFile(join(SUITE_ROOT, "fixtures", "humans", "open_body.npz"));
const vertices = restShape(model, { betas: new Float64Array(0) });
const SCAN: Mesh = { positions: Float32Array.from(vertices), indices: model.faces };
const CAMERA: OrthographicCamera = {
  projection: "orthographic",
  width: 64,
  height: 64,
  halfWidthM: 1.2,
  camFromScan: translation(0, 0, -3),
  yawDeg: 0,
  pitchDeg: 0,
};
const FEW = { samples: 3000, alignSamples: 500 };

Deno.test("suite-regions-1 agrees with suite-1 in every key that both have", async () => {
  const truth = prepareTruth(SCAN, { subject: "s", body: { model, posed: { vertices } } });
  const off = moved(SCAN, ([x, y, z]) => [1.01 * x, y + 0.01, z + 0.004]);
  using prediction = preparePrediction(off, truth);
  const plain = await scorePair(truth, prediction, {
    protocol: withConstants(SUITE_1, { ...FEW, viewSizePx: 16, detailSizePx: 16 }),
    camera: CAMERA,
  });
  const regions = await scorePair(truth, prediction, {
    protocol: withConstants(SUITE_REGIONS_1, FEW),
    camera: CAMERA,
  });
  for (const alignment of ["none", "aligned"]) {
    const ours = regions.scores[alignment], theirs = plain.scores[alignment];
    const shared = Object.keys(ours).filter((key) => key in theirs);
    assert.ok(shared.length > 8 * 5, `${shared.length} shared keys`);
    for (const key of shared) assert.equal(ours[key], theirs[key], key);
    for (const region of ["head", "hands", "arms", "torso", "legs", "feet", "visible", "hidden"]) {
      const [median, p95, max] = ["median", "p95", "max"].map((name) =>
        ours[`p2s_${region}_${name}_cm`]!
      );
      assert.ok(median <= p95 && p95 <= max, region);
      assert.ok(ours[`f_0p5cm_${region}`]! <= ours[`f_2cm_${region}`]!, region);
    }
    const parts = ["head", "hands", "arms", "torso", "legs", "feet"];
    const share = parts.reduce((sum, part) => sum + ours[`share_${part}`]!, 0);
    assert.ok(Math.abs(share - 1) < 1e-12, `${share}`);
  }
  assert.deepEqual(regions.transforms, plain.transforms);
});

Deno.test("suite-regions-1 has a formula and a meaning for every key, and none without regions", async () => {
  const protocol = withConstants(SUITE_REGIONS_1, { samples: 500, alignSamples: 200 });
  const truth = prepareTruth(SCAN, { subject: "s", body: { model, posed: { vertices } } });
  const { scores: { none } } = await scorePair(truth, SCAN, { protocol, camera: CAMERA });
  const documented = new Set(
    Object.keys(SUITE_REGIONS_1.formulas).flatMap((keys) => keys.split(", ")),
  );
  for (const key of Object.keys(none)) {
    const general = key.replace(
      /_(head|hands|arms|torso|legs|feet|visible|hidden)(?=_|$)/,
      "_<region>",
    );
    assert.ok(documented.has(general) || documented.has(key), key);
    if (!key.startsWith("share_")) assert.notEqual(describeKey(key).better, undefined, key);
  }
  const bare = prepareTruth(SCAN, { subject: "s" });
  const { scores } = await scorePair(bare, SCAN, { protocol });
  assert.deepEqual(Object.keys(scores.none), ["chamfer_cm"]);
});
