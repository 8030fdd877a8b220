/** Triangle meshes as typed arrays: what readers make, renderers draw and metrics measure. */

/** An RGBA picture used as a texture: 8 bits a channel, sRGB, origin top left. */
export interface Texture {
  /** The file it came from, for messages. */
  name: string;
  width: number;
  height: number;
  /** RGBA, row by row, length 4 · width · height. */
  data: Uint8Array;
  /** What coordinates outside 0 … 1 see: the texture again, or its border. Default: repeat. */
  wrap?: "repeat" | "clamp";
}

/** How one group of triangles is coloured. */
export interface Material {
  name: string;
  /** Linear RGBA factor that multiplies the texture. */
  baseColor: readonly [number, number, number, number];
  texture?: Texture;
}

/**
 * A triangle soup with shared vertices. Nothing is implied about closedness or orientation.
 * Positions are metres in the scan's frame, unless the code that holds it says otherwise.
 */
export interface Mesh {
  /** xyz interleaved, length 3 · vertices. */
  positions: Float32Array;
  /** Three vertex indices a triangle, counter-clockwise seen from outside, length 3 · faces. */
  indices: Uint32Array;
  /** Unit normals a vertex as the file had them, length 3 · vertices. */
  normals?: Float32Array;
  /** sRGB colours a vertex, RGBA, length 4 · vertices. */
  colors?: Uint8Array;
  /** Texture coordinates a corner (not a vertex): u right, v down, length 6 · faces. */
  uvs?: Float32Array;
  /** Materials; absent where the file has none. */
  materials?: readonly Material[];
  /** Index into `materials` a face, length faces; absent means material 0 for all. */
  faceMaterials?: Uint16Array;
  /**
   * One label a face, length faces: 0 seen by the camera, 1 `inferred` (no pixel saw it).
   * Only meshes made from depth maps have it.
   */
  faceInferred?: Uint8Array;
}

/** How many vertices. */
export function vertexCount(mesh: Mesh): number {
  return mesh.positions.length / 3;
}

/** How many triangles. */
export function faceCount(mesh: Mesh): number {
  return mesh.indices.length / 3;
}

/** An axis-aligned box. */
export interface Bounds {
  min: [number, number, number];
  max: [number, number, number];
}

/** The smallest box round all vertices; of an empty mesh, min = +∞ and max = −∞. */
export function boundsOf(mesh: Pick<Mesh, "positions">): Bounds {
  const { positions } = mesh;
  const min: [number, number, number] = [Infinity, Infinity, Infinity];
  const max: [number, number, number] = [-Infinity, -Infinity, -Infinity];
  for (let i = 0; i < positions.length; i += 3) {
    for (let k = 0; k < 3; k++) {
      const value = positions[i + k];
      if (value < min[k]) min[k] = value;
      if (value > max[k]) max[k] = value;
    }
  }
  return { min, max };
}

/**
 * The length of a vector, scaled by its largest part and summed with Kahan's correction: what V8's
 * `Math.hypot` returns to the last bit, in a fifth of the time, and on every engine.
 */
function length(x: number, y: number, z: number): number {
  const ax = Math.abs(x), ay = Math.abs(y), az = Math.abs(z);
  const most = Math.max(ax, ay, az);
  if (!(most > 0 && most < Infinity)) return most;
  const p = ax / most, q = ay / most, r = az / most;
  const first = p * p, second = q * q, sum = first + second;
  return Math.sqrt(sum + (r * r - (sum - first - second))) * most;
}

/**
 * The centroid of the surface, each triangle weighted by its area (trimesh's `centroid`), in the
 * mesh's own units. Of a surface without area, the mean of the vertices.
 */
export function surfaceCentroid(mesh: Mesh): [number, number, number] {
  const { positions: p, indices } = mesh;
  let area = 0, x = 0, y = 0, z = 0;
  for (let i = 0; i < indices.length; i += 3) {
    const a = 3 * indices[i], b = 3 * indices[i + 1], c = 3 * indices[i + 2];
    const ux = p[b] - p[a], uy = p[b + 1] - p[a + 1], uz = p[b + 2] - p[a + 2];
    const vx = p[c] - p[a], vy = p[c + 1] - p[a + 1], vz = p[c + 2] - p[a + 2];
    const w = length(uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx);
    area += w;
    x += w * (p[a] + p[b] + p[c]);
    y += w * (p[a + 1] + p[b + 1] + p[c + 1]);
    z += w * (p[a + 2] + p[b + 2] + p[c + 2]);
  }
  if (area > 0) return [x / (3 * area), y / (3 * area), z / (3 * area)];
  const n = Math.max(1, p.length / 3);
  for (let i = 0; i < p.length; i += 3) x += p[i], y += p[i + 1], z += p[i + 2];
  return [x / n, y / n, z / n];
}
