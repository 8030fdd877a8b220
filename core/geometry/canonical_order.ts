/** An order of a mesh's triangles that is a property of the surface, not of the file. */
import {
  type CanonicalFrame,
  canonicalFrame,
  fileFrame,
  toCanonical,
  triangleArea,
  triangleAreas,
} from "./canonical_frame.ts";
import type { Mesh } from "./mesh.ts";
import { fineMortonOrder } from "./morton.ts";

/** See {@linkcode canonicalOrder}. */
export interface CanonicalOrder {
  frame: CanonicalFrame;
  /** Triangles in order, length faces; those without area come last. */
  faces: Uint32Array;
  /** Area of the triangles up to and including each place, length faces. */
  cumulative: Float64Array;
  /** How many triangles have an area. */
  drawable: number;
}

/**
 * Orders the triangles along a Morton curve through their centres, laid in the surface's
 * {@linkcode canonicalFrame}. Neither moving, turning or scaling the surface, nor reordering its
 * triangles or their corners changes the order. (A motion that float32 cannot hold exactly moves
 * vertices by up to 1e-7 of their distance from the origin; centres that near to a cell's border
 * may change places.)
 *
 * @throws {InputError} If the surface has no area.
 */
export function canonicalOrder(mesh: Pick<Mesh, "positions" | "indices">): CanonicalOrder {
  const { positions: p, indices } = mesh;
  const areas = triangleAreas(mesh), frame = canonicalFrame(mesh, areas);
  const [cx, cy, cz] = frame.centre, [a0, a1, a2, a3, a4, a5, a6, a7, a8] = frame.axes;
  const count = indices.length / 3;
  const centres = new Float64Array(3 * count);
  for (let f = 0; f < count; f++) {
    const a = 3 * indices[3 * f], b = 3 * indices[3 * f + 1], c = 3 * indices[3 * f + 2];
    const x = (p[a] + p[b] + p[c]) / 3 - cx;
    const y = (p[a + 1] + p[b + 1] + p[c + 1]) / 3 - cy;
    const z = (p[a + 2] + p[b + 2] + p[c + 2]) / 3 - cz;
    centres[3 * f] = a0 * x + a1 * y + a2 * z;
    centres[3 * f + 1] = a3 * x + a4 * y + a5 * z;
    centres[3 * f + 2] = a6 * x + a7 * y + a8 * z;
  }
  const { order, same } = fineMortonOrder(centres);
  settleTies(order, same, { centres, areas });

  const faces = new Uint32Array(count), cumulative = new Float64Array(count);
  let place = 0, sum = 0;
  for (let i = 0; i < count; i++) {
    const face = order[i];
    if (areas[face] === 0) continue;
    sum += areas[face];
    faces[place] = face;
    cumulative[place++] = sum;
  }
  const drawable = place;
  for (let i = 0; place < count; i++) {
    const face = order[i];
    if (areas[face] !== 0) continue;
    faces[place] = face;
    cumulative[place++] = sum;
  }
  return { frame, faces, cumulative, drawable };
}

/**
 * The triangles as the file has them, in the shape of {@linkcode canonicalOrder} and at a small part
 * of its cost: for samples that need not survive another order or a motion.
 *
 * @throws {InputError} If the surface has no area, or not a finite one.
 */
export function fileOrder(
  { positions, indices }: Pick<Mesh, "positions" | "indices">,
): CanonicalOrder {
  const count = indices.length / 3;
  const faces = new Uint32Array(count), cumulative = new Float64Array(count);
  let drawable = 0, without = count, area = 0;
  for (let f = 0; f < count; f++) {
    const own = triangleArea(
      positions,
      3 * indices[3 * f],
      3 * indices[3 * f + 1],
      3 * indices[3 * f + 2],
    );
    if (own === 0) faces[--without] = f;
    else {
      area += own;
      faces[drawable] = f;
      cumulative[drawable++] = area;
    }
  }
  cumulative.fill(area, drawable);
  return { frame: fileFrame(area), faces, cumulative, drawable };
}

/** Orders triangles whose centres share a cell of the curve by centre, then area. */
function settleTies(
  order: Uint32Array,
  same: (place: number) => boolean,
  { centres, areas }: { centres: Float64Array; areas: Float64Array },
): void {
  for (let from = 0, to = 1; from < order.length; from = to++) {
    while (to < order.length && same(to)) to++;
    if (to - from < 2) continue;
    order.subarray(from, to).sort((i, j) =>
      centres[3 * i] - centres[3 * j] || centres[3 * i + 1] - centres[3 * j + 1] ||
      centres[3 * i + 2] - centres[3 * j + 2] || areas[i] - areas[j] || i - j
    );
  }
}

/**
 * The corners of a triangle (0, 1, 2 as the file has them) in an order that is a property of the
 * surface: by their place along the first axis of the frame, then the second, then the third.
 */
export function canonicalCorners(
  mesh: Pick<Mesh, "positions" | "indices">,
  face: number,
  frame: CanonicalFrame,
): [number, number, number] {
  const { positions: p, indices } = mesh;
  for (let k = 0; k < 3; k++) {
    const v = 3 * indices[3 * face + k];
    cornersAt.set(toCanonical(frame, p[v], p[v + 1], p[v + 2]), 3 * k);
  }
  const ab = isBefore(0, 1), bc = isBefore(1, 2), ac = isBefore(0, 2);
  if (ab) return bc ? [0, 1, 2] : ac ? [0, 2, 1] : [2, 0, 1];
  return ac ? [1, 0, 2] : bc ? [1, 2, 0] : [2, 1, 0];
}

/** Where the corners of one triangle are in the frame, xyz. */
const cornersAt = new Float64Array(9);

/** Whether corner i comes before corner j, of which the file has i first. */
function isBefore(i: number, j: number): boolean {
  const a = 3 * i, b = 3 * j;
  if (cornersAt[a] !== cornersAt[b]) return cornersAt[a] < cornersAt[b];
  if (cornersAt[a + 1] !== cornersAt[b + 1]) return cornersAt[a + 1] < cornersAt[b + 1];
  return cornersAt[a + 2] <= cornersAt[b + 2];
}
