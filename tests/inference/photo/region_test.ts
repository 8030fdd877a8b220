import assert from "node:assert/strict";
import fc from "fast-check";
import { fromRegion, regionOfCircle, toRegion } from "../../../inference/photo/region.ts";
import { near, SEED } from "./_help.ts";

const position = fc.double({ min: -3000, max: 3000, noNaN: true });

Deno.test("toRegion() undoes fromRegion() for any region", () => {
  const region = fc.record({
    cx: position,
    cy: position,
    sidePx: fc.double({ min: 1, max: 5000, noNaN: true }),
    angleRad: fc.double({ min: -Math.PI, max: Math.PI, noNaN: true }),
  });
  const share = fc.double({ min: -1, max: 2, noNaN: true });
  fc.assert(
    fc.property(region, share, share, (region, x, y) => {
      const [backX, backY] = toRegion(region, ...fromRegion(region, x, y));
      near(backX, x, 1e-6);
      near(backY, y, 1e-6);
    }),
    { seed: SEED },
  );
});

Deno.test("fromRegion() puts the corners of a turned square where they belong", () => {
  // Turned by a quarter: its own right points down, its own down points left.
  const region = { cx: 10, cy: 20, sidePx: 4, angleRad: Math.PI / 2 };
  const corner = fromRegion(region, 1, 0).map((v) => Math.round(v * 1e9) / 1e9);
  assert.deepEqual(corner, [12, 22]);
  assert.deepEqual(fromRegion(region, 0.5, 0.5), [10, 20]);
});

Deno.test("regionOfCircle() is upright below a head above and follows any turn", () => {
  assert.deepEqual(regionOfCircle([5, 9], [5, 5]), { cx: 5, cy: 9, sidePx: 10, angleRad: 0 });
  //          head to the right   upside down          head to the left
  for (const [dx, dy, turn] of [[4, 0, Math.PI / 2], [0, 4, -Math.PI], [-4, 0, -Math.PI / 2]]) {
    const region = regionOfCircle([5, 9], [5 + dx, 9 + dy]);
    near(region.angleRad, turn, 1e-12, "angle");
    const [x, y] = toRegion(region, 5 + dx, 9 + dy);
    near(x, 0.5, 1e-12, "x of the head");
    near(y, 0.1, 1e-12, "y of the head");
  }
});
