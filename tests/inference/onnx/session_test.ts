import assert from "node:assert/strict";
import { InputError } from "../../../core/work/errors.ts";
import { openSession } from "../../../inference/onnx/session.ts";
import { POSE_MODELS } from "../../../inference/photo/networks.ts";

const DETECTOR = `${POSE_MODELS}/pose_detection.onnx`;

/** A picture of the detector's size with values of no meaning. */
const data = Float32Array.from({ length: 224 * 224 * 3 }, (_, i) => Math.sin(i * i) / 2);
const image = { data, dims: [1, 224, 224, 3] };

Deno.test("openSession() tells inputs and outputs of a graph", async () => {
  await using session = await openSession(DETECTOR);
  assert.deepEqual(session.inputs, [{ name: "image", type: "float32", dims: [1, 224, 224, 3] }]);
  assert.deepEqual(session.outputs.map(({ name }) => name), ["boxes", "scores"]);
});

Deno.test("a session gives the same bytes on every run, from file or bytes, for any threads", async () => {
  const bytes = await Deno.readFile(DETECTOR);
  const outputs: Uint8Array[] = [];
  for (const [model, threads] of [[DETECTOR, 1], [bytes, 1], [bytes, 2], [bytes, 4]] as const) {
    await using session = await openSession(model, { threads });
    for (let run = 0; run < 2; run++) {
      const { boxes } = await session.run({ image });
      assert.deepEqual(boxes.dims, [1, 2254, 12]);
      outputs.push(new Uint8Array(boxes.data.buffer, boxes.data.byteOffset, boxes.data.byteLength));
    }
  }
  outputs.forEach((output) => assert.deepEqual(output, outputs[0]));
});

Deno.test("session.run() refuses inputs that are missing, unknown or of another size", async () => {
  await using session = await openSession(DETECTOR);
  await assert.rejects(session.run({}), /input "image" is missing/);
  await assert.rejects(session.run({ image, mask: image }), /has no input "mask"/);
  const small = { data: new Float32Array(12), dims: [1, 2, 2, 3] };
  await assert.rejects(session.run({ image: small }), /is 1 × 2 × 2 × 3 with 12 values, expected/);
  await assert.rejects(session.run({ image: { ...image, data: data.subarray(1) } }), RangeError);
});

Deno.test("openSession() names a missing file, a broken graph and a provider that is not there", async () => {
  const refused = async (work: Promise<unknown>, message: RegExp) =>
    await assert.rejects(work, (error: unknown) => {
      assert.ok(error instanceof InputError, String(error));
      assert.match(error.message, message);
      return true;
    });
  await refused(openSession(`${POSE_MODELS}/nothing.onnx`), /Cannot load a network: .*nothing/);
  await refused(openSession(Uint8Array.of(1, 2, 3)), /Cannot load a network/);
  const cut = (await Deno.readFile(DETECTOR)).slice(0, 100_000);
  await refused(openSession(cut), /Cannot load a network/);
  await refused(openSession(DETECTOR, { providers: ["imaginary"] }), /imaginary/);
  await assert.rejects(openSession(DETECTOR, { threads: 0 }), RangeError);
});
