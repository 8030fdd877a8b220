import assert from "node:assert/strict";
import { protocolRecord, withConstants } from "../../../eval/protocols/protocol.ts";
import { SUITE_1 } from "../../../eval/protocols/suite_1.ts";
import { protocolRecordSchema } from "../../../eval/results.ts";
import { prepareTruth, scorePair } from "../../../eval/score.ts";
import { blob } from "../../core/geometry/_shapes.ts";

Deno.test("suite-1 has the constants that the design fixes", () => {
  // Changing one of these is another protocol, not an edit here.
  assert.deepEqual(protocolRecord(SUITE_1), {
    id: "suite-1",
    version: "1",
    labels: { P2S: "p2s_cm", Chamfer: "chamfer_cm", NC: "nc" },
    rank: { alignment: "aligned", key: "chamfer_cm" },
    samples: 100000,
    outerDirections: 64,
    outerStartM: 0.0002,
    fScoreThresholdsCm: [0.5, 1, 2],
    alignSamples: 20000,
    alignKeep: 0.9,
    alignMaxIterations: 50,
    alignStopM: 1e-6,
    alignSparse: 8,
    alignMinScale: 0.8,
    alignMaxScale: 1.25,
    alignMaxRotationDeg: 30,
    alignMaxTranslationM: 0.5,
    viewYawsDeg: [0, 90, 180, 270],
    viewSizePx: 1024,
    viewWindow: 1.1,
    detailYawsDeg: [0, 180],
    detailSizePx: 2048,
    detailSigmasM: [0.004, 0.016],
  });
});

Deno.test("suite-1 fits the schema of results and has a note for every constant", () => {
  protocolRecordSchema.parse(protocolRecord(SUITE_1));
  assert.deepEqual(Object.keys(SUITE_1.notes).sort(), Object.keys(SUITE_1.constants).sort());
});

Deno.test("suite-1 has a formula for every key it gives, and gives every key it has a formula for", async () => {
  const quick = withConstants(SUITE_1, {
    samples: 100,
    alignSamples: 100,
    viewSizePx: 32,
    detailSizePx: 32,
  });
  const truth = prepareTruth(blob(2), { subject: "s" });
  const { scores } = await scorePair(truth, blob(2), { protocol: quick });
  const documented = Object.keys(SUITE_1.formulas).flatMap((keys) => keys.split(", "))
    .filter((key) => !key.includes("<region>")); // no body, no camera: no regions
  assert.deepEqual(Object.keys(scores), ["none", "aligned"]);
  for (const found of Object.values(scores)) {
    assert.deepEqual(Object.keys(found).sort(), documented.toSorted());
  }
});

Deno.test("withConstants() says in the version what was changed", () => {
  const fewer = withConstants(SUITE_1, { samples: 500, viewSizePx: 64 });
  assert.equal(fewer.id, "suite-1");
  assert.equal(fewer.version, "1+samples=500+viewSizePx=64");
  assert.equal(fewer.constants.samples, 500);
  assert.equal(SUITE_1.constants.samples, 100000);
  assert.equal(withConstants(SUITE_1, { samples: 100000 }), SUITE_1);
  assert.throws(() => withConstants(SUITE_1, { sample: 1 } as object), RangeError);
});
