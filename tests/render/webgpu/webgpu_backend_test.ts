/** The whole back-end with a device that hands out prepared pictures. A real one: `deno task test:gpu`. */
import assert from "node:assert/strict";
import type { Camera } from "../../../core/geometry/camera.ts";
import type { Mesh } from "../../../core/geometry/mesh.ts";
import { translation } from "../../../core/geometry/transform.ts";
import { InputError, MachineError } from "../../../core/work/errors.ts";
import { RASTER_MAPS, type RasterMaps, type RasterRequest } from "../../../render/backend.ts";
import { resampleCamera } from "../../../render/cameras.ts";
import { drawScene } from "../../../render/cpu/draw.ts";
import { prepareScene } from "../../../render/cpu/scene.ts";
import { studioLight } from "../../../render/light.ts";
import { TILE_PIXELS, tilesOf } from "../../../render/webgpu/tiles.ts";
import { checkFits, webgpuBackend } from "../../../render/webgpu/webgpu_backend.ts";
import { pinhole, pixelCamera, sphere, square } from "../_shapes.ts";
import { type FakeGpu, fakeGpu, type FakeGpuOptions } from "./_fake_gpu.ts";

/** A device that shows what the CPU sees: its triangles in drawing order, tile after tile. */
function seeing(mesh: Mesh, camera: Camera, options: FakeGpuOptions = {}): FakeGpu {
  const scene = prepareScene(mesh), order = new Map<number, number>();
  scene.faceOf.forEach((face, i) => order.set(face + 1, i + 1));
  const { face, face_back, window } = drawScene(scene, camera, { maps: ["face", "face_back"] });
  const tiles = tilesOf(window, options.limits?.maxTextureDimension2D ?? 8192);
  const pictures = tiles.flatMap((tile) =>
    [face!, face_back!].map((map) => {
      const ids = new Float32Array(tile.width * tile.height);
      for (let row = 0; row < tile.height; row++) {
        for (let column = 0; column < tile.width; column++) {
          const seen = map[(tile.y0 + row) * camera.width + tile.x0 + column];
          ids[row * tile.width + column] = order.get(seen) ?? 0;
        }
      }
      return ids;
    })
  );
  let next = 0;
  return fakeGpu({
    ...options,
    picture(width, height) {
      const ids = pictures[next++ % pictures.length];
      assert.equal(ids.length, width * height);
      return ids;
    },
  });
}

/** Compares maps value by value; a diff of whole arrays takes minutes to print. */
function assertSame(found: RasterMaps, wanted: RasterMaps): void {
  assert.deepEqual(found.stats, wanted.stats);
  for (const name of RASTER_MAPS) {
    const differing = wanted[name]!.findIndex((value, i) => value !== found[name]![i]);
    assert.equal(
      differing,
      -1,
      `${name}[${differing}]: ${found[name]![differing]}, expected ${wanted[name]![differing]}`,
    );
  }
}

/** Puts the origin before the camera. */
const AWAY = translation(0, 0, -2);

const request: RasterRequest = { maps: RASTER_MAPS, light: studioLight(1, "test") };

for (
  const [what, camera, limits] of [
    ["a perspective camera", pinhole(70, AWAY), {}],
    ["parallel rays", resampleCamera(pixelCamera(2, AWAY), 24), {}],
    ["a device of small pictures", pinhole(90, AWAY), { maxTextureDimension2D: 16 }],
  ] as const
) {
  Deno.test(`webgpuBackend() makes the CPU's maps of the triangles its device saw: ${what}`, async () => {
    const mesh = sphere(0.8, 12);
    using backend = await webgpuBackend(seeing(mesh, camera, { limits }));
    const scene = await backend.prepare(mesh);
    const drawn = await backend.draw(scene, camera, request);
    const wanted = drawScene(prepareScene(mesh), camera, request);
    assert.ok(wanted.stats.covered > 0);
    assertSame(drawn, wanted);
    assertSame(await backend.draw(scene, camera, request), wanted);
  });
}

