/** A scan that tells how far points lie from it, and on which side. */
import { buildTree, type SurfaceTree } from "../../../core/geometry/bvh.ts";
import { closestPoints } from "../../../core/geometry/closest.ts";
import type { Mesh } from "../../../core/geometry/mesh.ts";
import { smoothNormals } from "../../../core/geometry/normals.ts";

/** A surface with its search tree and smooth normals. Release it after use. */
export class SignedSurface implements Disposable {
  readonly tree: SurfaceTree;
  private readonly positions: Float32Array;
  private readonly indices: Uint32Array;
  private readonly normals: Float32Array;

  /** @param mesh The scan, metres. */
  constructor(mesh: Pick<Mesh, "positions" | "indices">) {
    this.tree = buildTree(mesh);
    this.positions = mesh.positions;
    this.indices = mesh.indices;
    this.normals = smoothNormals(mesh);
  }

  [Symbol.dispose](): void {
    this.tree[Symbol.dispose]();
  }

  /**
   * Measures signed distances in metres: positive on the side that the scan's normals point to.
   * The length is exact; the sign is that of the interpolated smooth normal at the nearest point
   * (Bærentzen and Aanæs 2005 show why a face's own normal would fail at edges). Where the scan has
   * several sheets, the nearest one decides.
   *
   * @param points xyz interleaved, length 3n.
   * @throws {RangeError} If a coordinate is not finite.
   */
  distances(points: Float32Array | Float64Array): Float64Array {
    const { distance, face, point } = closestPoints(this.tree, points, { withPoints: true });
    return distance.map((d, i) => this.isInside(points, point!, { i, face: face[i] }) ? -d : d);
  }

  private isInside(
    points: Float32Array | Float64Array,
    feet: Float64Array,
    { i, face }: { i: number; face: number },
  ): boolean {
    const { positions, indices, normals } = this;
    const weights = barycentric(positions, indices.subarray(3 * face, 3 * face + 3), {
      x: feet[3 * i],
      y: feet[3 * i + 1],
      z: feet[3 * i + 2],
    });
    let dot = 0;
    for (let k = 0; k < 3; k++) {
      let normal = 0;
      for (let c = 0; c < 3; c++) normal += weights[c] * normals[3 * indices[3 * face + c] + k];
      dot += normal * (points[3 * i + k] - feet[3 * i + k]);
    }
    return dot < 0;
  }
}

/** Weights of a triangle's corners at a point of it; of a triangle without area, one third each. */
function barycentric(
  p: Float32Array,
  corners: Uint32Array,
  { x, y, z }: { x: number; y: number; z: number },
): [number, number, number] {
  const [a, b, c] = [3 * corners[0], 3 * corners[1], 3 * corners[2]];
  const ux = p[b] - p[a], uy = p[b + 1] - p[a + 1], uz = p[b + 2] - p[a + 2];
  const vx = p[c] - p[a], vy = p[c + 1] - p[a + 1], vz = p[c + 2] - p[a + 2];
  const wx = x - p[a], wy = y - p[a + 1], wz = z - p[a + 2];
  const uu = ux * ux + uy * uy + uz * uz, vv = vx * vx + vy * vy + vz * vz;
  const uv = ux * vx + uy * vy + uz * vz;
  const wu = wx * ux + wy * uy + wz * uz, wv = wx * vx + wy * vy + wz * vz;
  const area = uu * vv - uv * uv;
  if (!(area > 0)) return [1 / 3, 1 / 3, 1 / 3];
  const s = (vv * wu - uv * wv) / area, t = (uu * wv - uv * wu) / area;
  return [1 - s - t, s, t];
}
