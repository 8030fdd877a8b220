import assert from "node:assert/strict";
import {
  ERROR_COLORS,
  errorColor,
  errorGradient,
  lightness,
  SIGNED_COLORS,
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

Deno.test("SIGNED_COLORS darken from no error to both ends, and the ends are told apart by all", () => {
  const deuteranope = ([r, g, b]: readonly number[]): [number, number, number] => [
    0.625 * r + 0.375 * g,
    0.7 * r + 0.3 * g,
    0.3 * g + 0.7 * b,
  ];
  const values = SIGNED_COLORS.map(lightness);
  const middle = values.indexOf(Math.max(...values));
  assert.ok(Math.abs(middle - 127.5) <= 1.5, `lightest at ${middle}`);
  for (let i = 8; i < 256; i += 8) {
    const falls = i <= 128 ? values[i] > values[i - 8] : values[i] < values[i - 8];
    assert.ok(falls, `step ${i}: ${values[i - 8]} to ${values[i]}`);
  }
  // Equally far inside and outside: blue against yellow-brown, which every dichromat but the rare
  // tritanope tells apart, and those by red against blue-green.
  for (const distance of [32, 64, 96, 127]) {
    const inside = SIGNED_COLORS[127 - distance], outside = SIGNED_COLORS[128 + distance];
    for (const see of [(c: readonly number[]) => c, deuteranope]) {
      const a = see(inside), b = see(outside);
      const apart = Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
      assert.ok(apart > 60, `${distance}: ${apart}`);
    }
  }
});
