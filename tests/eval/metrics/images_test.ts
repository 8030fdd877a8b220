import assert from "node:assert/strict";
import { msSsim, type Planes, psnr, ssim } from "../../../eval/metrics/images.ts";
import { depthMapErrors, maskIou, normalMapErrors } from "../../../eval/metrics/maps.ts";

/** The pictures that tests/crosscheck/image_metrics.py makes by the same formula. */
function waves(width: number, height: number, shift = 0): Planes {
  const channels = [0, 1, 2].map((c) =>
    Float64Array.from({ length: width * height }, (_, i) => {
      const x = i % width, y = Math.floor(i / width);
      return 0.5 + 0.3 * Math.sin((c + 2) * x / 17 + y / 23 + shift) +
        0.2 * Math.cos(x * y / 900 + c + 2 * shift);
    })
  );
  return { width, height, channels };
}

const GOLDEN = {
  psnr: 17.48015507533504,
  ssimUniform: 0.7337299091581365,
  ssimGaussian: 0.7509252745954021,
  ssimReflect: 0.7485213384512698,
  msSsim: 0.8414935391371753,
};

const near = (found: number, wanted: number, most = 1e-7) =>
  assert.ok(Math.abs(found - wanted) < most, `${found}, expected ${wanted}`);

Deno.test("psnr(), ssim() and msSsim() of a picture and itself", () => {
  const picture = waves(200, 190);
  assert.equal(psnr(picture, picture), Infinity);
  for (const window of ["gaussian", "uniform"] as const) {
    near(ssim(picture, picture, { window }), 1);
  }
  near(msSsim(picture, picture), 1);
});

Deno.test("psnr() of a constant difference of a tenth is 20 dB", () => {
  const flat = (value: number): Planes => ({
    width: 8,
    height: 8,
    channels: [new Float64Array(64).fill(value)],
  });
  near(psnr(flat(0.5), flat(0.6)), 20);
  near(psnr(flat(50), flat(60), { dataRange: 100 }), 20);
});

Deno.test("ssim() of two flat pictures is the term of their means", () => {
  const flat = (value: number): Planes => ({
    width: 12,
    height: 12,
    channels: [new Float64Array(144).fill(value)],
  });
  const c1 = 1e-4, wanted = (2 * 0.2 * 0.6 + c1) / (0.04 + 0.36 + c1);
  near(ssim(flat(0.2), flat(0.6)), wanted);
  near(ssim(flat(0.2), flat(0.6), { window: "uniform" }), wanted);
});

Deno.test("PSNR, SSIM, MS-SSIM equal scikit-image 0.26 and torchmetrics on made pictures", () => {
  // From tests/crosscheck/image_metrics.py; 1e-6 is what float32 leaves in torchmetrics.
  const a = waves(200, 190), b = waves(200, 190, 0.4);
  near(psnr(a, b), GOLDEN.psnr);
  near(ssim(a, b, { window: "uniform" }), GOLDEN.ssimUniform);
  near(ssim(a, b), GOLDEN.ssimGaussian);
  near(ssim(a, b, { border: "reflect" }), GOLDEN.ssimReflect, 1e-6);
  near(msSsim(a, b), GOLDEN.msSsim, 1e-6);
});

Deno.test("pictures of other sizes, or smaller than the window, are refused", () => {
  assert.throws(() => psnr(waves(8, 8), waves(8, 9)), RangeError);
  assert.throws(() => ssim(waves(10, 10), waves(10, 10)), RangeError);
  assert.throws(() => msSsim(waves(175, 200), waves(175, 200)), RangeError);
});

Deno.test("normalMapErrors(): angles and shares over the pixels that both cover", () => {
  const encode = (degrees: number[]) =>
    Uint16Array.from(
      degrees.flatMap((deg) => {
        const angle = deg * Math.PI / 180;
        return [Math.sin(angle), 0, Math.cos(angle)].map((v) => Math.round((v + 1) / 2 * 65535));
      }),
    );
  const mask = Uint8Array.of(255, 255, 255, 255, 0);
  const straight = { normal: encode([0, 0, 0, 0, 0]), mask };
  const found = normalMapErrors({ normal: encode([0, 10, 20, 90, 45]), mask }, straight)!;
  near(found.meanDeg, 30, 0.01);
  near(found.medianDeg, 15, 0.01);
  assert.deepEqual([found.under11p25, found.under22p5, found.under30, found.pixels], [
    50,
    75,
    75,
    4,
  ]);
  const none = { normal: straight.normal, mask: new Uint8Array(5) };
  assert.equal(normalMapErrors(none, straight), null);
});

Deno.test("depthMapErrors() and maskIou() count what both cover", () => {
  const a = Float32Array.of(1, 2, 0, 4), b = Float32Array.of(1.5, 2, 3, 0);
  assert.deepEqual(depthMapErrors(a, b), { maeM: 0.25, rmseM: Math.sqrt(0.125), pixels: 2 });
  assert.equal(depthMapErrors(a, new Float32Array(4)), null);
  assert.equal(maskIou(Uint8Array.of(1, 255, 0, 0), Uint8Array.of(1, 0, 1, 0)), 1 / 3);
  assert.equal(maskIou(new Uint8Array(3), new Uint8Array(3)), null);
  assert.throws(() => maskIou(new Uint8Array(3), new Uint8Array(4)), RangeError);
});