Deno.test("webgpuBackend() has a shader that reads two buffers and interpolates no number", async () => {
  const mesh = sphere(0.8, 6), camera = pinhole(32, AWAY), fake = seeing(mesh, camera);
  using backend = await webgpuBackend(fake);
  await backend.draw(await backend.prepare(mesh), camera, request);
  const [vertex] = fake.shaders.filter((code) => code.includes("@vertex"));
  const [fragment] = fake.shaders.filter((code) => code.includes("@fragment"));
  assert.equal(vertex.match(/var<storage, read>/g)?.length, 2, vertex);
  assert.match(vertex, /array< ?f32/);
  assert.match(vertex, /array< ?u32/);
  assert.match(vertex, /@builtin\( ?vertex_index ?\)/);
  assert.match(vertex, /@interpolate\( ?flat/);
  assert.match(fragment, /@interpolate\( ?flat/);
  assert.doesNotMatch(fragment, /texture_2d|sampler/);
});

Deno.test("webgpuBackend() gives back a scene's buffers, and its device at the end", async () => {
  const mesh = sphere(0.8, 60), camera = pinhole(16, AWAY), fake = seeing(mesh, camera);
  const backend = await webgpuBackend(fake);
  const before = fake.bufferBytes();
  const scene = await backend.prepare(mesh);
  await backend.draw(scene, camera, request);
  const held = fake.bufferBytes() - before;
  assert.ok(held >= scene.scene.corners.byteLength + scene.scene.positions.byteLength);
  backend.release(scene);
  assert.ok(fake.bufferBytes() - before < 4096, `${fake.bufferBytes() - before} bytes are left`);
  backend[Symbol.dispose]();
  assert.ok(fake.destroyed);
  await assert.rejects(backend.draw(scene, camera, request), /was closed/);
});

Deno.test("webgpuBackend() gives no maps of a device with a fault, then or later", async () => {
  const mesh = sphere(0.8, 6), camera = pinhole(16, AWAY);
  const spoil: Record<string, [FakeGpuOptions, (fake: FakeGpu) => void, RegExp]> = {
    lost: [{}, (fake) => fake.lose("fell off the bus"), /the device was lost .*fell off the bus/],
    uncaptured: [{}, (fake) => fake.fault("buffer is odd"), /buffer is odd/],
  };
  for (const [options, act, reason] of Object.values(spoil)) {
    const fake = seeing(mesh, camera, options);
    using backend = await webgpuBackend(fake);
    const scene = await backend.prepare(mesh);
    await backend.draw(scene, camera, request);
    act(fake);
    await Promise.resolve();
    for (let go = 0; go < 2; go++) {
      await assert.rejects(
        backend.draw(scene, camera, request),
        (error) => error instanceof MachineError && reason.test(error.message),
      );
    }
  }
});

Deno.test("webgpuBackend() refuses pictures of triangles that are not there", async () => {
  const mesh = square(0.5, -2), camera = pinhole(16);
  for (
    const [ids, reason] of [[[3, 3], /found triangles 3 .*expected 1 to 2/], [
      [1, 0],
      /1 in front and 0/,
    ]] as const
  ) {
    let side = 0;
    using backend = await webgpuBackend(
      fakeGpu({ picture: (w, h) => new Float32Array(w * h).fill(ids[side++ % 2]) }),
    );
    const drawing = backend.draw(await backend.prepare(mesh), camera, request);
    await assert.rejects(
      drawing,
      (error) => error instanceof MachineError && reason.test(error.message),
    );
  }
});

Deno.test("checkFits() refuses what float32 cannot number and buffers cannot hold", () => {
  const adapter = { name: "Fake 3000", kind: "GPU", bufferBytes: 1000, texturePx: 8192 } as const;
  const positions = new Float32Array(3);
  checkFits({ corners: new Uint32Array(250 - 1), positions }, adapter);
  assert.throws(
    () => checkFits({ corners: new Uint32Array(252), positions }, adapter),
    (error) =>
      error instanceof InputError &&
      /84 triangles, which need a buffer of 1008 bytes, expected at most the 1000 of "Fake 3000"/
        .test(error.message),
  );
  const many = { length: 3 * 2 ** 24, byteLength: 12 * 2 ** 24 } as Uint32Array;
  assert.throws(
    () => checkFits({ corners: many, positions }, adapter),
    /expected at most 16777215/,
  );
});

Deno.test("tilesOf() covers each pixel of a window once, in tiles a device takes", () => {
  for (
    const [window, most] of [
      [{ x0: 3, y0: 5, x1: 40, y1: 31 }, 7],
      [{ x0: 0, y0: 0, x1: 3000, y1: 2500 }, 2048],
      [{ x0: 0, y0: 0, x1: 32768, y1: 70 }, 16384],
      [{ x0: 0, y0: 0, x1: 0, y1: 0 }, 8192],
    ] as const
  ) {
    let pixels = 0, before = -1;
    for (const { x0, y0, width, height } of tilesOf(window, most)) {
      assert.ok(width >= 1 && width <= most && height >= 1 && height <= most);
      assert.ok(width * height <= TILE_PIXELS);
      assert.ok(x0 >= window.x0 && x0 + width <= window.x1 && y0 + height <= window.y1);
      assert.ok(y0 * 1e6 + x0 > before, "in order, so that no two begin alike");
      before = y0 * 1e6 + x0;
      pixels += width * height;
    }
    assert.equal(pixels, (window.x1 - window.x0) * (window.y1 - window.y0));
  }
});
