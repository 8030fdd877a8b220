import assert from "node:assert/strict";
import { poseBody } from "../../../body/forward.ts";
import { BodyDerivatives, leftJacobian } from "../../../body/solve/derivatives.ts";
import { fitOfState, freeColumns, restState, stepped } from "../../../body/solve/state.ts";
import { rotationOfAxisAngle } from "../../../core/geometry/transform.ts";
import { random } from "../../../core/work/random.ts";
import { MODEL, someState } from "./_help.ts";

/** Central differences of a function of one parameter. */
function slope(f: (h: number) => number, h: number): number {
  return (8 * (f(h) - f(-h)) - (f(2 * h) - f(-2 * h))) / (12 * h);
}

const ALL = { scale: "free", pose: "all" } as const;

Deno.test("leftJacobian() turns a small change of the vector into a small world rotation", () => {
  for (const v of [[0.3, -1.2, 0.7], [1e-5, 2e-5, -1e-5], [2, 1.5, -1.4], [0, 0, 0]]) {
    const J = leftJacobian(v[0], v[1], v[2]), R = rotationOfAxisAngle(v[0], v[1], v[2]);
    for (let k = 0; k < 3; k++) {
      const moved = (h: number) =>
        rotationOfAxisAngle(
          v[0] + (k === 0 ? h : 0),
          v[1] + (k === 1 ? h : 0),
          v[2] + (k === 2 ? h : 0),
        );
      const [x, y, z] = [J[k], J[3 + k], J[6 + k]], cross = [0, -z, y, z, 0, -x, -y, x, 0];
      for (let e = 0; e < 9; e++) {
        const row = 3 * Math.floor(e / 3), column = e % 3;
        const wanted = [0, 1, 2].reduce((sum, m) => sum + cross[row + m] * R[3 * m + column], 0);
        const found = slope((h) => moved(h)[e], 1e-3);
        assert.ok(
          Math.abs(found - wanted) < 1e-9,
          `${v} by ${k}, element ${e}: ${found}, ${wanted}`,
        );
      }
    }
  }
});

/**
 * Fourth-order differences with steps of 1e-3 leave about 1e-12 of truncation and 1e-12 of rounding;
 * directions are of unit length, so derivatives are metres per unit.
 */
Deno.test("BodyDerivatives agree with differences at vertices, by every parameter", () => {
  const derivatives = new BodyDerivatives(MODEL);
  for (const seed of [1, 2]) {
    const state = someState(seed),
      columns = freeColumns(state, ALL),
      draw = random(seed, "vertices");
    const picks = Array.from({ length: 12 }, () => draw.below(MODEL.template.length / 3));
    const directions = picks.map(() => {
      const d = [draw.normal(), draw.normal(), draw.normal()];
      return d.map((value) => value / Math.hypot(...d));
    });
    derivatives.moveTo(state);
    const rows = picks.map((vertex, i) => {
      const row = new Float64Array(derivatives.columns), [x, y, z] = directions[i];
      derivatives.addVertex(row, vertex, x, y, z);
      return row;
    });
    columns.forEach((column, at) => {
      const moved = [-2e-3, -1e-3, 1e-3, 2e-3].map((h) => {
        const step = new Float64Array(columns.length);
        step[at] = h;
        return poseBody(MODEL, fitOfState(MODEL, stepped(state, columns, step))).vertices;
      });
      picks.forEach((vertex, i) => {
        const along = (v: Float64Array) =>
          directions[i].reduce((sum, d, k) => sum + d * v[3 * vertex + k], 0);
        const [far, near, ahead, beyond] = moved.map(along);
        const found = (8 * (ahead - near) - (beyond - far)) / 12e-3;
        assert.ok(
          Math.abs(found - rows[i][column]) < 1e-8,
          `column ${column}, vertex ${vertex}: ${rows[i][column]}, ${found}`,
        );
      });
    });
  }
});

Deno.test("BodyDerivatives agree with differences at joints, by every parameter", () => {
  const derivatives = new BodyDerivatives(MODEL), direction = [0.6, -0.48, 0.64] as const;
  const state = someState(4), columns = freeColumns(state, ALL);
  derivatives.moveTo(state);
  const rows = Array.from(MODEL.parents, (_, joint) => {
    const row = new Float64Array(derivatives.columns);
    derivatives.addJoint(row, joint, ...direction);
    return row;
  });
  columns.forEach((column, at) => {
    const moved = [-2e-3, -1e-3, 1e-3, 2e-3].map((h) => {
      const step = new Float64Array(columns.length);
      step[at] = h;
      return poseBody(MODEL, fitOfState(MODEL, stepped(state, columns, step))).joints;
    });
    rows.forEach((row, joint) => {
      const along = (v: Float64Array) =>
        direction.reduce((sum, d, k) => sum + d * v[3 * joint + k], 0);
      const [far, near, ahead, beyond] = moved.map(along);
      const found = (8 * (ahead - near) - (beyond - far)) / 12e-3;
      assert.ok(Math.abs(found - row[column]) < 1e-8, `column ${column}, joint ${joint}`);
    });
  });
});

Deno.test("BodyDerivatives know nothing of betas where the rest shape is the person's own", () => {
  const state = restState(MODEL, 10);
  state.fixed = { restShape: MODEL.template.map((v) => 1.1 * v) };
  const derivatives = new BodyDerivatives(MODEL);
  derivatives.moveTo(state);
  const row = new Float64Array(derivatives.columns);
  derivatives.addVertex(row, 1000, 1, 0, 0);
  assert.ok(row.subarray(row.length - 10).every((value) => value === 0));
  assert.equal(freeColumns(state).length, 3 + 72);
});
