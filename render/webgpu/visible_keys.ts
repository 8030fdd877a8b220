/** From the triangles that a graphics device saw to depths: in float64, as the CPU has them. */
import { MachineError } from "../../core/work/errors.ts";
import { nearestWeights } from "../cpu/nearest.ts";
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
  const { screen, grid: { width, height, subpixels } } = frame, { corners } = scene;
  const count = corners.length / 3, columns = x1 - x0, both = layers === 2;
  const middleX = width / 2 - 0.5, middleY = height / 2 - 0.5;
  for (let at = 0, y = y0; at < faces.length; y++) {
    const qy = (y - middleY) * subpixels;
    for (let column = 0; column < columns; column++, at += layers) {
      const front = faces[at], back = both ? faces[at + 1] : front;
      if (front === 0 && back === 0) {
        keys[at] = -Infinity;
        if (both) keys[at + 1] = Infinity;
        continue;
      }
      if (front === 0 || back === 0 || front > count || back > count) refuse(front, back, count);
      const qx = (x0 + column - middleX) * subpixels;
      const key = keyAt(front - 1, qx, qy);
      keys[at] = key;
      if (!both) continue;
      const behind = front === back ? key : keyAt(back - 1, qx, qy);
      keys[at + 1] = behind;
      if (behind > key) {
        keys[at] = behind;
        keys[at + 1] = key;
        faces[at] = back;
        faces[at + 1] = front;
      }
    }
  }

  /** The key of a triangle at a place of the picture, or at its point nearest to there. */
  function keyAt(face: number, qx: number, qy: number): number {
    const a = 3 * corners[3 * face], b = 3 * corners[3 * face + 1], c = 3 * corners[3 * face + 2];
    const ka = screen[a + 2], kb = screen[b + 2], kc = screen[c + 2];
    const ax = screen[a] - qx, ay = screen[a + 1] - qy;
    const bx = screen[b] - qx, by = screen[b + 1] - qy;
    const cx = screen[c] - qx, cy = screen[c + 1] - qy;
    nearestWeights(ax, ay, bx, by, cx, cy, found);
    const key = ka + found[0] * (kb - ka) + found[1] * (kc - ka);
    if (key !== key) {
      return keyOnRay(scene, frame, face, qx / subpixels + width / 2, qy / subpixels + height / 2);
    }
    // Rounding must not leave the triangle.
    const low = Math.min(ka, kb, kc), high = Math.max(ka, kb, kc);
    return key < low ? low : key > high ? high : key;
  }
}

function refuse(front: number, back: number, count: number): never {
  throw new MachineError(
    `Cannot draw with WebGPU: found triangles ${front} in front and ${back} behind in one pixel, ` +
      `expected 1 to ${count}`,
    { hint: "the driver draws wrongly: --backend cpu needs none" },
  );
}

/** The key where a corner has no place on the picture: from the ray, in the camera's frame. */
function keyOnRay(scene: CpuScene, frame: Frame, face: number, u: number, v: number): number {
  const { camera } = frame, { camFromScan: m } = camera;
  raySurface(scene, frame, face, u, v, found);
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
