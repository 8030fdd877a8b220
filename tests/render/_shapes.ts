/** Meshes whose pictures are known, and cameras for them. */
import type { OrthographicCamera, PerspectiveCamera } from "../../core/geometry/camera.ts";
import type { Mesh } from "../../core/geometry/mesh.ts";
import { identity, type Matrix4 } from "../../core/geometry/transform.ts";

/** A mesh from plain lists. */
export function meshOf(positions: readonly number[], indices: readonly number[]): Mesh {
  return { positions: Float32Array.from(positions), indices: Uint32Array.from(indices) };
}

/**
 * The square [−h, h]² at z, facing +z:
 *
 *     3---2
 *     | / |
 *     0---1
 */
export function square(h: number, z = 0): Mesh {
  return meshOf([-h, -h, z, h, -h, z, h, h, z, -h, h, z], [0, 1, 2, 0, 2, 3]);
}

/** The cube [−h, h]³, twelve triangles, outwards. */
export function cube(h: number): Mesh {
  const corners = [];
  for (let i = 0; i < 8; i++) corners.push(i & 1 ? h : -h, i & 2 ? h : -h, i & 4 ? h : -h);
  // deno-fmt-ignore
  return meshOf(corners, [
    4, 5, 7, 4, 7, 6,  1, 0, 2, 1, 2, 3, // +z, −z
    5, 1, 3, 5, 3, 7,  0, 4, 6, 0, 6, 2, // +x, −x
    6, 7, 3, 6, 3, 2,  0, 1, 5, 0, 5, 4, // +y, −y
  ]);
}

/** A sphere about the origin by latitudes and longitudes, outwards. */
export function sphere(radius: number, rings: number): Mesh {
  const positions: number[] = [0, radius, 0], indices: number[] = [];
  const around = 2 * rings;
  for (let ring = 1; ring < rings; ring++) {
    for (let k = 0; k < around; k++) {
      const polar = Math.PI * ring / rings, azimuth = 2 * Math.PI * k / around;
      positions.push(
        radius * Math.sin(polar) * Math.sin(azimuth),
        radius * Math.cos(polar),
        radius * Math.sin(polar) * Math.cos(azimuth),
      );
    }
  }
  positions.push(0, -radius, 0);
  const at = (ring: number, k: number) =>
    ring === 0
      ? 0
      : ring === rings
      ? positions.length / 3 - 1
      : 1 + (ring - 1) * around + k % around;
  for (let ring = 0; ring < rings; ring++) {
    for (let k = 0; k < around; k++) {
      const a = at(ring, k), b = at(ring + 1, k), c = at(ring + 1, k + 1), d = at(ring, k + 1);
      if (ring < rings - 1) indices.push(a, b, c);
      if (ring > 0) indices.push(a, c, d);
    }
  }
  return meshOf(positions, indices);
}

/** A pinhole of 90° over `size` pixels: at distance d the picture is 2d wide. */
export function pinhole(size: number, camFromScan: Matrix4 = identity()): PerspectiveCamera {
  const half = size / 2;
  return {
    projection: "perspective",
    width: size,
    height: size,
    fx: half,
    fy: half,
    cx: half,
    cy: half,
    camFromScan,
    yawDeg: 0,
    pitchDeg: 0,
  };
}

/** Parallel rays with one pixel a metre and the origin in the middle of the picture. */
export function pixelCamera(size: number, camFromScan: Matrix4 = identity()): OrthographicCamera {
  return {
    projection: "orthographic",
    width: size,
    height: size,
    halfWidthM: size / 2,
    camFromScan,
    yawDeg: 0,
    pitchDeg: 0,
  };
}
