import assert from "node:assert/strict";
import { parseJson, parseWith } from "../../core/work/schema.ts";
import { predictionsSchema } from "../../core/files/predictions_json.ts";
import { type Results, resultsJson, resultsSchema } from "../../eval/results.ts";
import { staleSchemas } from "../../tools/docs_schemas.ts";
import { syntheticResults } from "./_synthetic.ts";

const read = (value: unknown) => parseWith(resultsSchema, value, { what: "results.json" });
const readPredictions = (value: unknown) =>
  parseWith(predictionsSchema, value, { what: "predictions.json" });

const PREDICTIONS = {
  schema: "scan2score/predictions-1",
  method: { name: "mine", version: "3", trainedOn: [] },
  usesTruth: false,
  frame: "camera",
  unit: "cm",
};

Deno.test("resultsJson() writes what resultsSchema reads, with equal bytes whatever the order", () => {
  const results = syntheticResults({ subjects: ["b", "a"], views: ["y030", "y000"] });
  const text = resultsJson(results);
  const shuffled = {
    ...results,
    rows: results.rows.toReversed(),
    inputs: results.inputs.toReversed(),
  };
  assert.equal(resultsJson(shuffled), text);
  const again = parseJson(resultsSchema, text, { what: "results.json" });
  assert.equal(resultsJson(again), text);
});

Deno.test("resultsJson() sorts rows by protocol, method, subject, view", () => {
  const results = syntheticResults({ subjects: ["b", "a"], views: ["y030", "y-30", "y000"] });
  const { rows } = JSON.parse(resultsJson(results)) as Results;
  const names = rows.map((row) => [row.protocol, row.method, row.subject, row.view].join(" "));
  assert.deepEqual(names, names.toSorted());
  assert.equal(names[0], "suite-1 2k2k a y-30");
});

Deno.test("resultsSchema keeps the constants of a protocol and keys it does not know", () => {
  const results = read({ ...syntheticResults(), future: [1, { two: 3 }] });
  assert.equal(results.protocols[0].samples, 100_000);
  assert.deepEqual((results as unknown as { future: unknown }).future, [1, { two: 3 }]);
});

Deno.test("resultsSchema refuses scores that are not numbers or null", () => {
  const results = syntheticResults({ subjects: ["a"] });
  const text = JSON.stringify(results).replace('"iou":', '"iou":1e999,"was":');
  assert.throws(
    () => parseJson(resultsSchema, text, { what: "results.json", file: "r.json" }),
    /rows\[0\]\.scores\.none\.iou is Infinity, expected a number.*\(r\.json\)/,
  );
  results.rows[0].scores.none.iou = null;
  assert.equal(read(results).rows[0].scores.none.iou, null);
});

Deno.test("resultsSchema refuses rows that contradict the rest of the file", () => {
  const results = () => syntheticResults({ subjects: ["a"] });
  const twice = results();
  twice.rows.push(twice.rows[0]);
  assert.throws(() => read(twice), /a\/y000 by oracle-depth under suite-1 is there twice/);
  const stranger = results();
  stranger.rows[0].method = "stranger";
  assert.throws(() => read(stranger), /rows\[0\]: method is "stranger"/);
  const silent = results();
  silent.rows[0].status = "failed";
  assert.throws(() => read(silent), /status is failed without a reason/);
});

Deno.test("resultsSchema names another schema's version", () => {
  assert.throws(
    () => read({ ...syntheticResults(), schema: "scan2score/results-9" }),
    /schema is "scan2score\/results-9", expected "scan2score\/results-1"/,
  );
});

Deno.test("predictionsSchema reads the least a folder must say", () => {
  assert.deepEqual(readPredictions(PREDICTIONS), PREDICTIONS);
});

Deno.test("predictionsSchema refuses a frame or a unit that is not said", () => {
  const { unit: _, ...unitless } = PREDICTIONS;
  assert.throws(() => readPredictions(unitless), /unit is missing, expected "m" or "cm" or "mm"/);
  assert.throws(
    () => readPredictions({ ...PREDICTIONS, frame: "world" }),
    /frame is "world", expected "scan" or "camera"/,
  );
});

Deno.test("predictionsSchema takes failures and refuses items that are neither", () => {
  const items = [
    { subject: "a", view: "y000", mesh: "a/y000.ply" },
    { subject: "b", failed: "out of memory" },
  ];
  assert.equal(readPredictions({ ...PREDICTIONS, items }).items?.length, 2);
  assert.throws(
    () => readPredictions({ ...PREDICTIONS, items: [...items, { subject: "c" }] }),
    /items\[2\]: neither mesh nor failed is there/,
  );
});

Deno.test("predictionsSchema wants the training subjects or the hash of their list", () => {
  const trained = (entry: unknown) => ({
    ...PREDICTIONS,
    method: { ...PREDICTIONS.method, trainedOn: [entry] },
  });
  readPredictions(trained({ dataset: "THuman2.0", subjects: ["0001"] }));
  readPredictions(trained({ dataset: "secret", listSha256: "0".repeat(64) }));
  assert.throws(
    () => readPredictions(trained({ dataset: "secret" })),
    /method\.trainedOn\[0\]: neither subjects nor listSha256/,
  );
});

Deno.test("docs/schemas/*.schema.json are what the definitions say", async () => {
  assert.deepEqual(await staleSchemas(), [], "run deno task docs:schemas");
});
