import assert from "node:assert/strict";
import fc from "fast-check";
import { openPoseJson, readOpenPose } from "../../../core/files/openpose_json.ts";
import { bytesOf, damaged, refuses, SEED, source, typed } from "./_help.ts";

const read = (value: unknown) => readOpenPose(source(bytesOf(JSON.stringify(value)), "k.json"));

/** A list of points at (10 k, 20 k) with confidence 0.5. */
const list = (points: number) =>
  Array.from({ length: points }, (_, k) => [10 * (k + 1), 20 * (k + 1), 0.5]).flat();

const person = (more: Record<string, unknown> = {}) => ({
  version: 1.3,
  people: [{
    person_id: [-1],
    pose_keypoints_2d: list(25),
    face_keypoints_2d: [],
    hand_left_keypoints_2d: list(21),
    hand_right_keypoints_2d: list(21),
    ...more,
  }],
});

Deno.test("readOpenPose() reads BODY_25 with hands", async () => {
  const [one, ...none] = await read(person());
  assert.equal(none.length, 0);
  assert.deepEqual([one.layout, one.hasHands], ["BODY_25", true]);
  assert.deepEqual([...one.body25.subarray(0, 6)], [10, 20, 0.5, 20, 40, 0.5]);
  assert.deepEqual([...one.handRight.subarray(60)], [210, 420, 0.5]);
});

Deno.test("readOpenPose() takes files without hands and without people", async () => {
  const without = person({ hand_left_keypoints_2d: [], hand_right_keypoints_2d: undefined });
  const [one] = await read(without);
  assert.equal(one.hasHands, false);
  assert.ok(one.handLeft.every((v) => v === 0) && one.handLeft.length === 63);
  assert.deepEqual(await read({ people: [] }), []);
});

Deno.test("readOpenPose() brings COCO_18 to BODY_25: hips' middle computed, feet missing", async () => {
  const [{ body25, layout }] = await read(person({ pose_keypoints_2d: list(18) }));
  assert.equal(layout, "COCO_18");
  const at = (k: number) => [...body25.subarray(3 * k, 3 * k + 3)];
  assert.deepEqual(at(0), [10, 20, 0.5], "nose");
  assert.deepEqual(at(7), [80, 160, 0.5], "left wrist");
  assert.deepEqual(at(9), [90, 180, 0.5], "right hip is COCO's 8");
  assert.deepEqual(at(12), [120, 240, 0.5], "left hip is COCO's 11");
  assert.deepEqual(at(8), [105, 210, 0.5], "between them");
  assert.deepEqual(at(18), [180, 360, 0.5], "left ear");
  for (let k = 19; k < 25; k++) assert.deepEqual(at(k), [0, 0, 0], `point ${k}`);
  const coco = list(18);
  coco.splice(24, 3, 0, 0, 0);
  const [hipless] = await read(person({ pose_keypoints_2d: coco }));
  assert.deepEqual([...hipless.body25.subarray(24, 27)], [0, 0, 0], "one hip is missing");
});

Deno.test("readOpenPose() names other layouts by their number of points", async () => {
  const pose = (n: number) => read(person({ pose_keypoints_2d: list(n) }));
  await refuses(pose(17), /has 51 numbers \(COCO_17\), expected 75 \(BODY_25\) or 54 \(COCO_18\)/);
  await refuses(pose(135), /has 405 numbers \(BODY_135\)/);
  await refuses(pose(24), /has 72 numbers, expected 75/);
  await refuses(read(person({ hand_left_keypoints_2d: list(20) })), /hand_left.* has 60 numbers/);
});

Deno.test("readOpenPose() refuses what is no keypoint file and positions that are no pixels", async () => {
  await refuses(read({ persons: [] }), /Cannot read the keypoints: people is missing/);
  await refuses(read(person({ pose_keypoints_2d: "1 2 3" })), /pose_keypoints_2d is "1 2 3"/);
  await refuses(readOpenPose(source(bytesOf("not json"))), /expected JSON/);
  await refuses(readOpenPose(source(new Uint8Array(0))), /expected JSON/);
  await refuses(readOpenPose(source(new Uint8Array((8 << 20) + 1))), /at most 8388608/);
  const shares = list(25).map((v, i) => i % 3 === 2 ? v : v / 1000);
  await refuses(
    read(
      person({
        pose_keypoints_2d: shares,
        hand_left_keypoints_2d: [],
        hand_right_keypoints_2d: [],
      }),
    ),
    /all positions lie within ±0.5, expected pixels/,
  );
  const far = list(25);
  far[3] = 1e9;
  await refuses(read(person({ pose_keypoints_2d: far })), /a position is 1000000000/);
  const negative = list(25);
  negative[5] = -1;
  await refuses(read(person({ pose_keypoints_2d: negative })), /a confidence is -1/);
});

Deno.test("openPoseJson() is read back as it was written", async () => {
  const value = fc.double({ min: 2, max: 5000, noNaN: true });
  const points = (n: number) =>
    fc.array(value, { minLength: 3 * n, maxLength: 3 * n }).map((v) => Float64Array.from(v));
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({ body25: points(25), handLeft: points(21), handRight: points(21) }, {
          noNullPrototype: true,
        }),
        { maxLength: 3 },
      ),
      async (people) => {
        const text = openPoseJson(people);
        const back = await readOpenPose(source(bytesOf(text)));
        assert.deepEqual(
          back.map(({ body25, handLeft, handRight }) => ({ body25, handLeft, handRight })),
          people,
        );
        assert.equal(openPoseJson(back), text);
      },
    ),
    { seed: SEED, numRuns: 50 },
  );
});

Deno.test("openPoseJson() refuses lists of another length and numbers that are none", () => {
  const [body25, hand] = [new Float64Array(75), new Float64Array(63)];
  assert.throws(
    () => openPoseJson([{ body25: hand, handLeft: hand, handRight: hand }]),
    RangeError,
  );
  const broken = { body25: body25.fill(NaN), handLeft: hand, handRight: hand };
  assert.throws(() => openPoseJson([broken]), RangeError);
});

Deno.test("readOpenPose() meets damage with an InputError or people of the right length", async () => {
  const bytes = bytesOf(JSON.stringify(person()));
  await fc.assert(
    fc.asyncProperty(damaged(bytes), async (data) => {
      await typed(
        readOpenPose(source(data)).then((people) =>
          people.forEach(({ body25, handLeft }) =>
            assert.deepEqual([body25.length, handLeft.length], [75, 63])
          )
        ),
      );
    }),
    { seed: SEED, numRuns: 300 },
  );
});
