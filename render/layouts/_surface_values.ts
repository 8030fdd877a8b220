/** Values of a mesh at the places that a picture or a query found on it. */
import type { Camera } from "../../core/geometry/camera.ts";
import type { Mesh } from "../../core/geometry/mesh.ts";
import { transformPoints } from "../../core/geometry/transform.ts";
import { srgbOfLinear } from "../srgb.ts";

/** Weights of the second and third corner of the triangle that each pixel's ray meets. */
export function pixelWeights(
  camera: Camera,
  mesh: Pick<Mesh, "positions" | "indices">,
  face: Uint32Array,
): Float32Array {
  const p = transformPoints(camera.camFromScan, mesh.positions), { indices } = mesh;
  const { width } = camera, weights = new Float32Array(2 * face.length);
  const perspective = camera.projection === "perspective";
  const metres = perspective ? 0 : 2 * camera.halfWidthM / width;
  for (let pixel = 0; pixel < face.length; pixel++) {
    if (face[pixel] === 0) continue;
    const u = pixel % width + 0.5, v = Math.floor(pixel / width) + 0.5;
    // The ray: from the eye, or from the plane of the eye.
    const ox = perspective ? 0 : (u - width / 2) * metres;
    const oy = perspective ? 0 : (camera.height / 2 - v) * metres;
    const dx = perspective ? (u - camera.cx) / camera.fx : 0;
    const dy = perspective ? (camera.cy - v) / camera.fy : 0;
    const i = 3 * (face[pixel] - 1);
    const a = 3 * indices[i], b = 3 * indices[i + 1], c = 3 * indices[i + 2];
    const e1x = p[b] - p[a], e1y = p[b + 1] - p[a + 1], e1z = p[b + 2] - p[a + 2];
    const e2x = p[c] - p[a], e2y = p[c + 1] - p[a + 1], e2z = p[c + 2] - p[a + 2];
    const sx = ox - p[a], sy = oy - p[a + 1], sz = -p[a + 2];
    // Möller and Trumbore 1997, direction (dx, dy, −1).
    const hx = dy * e2z + e2y, hy = -e2x - dx * e2z, hz = dx * e2y - dy * e2x;
    const det = e1x * hx + e1y * hy + e1z * hz;
    const qx = sy * e1z - sz * e1y, qy = sz * e1x - sx * e1z, qz = sx * e1y - sy * e1x;
    const wb = Math.min(1, Math.max(0, (sx * hx + sy * hy + sz * hz) / det || 0));
    const wc = Math.min(1 - wb, Math.max(0, (dx * qx + dy * qy - qz) / det || 0));
    weights[2 * pixel] = wb;
    weights[2 * pixel + 1] = wc;
  }
  return weights;
}

/** Weights of the second and third corner of a point that lies on a triangle. */
export function pointWeights(
  { positions: p, indices }: Pick<Mesh, "positions" | "indices">,
  face: number,
  [x, y, z]: ArrayLike<number> & Iterable<number>,
): [number, number] {
  const [a, b, c] = indices.subarray(3 * face, 3 * face + 3).map((v) => 3 * v);
  const ab = [p[b] - p[a], p[b + 1] - p[a + 1], p[b + 2] - p[a + 2]];
  const ac = [p[c] - p[a], p[c + 1] - p[a + 1], p[c + 2] - p[a + 2]];
  const ap = [x - p[a], y - p[a + 1], z - p[a + 2]];
  const dot = (m: number[], n: number[]) => m[0] * n[0] + m[1] * n[1] + m[2] * n[2];
  const bb = dot(ab, ab), bc = dot(ab, ac), cc = dot(ac, ac), pb = dot(ap, ab), pc = dot(ap, ac);
  const det = bb * cc - bc * bc;
  const wb = Math.min(1, Math.max(0, (pb * cc - pc * bc) / det || 0));
  return [wb, Math.min(1 - wb, Math.max(0, (pc * bb - pb * bc) / det || 0))];
}

/** Writes the sRGB colour (nearest texel; 0 to 255) of a place on a mesh into `out`. */
export function colorAt(
  mesh: Mesh,
  { face, wb, wc }: { face: number; wb: number; wc: number },
  out: Uint8Array,
  at: number,
): void {
  const wa = 1 - wb - wc, { uvs, colors, materials, faceMaterials, indices } = mesh;
  const material = materials?.[faceMaterials?.[face] ?? 0];
  if (uvs !== undefined && material?.texture !== undefined) {
    const { width, height, data } = material.texture, i = 6 * face;
    const u = wa * uvs[i] + wb * uvs[i + 2] + wc * uvs[i + 4];
    const v = wa * uvs[i + 1] + wb * uvs[i + 3] + wc * uvs[i + 5];
    const x = Math.min(width - 1, Math.floor((u - Math.floor(u)) * width));
    const y = Math.min(height - 1, Math.floor((v - Math.floor(v)) * height));
    for (let k = 0; k < 3; k++) out[at + k] = data[4 * (y * width + x) + k];
  } else if (colors !== undefined) {
    const [a, b, c] = indices.subarray(3 * face, 3 * face + 3);
    for (let k = 0; k < 3; k++) {
      out[at + k] = Math.round(
        wa * colors[4 * a + k] + wb * colors[4 * b + k] + wc * colors[4 * c + k],
      );
    }
  } else {
    for (let k = 0; k < 3; k++) out[at + k] = srgbOfLinear(material?.baseColor[k] ?? 0.5);
  }
}
