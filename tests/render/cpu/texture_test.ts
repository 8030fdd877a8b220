/** Colours: textures in perspective, minified, at borders; vertex colours; supersampling. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Camera } from "../../../core/geometry/camera.ts";
import type { Mesh, Texture } from "../../../core/geometry/mesh.ts";
import { multiply, rotationX, rotationY, translation } from "../../../core/geometry/transform.ts";
import { random } from "../../../core/work/random.ts";
import { albedoSamples } from "../../../render/cpu/albedo_samples.ts";
import { drawScene } from "../../../render/cpu/draw.ts";
import { projectVertices } from "../../../render/cpu/frame.ts";
import { buildMipMap, sampleMipMap } from "../../../render/cpu/mip_map.ts";
import { rasterize } from "../../../render/cpu/rasterize.ts";
import { coveredPixels, samplesOf } from "../../../render/cpu/samples.ts";
import { prepareScene } from "../../../render/cpu/scene.ts";
import { textureFootprints } from "../../../render/cpu/texture_footprints.ts";
import { LINEAR_OF_SRGB, srgbOfLinear } from "../../../render/srgb.ts";
import { pinhole, pixelCamera, square } from "../_shapes.ts";

type Rgb = readonly [number, number, number];

function textureOf(width: number, height: number, at: (x: number, y: number) => Rgb): Texture {
  const data = new Uint8Array(4 * width * height);
  for (let i = 0; i < width * height; i++) {
    data.set([...at(i % width, Math.floor(i / width)), 255], 4 * i);
  }
  return { name: "test", width, height, data };
}

/** The square [−h, h]² at z = 0 with the whole texture on it, right way up. */
function textured(h: number, texture: Texture, repeats = 1): Mesh {
  const n = repeats;
  return {
    ...square(h),
    uvs: Float32Array.of(0, n, n, n, n, 0, 0, n, n, 0, 0, 0),
    materials: [{ name: "test", baseColor: [1, 1, 1, 1], texture }],
  };
}

function colorOf(mesh: Mesh, camera: Camera, supersample = 1): Uint8Array {
  return drawScene(prepareScene(mesh), camera, { maps: ["color"], supersample }).color!;
}

Deno.test("srgbOfLinear() gives every stored value back, rises, and clamps", () => {
  for (let stored = 0; stored < 256; stored++) {
    assert.equal(srgbOfLinear(LINEAR_OF_SRGB[stored]), stored);
  }
  assert.equal(srgbOfLinear(-1), 0);
  assert.equal(srgbOfLinear(NaN), 0);
  assert.equal(srgbOfLinear(7), 255);
  assert.equal(srgbOfLinear(0.5), 188); // 255 · (1.055 · 0.5^(1/2.4) − 0.055) = 187.5…
});

Deno.test("drawScene() shows a texture the right way up, texel by texel", () => {
  // 4 × 4 texels, red rises to the right, green downwards; one pixel a texel.
  const texture = textureOf(4, 4, (x, y) => [60 * x, 60 * y, 7]);
  const color = colorOf(textured(2, texture), pixelCamera(4, translation(0, 0, -5)));
  for (let i = 0; i < 16; i++) {
    const wanted = [60 * (i % 4), 60 * Math.floor(i / 4), 7, 255];
    assert.deepEqual([...color.subarray(4 * i, 4 * i + 4)], wanted);
  }
});

Deno.test("drawScene() interpolates texture coordinates as the plane in space has them", () => {
  // A ramp of light over 256 texels on a square turned away by 60°; u of a pixel follows from the
  // ray's point on the plane. Linear interpolation in the picture would be off by up to 0.2.
  const light = (x: number) => srgbOfLinear((x + 0.5) / 256);
  const texture = textureOf(256, 1, (x) => [light(x), light(x), light(x)]);
  const angle = 60 * Math.PI / 180;
  const camera = pinhole(128, multiply(translation(0, 0, -2), rotationY(angle)));
  const color = colorOf(textured(1, texture), camera);
  let seen = 0;
  for (let at = 0; at < 128 * 128; at++) {
    if (color[4 * at + 3] === 0) continue;
    // Square point (x, y, 0) → camera (x cos, y, −x sin − 2): dx = x cos/(x sin + 2).
    const dx = (at % 128 + 0.5 - 64) / 64;
    const x = 2 * dx / (Math.cos(angle) - dx * Math.sin(angle));
    const u = (x + 1) / 2;
    if (u < 0.02 || u > 0.98) continue;
    seen++;
    const found = LINEAR_OF_SRGB[color[4 * at]];
    assert.ok(Math.abs(found - u) < 0.01, `${found} at u ${u}`);
  }
  assert.ok(seen > 1500, `seen ${seen}`);
});

