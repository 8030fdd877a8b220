import assert from "node:assert/strict";
import {
  completePoints,
  missingPoints,
  POINT_COUNT,
  POINT_NAMES,
} from "../../../inference/twoktwok/keypoints31.ts";
import { refuses } from "../../core/files/_help.ts";

/** A whole person: shoulders 100 px above the hips. */
function person(): Float64Array {
  // deno-fmt-ignore
  const xy = [
    500, 200, 510, 190, 490, 190, 525, 195, 475, 195, 540, 260, 460, 260, 560, 320, 440, 320,
    570, 370, 430, 370, 520, 360, 480, 360, 525, 450, 475, 450, 525, 540, 475, 540, 535, 560,
    545, 558, 520, 550, 465, 560, 455, 558, 480, 550, 572, 400, 574, 402, 576, 400, 578, 398,
    428, 400, 426, 402, 424, 400, 422, 398,
  ];
  const points = new Float64Array(3 * POINT_COUNT);
  for (let k = 0; k < POINT_COUNT; k++) points.set([xy[2 * k], xy[2 * k + 1], 0.9], 3 * k);
  return points;
}

function without(...names: string[]): Float64Array {
  const points = person();
  for (const name of names) {
    points.fill(0, 3 * POINT_NAMES.indexOf(name), 3 * POINT_NAMES.indexOf(name) + 3);
  }
  return points;
}

const at = (points: Float64Array, name: string) => {
  const k = POINT_NAMES.indexOf(name);
  return [points[3 * k], points[3 * k + 1]];
};

Deno.test("completePoints() changes nothing of a whole person", () => {
  assert.deepEqual(completePoints(person()), { points: person(), guessed: [] });
});

Deno.test("completePoints() keeps a point at the picture's edge", () => {
  const points = person();
  points[0] = 0; // the nose at x = 0, y = 200 is there
  assert.equal(missingPoints(points).size, 0);
  assert.deepEqual(completePoints(points).points, points);
});

Deno.test("completePoints() puts a knee between hip and ankle, an elbow between its neighbours", () => {
  const { points, guessed } = completePoints(without("left knee", "right elbow"));
  assert.deepEqual(at(points, "left knee"), [522.5, 450]);
  assert.deepEqual(at(points, "right elbow"), [445, 315]);
  assert.deepEqual(guessed, [8, 13]);
});

Deno.test("completePoints() mirrors a missing ear at the nose", () => {
  assert.deepEqual(at(completePoints(without("left ear")).points, "left ear"), [525, 205]);
});

Deno.test("completePoints() continues a limb that ends early", () => {
  const { points } = completePoints(
    without("left wrist", "left index", "left middle", "left ring", "left little"),
  );
  const [x, y] = at(points, "left wrist");
  // Straight on from shoulder (540, 260) through elbow (560, 320).
  assert.ok(Math.abs((x - 560) / (y - 320) - 20 / 60) < 1e-9 && y > 320);
  const [u, v] = at(points, "left index");
  assert.ok(v > y && Math.abs((u - x) / (v - y) - 20 / 60) < 1e-9);
  assert.ok(Number.isNaN(at(points, "left ring")[0]));
});

Deno.test("completePoints() leaves a hand's missing fingers out", () => {
  const { points, guessed } = completePoints(without("left middle"));
  assert.deepEqual(guessed, []);
  assert.ok(Number.isNaN(at(points, "left middle")[0]));
});

Deno.test("completePoints() lets a whole leg hang below its hip, also without feet", () => {
  const names = POINT_NAMES.filter((name) =>
    /^right (knee|ankle|big toe|small toe|heel)$/.test(name)
  );
  const { points, guessed } = completePoints(without(...names));
  assert.equal(guessed.length, names.length);
  const [hip, knee, ankle, toe] = ["hip", "knee", "ankle", "big toe"]
    .map((name) => at(points, `right ${name}`));
  assert.ok(hip[1] < knee[1] && knee[1] < ankle[1] && ankle[1] < toe[1]);
  assert.deepEqual([knee[0], ankle[0]], [hip[0], hip[0]]);
});

Deno.test("completePoints() finds a face without any of its features", () => {
  const { points } = completePoints(
    without("nose", "left eye", "right eye", "left ear", "right ear"),
  );
  const [left, right] = [at(points, "left ear"), at(points, "right ear")];
  assert.ok(left[0] > right[0], "ears stand apart");
  assert.ok(left[1] < 260, "above the shoulders");
});

Deno.test("completePoints() completes whatever is missing but the trunk", () => {
  const trunk = ["left shoulder", "right shoulder", "left hip", "right hip"];
  const { points } = completePoints(
    without(...POINT_NAMES.filter((name) => !trunk.includes(name))),
  );
  const unknown = POINT_NAMES.filter((name) => Number.isNaN(at(points, name)[0]));
  // One finger of each hand stands for the hand.
  assert.deepEqual(unknown.map((name) => name.split(" ")[1]), [
    ...["middle", "ring", "little"],
    ...["middle", "ring", "little"],
  ]);
});

Deno.test("completePoints() refuses a person without a trunk, by name", async () => {
  await refuses(
    Promise.resolve().then(() => completePoints(without("left hip", "right shoulder"))),
    /right shoulder, left hip are missing, expected both shoulders and both hips/,
  );
});
