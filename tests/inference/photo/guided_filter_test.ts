import assert from "node:assert/strict";
import fc from "fast-check";
import { random } from "../../../core/work/random.ts";
import { boxMean } from "../../../inference/photo/box_mean.ts";
import { type Guide, guidedFilter } from "../../../inference/photo/guided_filter.ts";
import { near, SEED } from "./_help.ts";

Deno.test("boxMean() equals the sum over each window, whatever the size", () => {
  const side = fc.integer({ min: 1, max: 14 });
  fc.assert(
    fc.property(
      side,
      side,
      fc.integer({ min: 0, max: 20 }),
      fc.integer(),
      (width, height, radius, seed) => {
        const { float } = random(seed, "box");
        const plane = Float32Array.from({ length: width * height }, () => float() * 4 - 2);
        const means = new Float32Array(plane.length);
        boxMean(plane, means, { width, height, radius });
        for (let y = 0; y < height; y++) {
          for (let x = 0; x < width; x++) {
            let sum = 0, count = 0;
            for (let j = Math.max(0, y - radius); j <= Math.min(height - 1, y + radius); j++) {
              for (let i = Math.max(0, x - radius); i <= Math.min(width - 1, x + radius); i++) {
                sum += plane[j * width + i];
                count++;
              }
            }
            near(means[y * width + x], sum / count, 1e-6);
          }
        }
        boxMean(plane, plane, { width, height, radius });
        assert.deepEqual(plane, means, "in place");
      },
    ),
    { seed: SEED, numRuns: 150 },
  );
});

/** A guide from a function of the place. */
function guide(width: number, height: number, color: (x: number, y: number) => number[]): Guide {
  const planes = [0, 1, 2].map((k) =>
    Float32Array.from(
      { length: width * height },
      (_, i) => color(i % width, Math.floor(i / width))[k],
    )
  );
  return { width, height, planes: [planes[0], planes[1], planes[2]] };
}

function noise(width: number, height: number, seed: number): Guide {
  const { float } = random(seed, "guide");
  return guide(width, height, () => [float(), float(), float()]);
}

Deno.test("guidedFilter() keeps a constant and, with no epsilon to speak of, a function of colour", () => {
  const colors = noise(24, 20, 1);
  const [r, g, b] = colors.planes;
  const constant = guidedFilter(new Float32Array(480).fill(0.3), colors);
  constant.forEach((v) => near(v, 0.3, 1e-5));
  const linear = r.map((v, i) => 0.1 + 0.5 * v - 0.3 * g[i] + 0.2 * b[i]);
  guidedFilter(linear, colors, { radius: 3, epsilon: 1e-9 })
    .forEach((v, i) => near(v, linear[i], 1e-3));
});

Deno.test("guidedFilter() of a flat guide is the mean of means", () => {
  const flat = guide(30, 30, () => [0.5, 0.5, 0.5]);
  const step = Float32Array.from({ length: 900 }, (_, i) => i % 30 < 15 ? 0 : 1);
  const twice = new Float32Array(900);
  boxMean(step, twice, { width: 30, height: 30, radius: 4 });
  boxMean(twice, twice, { width: 30, height: 30, radius: 4 });
  guidedFilter(step, flat, { radius: 4 }).forEach((v, i) => near(v, twice[i], 1e-5));
});

Deno.test("guidedFilter() moves a blurred, shifted edge onto the edge of the guide", () => {
  // The guide steps at x = 32; the mask is a ramp from 22 to 36, half at 29.
  const { normal } = random(2, "edge");
  const colors = guide(64, 40, (x) => {
    const v = (x < 32 ? 0.3 : 0.6) + 0.01 * normal();
    return [v, 0.5, 1 - v];
  });
  const soft = Float32Array.from(
    { length: 64 * 40 },
    (_, i) => Math.min(1, Math.max(0, (i % 64 - 22) / 14)),
  );
  const out = guidedFilter(soft, colors, { radius: 12, epsilon: 1e-4 });
  for (let y = 0; y < 40; y++) {
    for (let x = 0; x < 64; x++) {
      assert.equal(out[y * 64 + x] > 0.5, x >= 32, `pixel (${x}, ${y}) is ${out[y * 64 + x]}`);
    }
  }
});

Deno.test("guidedFilter() equals the paper's equations solved window by window", () => {
  const width = 9, height = 7, radius = 2, epsilon = 0.01;
  const colors = noise(width, height, 3);
  const { float } = random(4, "plane");
  const plane = Float32Array.from({ length: width * height }, float);
  const inside = (x: number, y: number) => {
    const pixels: number[] = [];
    for (let j = Math.max(0, y - radius); j <= Math.min(height - 1, y + radius); j++) {
      for (let i = Math.max(0, x - radius); i <= Math.min(width - 1, x + radius); i++) {
        pixels.push(j * width + i);
      }
    }
    return pixels;
  };
  // Ridge regression of the plane on the colours of each window: (Σ + ε) a = cov(I, p).
  const windows = Array.from({ length: width * height }, (_, i) => {
    const pixels = inside(i % width, Math.floor(i / width)), n = pixels.length;
    const mean = (f: (i: number) => number) => pixels.reduce((sum, i) => sum + f(i), 0) / n;
    const mu = colors.planes.map((c) => mean((i) => c[i])), p = mean((i) => plane[i]);
    const rows = colors.planes.map((c, k) => [
      ...colors.planes.map((d, l) =>
        mean((i) => c[i] * d[i]) - mu[k] * mu[l] + (k === l ? epsilon : 0)
      ),
      mean((i) => c[i] * plane[i]) - mu[k] * p,
    ]);
    const a = solve(rows);
    return [...a, p - a[0] * mu[0] - a[1] * mu[1] - a[2] * mu[2]];
  });
  const out = guidedFilter(plane, colors, { radius, epsilon });
  out.forEach((value, i) => {
    const pixels = inside(i % width, Math.floor(i / width));
    const wanted = pixels.reduce((sum, k) => {
      const [r, g, b, offset] = windows[k], [R, G, B] = colors.planes;
      return sum + r * R[i] + g * G[i] + b * B[i] + offset;
    }, 0) / pixels.length;
    near(value, wanted, 2e-5, `pixel ${i}`);
  });
});

/** Gaussian elimination of three equations, the right side in the last column. */
function solve(rows: number[][]): number[] {
  const m = rows.map((row) => [...row]);
  for (let k = 0; k < 3; k++) {
    for (let r = 0; r < 3; r++) {
      if (r === k) continue;
      const factor = m[r][k] / m[k][k];
      for (let c = k; c < 4; c++) m[r][c] -= factor * m[k][c];
    }
  }
  return m.map((row, k) => row[3] / row[k]);
}
