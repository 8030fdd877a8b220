/** Small meshes with known properties, for tests. */
import type { Mesh } from "../../../core/geometry/mesh.ts";
import { random } from "../../../core/work/random.ts";

/** What a test mesh is made of. */
export type Triangles = Pick<Mesh, "positions" | "indices">;

/** Vertices as [x, y, z] and triangles as [a, b, c]. */
export function meshOf(vertices: readonly number[][], faces: readonly number[][]): Mesh {
  return {
    positions: Float32Array.from(vertices.flat()),
    indices: Uint32Array.from(faces.flat()),
  };
}

/** A cube with corners at ±half: 8 vertices, 12 triangles, outward. */
export function cube(half = 1): Mesh {
  const vertices = [0, 1, 2, 3, 4, 5, 6, 7].map((i) =>
    [i & 1, i >> 1 & 1, i >> 2 & 1].map((bit) => half * (2 * bit - 1))
  );
  // deno-fmt-ignore
  return meshOf(vertices, [
    [0, 2, 1], [1, 2, 3], [4, 5, 6], [5, 7, 6], // z = −half, z = +half
    [0, 1, 4], [1, 5, 4], [2, 6, 3], [3, 6, 7], // y = −half, y = +half
    [0, 4, 2], [2, 4, 6], [1, 3, 5], [3, 7, 5], // x = −half, x = +half
  ]);
}

/** A sphere from a subdivided icosahedron: 20 · 4^level triangles, vertices on the sphere. */
export function icosphere(level: number, radius = 1): Mesh {
  const g = (1 + Math.sqrt(5)) / 2;
  // deno-fmt-ignore
  const vertices = [
    [-1, g, 0], [1, g, 0], [-1, -g, 0], [1, -g, 0], [0, -1, g], [0, 1, g],
    [0, -1, -g], [0, 1, -g], [g, 0, -1], [g, 0, 1], [-g, 0, -1], [-g, 0, 1],
  ];
  // deno-fmt-ignore
  let faces = [
    [0, 11, 5], [0, 5, 1], [0, 1, 7], [0, 7, 10], [0, 10, 11], [1, 5, 9], [5, 11, 4],
    [11, 10, 2], [10, 7, 6], [7, 1, 8], [3, 9, 4], [3, 4, 2], [3, 2, 6], [3, 6, 8],
    [3, 8, 9], [4, 9, 5], [2, 4, 11], [6, 2, 10], [8, 6, 7], [9, 8, 1],
  ];
  const onSphere = (p: number[]) => {
    const scale = radius / Math.hypot(p[0], p[1], p[2]);
    return p.map((value) => value * scale);
  };
  for (let i = 0; i < level; i++) {
    const middles = new Map<string, number>();
    const middle = (a: number, b: number) => {
      const key = a < b ? `${a} ${b}` : `${b} ${a}`;
      let found = middles.get(key);
      if (found === undefined) {
        found = vertices.push(vertices[a].map((value, k) => (value + vertices[b][k]) / 2)) - 1;
        middles.set(key, found);
      }
      return found;
    };
    faces = faces.flatMap(([a, b, c]) => {
      const ab = middle(a, b), bc = middle(b, c), ca = middle(c, a);
      return [[a, ab, ca], [ab, b, bc], [ca, bc, c], [ab, bc, ca]];
    });
  }
  return meshOf(vertices.map(onSphere), faces);
}

/** A torus about the z axis: 2 · around · along triangles, closed, outward. */
export function torus(around: number, along: number, big = 1, small = 0.4): Mesh {
  const vertices: number[][] = [], faces: number[][] = [];
  for (let i = 0; i < around; i++) {
    for (let j = 0; j < along; j++) {
      const u = 2 * Math.PI * i / around, v = 2 * Math.PI * j / along;
      const r = big + small * Math.cos(v);
      vertices.push([r * Math.cos(u), r * Math.sin(u), small * Math.sin(v)]);
      const a = i * along + j, b = ((i + 1) % around) * along + j;
      const c = ((i + 1) % around) * along + (j + 1) % along, d = i * along + (j + 1) % along;
      faces.push([a, b, c], [a, c, d]);
    }
  }
  return meshOf(vertices, faces);
}

