/**
 * How a surface cuts a cube whose corners are inside or outside (Lorensen and Cline 1987), made from
 * one rule instead of a table by hand: on each face of the cube the surface runs between the edges
 * with different ends, and where all four have, it goes round the inside corners. Two cubes read the
 * same rule from the face they share, so that their pieces always fit.
 */

/** The edges of a cube as its two corners; corner bits are x 1, y 2, z 4, the lower corner first. */
export const CUBE_EDGES: readonly (readonly [number, number])[] = [0, 1, 2].flatMap((axis) =>
  [0, 1, 2, 3].map((n) => {
    const bit = 1 << axis, others = [1, 2, 4].filter((other) => other !== bit);
    const corner = (n & 1 ? others[0] : 0) | (n & 2 ? others[1] : 0);
    return [corner, corner | bit] as const;
  })
);

/** The faces as their corners in turn. */
const FACES = [0, 1, 2].flatMap((axis) =>
  [0, 1].map((side) => {
    const [a, b] = [1, 2, 4].filter((bit) => bit !== 1 << axis), base = side << axis;
    return [base, base | a, base | a | b, base | b];
  })
);

/** The edges between two corners, by number. */
const edgeOf = (a: number, b: number) =>
  CUBE_EDGES.findIndex(([low, high]) => low === Math.min(a, b) && high === Math.max(a, b));

/** The faces that an edge lies on, as bits. */
const FACES_OF_EDGE = CUBE_EDGES.map(([a, b]) =>
  FACES.reduce((bits, face, f) => face.includes(a) && face.includes(b) ? bits | 1 << f : bits, 0)
);

/** For each of the 256 sets of inside corners: triangles as edge numbers, turned outward. */
export const CUBE_TRIANGLES: readonly Uint8Array[] = Array.from(
  { length: 256 },
  (_, inside) =>
    Uint8Array.from(loopsOf(inside).flatMap((loop) => triangulate(outward(loop, inside)))),
);

/** The closed loops in which the surface meets the cube's faces, as edge numbers. */
function loopsOf(inside: number): number[][] {
  const isIn = (corner: number) => (inside >> corner & 1) === 1;
  const next: number[][] = CUBE_EDGES.map(() => []);
  const join = (a: number, b: number) => (next[a].push(b), next[b].push(a));
  for (const face of FACES) {
    const crossed = [0, 1, 2, 3].filter((k) => isIn(face[k]) !== isIn(face[(k + 1) & 3]));
    const edge = (k: number) => edgeOf(face[k & 3], face[(k + 1) & 3]);
    if (crossed.length === 2) join(edge(crossed[0]), edge(crossed[1]));
    if (crossed.length === 4) {
      // Edges k − 1 and k meet in corner k: go round the inside ones.
      for (let k = 0; k < 4; k++) if (isIn(face[k])) join(edge(k + 3), edge(k));
    }
  }
  const loops: number[][] = [], used = new Set<number>();
  for (let start = 0; start < 12; start++) {
    if (next[start].length === 0 || used.has(start)) continue;
    const loop = [start];
    used.add(start);
    for (let at = next[start][0]; at !== start;) {
      loop.push(at);
      used.add(at);
      // Two edges may be joined over both their faces; then the way on is the way back.
      const [a, b] = next[at], from = loop[loop.length - 2];
      at = a === from ? b : a;
    }
    loops.push(loop);
  }
  return loops;
}

/** Turns a loop so that it runs counter-clockwise seen from outside. */
function outward(loop: number[], inside: number): number[] {
  const middle = (e: number) =>
    [0, 1, 2].map((k) => ((CUBE_EDGES[e][0] >> k & 1) + (CUBE_EDGES[e][1] >> k & 1)) / 2);
  const points = loop.map(middle), normal = [0, 0, 0];
  points.forEach((p, n) => {
    const q = points[(n + 1) % points.length];
    for (let k = 0; k < 3; k++) {
      const i = (k + 1) % 3, j = (k + 2) % 3;
      normal[k] += p[i] * q[j] - p[j] * q[i];
    }
  });
  let along = 0;
  for (const e of loop) {
    const [low, high] = CUBE_EDGES[e], axis = Math.log2(high - low);
    along += (inside >> low & 1 ? 1 : -1) * normal[axis];
  }
  return along >= 0 ? loop : loop.toReversed();
}

/**
 * Cuts a loop into triangles with the fewest diagonals that lie in a face of the cube: there, the
 * next cube could have the same one.
 */
function triangulate(loop: readonly number[]): number[] {
  const cost = (a: number, b: number) => FACES_OF_EDGE[loop[a]] & FACES_OF_EDGE[loop[b]] ? 1 : 0;
  const best = new Map<string, [number, number[]]>();
  const solve = (from: number, to: number): [number, number[]] => {
    if (to - from < 2) return [0, []];
    const key = `${from},${to}`, known = best.get(key);
    if (known !== undefined) return known;
    let found: [number, number[]] = [Infinity, []];
    for (let apex = from + 1; apex < to; apex++) {
      const [left, a] = solve(from, apex), [right, b] = solve(apex, to);
      const diagonals = (apex - from > 1 ? cost(from, apex) : 0) +
        (to - apex > 1 ? cost(apex, to) : 0);
      if (left + right + diagonals >= found[0]) continue;
      found = [left + right + diagonals, [...a, loop[from], loop[apex], loop[to], ...b]];
    }
    best.set(key, found);
    return found;
  };
  return solve(0, loop.length - 1)[1];
}
