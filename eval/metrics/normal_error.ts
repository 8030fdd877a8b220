/** Normal errors as the field's evaluators compute them from rendered views. */
import type { OrthographicCamera } from "../../core/geometry/camera.ts";
import type { Bounds } from "../../core/geometry/mesh.ts";
import { multiply, rotationY, translation } from "../../core/geometry/transform.ts";
import type { NormalErrorConstants } from "../protocols/field_protocol.ts";
import type { NormalView } from "./views.ts";

/** PIFuHD's window on RenderPeople: (1.3 y − 120) / 128 in cm; the square of ±128 / 1.3 cm. */
const RENDERPEOPLE = { halfM: 1.28 / 1.3, centreYM: 1.2 / 1.3 };

/** Half of ICON's window over the height of the scan: 102.4 / 180. */
const NDC_HALF = 102.4 / 180;

/** The cameras of a normal error, one a yaw. */
export function normalErrorCameras(
  { min, max }: Bounds,
  { sizePx, yawsDeg, window }: NormalErrorConstants,
): OrthographicCamera[] {
  const centre = window === "ndc"
    ? min.map((low, k) => (low + max[k]) / 2)
    : [0, RENDERPEOPLE.centreYM, 0];
  const halfWidthM = window === "ndc" ? NDC_HALF * (max[1] - min[1]) : RENDERPEOPLE.halfM;
  const away = 10 * Math.max(halfWidthM, ...max.map((high, k) => high - min[k]));
  return yawsDeg.map((yawDeg) => ({
    projection: "orthographic",
    width: sizePx,
    height: sizePx,
    halfWidthM,
    camFromScan: multiply(
      translation(0, 0, -away),
      multiply(
        rotationY(yawDeg * Math.PI / 180),
        translation(-centre[0], -centre[1], -centre[2]),
      ),
    ),
    yawDeg,
    pitchDeg: 0,
  }));
}

/** Share of a box that the window of the cameras leaves out, from 0 (nothing) to 1. */
export function shareOutside({ min, max }: Bounds, constants: NormalErrorConstants): number {
  if (constants.window === "ndc") return 0; // the window is made of the scan's height
  const { halfM, centreYM } = RENDERPEOPLE, height = max[1] - min[1];
  const low = Math.max(min[1], centreYM - halfM), high = Math.min(max[1], centreYM + halfM);
  return height > 0 ? 1 - Math.max(0, high - low) / height : 0;
}

/**
 * Σ over the channels of the squared difference of encoded normals, (n + 1)/2, averaged over pixels
 * and views as the constants say (`protocols/field_protocol.ts`).
 *
 * @param prediction Views from {@linkcode normalErrorCameras}; `truth` likewise.
 */
export function normalError(
  prediction: readonly NormalView[],
  truth: readonly NormalView[],
  constants: NormalErrorConstants,
): number {
  const { sizePx, yawsDeg, gridPaddingPx: padding, over, times } = constants;
  const views = yawsDeg.length;
  let total = 0;
  for (const [i, yawDeg] of yawsDeg.entries()) {
    const difference = squaredDifferences(prediction[i], truth[i], { yawDeg, constants });
    total += over === "image" ? difference.sum : difference.silhouetteSum / difference.silhouette;
  }
  // torchvision's make_grid puts the views in a row, with padding between and around them.
  const pixels = (views * (sizePx + padding) + padding) * (sizePx + 2 * padding);
  return times * total / (over === "image" ? pixels : views);
}

function squaredDifferences(
  a: NormalView,
  b: NormalView,
  { yawDeg, constants }: { yawDeg: number; constants: NormalErrorConstants },
): { sum: number; silhouetteSum: number; silhouette: number } {
  const { space, background } = constants;
  const angle = yawDeg * Math.PI / 180;
  // World normals are camera normals turned back: R(−yaw).
  const cos = space === "world" ? Math.cos(angle) : 1,
    sin = space === "world" ? Math.sin(angle) : 0;
  const unit = background === "black-renormalized";
  const empty = unit ? (1 - 1 / Math.sqrt(3)) / 2 : background === "white" ? 1 : 0;
  const p = new Float64Array(3), q = new Float64Array(3);
  const read = (view: NormalView, pixel: number, out: Float64Array) => {
    if (view.mask[pixel] === 0) {
      out.fill(empty);
      return;
    }
    const x = 2 * view.normal[3 * pixel] / 65535 - 1;
    const y = 2 * view.normal[3 * pixel + 1] / 65535 - 1;
    const z = 2 * view.normal[3 * pixel + 2] / 65535 - 1;
    const scale = unit ? 1 / Math.sqrt(x * x + y * y + z * z) : 1;
    out[0] = (scale * (cos * x - sin * z) + 1) / 2;
    out[1] = (scale * y + 1) / 2;
    out[2] = (scale * (sin * x + cos * z) + 1) / 2;
  };
  const sums = new Float64Array(3);
  for (let pixel = 0; pixel < a.mask.length; pixel++) {
    if (a.mask[pixel] === 0 && b.mask[pixel] === 0) continue;
    read(a, pixel, p);
    read(b, pixel, q);
    const squared = (p[0] - q[0]) ** 2 + (p[1] - q[1]) ** 2 + (p[2] - q[2]) ** 2;
    sums[0] += squared;
    if (b.mask[pixel] !== 0) {
      sums[1] += squared;
      sums[2]++;
    }
  }
  return { sum: sums[0], silhouetteSum: sums[1], silhouette: sums[2] };
}