Deno.test("textureFootprints() are the derivatives of the texture coordinates", () => {
  const texture = textureOf(64, 32, () => [9, 9, 9]);
  const turn = multiply(translation(0.1, 0, -2), multiply(rotationX(0.5), rotationY(-0.9)));
  for (const camera of [pinhole(64, turn), { ...pixelCamera(64, turn), halfWidthM: 2 }]) {
    const scene = prepareScene(textured(1, texture));
    const frame = projectVertices(scene.positions, camera);
    const visibility = rasterize(scene, frame);
    const pixels = coveredPixels(visibility, frame);
    const samples = samplesOf({ scene, frame, visibility }, { pixels, side: "front" });
    const squared = textureFootprints(scene, frame, samples);
    // u, v at a picture position: the point of the plane z = 0, by the inverse of the camera.
    const [r0, r1, r2, t0, r4, r5, r6, t1, r8, r9, r10, t2] = camera.camFromScan;
    const texel = (u: number, v: number) => {
      const half = camera.width / 2;
      const metres = camera.projection === "orthographic" ? camera.halfWidthM / half : 0;
      const d = camera.projection === "perspective"
        ? [(u - half) / half, (half - v) / half, -1]
        : [0, 0, -1];
      const o = [(u - half) * metres, (half - v) * metres, 0].map((value, k) =>
        value - [t0, t1, t2][k]
      );
      const toScan = (
        p: number[],
      ) => [
        r0 * p[0] + r4 * p[1] + r8 * p[2],
        r1 * p[0] + r5 * p[1] + r9 * p[2],
        r2 * p[0] + r6 * p[1] + r10 * p[2],
      ];
      const from = toScan(o), ray = toScan(d), t = -from[2] / ray[2];
      return [32 * (from[0] + t * ray[0] + 1), 16 * (1 - from[1] - t * ray[1])];
    };
    const step = 1e-4;
    for (let n = 0; n < pixels.length; n += 7) {
      const u = pixels[n] % 64 + 0.5, v = Math.floor(pixels[n] / 64) + 0.5;
      const along = [[step, 0], [0, step]].map(([du, dv]) => {
        const [a, b] = texel(u + du, v + dv), [c, d] = texel(u - du, v - dv);
        return ((a - c) ** 2 + (b - d) ** 2) / (2 * step) ** 2;
      });
      const wanted = Math.max(...along);
      assert.ok(Math.abs(squared[n] / wanted - 1) < 1e-4, `${squared[n]} for ${wanted}`);
    }
    assert.ok(pixels.length > 200);
  }
});

Deno.test("drawScene() shows a far checkerboard as the mean light, not as the mean number", () => {
  // Black and white in equal parts is half the light: 188, not 128. (And not a pattern.)
  const board = textureOf(256, 256, (x, y) => (x + y) % 2 ? [255, 255, 255] : [0, 0, 0]);
  const camera = { ...pixelCamera(32, translation(0, 0, -5)), halfWidthM: 1 };
  const color = colorOf(textured(1, board), camera);
  for (let at = 0; at < color.length; at += 4) {
    assert.deepEqual([...color.subarray(at, at + 4)], [188, 188, 188, 255]);
  }
});

