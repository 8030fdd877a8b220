/**
 * A bounding-volume tree over triangles, four children a node, without pointers.
 *
 * The tree is complete: level l has 4^l nodes, the children of node i are 4i + 1 … 4i + 4, and
 * `depth` levels of nodes stand above 4^depth leaves. Triangles are stored in leaf order; leaf j
 * holds the slots ⌊j n / 4^depth⌋ to ⌊(j + 1) n / 4^depth⌋, so leaves differ by at most one triangle
 * and their ranges need no storage.
 *
 * Memory, by address:
 *   nodes      96 bytes each: lowest x of the four children, then y, z, highest x, y, z (float32).
 *              The box of an empty child is (∞, −∞).
 *   triangles  36 bytes each: three corners, xyz float32, corners in lexicographic order. Sorted
 *              corners make an edge or corner that triangles share yield the same bits in all.
 *   faces      4 bytes each: the caller's index of the triangle in this slot.
 *   stack      work space of the traversals, 2 KiB.
 */

/** Bytes of a node. */
export const NODE: usize = 96;
/** Bytes of a triangle. */
export const TRIANGLE: usize = 36;

export let nodes: usize = 0;
export let triangles: usize = 0;
export let faces: usize = 0;
export let stack: usize = 0;
/** How many triangles. */
export let count: u32 = 0;
/** Levels of nodes. */
export let depth: u32 = 0;
/** Index of the first node of the last level. */
export let lastLevel: u32 = 0;
/** Leaf 0 as a child index: children from here on are leaves. */
export let firstLeaf: u32 = 0;

/** Says where everything is. Call first. */
export function setup(
  nodesAt: usize,
  trianglesAt: usize,
  facesAt: usize,
  stackAt: usize,
  triangleCount: u32,
  levels: u32,
): void {
  nodes = nodesAt;
  triangles = trianglesAt;
  faces = facesAt;
  stack = stackAt;
  count = triangleCount;
  depth = levels;
  lastLevel = ((<u32> 1 << (2 * (levels - 1))) - 1) / 3;
  firstLeaf = 4 * lastLevel + 1;
}

/** The first slot of a leaf. */
export function firstSlot(leaf: u32): u32 {
  return <u32> ((<u64> leaf * count) >> (2 * depth));
}

export function triangleAt(slot: u32): usize {
  return triangles + <usize> slot * TRIANGLE;
}

export function faceAt(slot: u32): u32 {
  return load<u32>(faces + (<usize> slot << 2));
}
