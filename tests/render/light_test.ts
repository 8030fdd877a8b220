import assert from "node:assert/strict";
import { random } from "../../core/work/random.ts";
import { shadedSamples } from "../../render/cpu/shaded_samples.ts";
import { irradiance, sphericalLight, studioLight } from "../../render/light.ts";

/** Evenly spread directions (Fibonacci's spiral). */
const DIRECTIONS = Array.from({ length: 500 }, (_, i): [number, number, number] => {
  const y = 1 - (2 * i + 1) / 500, around = i * Math.PI * (3 - Math.sqrt(5));
  const r = Math.sqrt(1 - y * y);
  return [r * Math.cos(around), y, r * Math.sin(around)];
});

Deno.test("sphericalLight() of ambient alone is that light for every normal", () => {
  const light = sphericalLight([0.2, 0.5, 1], []);
  for (const normal of DIRECTIONS) {
    irradiance(light, normal).forEach((value, k) =>
      assert.ok(Math.abs(value - [0.2, 0.5, 1][k]) < 1e-12)
    );
  }
});

Deno.test("sphericalLight() agrees with adding up the lamp's light over the sphere", () => {
  // Radiance max(0, cos to the lamp), gathered with the cosine of the normal, by 2·10⁵ directions.
  const towards = DIRECTIONS[77], light = sphericalLight([0, 0, 0], [{ towards, rgb: [1, 1, 1] }]);
  const gathered = (normal: readonly number[]) => {
    const { float } = random(1, "gather");
    let sum = 0;
    for (let i = 0; i < 200_000; i++) {
      const z = 2 * float() - 1, around = 2 * Math.PI * float(), r = Math.sqrt(1 - z * z);
      const w = [r * Math.cos(around), r * Math.sin(around), z];
      const dot = (a: readonly number[]) => a[0] * w[0] + a[1] * w[1] + a[2] * w[2];
      sum += Math.max(0, dot(towards)) * Math.max(0, dot(normal));
    }
    return sum;
  };
  const facing = gathered(towards);
  for (const i of [3, 100, 250, 400, 480]) {
    const wanted = gathered(DIRECTIONS[i]) / facing, [found] = irradiance(light, DIRECTIONS[i]);
    assert.ok(Math.abs(found - wanted) < 0.03, `${found}, expected ${wanted}`);
  }
});

Deno.test("studioLight() is plausible for every seed: never dark, little clipped, mean 0.85", () => {
  for (let seed = 0; seed < 300; seed++) {
    const light = studioLight(seed, "h01", "y000");
    let low = Infinity, high = -Infinity, most = 0, sum = 0, area = 0;
    for (const normal of DIRECTIONS) {
      const rgb = irradiance(light, normal);
      low = Math.min(low, ...rgb);
      if (normal[2] > 0) {
        high = Math.max(high, ...rgb);
        // On a picture a surface counts by how much it faces the camera.
        sum += normal[2] * (rgb[0] + rgb[1] + rgb[2]) / 3;
        area += normal[2];
      }
      most = Math.max(most, Math.max(...rgb) / Math.min(...rgb));
    }
    assert.ok(low > 0.1, `seed ${seed}: darkest ${low}`);
    assert.ok(high < 1.4, `seed ${seed}: brightest ${high}`);
    assert.ok(most < 1.35, `seed ${seed}: tint ${most}`);
    assert.ok(Math.abs(sum / area - 0.85) < 0.01, `seed ${seed}: mean ${sum / area}`);
  }
});

Deno.test("studioLight() depends on seed and item alone", () => {
  assert.deepEqual(studioLight(1, "h01", "y000"), studioLight(1, "h01", "y000"));
  assert.notDeepEqual(studioLight(1, "h01", "y000"), studioLight(2, "h01", "y000"));
  assert.notDeepEqual(studioLight(1, "h01", "y000"), studioLight(1, "h01", "y010"));
});

Deno.test("shadedSamples() is albedo times irradiance", () => {
  const light = studioLight(4, "x"), normals = Float32Array.from(DIRECTIONS.flat());
  const albedo = new Float32Array(normals.length).map((_, i) => (i % 7) / 6);
  const shaded = shadedSamples(albedo, normals, light);
  DIRECTIONS.forEach((_, i) => {
    const at = 3 * i, normal = [normals[at], normals[at + 1], normals[at + 2]] as const;
    irradiance(light, normal).forEach((value, k) =>
      assert.ok(Math.abs(shaded[at + k] - albedo[at + k] * value) < 1e-6)
    );
  });
});