/**
 * A lopsided closed body without symmetry: a sphere bent by waves. It has a canonical frame.
 */
export function blob(level: number, seed = 0): Mesh {
  const mesh = icosphere(level), { positions } = mesh, draw = random(seed, "blob");
  const waves = Array.from({ length: 6 }, () => [
    3 * draw.normal(),
    3 * draw.normal(),
    3 * draw.normal(),
    7 * draw.float(),
  ]);
  for (let i = 0; i < positions.length; i += 3) {
    const [x, y, z] = positions.subarray(i, i + 3);
    let radius = 1;
    for (const [a, b, c, phase] of waves) radius += 0.06 * Math.sin(a * x + b * y + c * z + phase);
    positions[i] = radius * x * 0.6 + 0.1 * y * y;
    positions[i + 1] = radius * y * 1.7 + 0.08 * x * z;
    positions[i + 2] = radius * z * 0.4 + 0.1 * y * x + 0.1 * x * x;
  }
  return mesh;
}

/** Two meshes as one. */
export function join(...meshes: readonly Triangles[]): Mesh {
  const positions: number[] = [], indices: number[] = [];
  for (const mesh of meshes) {
    const first = positions.length / 3;
    for (const value of mesh.positions) positions.push(value);
    for (const vertex of mesh.indices) indices.push(first + vertex);
  }
  return { positions: Float32Array.from(positions), indices: Uint32Array.from(indices) };
}

/** The mesh with every vertex moved by a function. */
export function moved(
  mesh: Triangles,
  move: (p: [number, number, number]) => readonly number[],
): Mesh {
  const positions = mesh.positions.slice();
  for (let i = 0; i < positions.length; i += 3) {
    positions.set(move([positions[i], positions[i + 1], positions[i + 2]]), i);
  }
  return { positions, indices: mesh.indices };
}

/** The same surface with its triangles in another order, and their corners turned round. */
export function shuffled(mesh: Triangles, seed = 0): Mesh & { original: Uint32Array } {
  const draw = random(seed, "shuffle"), faces = mesh.indices.length / 3;
  const original = Uint32Array.from({ length: faces }, (_, i) => i);
  for (let i = faces - 1; i > 0; i--) {
    const j = draw.below(i + 1);
    [original[i], original[j]] = [original[j], original[i]];
  }
  const indices = new Uint32Array(mesh.indices.length);
  original.forEach((face, i) => {
    const turn = draw.below(3);
    for (let k = 0; k < 3; k++) indices[3 * i + k] = mesh.indices[3 * face + (k + turn) % 3];
  });
  return { positions: mesh.positions, indices, original };
}

/** The mesh inside out. */
export function flipped(mesh: Triangles): Mesh {
  const indices = mesh.indices.slice();
  for (let i = 0; i < indices.length; i += 3) {
    [indices[i + 1], indices[i + 2]] = [indices[i + 2], indices[i + 1]];
  }
  return { positions: mesh.positions, indices };
}

/** Random triangles in a cube of side 1: many, small and large, some without area. */
export function soup(faces: number, seed = 0): Mesh {
  const draw = random(seed, "soup"), positions = new Float32Array(9 * faces);
  for (let i = 0; i < faces; i++) {
    const size = 0.5 * draw.float() ** 3, kind = draw.float();
    const at = [draw.float(), draw.float(), draw.float()];
    const corner = (k: number) =>
      positions.set(at.map((value) => value + size * draw.normal()), 9 * i + 3 * k);
    corner(0), corner(1), corner(2);
    const [a, b, c] = [0, 3, 6].map((k) => positions.subarray(9 * i + k, 9 * i + k + 3));
    if (kind < 0.05) c.set(b); // a segment
    else if (kind < 0.08) b.set(a), c.set(a); // a point
    else if (kind < 0.1) c.set(a.map((value, k) => (value + b[k]) / 2)); // three in a row
  }
  return { positions, indices: Uint32Array.from({ length: 3 * faces }, (_, i) => i) };
}

/** Random points in a cube about the origin, xyz interleaved. */
export function randomPoints(count: number, seed = 0, half = 1.5): Float64Array {
  const draw = random(seed, "points");
  return Float64Array.from({ length: 3 * count }, () => half * (2 * draw.float() - 1));
}
