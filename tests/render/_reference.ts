/**
 * The picture of a mesh by float64 ray–triangle intersection: what the rasterizer must agree with.
 * Shares nothing with it but the camera's definition.
 */
import { type Camera, project } from "../../core/geometry/camera.ts";
import type { Mesh } from "../../core/geometry/mesh.ts";
import { invert, transformPoint, type Vec3 } from "../../core/geometry/transform.ts";

/** What the rays of a picture meet. Arrays of length pixels. */
export interface ReferencePicture {
  /** Nearest and farthest depth, metres; 0 where nothing is met. */
  depth: Float64Array;
  depthBack: Float64Array;
  /** 1 where a triangle's border passes the pixel's centre within the snap's reach. */
  nearBorder: Uint8Array;
  /** Triangles that the ray meets, or passes within the snap's reach. */
  candidates: (number[] | undefined)[];
}

/** Meets every triangle with the rays of the pixels about it. */
export function referencePicture(mesh: Mesh, camera: Camera, reachPx: number): ReferencePicture {
  const { width, height } = camera;
  const picture: ReferencePicture = {
    depth: new Float64Array(width * height),
    depthBack: new Float64Array(width * height),
    nearBorder: new Uint8Array(width * height),
    candidates: new Array(width * height),
  };
  const scanFromCam = invert(camera.camFromScan);
  const { positions: p, indices } = mesh;
  for (let face = 0; face < indices.length / 3; face++) {
    const corners = [0, 1, 2].map((k): Vec3 => {
      const at = 3 * indices[3 * face + k];
      return [p[at], p[at + 1], p[at + 2]];
    });
    const onPicture = corners.map((corner) => project(camera, corner));
    const us = onPicture.map(([u]) => u), vs = onPicture.map(([, v]) => v);
    const x0 = Math.max(0, Math.floor(Math.min(...us) - 1));
    const x1 = Math.min(width - 1, Math.ceil(Math.max(...us) + 1));
    const y0 = Math.max(0, Math.floor(Math.min(...vs) - 1));
    const y1 = Math.min(height - 1, Math.ceil(Math.max(...vs) + 1));
    for (let y = y0; y <= y1; y++) {
      for (let x = x0; x <= x1; x++) {
        const at = y * width + x;
        const border = Math.min(...[0, 1, 2].map((k) => {
          const [au, av] = onPicture[k], [bu, bv] = onPicture[(k + 1) % 3];
          return segmentDistance(au - x - 0.5, av - y - 0.5, bu - x - 0.5, bv - y - 0.5);
        }));
        const depth = rayDepth(corners, camera, scanFromCam, x + 0.5, y + 0.5);
        if (border <= reachPx) picture.nearBorder[at] = 1;
        if (depth !== undefined || border <= reachPx) (picture.candidates[at] ??= []).push(face);
        if (depth === undefined) continue;
        const { depth: front, depthBack: back } = picture;
        if (front[at] === 0 || depth < front[at]) front[at] = depth;
        if (depth > back[at]) back[at] = depth;
      }
    }
  }
  return picture;
}

/** Depth at which the ray of a picture position meets a triangle (Möller–Trumbore, scan's frame). */
export function rayDepth(
  [a, b, c]: readonly Vec3[],
  camera: Camera,
  scanFromCam: Float64Array,
  u: number,
  v: number,
): number | undefined {
  let origin: Vec3, towards: Vec3; // one metre of depth apart, in the camera's frame
  if (camera.projection === "perspective") {
    origin = [0, 0, 0];
    towards = [(u - camera.cx) / camera.fx, (camera.cy - v) / camera.fy, -1];
  } else {
    const metres = 2 * camera.halfWidthM / camera.width;
    const x = (u - camera.width / 2) * metres, y = (camera.height / 2 - v) * metres;
    origin = [x, y, 0];
    towards = [x, y, -1];
  }
  const start = transformPoint(scanFromCam, origin);
  const ray = minus(transformPoint(scanFromCam, towards), start);
  const ab = minus(b, a), ac = minus(c, a), from = minus(start, a);
  const across = cross(ray, ac), determinant = dot(ab, across);
  if (determinant === 0) return undefined;
  const wb = dot(from, across) / determinant;
  const toC = cross(from, ab), wc = dot(ray, toC) / determinant;
  if (wb < 0 || wc < 0 || wb + wc > 1) return undefined;
  return dot(ac, toC) / determinant;
}

function segmentDistance(ax: number, ay: number, bx: number, by: number): number {
  const dx = bx - ax, dy = by - ay, length = dx * dx + dy * dy;
  const t = length > 0 ? Math.min(1, Math.max(0, -(ax * dx + ay * dy) / length)) : 0;
  return Math.hypot(ax + t * dx, ay + t * dy);
}

function minus(a: Vec3, b: Vec3): [number, number, number] {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}

function dot(a: Vec3, b: Vec3): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

function cross(a: Vec3, b: Vec3): [number, number, number] {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}
