import assert from "node:assert/strict";
import { translation } from "../../../core/geometry/transform.ts";
import { wasmFingerprint } from "../../../core/work/wasm_build.ts";
import { RASTER_KERNEL_BUILD } from "../../../render/cpu/kernel/build_kernel.ts";
import { projectVertices } from "../../../render/cpu/frame.ts";
import { KERNEL_FINGERPRINT } from "../../../render/cpu/kernel/kernel_wasm.ts";
import { rasterize, roomFor } from "../../../render/cpu/rasterize.ts";
import { prepareScene } from "../../../render/cpu/scene.ts";
import { pinhole, pixelCamera, sphere } from "../_shapes.ts";

Deno.test("the rasterizer's kernel_wasm.ts was compiled from the sources beside it", async () => {
  assert.equal(
    KERNEL_FINGERPRINT,
    await wasmFingerprint(RASTER_KERNEL_BUILD),
    "run render/cpu/kernel/build_kernel.ts",
  );
});

Deno.test("rasterize() finds the same strip by strip, and keeps it while others are drawn", () => {
  const scene = prepareScene(sphere(0.8, 20)), camera = pinhole(64, translation(0, 0, -3));
  const frame = projectVertices(scene.positions, camera);
  const columns = frame.window.x1 - frame.window.x0;
  for (const layers of [1, 2] as const) {
    const whole = rasterize(scene, frame, { layers });
    // Two rows at a time, then one: 12 bytes a pixel and layer.
    for (const mostBytes of [24 * layers * columns, 1]) {
      assert.deepEqual(rasterize(scene, frame, { layers, mostBytes }), whole);
    }
    const { keys, faces } = rasterize(scene, frame, { layers, valid: "call" });
    assert.deepEqual({ keys: [...keys], faces: [...faces] }, {
      keys: [...whole.keys],
      faces: [...whole.faces],
    });
  }
});

Deno.test("rasterize() puts one triangle over a pixel's centre and nothing where it misses all", () => {
  // Two by two pixels of 1 m, centres at (±0.5, ±0.5), seen along −z from 5 m.
  const camera = pixelCamera(2, translation(0, 0, -5));
  const seen = (x: number, y: number) => {
    const positions = Float32Array.of(x, y, 1, x + 0.2, y, 1, x, y + 0.2, 1);
    const scene = prepareScene({ positions, indices: Uint32Array.of(0, 1, 2) });
    const { keys, faces } = rasterize(scene, projectVertices(scene.positions, camera), {
      window: { x0: 0, y0: 0, x1: 2, y1: 2 },
      layers: 1,
    });
    return { keys: [...keys], faces: [...faces] };
  };
  const none = -Infinity;
  // Upper right: row 0, column 1; its key is minus its depth.
  assert.deepEqual(seen(0.45, 0.45), { keys: [none, -4, none, none], faces: [0, 1, 0, 0] });
  assert.deepEqual(seen(-0.1, -0.1), { keys: [none, none, none, none], faces: [0, 0, 0, 0] });
});

Deno.test("rasterize() finds the same from vertices in the kernel's memory, cut ones too", () => {
  const scene = prepareScene(sphere(0.8, 20));
  for (const away of [-3, -0.7, 0]) { // before the camera, across the near plane, round it
    const camera = pinhole(64, translation(0, 0, away));
    const wanted = rasterize(scene, projectVertices(scene.positions, camera));
    const frame = projectVertices(scene.positions, camera, { into: roomFor(scene, camera) });
    assert.deepEqual(rasterize(scene, frame), wanted);
    assert.ok(wanted.faces.some((face) => face > 0));
    const window = { x0: 0, y0: 0, x1: 1e5, y1: 1e3 };
    assert.throws(() => rasterize(scene, frame, { window, mostBytes: Infinity }), RangeError);
  }
});
