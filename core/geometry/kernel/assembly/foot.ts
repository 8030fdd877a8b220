/** The nearest point of one triangle, feature by feature as in `triangle.ts`. */
import { triangleAt } from "./tree";

let least: f64 = 0;
let footX: f64 = 0, footY: f64 = 0, footZ: f64 = 0;

/** Writes the point of the triangle in `slot` that is nearest to (px, py, pz), xyz float64. */
export function putFoot(at: usize, slot: u32, px: f64, py: f64, pz: f64): void {
  const t = triangleAt(slot);
  const ax = <f64> load<f32>(t), ay = <f64> load<f32>(t, 4), az = <f64> load<f32>(t, 8);
  const bx = <f64> load<f32>(t, 12), by = <f64> load<f32>(t, 16), bz = <f64> load<f32>(t, 20);
  const cx = <f64> load<f32>(t, 24), cy = <f64> load<f32>(t, 28), cz = <f64> load<f32>(t, 32);
  least = Infinity;
  tryPoint(ax, ay, az, px, py, pz);
  tryPoint(bx, by, bz, px, py, pz);
  tryPoint(cx, cy, cz, px, py, pz);
  tryEdge(ax, ay, az, bx, by, bz, px, py, pz);
  tryEdge(ax, ay, az, cx, cy, cz, px, py, pz);
  tryEdge(bx, by, bz, cx, cy, cz, px, py, pz);

  const ux = bx - ax, uy = by - ay, uz = bz - az;
  const vx = cx - ax, vy = cy - ay, vz = cz - az;
  const wx = px - ax, wy = py - ay, wz = pz - az;
  const nx = uy * vz - uz * vy, ny = uz * vx - ux * vz, nz = ux * vy - uy * vx;
  const nn = nx * nx + ny * ny + nz * nz;
  const uu = ux * ux + uy * uy + uz * uz, vv = vx * vx + vy * vy + vz * vz;
  const uv = ux * vx + uy * vy + uz * vz;
  const uw = ux * wx + uy * wy + uz * wz, vw = vx * wx + vy * wy + vz * wz;
  const b = vv * uw - uv * vw, c = uu * vw - uv * uw;
  if (b > 0 && c > 0 && b + c < nn && nn > uu * vv * 1e-16) {
    const height = (nx * wx + ny * wy + nz * wz) / nn;
    if (height * height * nn < least) {
      footX = px - height * nx;
      footY = py - height * ny;
      footZ = pz - height * nz;
    }
  }
  store<f64>(at, footX);
  store<f64>(at, footY, 8);
  store<f64>(at, footZ, 16);
}

function tryPoint(x: f64, y: f64, z: f64, px: f64, py: f64, pz: f64): void {
  const dx = px - x, dy = py - y, dz = pz - z;
  const distance2 = dx * dx + dy * dy + dz * dz;
  if (distance2 < least) {
    least = distance2;
    footX = x;
    footY = y;
    footZ = z;
  }
}

function tryEdge(
  ax: f64,
  ay: f64,
  az: f64,
  bx: f64,
  by: f64,
  bz: f64,
  px: f64,
  py: f64,
  pz: f64,
): void {
  const ex = bx - ax, ey = by - ay, ez = bz - az;
  const wx = px - ax, wy = py - ay, wz = pz - az;
  const t = (ex * wx + ey * wy + ez * wz) / (ex * ex + ey * ey + ez * ez);
  if (t > 0 && t < 1) tryPoint(ax + t * ex, ay + t * ey, az + t * ez, px, py, pz);
}
