import assert from "node:assert/strict";
import { join } from "node:path";
import { readBodyFile } from "../../body/body_file.ts";
import { vertexGroups } from "../../body/vertex_groups.ts";
import { SUITE_ROOT } from "../../core/work/paths.ts";

Deno.test("vertexGroups(): hands at either end of the T-pose, a face in front of the head", async () => {
  const model = await readBodyFile(join(SUITE_ROOT, "fixtures", "humans", "open_body.npz"));
  const groups = vertexGroups(model), { template } = model;
  const box = (flags: Uint8Array) => {
    const min = [Infinity, Infinity, Infinity], max = [-Infinity, -Infinity, -Infinity];
    let count = 0;
    flags.forEach((flag, v) => {
      if (flag === 0) return;
      count++;
      for (let k = 0; k < 3; k++) {
        min[k] = Math.min(min[k], template[3 * v + k]);
        max[k] = Math.max(max[k], template[3 * v + k]);
      }
    });
    return { min, max, count };
  };
  const all = box(new Uint8Array(template.length / 3).fill(1));
  const left = box(groups.l_hand), right = box(groups.r_hand), face = box(groups.face);
  // The person's left is +x; arms may hang to any degree, so hands are told by x alone.
  assert.ok(left.max[0] > 0.95 * all.max[0] && left.min[0] > 0);
  assert.ok(right.min[0] < 0.95 * all.min[0] && right.max[0] < 0);
  assert.ok(Math.abs(left.count - right.count) <= 0.02 * left.count && left.count > 100);
  const height = all.max[1] - all.min[1];
  assert.ok(face.count > 50);
  assert.ok(face.min[1] > all.max[1] - 0.2 * height, "a face is not below the head");
  assert.ok(face.max[0] < 0.1 * height && face.min[0] > -0.1 * height);
  assert.equal(vertexGroups(model), groups);
});