Deno.test("drawScene() keeps a constant texture constant, however it is seen", () => {
  fc.assert(
    fc.property(
      fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255)),
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 40 }),
      fc.double({ min: -1.3, max: 1.3, noNaN: true }),
      (rgb, width, height, angle) => {
        const camera = pinhole(24, multiply(translation(0, 0, -1.6), rotationY(angle)));
        const color = colorOf(textured(1, textureOf(width, height, () => rgb), 3), camera);
        for (let at = 0; at < color.length; at += 4) {
          if (color[at + 3] > 0) assert.deepEqual([...color.subarray(at, at + 3)], rgb);
        }
      },
    ),
    { numRuns: 60, seed: 7 },
  );
});

Deno.test("buildMipMap() halves to one texel and keeps the mean light, odd sizes too", () => {
  for (const [width, height] of [[16, 16], [13, 7], [1, 9], [5, 1], [1, 1]]) {
    const { float } = random(3, width, height);
    const value = () => Math.floor(256 * float());
    const texture = textureOf(width, height, () => [value(), value(), value()]);
    const { levels } = buildMipMap(texture);
    assert.equal(levels[0], texture);
    const last = levels.at(-1)!;
    assert.deepEqual([last.width, last.height], [1, 1]);
    for (let k = 0; k < 3; k++) {
      let sum = 0;
      for (let i = k; i < texture.data.length; i += 4) sum += LINEAR_OF_SRGB[texture.data[i]];
      const mean = srgbOfLinear(sum / (width * height));
      // Each level rounds to 8 bits: half a step a level, and those mostly cancel.
      assert.ok(Math.abs(last.data[k] - mean) <= 1, `${last.data[k]} for ${mean}`);
    }
  }
});

Deno.test("sampleMipMap() blends between texels, between sizes and across the border", () => {
  const map = buildMipMap(textureOf(2, 2, (x) => x === 0 ? [0, 0, 0] : [255, 255, 255]));
  const read = (u: number, v: number, lod: number, wrap: "repeat" | "clamp" = "repeat") => {
    const out = new Float32Array(3);
    sampleMipMap({ ...map, wrap }, [u, v], lod, out, 0);
    return out[0];
  };
  const close = (found: number, wanted: number) =>
    assert.ok(Math.abs(found - wanted) < 1e-6, `${found}, expected ${wanted}`);
  close(read(0.25, 0.3, 0), 0);
  close(read(0.75, 0.3, 0), 1);
  close(read(0.4, 0.3, 0), 0.3);
  close(read(0, 0.3, 0), 0.5); // the other side is next to it
  close(read(0, 0.3, 0, "clamp"), 0);
  close(read(-3.75, 5.3, 0), 0); // −3.75 is 0.25
  close(read(9, 0.3, 0, "clamp"), 1);
  const middle = LINEAR_OF_SRGB[188];
  close(read(0.75, 0.3, 1), middle);
  close(read(0.75, 0.3, 0.25), 1 + 0.25 * (middle - 1));
  close(read(0.75, 0.3, 9), middle);
});

Deno.test("drawScene() multiplies the base colour in linear light, and interpolates vertex colours so", () => {
  const camera = pixelCamera(4, translation(0, 0, -5));
  const white = textureOf(1, 1, () => [255, 255, 255]);
  const mesh = textured(2, white);
  const half = {
    ...mesh,
    materials: [{ ...mesh.materials![0], baseColor: [0.5, 1, 0, 1] as const }],
  };
  assert.deepEqual([...colorOf(half, camera).subarray(0, 4)], [188, 255, 0, 255]);

  // Black at the left, white at the right: light rises evenly.
  const colors = Uint8Array.of(0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 255);
  const ramp = colorOf({ ...square(2), colors }, camera);
  for (let x = 0; x < 4; x++) {
    const found = ramp[4 * x];
    assert.ok(Math.abs(found - srgbOfLinear((x + 0.5) / 4)) <= 1, `${found} at ${x}`);
  }
});

Deno.test("drawScene() shows the base colour where texture coordinates are not finite", () => {
  const mesh = textured(2, textureOf(4, 4, () => [9, 9, 9]));
  mesh.uvs!.fill(NaN, 0, 6);
  const color = colorOf(mesh, pixelCamera(4, translation(0, 0, -5)));
  assert.deepEqual([...color.subarray(4 * 14, 4 * 14 + 4)], [255, 255, 255, 255]); // lower right
  assert.deepEqual([...color.subarray(4 * 1, 4 * 1 + 4)], [9, 9, 9, 255]); // upper left
});

