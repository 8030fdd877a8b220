/**
 * Squared distance from a point to triangles, two at a time in float64.
 *
 * It is the least over the features whose foot lies inside them: three corners (always), three
 * edges, the face. All are upper bounds, so the least is exact whatever rounding decides about a
 * foot on a border. A triangle without area has only edges and corners: a segment, or a point.
 */
import { triangleAt } from "./tree";

/** Squared sine below which a triangle counts as flat: the face's plane is then mere rounding. */
const FLAT: f64 = 1e-16;

/** The point, in both lanes. */
let qx: v128 = f64x2.splat(0), qy: v128 = f64x2.splat(0), qz: v128 = f64x2.splat(0);

/** Sets the point. */
export function ask(x: f64, y: f64, z: f64): void {
  qx = f64x2.splat(x);
  qy = f64x2.splat(y);
  qz = f64x2.splat(z);
}

/** Squared distances to the triangles in two slots. */
export function squaredDistances(slot: u32, other: u32): v128 {
  const p = triangleAt(slot), q = triangleAt(other), zero = f64x2.splat(0);
  const ax = coordinate(p, q, 0), ay = coordinate(p, q, 4), az = coordinate(p, q, 8);
  const bx = coordinate(p, q, 12), by = coordinate(p, q, 16), bz = coordinate(p, q, 20);
  const cx = coordinate(p, q, 24), cy = coordinate(p, q, 28), cz = coordinate(p, q, 32);
  const ux = f64x2.sub(bx, ax), uy = f64x2.sub(by, ay), uz = f64x2.sub(bz, az);
  const vx = f64x2.sub(cx, ax), vy = f64x2.sub(cy, ay), vz = f64x2.sub(cz, az);
  const ex = f64x2.sub(cx, bx), ey = f64x2.sub(cy, by), ez = f64x2.sub(cz, bz);
  const wx = f64x2.sub(qx, ax), wy = f64x2.sub(qy, ay), wz = f64x2.sub(qz, az);
  const fx = f64x2.sub(qx, bx), fy = f64x2.sub(qy, by), fz = f64x2.sub(qz, bz);
  const gx = f64x2.sub(qx, cx), gy = f64x2.sub(qy, cy), gz = f64x2.sub(qz, cz);

  // 1. Corners.
  let least = f64x2.pmin(
    f64x2.pmin(dot(wx, wy, wz, wx, wy, wz), dot(fx, fy, fz, fx, fy, fz)),
    dot(gx, gy, gz, gx, gy, gz),
  );

  // 2. Edges, each from its lexicographically lower end.
  const uu = dot(ux, uy, uz, ux, uy, uz), uw = dot(ux, uy, uz, wx, wy, wz);
  const vv = dot(vx, vy, vz, vx, vy, vz), vw = dot(vx, vy, vz, wx, wy, wz);
  const ee = dot(ex, ey, ez, ex, ey, ez), ef = dot(ex, ey, ez, fx, fy, fz);
  least = f64x2.pmin(least, edge(wx, wy, wz, ux, uy, uz, uw, uu));
  least = f64x2.pmin(least, edge(wx, wy, wz, vx, vy, vz, vw, vv));
  least = f64x2.pmin(least, edge(fx, fy, fz, ex, ey, ez, ef, ee));

  // 3. The face: barycentric weights of b and c times |n|², then the distance to the plane.
  const nx = f64x2.sub(f64x2.mul(uy, vz), f64x2.mul(uz, vy));
  const ny = f64x2.sub(f64x2.mul(uz, vx), f64x2.mul(ux, vz));
  const nz = f64x2.sub(f64x2.mul(ux, vy), f64x2.mul(uy, vx));
  const nn = dot(nx, ny, nz, nx, ny, nz), height = dot(nx, ny, nz, wx, wy, wz);
  const uv = dot(ux, uy, uz, vx, vy, vz);
  const b = f64x2.sub(f64x2.mul(vv, uw), f64x2.mul(uv, vw));
  const c = f64x2.sub(f64x2.mul(uu, vw), f64x2.mul(uv, uw));
  const inside = v128.and(
    v128.and(f64x2.gt(b, zero), f64x2.gt(c, zero)),
    v128.and(
      f64x2.lt(f64x2.add(b, c), nn),
      f64x2.gt(nn, f64x2.mul(f64x2.mul(uu, vv), f64x2.splat(FLAT))),
    ),
  );
  const plane = f64x2.div(f64x2.mul(height, height), nn);
  return f64x2.pmin(least, v128.bitselect(plane, f64x2.splat(Infinity), inside));
}

/** Squared distance to the line where the foot lies strictly between the ends, else ∞. */
function edge(
  wx: v128,
  wy: v128,
  wz: v128,
  ex: v128,
  ey: v128,
  ez: v128,
  along: v128,
  length2: v128,
): v128 {
  const t = f64x2.div(along, length2);
  const x = f64x2.sub(wx, f64x2.mul(t, ex));
  const y = f64x2.sub(wy, f64x2.mul(t, ey));
  const z = f64x2.sub(wz, f64x2.mul(t, ez));
  const inside = v128.and(f64x2.gt(t, f64x2.splat(0)), f64x2.lt(t, f64x2.splat(1)));
  return v128.bitselect(dot(x, y, z, x, y, z), f64x2.splat(Infinity), inside);
}

function dot(ax: v128, ay: v128, az: v128, bx: v128, by: v128, bz: v128): v128 {
  return f64x2.add(f64x2.add(f64x2.mul(ax, bx), f64x2.mul(ay, by)), f64x2.mul(az, bz));
}

/** One coordinate of two triangles. */
function coordinate(p: usize, q: usize, offset: usize): v128 {
  const first = v128.load_zero<f32>(p + offset);
  return f64x2.promote_low_f32x4(v128.load_lane<f32>(q + offset, first, 1));
}
