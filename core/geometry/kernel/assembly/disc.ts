/**
 * A second bound round the children of the three lowest levels of nodes: a flat cylinder that lies
 * in the surface. A patch of a dense surface is thin, and a box that is not parallel to it is not:
 * from a point d away, boxes of side s let through about 2 π d / s leaves, cylinders only those near
 * the foot. (Two centimetres from 1.4 million triangles: 50 pairs of triangles and 60 nodes a
 * search with boxes alone, 8 and 33 with both.)
 *
 * A record is 128 bytes: of the four children the centre x, y, z, the axis x, y, z, half the height
 * and the radius (float32). An empty child has a centre at infinity.
 */
import { depth, firstSlot, lastLevel, TRIANGLE, triangles } from "./tree";

/** Bytes of a record. */
const DISC: usize = 128;

/** How many levels of nodes have records, counted from the lowest; `bvh.ts` makes room for them. */
const LEVELS: u32 = 3;

const THIRD: f64 = 1.0 / 3;
/** A little less and more than 1: float32 keeps neither unit axes nor extents exactly. */
const SHORT: f64 = 0.9999995, LONG: f64 = 1.000001;

/** Where the records are, and the first node that has one. */
let discs: usize = 0;
let firstNode: u32 = 0xffffffff;

/** Whether the children of a node have cylinders. */
export function hasDiscs(node: u32): bool {
  return node >= firstNode;
}

/**
 * Squared distances from (x, y, z) to the cylinders of a node's children, never larger than the
 * true ones but for one part in a million: of axial and radial distance the rounding of float32
 * (a few 6e-8 of the distance to the centre) is taken off.
 */
export function discDistances(node: u32, x: v128, y: v128, z: v128): v128 {
  const at = discs + <usize> (node - firstNode) * DISC, zero = f32x4.splat(0);
  const wx = f32x4.sub(x, v128.load(at));
  const wy = f32x4.sub(y, v128.load(at, 16));
  const wz = f32x4.sub(z, v128.load(at, 32));
  const axial = f32x4.abs(
    f32x4.add(
      f32x4.add(f32x4.mul(wx, v128.load(at, 48)), f32x4.mul(wy, v128.load(at, 64))),
      f32x4.mul(wz, v128.load(at, 80)),
    ),
  );
  const ww = f32x4.add(f32x4.add(f32x4.mul(wx, wx), f32x4.mul(wy, wy)), f32x4.mul(wz, wz));
  const radial2 = f32x4.sub(f32x4.mul(ww, f32x4.splat(0.999998)), f32x4.mul(axial, axial));
  const radial = f32x4.sqrt(f32x4.pmax(zero, radial2));
  const rounding = f32x4.mul(f32x4.add(axial, radial), f32x4.splat(1e-6));
  const up = f32x4.pmax(
    zero,
    f32x4.sub(f32x4.sub(axial, v128.load(at, 96)), rounding),
  );
  const out = f32x4.pmax(zero, f32x4.sub(radial, v128.load(at, 112)));
  return f32x4.add(f32x4.mul(up, up), f32x4.mul(out, out));
}

/** Forgets the records: the tree is another one. */
export function dropDiscs(): void {
  firstNode = 0xffffffff;
}

/** Makes the records, from the leaves up. */
export function makeDiscs(discsAt: usize): void {
  discs = discsAt;
  const levels = min(LEVELS, depth);
  firstNode = lastLevel;
  for (let level: u32 = 1; level < levels; level++) firstNode = (firstNode - 1) >> 2;
  const leaves = <u32> 1 << (2 * depth);
  for (let leaf: u32 = 0; leaf < leaves; leaf++) putLeafDisc(leaf);
  // Child i of a node is node i + 1 of the level below.
  for (let node = lastLevel - 1; node + 1 > firstNode; node--) {
    for (let child: u32 = 0; child < 4; child++) putNodeDisc(node, child);
  }
}

/** Where the record of a child begins; its numbers are 16 bytes apart. */
function recordOf(node: u32, child: u32): usize {
  return discs + <usize> (node - firstNode) * DISC + (<usize> child << 2);
}