Deno.test("drawScene() takes each triangle's own material", () => {
  const red = textureOf(1, 1, () => [255, 0, 0]), blue = textureOf(8, 8, () => [0, 0, 255]);
  const mesh: Mesh = {
    ...textured(2, red),
    materials: [red, blue].map((texture) => ({
      name: "",
      baseColor: [1, 1, 1, 1] as const,
      texture,
    })),
    faceMaterials: Uint16Array.of(0, 1),
  };
  const color = colorOf(mesh, pixelCamera(4, translation(0, 0, -5)));
  assert.deepEqual([...color.subarray(4 * 14, 4 * 14 + 3)], [255, 0, 0]); // lower right
  assert.deepEqual([...color.subarray(4 * 1, 4 * 1 + 3)], [0, 0, 255]); // upper left
});

Deno.test("drawScene() averages samples in linear light, with the share that hits as alpha", () => {
  // A white square from the middle of column 2 to the middle of column 6: the top-left rule gives
  // it the centres on its left edge.
  const mesh = { ...square(1), colors: new Uint8Array(16).fill(255) };
  const camera = { ...pixelCamera(8, translation(0.25, 0, -5)), halfWidthM: 2 }; // 2 px a metre
  const plain = colorOf(mesh, camera), fine = colorOf(mesh, camera, 4);
  const row = 4 * 8 * 4;
  const alpha = (map: Uint8Array) => Array.from({ length: 8 }, (_, x) => map[row + 4 * x + 3]);
  assert.deepEqual(alpha(plain), [0, 0, 255, 255, 255, 255, 0, 0]);
  assert.deepEqual(alpha(fine), [0, 0, 128, 255, 255, 255, 128, 0]);
  for (let at = 0; at < fine.length; at += 4) {
    const wanted = fine[at + 3] > 0 ? 255 : 0; // straight alpha: the colour is not darkened
    assert.equal(fine[at], wanted);
  }

  // A board of one-pixel squares, two samples each way half of each: mean light again.
  const board = textureOf(2, 2, (x, y) => (x + y) % 2 ? [255, 255, 255] : [0, 0, 0]);
  const one = { ...pixelCamera(1, translation(0, 0, -5)), halfWidthM: 1 };
  assert.equal(colorOf(textured(1, board), one, 2)[0], 188);
});

Deno.test("drawScene() supersamples by strips without a seam", () => {
  // Tall enough for several strips of the sampler at 16 × 16 samples.
  const texture = textureOf(32, 32, (x, y) => [8 * x, 8 * y, 100]);
  const camera = { ...pixelCamera(96, translation(0, 0, -5)), halfWidthM: 1 };
  const scene = prepareScene(textured(0.9, texture));
  const fine = drawScene(scene, camera, {
    maps: ["color", "color_back", "shaded"],
    supersample: 16,
    light: new Float64Array(27).fill(1),
  });
  const rough = drawScene(scene, camera, { maps: ["color"], supersample: 1 });
  assert.deepEqual(fine.color_back, fine.color);
  for (let y = 8; y < 88; y++) {
    for (let x = 8; x < 88; x++) {
      const at = 4 * (96 * y + x);
      assert.ok(Math.abs(fine.color![at] - rough.color![at]) <= 2);
      assert.ok(Math.abs(fine.color![at + 1] - rough.color![at + 1]) <= 2);
      assert.equal(fine.color![at + 3], 255);
      assert.equal(fine.shaded![at + 3], 255);
    }
  }
});

Deno.test("albedoSamples() of a mesh without any colours is a mid grey", () => {
  const scene = prepareScene(square(1));
  const frame = projectVertices(scene.positions, pixelCamera(4, translation(0, 0, -2)));
  const visibility = rasterize(scene, frame);
  const pixels = coveredPixels(visibility, frame);
  const samples = samplesOf({ scene, frame, visibility }, { pixels, side: "front" });
  assert.ok(albedoSamples(scene, frame, samples).every((value) => value === 0.5));
});
