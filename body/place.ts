/** Moving fits and scans between frames: any similarity, and the canonical frame of a fit. */
import {
  affine,
  axisAngleOfRotation,
  determinant,
  type Matrix4,
  multiply,
  rotationOfAxisAngle,
  rotationPart,
  scaling,
  transformPoint,
  translation,
} from "../core/geometry/transform.ts";
import type { BodyFit } from "./fit.ts";
import { pelvisOf, restShape } from "./forward.ts";
import type { BodyModel } from "./model.ts";

/**
 * The same fit for a scan whose points went through `map`, a similarity that does not mirror.
 *
 * @throws {RangeError} If the map mirrors or is singular.
 */
export function transformFit(model: BodyModel, fit: BodyFit, map: Matrix4): BodyFit {
  const volume = determinant(map);
  if (!(volume > 1e-300)) {
    throw new RangeError(
      `Cannot transform a fit: the map's determinant is ${volume}, expected above 0`,
    );
  }
  const factor = Math.cbrt(volume);
  const [x, y, z] = fit.globalOrient;
  const turned = matrix3(rotationPart(map), rotationOfAxisAngle(x, y, z));
  // The root turns about the pelvis, the map about the origin: p = s (J − o) + t goes to map(p).
  const pelvis = pelvisOf(model, restShape(model, fit));
  const still = pelvis.map((j) => fit.origin === "pelvis" ? 0 : j);
  const placed = still.map((j, k) => fit.scale * j + fit.transl[k]) as [number, number, number];
  const moved = transformPoint(map, placed);
  return {
    ...fit,
    globalOrient: Float64Array.from(axisAngleOfRotation(turned)),
    scale: fit.scale * factor,
    transl: Float64Array.from(moved, (p, k) => p - fit.scale * factor * still[k]),
  };
}

/**
 * The map from a scan to the canonical frame of its fit: metres, the pelvis at the origin, the root's
 * rotation undone. It is the frame of CustomHumans and of SiTH's training data, whose
 * `align_thuman.py` does R⁻¹((v − translation) / scale − J0).
 */
export function canonicalFromScan(model: BodyModel, fit: BodyFit): Matrix4 {
  const pelvis = fit.origin === "pelvis" ? [0, 0, 0] : pelvisOf(model, restShape(model, fit));
  const [x, y, z] = fit.globalOrient;
  const undo = affine(rotationOfAxisAngle(-x, -y, -z), [0, 0, 0]);
  const [tx, ty, tz] = fit.transl;
  return [
    translation(-tx, -ty, -tz),
    scaling(1 / fit.scale),
    translation(-pelvis[0], -pelvis[1], -pelvis[2]),
    undo,
  ]
    .reduce((sofar, next) => multiply(next, sofar));
}

/** The fit of a scan in the canonical frame: no root rotation, scale 1, the pelvis at the origin. */
export function canonicalFit(fit: BodyFit): BodyFit {
  return {
    ...fit,
    globalOrient: new Float64Array(3),
    transl: new Float64Array(3),
    scale: 1,
    origin: "pelvis",
  };
}

/** Product of two 3 × 3 matrices, row-major. */
function matrix3(a: ArrayLike<number>, b: ArrayLike<number>): Float64Array {
  return Float64Array.from({ length: 9 }, (_, i) => {
    const r = Math.floor(i / 3), c = i % 3;
    return a[3 * r] * b[c] + a[3 * r + 1] * b[3 + c] + a[3 * r + 2] * b[6 + c];
  });
}
