/** Where a surface runs through itself: pairs of triangles that meet in more than they share. */
import { InputError } from "../work/errors.ts";
import { type BoxTree, buildBoxTree, firstPlace } from "./_box_tree.ts";
import type { Mesh } from "./mesh.ts";
import { orient2d, orient3d } from "./predicates.ts";
import { weldByPosition } from "./weld.ts";

/** How {@linkcode selfIntersections} looks. */
export interface SelfIntersectionOptions {
  /**
   * Most pairs of triangles looked at closely, times the number of triangles: a heap of n triangles
   * in one place has n²/2 pairs. Default: 200, many times what a scan needs.
   */
  maxTestsPerFace?: number;
}

/** What {@linkcode selfIntersections} finds. */
export interface SelfIntersections {
  /** Pairs of triangles that meet in more than the corners and edges they share. */
  pairs: number;
  /** Of these, pairs with the same three corners. */
  duplicates: number;
  /** Triangles in any such pair. */
  faces: number;
  /** 1 for those triangles, length faces of the mesh. */
  flags: Uint8Array;
  /** Triangles without area: they take no part. */
  flat: number;
  /** False where `maxTestsPerFace` ended the search: the counts are then lower bounds. */
  complete: boolean;
}

const LEAF_SIZE = 4;

/**
 * Counts pairs of triangles that intersect: exactly, whatever the rounding of coordinates (see
 * `predicates.ts`). Vertices at the same position are one. Two triangles that share a corner or an
 * edge count where they meet in anything else, as where a sheet is folded onto itself; others count
 * where they touch. About 3 µs a triangle on a scan.
 *
 * @throws {InputError} If a triangle uses a vertex that is not there or not finite.
 */
export function selfIntersections(
  mesh: Pick<Mesh, "positions" | "indices">,
  { maxTestsPerFace = 200 }: SelfIntersectionOptions = {},
): SelfIntersections {
  const { positions, indices } = mesh, faces = indices.length / 3;
  checkCorners(positions, indices);
  const { weldedOf } = weldByPosition(positions);
  const solid: number[] = [];
  for (let face = 0; face < faces; face++) if (hasArea(mesh, face)) solid.push(face);
  const result: SelfIntersections = {
    pairs: 0,
    duplicates: 0,
    faces: 0,
    flags: new Uint8Array(faces),
    flat: faces - solid.length,
    complete: true,
  };
  if (solid.length === 0) return result;
  const tree = buildBoxTree(mesh, { faces: Uint32Array.from(solid), leafSize: LEAF_SIZE });
  const corners = new Uint32Array(6); // offsets of the corners of two triangles
  let left = maxTestsPerFace * solid.length;
  result.complete = visitPairs(tree, mesh, (a, b) => {
    for (let k = 0; k < 3; k++) {
      corners[k] = indices[3 * a + k], corners[3 + k] = indices[3 * b + k];
    }
    const found = meet(positions, corners, weldedOf);
    if (found !== APART) {
      result.pairs++;
      if (found === SAME) result.duplicates++;
      result.flags[a] = result.flags[b] = 1;
    }
    return --left > 0;
  });
  for (const flag of result.flags) result.faces += flag;
  return result;
}

/**
 * Visits each pair of triangles whose boxes meet, once; stops and returns false where `visit`
 * returns false.
 */
function visitPairs(
  tree: BoxTree,
  { positions, indices }: Pick<Mesh, "positions" | "indices">,
  visit: (a: number, b: number) => boolean,
): boolean {
  const { faces, leaves, boxes } = tree, firstLeaf = leaves - 1;
  const ofFaces = new Float32Array(6 * faces.length);
  for (let i = 0; i < faces.length; i++) {
    for (let k = 0; k < 3; k++) {
      const a = positions[3 * indices[3 * faces[i]] + k];
      const b = positions[3 * indices[3 * faces[i] + 1] + k];
      const c = positions[3 * indices[3 * faces[i] + 2] + k];
      ofFaces[6 * i + k] = Math.min(a, b, c), ofFaces[6 * i + 3 + k] = Math.max(a, b, c);
    }
  }
  const stack = [0, 0]; // pairs of nodes; a node with itself stands for all pairs within it
  while (stack.length > 0) {
    const b = stack.pop()!, a = stack.pop()!;
    if (a !== b && !overlap(boxes, a, boxes, b)) continue;
    if (a >= firstLeaf && b >= firstLeaf) {
      const aEnd = firstPlace(tree, a - firstLeaf + 1), bEnd = firstPlace(tree, b - firstLeaf + 1);
      for (let i = firstPlace(tree, a - firstLeaf); i < aEnd; i++) {
        for (let j = a === b ? i + 1 : firstPlace(tree, b - firstLeaf); j < bEnd; j++) {
          if (overlap(ofFaces, i, ofFaces, j) && !visit(faces[i], faces[j])) return false;
        }
      }
    } else if (a === b) {
      stack.push(2 * a + 1, 2 * a + 1, 2 * a + 2, 2 * a + 2, 2 * a + 1, 2 * a + 2);
    } else if (a < b) { // the higher node of two is split: they stay about as large as each other
      stack.push(2 * a + 1, b, 2 * a + 2, b);
    } else {
      stack.push(a, 2 * b + 1, a, 2 * b + 2);
    }
  }
  return true;
}

function overlap(p: Float32Array, a: number, q: Float32Array, b: number): boolean {
  a *= 6, b *= 6;
  return p[a] <= q[b + 3] && q[b] <= p[a + 3] && p[a + 1] <= q[b + 4] && q[b + 1] <= p[a + 4] &&
    p[a + 2] <= q[b + 5] && q[b + 2] <= p[a + 5];
}

