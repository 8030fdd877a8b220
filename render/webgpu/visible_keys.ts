/** From the triangles that a graphics device saw to depths: in float64, as the CPU has them. */
import { MachineError } from "../../core/work/errors.ts";
import { nearestWeights } from "../cpu/_nearest.ts";
import { type Frame, NEAR_M } from "../cpu/frame.ts";
import type { Visibility } from "../cpu/rasterize.ts";
import { raySurface } from "../cpu/samples.ts";
import type { CpuScene } from "../cpu/scene.ts";

const found = new Float64Array(3);

/**
 * Fills in the keys of a visibility whose triangles are known, and puts in front what is nearer:
 * two surfaces closer than the device's depths tell apart may have come the wrong way round.
 *
 * @throws {MachineError} If a pixel has a front and no back, or the reverse, or a triangle that
 * the scene does not have: the device did not do what it was told.
 */
export function fillKeys(visibility: Visibility, scene: CpuScene, frame: Frame): void {
  const { window: { x0, x1, y0 }, layers, keys, faces } = visibility;
  const columns = x1 - x0, count = scene.corners.length / 3;
  for (let at = 0, pixel = 0; at < faces.length; at += layers, pixel++) {
    const front = faces[at], back = layers === 2 ? faces[at + 1] : front;
    if (front === 0 && back === 0) {
      keys[at] = -Infinity;
      if (layers === 2) keys[at + 1] = Infinity;
      continue;
    }
    if (front === 0 || back === 0 || front > count || back > count) {
      throw new MachineError(
        `Cannot draw with WebGPU: found triangles ${front} in front and ${back} behind in one ` +
          `pixel, expected 1 to ${count}`,
        { hint: "the driver draws wrongly: --backend cpu needs none" },
      );
    }
    const x = x0 + pixel % columns, y = y0 + Math.floor(pixel / columns);
    keys[at] = keyAt(scene, frame, front - 1, x, y);
    if (layers === 1) continue;
    keys[at + 1] = front === back ? keys[at] : keyAt(scene, frame, back - 1, x, y);
    if (keys[at + 1] > keys[at]) {
      [keys[at], keys[at + 1]] = [keys[at + 1], keys[at]];
      faces[at] = back;
      faces[at + 1] = front;
    }
  }
}

/** The key of a triangle at a pixel's centre, or at the point of the triangle nearest to it. */
function keyAt(scene: CpuScene, frame: Frame, face: number, x: number, y: number): number {
  const { screen, grid: { width, height, subpixels } } = frame, { corners } = scene;
  const a = 3 * corners[3 * face], b = 3 * corners[3 * face + 1], c = 3 * corners[3 * face + 2];
  const ka = screen[a + 2], kb = screen[b + 2], kc = screen[c + 2];
  if (ka + kb + kc !== ka + kb + kc) return keyOnRay(scene, frame, face, x, y);
  const qx = (x + 0.5 - width / 2) * subpixels, qy = (y + 0.5 - height / 2) * subpixels;
  nearestWeights(
    screen[a] - qx,
    screen[a + 1] - qy,
    screen[b] - qx,
    screen[b + 1] - qy,
    screen[c] - qx,
    screen[c + 1] - qy,
    found,
  );
  const key = ka + found[0] * (kb - ka) + found[1] * (kc - ka);
  return Math.min(Math.max(ka, kb, kc), Math.max(Math.min(ka, kb, kc), key));
}

/** As `keyAt`, where a corner has no place on the picture. */
function keyOnRay(scene: CpuScene, frame: Frame, face: number, x: number, y: number): number {
  const { camera } = frame, { camFromScan: m } = camera;
  raySurface(scene, frame, face, x + 0.5, y + 0.5, found);
  const weights = [1 - found[0] - found[1], found[0], found[1]];
  let depthM = 0;
  weights.forEach((weight, k) => {
    const at = 3 * scene.corners[3 * face + k];
    const [px, py, pz] = scene.positions.subarray(at, at + 3);
    depthM -= weight * (m[8] * px + m[9] * py + m[10] * pz + m[11]);
  });
  depthM = Math.max(depthM, NEAR_M);
  return camera.projection === "perspective" ? 1 / depthM : -depthM;
}
