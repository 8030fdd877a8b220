/** Camera-space normals of sampled surface points. */
import type { NormalStats } from "../backend.ts";
import type { Frame } from "./frame.ts";
import type { Samples, Side } from "./samples.ts";
import type { CpuScene } from "./scene.ts";

/** Unit normals in the camera's frame (x right, y up, z towards the camera), and what was done. */
export interface NormalSamples {
  /** xyz interleaved, length 3n. */
  normals: Float32Array;
  stats: NormalStats;
}

/**
 * Beyond this cosine against the wanted side, a vertex normal and its triangle contradict each
 * other: the triangle's winding is wrong, not the interpolation.
 */
const CONTRADICTION = 0.5;

/**
 * Interpolates normals and turns them: towards the camera for front samples, away for back ones.
 *
 * Which way a surface looks is told by its triangle: seen from the wrong side (inside of a single
 * sheet), the normal is negated. Interpolated normals may still lean a little past the
 * perpendicular near a silhouette; negating those would point them to the opposite side of the
 * body, so they are bent to perpendicular to the ray. Where the vertex normal contradicts the
 * triangle by far (a triangle wound the wrong way among others), the vertex normal decides.
 */
export function normalSamples(
  scene: CpuScene,
  frame: Frame,
  { samples, side }: { samples: Samples; side: Side },
): NormalSamples {
  const { pixels, faces, weights, facing, memory } = samples;
  const { positions, corners } = scene;
  const { camera } = frame;
  const [m0, m1, m2, , m4, m5, m6, , m8, m9, m10] = camera.camFromScan;
  const perspective = camera.projection === "perspective";
  const flatOnly = scene.normals === undefined;
  const { values: source, corners: sourceCorners } = scene.normals ??
    { values: positions, corners };
  const fx = perspective ? camera.fx : 1, fy = perspective ? camera.fy : 1;
  const cx = perspective ? camera.cx : 0, cy = perspective ? camera.cy : 0;
  const towards = side === "front" ? 1 : -1;
  const normals = memory.normals.subarray(0, 3 * pixels.length);
  const stats: NormalStats = { turned: 0, bent: 0, flat: 0 };
  for (let n = 0; n < pixels.length; n++) {
    const corner = 3 * faces[n];

    // 1. The normal in the scan's frame.
    let sx = 0, sy = 0, sz = 0, length = 0;
    if (!flatOnly) {
      const a = 3 * sourceCorners[corner];
      const b = 3 * sourceCorners[corner + 1];
      const c = 3 * sourceCorners[corner + 2];
      const wb = weights[2 * n], wc = weights[2 * n + 1], wa = 1 - wb - wc;
      sx = wa * source[a] + wb * source[b] + wc * source[c];
      sy = wa * source[a + 1] + wb * source[b + 1] + wc * source[c + 1];
      sz = wa * source[a + 2] + wb * source[b + 2] + wc * source[c + 2];
      length = Math.sqrt(sx * sx + sy * sy + sz * sz);
    }
    if (!(length > 1e-6)) {
      const a = 3 * corners[corner], b = 3 * corners[corner + 1], c = 3 * corners[corner + 2];
      const ux = positions[b] - positions[a], vx = positions[c] - positions[a];
      const uy = positions[b + 1] - positions[a + 1], vy = positions[c + 1] - positions[a + 1];
      const uz = positions[b + 2] - positions[a + 2], vz = positions[c + 2] - positions[a + 2];
      sx = uy * vz - uz * vy;
      sy = uz * vx - ux * vz;
      sz = ux * vy - uy * vx;
      length = Math.sqrt(sx * sx + sy * sy + sz * sz);
      if (!flatOnly) stats.flat++;
    }

    // 2. In the camera's frame; a triangle without any area looks along the axis.
    const scale = length > 0 ? 1 / length : 0;
    let x = (m0 * sx + m1 * sy + m2 * sz) * scale;
    let y = (m4 * sx + m5 * sy + m6 * sz) * scale;
    let z = length > 0 ? (m8 * sx + m9 * sy + m10 * sz) * scale : 1;

    // 3. The direction to face: against the ray in front, along it at the back.
    let rx = 0, ry = 0, rz = towards;
    if (perspective) {
      const pixel = pixels[n], width = camera.width, row = (pixel / width) | 0;
      const dx = (pixel - row * width + 0.5 - cx) / fx, dy = (cy - row - 0.5) / fy;
      const unit = towards / Math.sqrt(dx * dx + dy * dy + 1);
      rx = -dx * unit;
      ry = -dy * unit;
      rz = unit;
    }
    let cosine = x * rx + y * ry + z * rz;
    const seen = towards * facing[n];
    if (seen < 0 ? cosine < CONTRADICTION : cosine < -CONTRADICTION || (seen === 0 && cosine < 0)) {
      x = -x;
      y = -y;
      z = -z;
      cosine = -cosine;
      stats.turned++;
    }
    if (cosine < 0) {
      x -= cosine * rx;
      y -= cosine * ry;
      z -= cosine * rz;
      const unit = 1 / Math.sqrt(x * x + y * y + z * z);
      x *= unit;
      y *= unit;
      z *= unit;
      stats.bent++;
    }
    normals[3 * n] = x;
    normals[3 * n + 1] = y;
    normals[3 * n + 2] = z;
  }
  return { normals, stats };
}