const APART = 0, CROSS = 1, SAME = 2;

/** Whether two triangles with area meet in more than the corners that they share. */
function meet(p: Float32Array, corners: Uint32Array, weldedOf: Uint32Array): number {
  // Bring shared corners to the front: (s…, own…) of each.
  const a: number[] = [], b: number[] = [], own: number[] = [];
  for (let i = 0; i < 3; i++) {
    let j = 3;
    while (j < 6 && weldedOf[corners[i]] !== weldedOf[corners[j]]) j++;
    if (j < 6) a.push(3 * corners[i]), b.push(3 * corners[j]);
    else own.push(3 * corners[i]);
  }
  const shared = a.length;
  if (shared === 3) return SAME;
  a.push(...own);
  for (let j = 3; j < 6; j++) if (!b.includes(3 * corners[j])) b.push(3 * corners[j]);
  if (shared === 2) return fold(p, a, b[2]) ? CROSS : APART;
  if (shared === 1) {
    if (beside(p, a, b) || beside(p, b, a)) return APART;
    return meetsSegment(p, b, a[1], a[2]) || meetsSegment(p, a, b[1], b[2]) ? CROSS : APART;
  }
  if (oneSide(p, a, b) || oneSide(p, b, a)) return APART;
  for (let k = 0; k < 3; k++) {
    const next = (k + 1) % 3;
    if (meetsSegment(p, b, a[k], a[next]) || meetsSegment(p, a, b[k], b[next])) return CROSS;
  }
  return APART;
}

/** Whether all corners of b lie strictly on one side of the plane of a. */
function oneSide(p: Float32Array, a: readonly number[], b: readonly number[]): boolean {
  const first = orient3d(p, a[0], a[1], a[2], b[0]);
  return first !== 0 && orient3d(p, a[0], a[1], a[2], b[1]) === first &&
    orient3d(p, a[0], a[1], a[2], b[2]) === first;
}

/** Whether the two last corners of b lie strictly on one side of the plane of a. */
function beside(p: Float32Array, a: readonly number[], b: readonly number[]): boolean {
  return orient3d(p, a[0], a[1], a[2], b[1]) * orient3d(p, a[0], a[1], a[2], b[2]) > 0;
}

/** Two triangles at the edge a[0] a[1]: they meet elsewhere only if one is folded onto the other. */
function fold(p: Float32Array, a: readonly number[], d: number): boolean {
  if (orient3d(p, a[0], a[1], a[2], d) !== 0) return false;
  const axes = flatAxes(p, a);
  return orient2d(p, [a[0], a[1], a[2]], axes) === orient2d(p, [a[0], a[1], d], axes);
}

/** Whether the segment from d to e meets the triangle, borders included. */
function meetsSegment(p: Float32Array, [a, b, c]: readonly number[], d: number, e: number) {
  const from = orient3d(p, a, b, c, d), to = orient3d(p, a, b, c, e);
  if (from * to > 0) return false;
  if (from === 0 && to === 0) return meetsInPlane(p, [a, b, c], d, e);
  const ab = orient3d(p, d, e, a, b), bc = orient3d(p, d, e, b, c);
  if (ab * bc < 0) return false;
  const ca = orient3d(p, d, e, c, a);
  return ab * ca >= 0 && bc * ca >= 0;
}

/** The same in the triangle's plane. */
function meetsInPlane(p: Float32Array, triangle: readonly number[], d: number, e: number): boolean {
  const axes = flatAxes(p, triangle), [a, b, c] = triangle;
  const turn = orient2d(p, [a, b, c], axes);
  const inside = (q: number) =>
    [[a, b], [b, c], [c, a]].every(([i, j]) => orient2d(p, [i, j, q], axes) * turn >= 0);
  if (inside(d) || inside(e)) return true;
  return [[a, b], [b, c], [c, a]].some(([i, j]) => {
    const di = orient2d(p, [i, j, d], axes), ei = orient2d(p, [i, j, e], axes);
    const ij = orient2d(p, [d, e, i], axes), ji = orient2d(p, [d, e, j], axes);
    // On one line they meet in an end, which `inside` or a neighbouring side has found.
    return di * ei <= 0 && ij * ji <= 0 && (di !== 0 || ei !== 0);
  });
}

const AXES = [[0, 1], [1, 2], [2, 0]] as const;

/** Two axes in which the triangle, which has area, is not a line. */
function flatAxes(p: Float32Array, [a, b, c]: readonly number[]): readonly [number, number] {
  return AXES.find((axes) => orient2d(p, [a, b, c], axes) !== 0)!;
}

function hasArea({ positions: p, indices }: Pick<Mesh, "positions" | "indices">, face: number) {
  const at = 3 * face;
  const corners = [3 * indices[at], 3 * indices[at + 1], 3 * indices[at + 2]] as const;
  return AXES.some((axes) => orient2d(p, corners, axes) !== 0);
}

function checkCorners(positions: Float32Array, indices: Uint32Array): void {
  for (let i = 0; i < indices.length; i++) {
    const at = 3 * indices[i];
    // A vertex that is not there reads as undefined: the sum is NaN then, too.
    const sum = positions[at] + positions[at + 1] + positions[at + 2];
    if (sum - sum === 0) continue;
    throw new InputError(
      `Cannot look for self-intersections: vertex ${indices[i]} of triangle ${
        Math.floor(i / 3)
      } is at (${[...positions.subarray(at, at + 3)].join(", ") || "nowhere"}), ` +
        `expected finite coordinates`,
    );
  }
}
