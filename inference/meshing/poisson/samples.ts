/** Oriented points of depth maps, as a Poisson reconstruction wants them. */
import { pixelSizeM } from "../../../core/geometry/camera.ts";
import type { DepthMaps } from "../mesh_depth_maps.ts";

/** Points in the camera's frame with the surface that each stands for. */
export interface Samples {
  count: number;
  /** xyz interleaved, metres, length 3 · count. */
  points: Float32Array;
  /** Area times outward unit normal, square metres, length 3 · count. */
  areas: Float32Array;
  /** Normals that were missing or pointed the wrong way and were taken from the depth instead. */
  ownNormals: number;
}

/** A point stands for at most this many times the area of its pixel: where it is seen edge on. */
const LARGEST_SLANT = 8;

/** A neighbour this many pixel sides nearer or farther belongs to another surface. */
const JUMP_PIXELS = 8;

/**
 * Makes the points of both sides. Normals are those of the maps where they are given, not zero and
 * on the right side; else the depth's own.
 *
 * @param stride Takes one pixel in so many along rows and columns, each for the area of all.
 */
export function samplesOf(maps: DepthMaps, stride: number): Samples {
  const { camera, front, back } = maps, { width, height } = camera;
  let covered = 0;
  for (let j = 0; j < height; j += stride) {
    for (let i = 0; i < width; i += stride) if (front[j * width + i] > 0) covered++;
  }
  const out: Samples = {
    count: 0,
    points: new Float32Array(6 * covered),
    areas: new Float32Array(6 * covered),
    ownNormals: 0,
  };
  const perspective = camera.projection === "perspective";
  const metres = perspective ? 0 : pixelSizeM(camera, 1);
  const cx = perspective ? camera.cx : width / 2, cy = perspective ? camera.cy : height / 2;
  const stepX = perspective ? 1 / camera.fx : metres, stepY = perspective ? 1 / camera.fy : metres;
  const own = new Float64Array(3);
  for (
    const [depth, normals, facing] of [
      [front, maps.frontNormals, 1],
      [back, maps.backNormals, -1],
    ] as const
  ) {
    for (let j = 0; j < height; j += stride) {
      for (let i = 0; i < width; i += stride) {
        const p = j * width + i, d = depth[p];
        if (!(d > 0)) continue;
        const a = (i + 0.5 - cx) * stepX, b = (cy - j - 0.5) * stepY, scale = perspective ? d : 1;
        // The ray's direction; of a front's outward normal the product with it is negative.
        const qx = perspective ? a : 0, qy = perspective ? b : 0;
        let nx = 0, ny = 0, nz = 0, along = 0;
        if (normals !== undefined) {
          nx = normals[3 * p], ny = normals[3 * p + 1], nz = normals[3 * p + 2];
          along = -facing * (nx * qx + ny * qy - nz);
        }
        if (!(along > 0)) {
          if (!depthNormal(maps, depth, [p, i, j], own)) continue;
          nx = facing * own[0], ny = facing * own[1], nz = facing * own[2];
          along = -facing * (nx * qx + ny * qy - nz);
          if (!(along > 0)) continue;
          out.ownNormals++;
        }
        const ray = Math.sqrt(qx * qx + qy * qy + 1),
          length = Math.sqrt(nx * nx + ny * ny + nz * nz);
        const slant = Math.min(LARGEST_SLANT, ray * length / along);
        const pixel = (stride * stepX * scale) * (stride * stepY * scale) / ray;
        const area = pixel * slant * (perspective ? ray / ray : 1) / length;
        const at = 3 * out.count++;
        out.points[at] = a * scale, out.points[at + 1] = b * scale, out.points[at + 2] = -d;
        out.areas[at] = area * nx, out.areas[at + 1] = area * ny, out.areas[at + 2] = area * nz;
      }
    }
  }
  return out;
}

/** Writes the normal, towards the camera, of the depth round a pixel; false where it stands alone. */
function depthNormal(
  { camera }: DepthMaps,
  depth: Float32Array,
  [p, i, j]: readonly [number, number, number],
  out: Float64Array,
): boolean {
  const { width, height } = camera, d = depth[p], pixelM = pixelSizeM(camera, d);
  const slope = (before: number, after: number): number | undefined => {
    const jump = JUMP_PIXELS * pixelM;
    const back = before >= 0 && depth[before] > 0 ? d - depth[before] : NaN;
    const ahead = after >= 0 && depth[after] > 0 ? depth[after] - d : NaN;
    const hasBack = Math.abs(back) <= jump, hasAhead = Math.abs(ahead) <= jump;
    if (hasBack && hasAhead) return (back + ahead) / 2;
    return hasBack ? back : hasAhead ? ahead : undefined;
  };
  const du = slope(i > 0 ? p - 1 : -1, i + 1 < width ? p + 1 : -1);
  const dv = slope(j > 0 ? p - width : -1, j + 1 < height ? p + width : -1);
  if (du === undefined || dv === undefined) return false;
  let ux = pixelM, uy = 0, vx = 0, vy = -pixelM;
  if (camera.projection === "perspective") {
    const qx = (i + 0.5 - camera.cx) / camera.fx, qy = (camera.cy - j - 0.5) / camera.fy;
    ux = d / camera.fx + du * qx, uy = du * qy, vx = dv * qx, vy = -d / camera.fy + dv * qy;
  }
  const uz = -du, vz = -dv;
  const x = vy * uz - vz * uy, y = vz * ux - vx * uz, z = vx * uy - vy * ux;
  const length = Math.sqrt(x * x + y * y + z * z);
  out[0] = x / length, out[1] = y / length, out[2] = z / length;
  return length > 0;
}