function putLeafDisc(leaf: u32): void {
  const from = firstSlot(leaf), to = firstSlot(leaf + 1);
  const at = recordOf(lastLevel + (leaf >> 2), leaf & 3);
  if (to == from) return putDisc(at, Infinity, 0, 0, 1, 0, 0);
  const start = triangles + <usize> from * TRIANGLE, end = triangles + <usize> to * TRIANGLE;
  // 1. Axis: the sum of the triangles' normals, each turned to the side of the sum so far (the
  // corners of a triangle are stored without its winding). Centre: the mean of the corners.
  let nx: f64 = 0, ny: f64 = 0, nz: f64 = 0, cx: f64 = 0, cy: f64 = 0, cz: f64 = 0;
  for (let t = start; t < end; t += TRIANGLE) {
    const ax = number(t, 0), ay = number(t, 4), az = number(t, 8);
    const ux = number(t, 12) - ax, uy = number(t, 16) - ay, uz = number(t, 20) - az;
    const vx = number(t, 24) - ax, vy = number(t, 28) - ay, vz = number(t, 32) - az;
    const mx = uy * vz - uz * vy, my = uz * vx - ux * vz, mz = ux * vy - uy * vx;
    const side: f64 = nx * mx + ny * my + nz * mz < 0 ? -1 : 1;
    nx += side * mx, ny += side * my, nz += side * mz;
    cx += ax + (ux + vx) * THIRD, cy += ay + (uy + vy) * THIRD, cz += az + (uz + vz) * THIRD;
  }
  const share = 1 / <f64> (to - from);
  putDisc(at, cx * share, cy * share, cz * share, nx, ny, nz);

  // 2. Extents about what float32 keeps of centre and axis.
  cx = number(at, 0), cy = number(at, 16), cz = number(at, 32);
  nx = number(at, 48), ny = number(at, 64), nz = number(at, 80);
  let height: f64 = 0, radius2: f64 = 0;
  for (let t = start; t < end; t += 12) {
    const x = number(t, 0) - cx, y = number(t, 4) - cy, z = number(t, 8) - cz;
    const axial = abs(nx * x + ny * y + nz * z);
    height = max(height, axial);
    radius2 = max(radius2, x * x + y * y + z * z - axial * axial * SHORT);
  }
  putExtents(at, height, sqrt(radius2));
}

/** The cylinder round the four of a child node. */
function putNodeDisc(node: u32, child: u32): void {
  const at = recordOf(node, child), inner = recordOf(4 * node + 1 + child, 0), end = inner + 16;
  let nx: f64 = 0, ny: f64 = 0, nz: f64 = 0, cx: f64 = 0, cy: f64 = 0, cz: f64 = 0, found: f64 = 0;
  for (let i = inner; i < end; i += 4) {
    if (load<f32>(i) == Infinity) continue;
    const mx = number(i, 48), my = number(i, 64), mz = number(i, 80);
    const side: f64 = nx * mx + ny * my + nz * mz < 0 ? -1 : 1;
    nx += side * mx, ny += side * my, nz += side * mz;
    cx += number(i, 0), cy += number(i, 16), cz += number(i, 32);
    found += 1;
  }
  if (found == 0) return putDisc(at, Infinity, 0, 0, 1, 0, 0);
  putDisc(at, cx / found, cy / found, cz / found, nx, ny, nz);
  cx = number(at, 0), cy = number(at, 16), cz = number(at, 32);
  nx = number(at, 48), ny = number(at, 64), nz = number(at, 80);
  let height: f64 = 0, radius: f64 = 0;
  for (let i = inner; i < end; i += 4) {
    if (load<f32>(i) == Infinity) continue;
    const x = number(i, 0) - cx, y = number(i, 16) - cy, z = number(i, 32) - cz;
    const axial = abs(nx * x + ny * y + nz * z);
    const radial = sqrt(x * x + y * y + z * z - axial * axial * SHORT);
    // A cylinder tilted by an angle reaches h |cos| + r |sin| along the axis, h |sin| + r across.
    const cosine = abs(nx * number(i, 48) + ny * number(i, 64) + nz * number(i, 80));
    const sine = sqrt(max(0, 1 - cosine * cosine * SHORT));
    const innerHeight = number(i, 96), innerRadius = number(i, 112);
    height = max(height, axial + innerHeight * cosine + innerRadius * sine);
    radius = max(radius, radial + innerHeight * sine + innerRadius);
  }
  putExtents(at, height, radius);
}

/** Writes centre and axis; an axis without a length becomes x. */
function putDisc(at: usize, cx: f64, cy: f64, cz: f64, nx: f64, ny: f64, nz: f64): void {
  const length = sqrt(nx * nx + ny * ny + nz * nz), short = !(length > 1e-30);
  store<f32>(at, <f32> cx);
  store<f32>(at, <f32> cy, 16);
  store<f32>(at, <f32> cz, 32);
  store<f32>(at, short ? 1 : <f32> (nx / length), 48);
  store<f32>(at, short ? 0 : <f32> (ny / length), 64);
  store<f32>(at, short ? 0 : <f32> (nz / length), 80);
  store<f32>(at, 0, 96);
  store<f32>(at, 0, 112);
}

/** Writes the extents, rounded up. */
function putExtents(at: usize, height: f64, radius: f64): void {
  store<f32>(at, <f32> (height * LONG), 96);
  store<f32>(at, <f32> (radius * LONG), 112);
}

function number(at: usize, offset: usize): f64 {
  return <f64> load<f32>(at + offset);
}
