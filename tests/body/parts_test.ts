import assert from "node:assert/strict";
import { readBodyFile } from "../../body/body_file.ts";
import { JOINT_NAMES } from "../../body/joints.ts";
import {
  BODY_PARTS,
  type BodyPart,
  partGroup,
  partOfJoint,
  vertexParts,
} from "../../body/parts.ts";

const path = new URL("../../fixtures/humans/open_body.npz", import.meta.url).pathname;
const model = await readBodyFile(path);
const parts = vertexParts(model);

/** Mean of a coordinate (0 x, 1 y, 2 z) over a part. */
function mean(part: BodyPart, axis: number): number {
  let sum = 0, count = 0;
  parts.forEach((label, v) => {
    if (BODY_PARTS[label] === part) sum += model.template[3 * v + axis], count++;
  });
  return sum / count;
}

Deno.test("vertexParts() labels the T-pose from top to bottom and from left to right", () => {
  const heights = (["head", "torso", "l_upper_leg", "l_lower_leg", "l_foot"] as const)
    .map((part) => mean(part, 1));
  assert.deepEqual(heights, heights.toSorted((a, b) => b - a));
  const across =
    (["l_hand", "l_lower_arm", "l_upper_arm", "torso", "r_upper_arm", "r_hand"] as const)
      .map((part) => mean(part, 0)); // the person's left is +x
  assert.deepEqual(across, across.toSorted((a, b) => b - a));
});

Deno.test("vertexParts() is the mirror image of itself", () => {
  for (const part of BODY_PARTS.filter((p) => p.startsWith("l_"))) {
    const other = part.replace("l_", "r_") as BodyPart;
    assert.ok(Math.abs(mean(part, 0) + mean(other, 0)) < 0.01, part);
    assert.ok(Math.abs(mean(part, 1) - mean(other, 1)) < 0.01, part);
  }
});

Deno.test("partOfJoint() knows every joint of the three kinds", () => {
  for (const names of Object.values(JOINT_NAMES)) {
    for (const name of names) assert.ok(BODY_PARTS.includes(partOfJoint(name)), name);
  }
  assert.equal(partOfJoint("l_collar"), "torso");
  assert.equal(partOfJoint("r_eye"), "head");
  assert.equal(partOfJoint("l_pinky2"), "l_hand");
  assert.equal(partOfJoint("r_ankle"), "r_foot");
  assert.equal(partGroup("l_upper_arm"), "upper_arm");
  assert.equal(partGroup("head"), "head");
});
