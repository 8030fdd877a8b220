/**
 * A binary tree of boxes over triangles, laid out as a heap: for questions that go through pairs of
 * triangles or sums over parts of a surface. Nearest points and rays have a faster one (`bvh.ts`).
 */
import type { Mesh } from "./mesh.ts";
import { fineMortonOrder } from "./morton.ts";

/** A built tree. Children of node i are 2i + 1 and 2i + 2; leaf j is node leaves − 1 + j. */
export interface BoxTree {
  /** Triangles in the order of the leaves; those of leaf j are from place firstPlace(j). */
  faces: Uint32Array;
  /** A power of two. */
  leaves: number;
  /** x0 y0 z0 x1 y1 z1 a node, length 6 · (2 leaves − 1). Of a leaf without triangles +∞ … −∞. */
  boxes: Float32Array;
}

/** Builds the tree over some triangles, at most `leafSize` a leaf. Corners must be finite. */
export function buildBoxTree(
  { positions: p, indices }: Pick<Mesh, "positions" | "indices">,
  { faces: chosen, leafSize }: { faces: Uint32Array; leafSize: number },
): BoxTree {
  const count = chosen.length, centres = new Float32Array(3 * count);
  for (let i = 0; i < count; i++) {
    const at = 3 * chosen[i], a = 3 * indices[at], b = 3 * indices[at + 1];
    const c = 3 * indices[at + 2];
    for (let k = 0; k < 3; k++) centres[3 * i + k] = (p[a + k] + p[b + k] + p[c + k]) / 3;
  }
  const { order } = fineMortonOrder(centres);
  const faces = Uint32Array.from(order, (i) => chosen[i]);
  let leaves = 1;
  while (count / leaves > leafSize) leaves *= 2;
  const boxes = new Float32Array(6 * (2 * leaves - 1));
  const tree = { faces, leaves, boxes };
  for (let node = 2 * leaves - 2; node >= 0; node--) {
    const box = boxes.subarray(6 * node, 6 * node + 6);
    box.fill(Infinity, 0, 3).fill(-Infinity, 3);
    if (node >= leaves - 1) {
      const leaf = node - (leaves - 1), end = firstPlace(tree, leaf + 1);
      for (let i = firstPlace(tree, leaf); i < end; i++) {
        for (let k = 0; k < 3; k++) {
          const corner = 3 * indices[3 * faces[i] + k];
          grow(box, p[corner], p[corner + 1], p[corner + 2]);
        }
      }
    } else {
      for (const child of [2 * node + 1, 2 * node + 2]) {
        for (let k = 0; k < 3; k++) {
          box[k] = Math.min(box[k], boxes[6 * child + k]);
          box[3 + k] = Math.max(box[3 + k], boxes[6 * child + 3 + k]);
        }
      }
    }
  }
  return tree;
}

/** The place of the first triangle of a leaf. */
export function firstPlace({ faces, leaves }: BoxTree, leaf: number): number {
  return Math.floor(leaf * faces.length / leaves);
}

function grow(box: Float32Array, x: number, y: number, z: number): void {
  if (x < box[0]) box[0] = x;
  if (y < box[1]) box[1] = y;
  if (z < box[2]) box[2] = z;
  if (x > box[3]) box[3] = x;
  if (y > box[4]) box[4] = y;
  if (z > box[5]) box[5] = z;
}
