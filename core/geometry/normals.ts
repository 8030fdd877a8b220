/** Normals of triangle meshes. A normal that cannot be told (no area) is (0, 0, 0). */
import type { Mesh } from "./mesh.ts";
import { weldByPosition } from "./weld.ts";

/**
 * Computes the unit normal of each triangle, by the right-hand rule.
 *
 * @param positions xyz interleaved, length 3 · vertices.
 * @param indices Three a triangle.
 * @returns xyz interleaved, length 3 · faces; (0, 0, 0) for a triangle without area.
 */
export function faceNormals(positions: Float32Array, indices: Uint32Array): Float32Array {
  const normals = new Float32Array(indices.length);
  for (let i = 0; i < indices.length; i += 3) {
    const a = 3 * indices[i], b = 3 * indices[i + 1], c = 3 * indices[i + 2];
    const ux = positions[b] - positions[a], vx = positions[c] - positions[a];
    const uy = positions[b + 1] - positions[a + 1], vy = positions[c + 1] - positions[a + 1];
    const uz = positions[b + 2] - positions[a + 2], vz = positions[c + 2] - positions[a + 2];
    const nx = uy * vz - uz * vy, ny = uz * vx - ux * vz, nz = ux * vy - uy * vx;
    const length = Math.sqrt(nx * nx + ny * ny + nz * nz);
    if (!(length > 0)) continue;
    normals[i] = nx / length, normals[i + 1] = ny / length, normals[i + 2] = nz / length;
  }
  return normals;
}

/**
 * Computes smooth vertex normals: the mean of the normals of the triangles round a vertex, each
 * weighted by its angle there (Thürmer and Wüthrich 1998), so that they do not depend on how the
 * surface was cut into triangles. The indices are taken as they are: weld them first where the
 * file splits vertices, or use {@linkcode smoothNormals}.
 *
 * @param positions xyz interleaved, length 3 · vertices.
 * @param indices Three a triangle.
 * @returns Unit normals, xyz interleaved, length 3 · vertices; (0, 0, 0) where no triangle with an
 * area meets or where they cancel (two sheets back to back).
 */
export function angleWeightedNormals(positions: Float32Array, indices: Uint32Array): Float32Array {
  const sum = new Float64Array(positions.length);
  for (let i = 0; i < indices.length; i += 3) {
    const a = 3 * indices[i], b = 3 * indices[i + 1], c = 3 * indices[i + 2];
    const ux = positions[b] - positions[a], vx = positions[c] - positions[a];
    const uy = positions[b + 1] - positions[a + 1], vy = positions[c + 1] - positions[a + 1];
    const uz = positions[b + 2] - positions[a + 2], vz = positions[c + 2] - positions[a + 2];
    const nx = uy * vz - uz * vy, ny = uz * vx - ux * vz, nz = ux * vy - uy * vx;
    // |u × v| is twice the area, the same at all corners: angle = atan2(2 area, u · v).
    const twice = Math.sqrt(nx * nx + ny * ny + nz * nz);
    if (!(twice > 0)) continue;
    const uu = ux * ux + uy * uy + uz * uz;
    const uv = ux * vx + uy * vy + uz * vz;
    const atA = Math.atan2(twice, uv), atB = Math.atan2(twice, uu - uv);
    const wa = atA / twice, wb = atB / twice, wc = (Math.PI - atA - atB) / twice;
    sum[a] += wa * nx, sum[a + 1] += wa * ny, sum[a + 2] += wa * nz;
    sum[b] += wb * nx, sum[b + 1] += wb * ny, sum[b + 2] += wb * nz;
    sum[c] += wc * nx, sum[c + 1] += wc * ny, sum[c + 2] += wc * nz;
  }
  const normals = new Float32Array(positions.length);
  for (let v = 0; v < sum.length; v += 3) {
    const x = sum[v], y = sum[v + 1], z = sum[v + 2];
    const length = Math.sqrt(x * x + y * y + z * z);
    // Sums of unit normals times angles: what is left of a cancelled sum is rounding.
    if (!(length > 1e-9)) continue;
    normals[v] = x / length, normals[v + 1] = y / length, normals[v + 2] = z / length;
  }
  return normals;
}

/**
 * Computes smooth normals of a mesh's own vertices, welded by exact position first, so that they
 * are continuous across texture seams.
 *
 * @returns Unit normals, xyz interleaved, length 3 · vertices; (0, 0, 0) as in
 * {@linkcode angleWeightedNormals}.
 */
export function smoothNormals(mesh: Pick<Mesh, "positions" | "indices">): Float32Array {
  const { weldedOf, firstOf } = weldByPosition(mesh.positions);
  const welded = angleWeightedNormals(
    gather(mesh.positions, firstOf),
    mesh.indices.map((v) => weldedOf[v]),
  );
  return gather(welded, weldedOf);
}

/** Picks rows of three. */
function gather(rows: Float32Array, picks: Uint32Array): Float32Array {
  const out = new Float32Array(3 * picks.length);
  for (let i = 0; i < picks.length; i++) {
    const from = 3 * picks[i];
    out[3 * i] = rows[from], out[3 * i + 1] = rows[from + 1], out[3 * i + 2] = rows[from + 2];
  }
  return out;
}
