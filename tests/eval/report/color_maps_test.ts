import assert from "node:assert/strict";
import {
  ERROR_COLORS,
  errorColor,
  errorGradient,
  lightness,
} from "../../../eval/report/color_maps.ts";

Deno.test("errorColor() darkens evenly from no error to the end of the scale", () => {
  const values = ERROR_COLORS.map(lightness);
  for (let i = 1; i < values.length; i++) {
    // 8-bit rounding moves a colour's lightness by up to about 0.002.
    assert.ok(values[i] < values[i - 1] + 0.002, `step ${i}: ${values[i - 1]} to ${values[i]}`);
  }
  assert.ok(values[0] > 0.9 && values.at(-1)! < 0.38);
});

Deno.test("errorColor() keeps its order for people who do not tell red from green", () => {
  // The common linear approximation of deuteranopia. Lightness must still fall.
  const seen = ERROR_COLORS.map(([r, g, b]) =>
    lightness([0.625 * r + 0.375 * g, 0.7 * r + 0.3 * g, 0.3 * g + 0.7 * b])
  );
  for (let i = 16; i < seen.length; i += 16) assert.ok(seen[i] < seen[i - 16], `step ${i}`);
});

Deno.test("errorColor() takes the ends beyond the scale", () => {
  assert.deepEqual(errorColor(0, 20), ERROR_COLORS[0]);
  assert.deepEqual(errorColor(20, 20), ERROR_COLORS[255]);
  assert.deepEqual(errorColor(500, 20), ERROR_COLORS[255]);
  assert.deepEqual(errorColor(10, 20), ERROR_COLORS[128]);
});

Deno.test("errorGradient() runs from the first colour to the last", () => {
  const stops = errorGradient(3).split(", ");
  assert.equal(stops.length, 3);
  assert.equal(stops[0], "rgb(233 231 226) 0.00%");
  assert.equal(stops[2], "rgb(82 25 110) 100.00%");
});
