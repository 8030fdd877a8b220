/**
 * The rasterizer's inner loop; see `../../rasterize.ts` for what it computes and why it is exact.
 *
 * Memory, by address, as `setup` is told:
 *   screen   24 bytes a vertex: x, y (sub-pixels from the picture's centre), key; float64.
 *   faceOf   4 bytes a triangle: what decides between equal keys, the lower wins.
 *   keys     8 bytes a pixel and layer: front, or front and back side by side.
 *   ids      4 bytes a pixel and layer: triangle + 1, 0 where nothing is.
 */

/** Differences of coordinates beyond this are left to the caller: see `../../pixel_grid.ts`. */
const GUARD_BAND: f64 = 33554432;

/** Bytes of a vertex. */
const VERTEX: usize = 24;

let screen: usize = 0, faceOf: usize = 0, keys: usize = 0, ids: usize = 0;
let both: bool = false;
/** The window, whole numbers: first pixel and the one after the last. */
let x0: f64 = 0, y0: f64 = 0, lastX: f64 = 0, lastY: f64 = 0;
let windowWidth: i32 = 0;
/** Pixel i has its centre at (i − middle) · subpixels; both are exact. */
let subpixels: f64 = 0, middleX: f64 = 0, middleY: f64 = 0;

/** Says where everything is and what is drawn. */
export function setup(
  screenAt: usize,
  faceOfAt: usize,
  keysAt: usize,
  idsAt: usize,
  layers: i32,
): void {
  screen = screenAt;
  faceOf = faceOfAt;
  keys = keysAt;
  ids = idsAt;
  both = layers == 2;
}

/** Says which part of which picture. */
export function look(
  fromX: i32,
  fromY: i32,
  toX: i32,
  toY: i32,
  width: i32,
  height: i32,
  grid: i32,
): void {
  x0 = fromX, y0 = fromY, lastX = toX - 1, lastY = toY - 1;
  windowWidth = toX - fromX;
  subpixels = grid;
  middleX = <f64> width / 2 - 0.5;
  middleY = <f64> height / 2 - 0.5;
}

/** Makes `count` places of the buffers background. */
export function wipe(count: usize): void {
  memory.fill(ids, 0, count << 2);
  const front = f64x2.splat(-Infinity);
  const places = both ? f64x2.replace_lane(front, 1, Infinity) : front;
  const end = keys + (count << 3);
  let at = keys;
  for (; at + 16 <= end; at += 16) v128.store(at, places);
  if (at < end) store<f64>(at, -Infinity);
}

/**
 * Draws triangles.
 *
 * @param corners Three vertices a triangle, uint32.
 * @param first Number of the first triangle; the others follow.
 * @param numbers Numbers of the triangles, uint32, in place of that; 0 for none.
 * @param toClip Receives the places in this list, uint32, of those that reach nearer than the near
 *   plane (NaN) or beyond the guard band.
 * @returns How many these are.
 */
export function fill(
  count: u32,
  corners: usize,
  first: u32,
  numbers: usize,
  toClip: usize,
): u32 {
  const half = f64x2.splat(0.5), perSubpixel = f64x2.splat(1 / subpixels);
  const middle = f64x2(middleX, middleY);
  const start = f64x2(x0, y0), last = f64x2(lastX, lastY);
  let clipped: u32 = 0;
  for (let i: u32 = 0; i < count; i++, corners += 12) {
    const a = screen + VERTEX * <usize> load<u32>(corners);
    const b = screen + VERTEX * <usize> load<u32>(corners, 4);
    const c = screen + VERTEX * <usize> load<u32>(corners, 8);

    // 1. Snap, and leave at once where no pixel centre is in the box.
    const atA = f64x2.floor(f64x2.add(v128.load(a), half));
    const atB = f64x2.floor(f64x2.add(v128.load(b), half));
    const atC = f64x2.floor(f64x2.add(v128.load(c), half));
    const sum = f64x2.add(f64x2.add(atA, atB), atC);
    if (!v128.any_true(f64x2.ne(sum, sum))) {
      const low = f64x2.pmin(f64x2.pmin(atA, atB), atC);
      const high = f64x2.pmax(f64x2.pmax(atA, atB), atC);
      const from = f64x2.ceil(f64x2.add(f64x2.mul(low, perSubpixel), middle));
      const to = f64x2.floor(f64x2.add(f64x2.mul(high, perSubpixel), middle));
      const outside = v128.or(
        f64x2.gt(from, to),
        v128.or(f64x2.gt(from, last), f64x2.lt(to, start)),
      );
      if (v128.any_true(outside)) continue;
      const within = v128.and(
        f64x2.ge(low, f64x2.splat(-GUARD_BAND)),
        f64x2.le(high, f64x2.splat(GUARD_BAND)),
      );
      if (i64x2.all_true(within)) {
        const size = f64x2.sub(high, low);
        const id = (numbers == 0 ? first + i : load<u32>(numbers + (<usize> i << 2))) + 1;
        draw(a, b, c, atA, atB, atC, f64x2.pmax(from, start), f64x2.pmin(to, last), size, id);
        continue;
      }
    }
    // 2. Set aside what the integers cannot hold.
    store<u32>(toClip, i);
    toClip += 4;
    clipped++;
  }
  return clipped;
}

/** Draws one triangle: `from` and `to` are the first and the last pixel of its box in the window. */
// @ts-ignore: AssemblyScript's own
@inline
function draw(
  a: usize,
  b: usize,
  c: usize,
  atA: v128,
  atB: v128,
  atC: v128,
  from: v128,
  to: v128,
  size: v128,
  id: u32,
): void {
  const xa = f64x2.extract_lane(atA, 0), ya = f64x2.extract_lane(atA, 1);
  const xb = f64x2.extract_lane(atB, 0), yb = f64x2.extract_lane(atB, 1);
  const xc = f64x2.extract_lane(atC, 0), yc = f64x2.extract_lane(atC, 1);

  // 3. Edge functions, positive inside whatever the winding.
  const area = (xb - xa) * (yc - ya) - (yb - ya) * (xc - xa);
  if (area == 0) return;
  const sign: f64 = area > 0 ? 1 : -1;
  const abX = sign * (xb - xa), abY = sign * (yb - ya);
  const bcX = sign * (xc - xb), bcY = sign * (yc - yb);
  const caX = sign * (xa - xc), caY = sign * (ya - yc);
  const i0 = f64x2.extract_lane(from, 0), j0 = f64x2.extract_lane(from, 1);
  const i1 = f64x2.extract_lane(to, 0), j1 = f64x2.extract_lane(to, 1);
  const px = (i0 - middleX) * subpixels, py = (j0 - middleY) * subpixels;
  // Top and left edges own their pixels; the others must be passed by one sub-pixel unit.
  let rowAb = abX * (py - ya) - abY * (px - xa) - behind(abX, abY);
  let rowBc = bcX * (py - yb) - bcY * (px - xb) - behind(bcX, bcY);
  let rowCa = caX * (py - yc) - caY * (px - xc) - behind(caX, caY);
  const stepAb = -abY * subpixels, stepBc = -bcY * subpixels, stepCa = -caY * subpixels;
  const columns = <i32> (i1 - i0), rows = <i32> (j1 - j0);
  // What most triangles of a dense mesh are: one pixel's box, and beside its centre.
  if ((columns | rows) == 0 && (rowAb < 0 || rowBc < 0 || rowCa < 0)) return;

  // 4. The plane of the key over the unsnapped triangle.
  const ua = load<f64>(a), va = load<f64>(a, 8), ka = load<f64>(a, 16);
  const ub = load<f64>(b), vb = load<f64>(b, 8), kb = load<f64>(b, 16);
  const uc = load<f64>(c), vc = load<f64>(c, 8), kc = load<f64>(c, 16);
  const minKey = min(min(ka, kb), kc), maxKey = max(max(ka, kb), kc);
  const abU = ub - ua, abV = vb - va, acU = uc - ua, acV = vc - va;
  const perArea = 1 / (abU * acV - abV * acU);
  const slopeX = ((kb - ka) * acV - (kc - ka) * abV) * perArea;
  const slopeY = ((kc - ka) * abU - (kb - ka) * acU) * perArea;
  // A snap moves a corner by half a unit at most; beyond this no pixel can have left the true
  // triangle. (Bound: each edge function changes by less than 1.5 (box width + height) + 1.)
  const safe: f64 = abs(slopeX) + abs(slopeY) < Infinity
    ? 1.5 * (f64x2.extract_lane(size, 0) + f64x2.extract_lane(size, 1)) + 2
    : Infinity;
  const wide = columns > 12;

  // 5. Rows.
  for (let row = 0; row <= rows; row++) {
    const j = j0 + <f64> row;
    let skip: f64 = 0, most: f64 = columns;
    if (wide) {
      // Skip to the first pixel of the row; a division that rounds only starts one early.
      const none = most + 1;
      if (rowAb < 0) skip = stepAb > 0 ? max(skip, floor(-rowAb / stepAb)) : none;
      else if (stepAb < 0) most = min(most, ceil(-rowAb / stepAb));
      if (rowBc < 0) skip = stepBc > 0 ? max(skip, floor(-rowBc / stepBc)) : none;
      else if (stepBc < 0) most = min(most, ceil(-rowBc / stepBc));
      if (rowCa < 0) skip = stepCa > 0 ? max(skip, floor(-rowCa / stepCa)) : none;
      else if (stepCa < 0) most = min(most, ceil(-rowCa / stepCa));
    }
    if (skip <= most) {
      let ab = rowAb + skip * stepAb, bc = rowBc + skip * stepBc, ca = rowCa + skip * stepCa;
      const qy = (j - middleY) * subpixels;
      const rowKey = ka + (qy - va) * slopeY;
      const place = <i32> (j - y0) * windowWidth + <i32> (i0 + skip - x0);
      let at = <usize> place << <usize> both; // in layers
      const end = at + (<usize> <i32> (most - skip) << <usize> both);
      for (let i = i0 + skip; at <= end; i += 1, at += 1 + <usize> both) {
        // A triangle between what is nearest and what is farthest already is not looked at closer.
        if (
          ab >= 0 && bc >= 0 && ca >= 0 &&
          (maxKey >= load<f64>(keys + (at << 3)) ||
            (both && minKey <= load<f64>(keys + (at << 3), 8)))
        ) {
          const qx = (i - middleX) * subpixels;
          let key: f64;
          if (ab < safe || bc < safe || ca < safe) {
            nearest(ua - qx, va - qy, ub - qx, vb - qy, uc - qx, vc - qy);
            key = ka + weightB * (kb - ka) + weightC * (kc - ka);
          } else {
            key = rowKey + (qx - ua) * slopeX;
          }
          // Rounding must not leave the triangle either.
          if (key < minKey) key = minKey;
          else if (key > maxKey) key = maxKey;
          const keyAt = keys + (at << 3), idAt = ids + (at << 2);
          const front = load<f64>(keyAt);
          if (key > front || (key == front && isBefore(id, load<u32>(idAt)))) {
            store<f64>(keyAt, key);
            store<u32>(idAt, id);
          }
          if (both) {
            const back = load<f64>(keyAt, 8);
            if (key < back || (key == back && isBefore(id, load<u32>(idAt, 4)))) {
              store<f64>(keyAt, key, 8);
              store<u32>(idAt, id, 4);
            }
          }
        }
        ab += stepAb;
        bc += stepBc;
        ca += stepCa;
      }
    }
    rowAb += abX * subpixels;
    rowBc += bcX * subpixels;
    rowCa += caX * subpixels;
  }
}

/** 0 for a top or left edge, 1 for another. */
// @ts-ignore: AssemblyScript's own
@inline
function behind(x: f64, y: f64): f64 {
  return y < 0 || (y == 0 && x > 0) ? 0 : 1;
}

/** Whether a triangle wins over another of the same key; both by number + 1. */
function isBefore(id: u32, other: u32): bool {
  const at = faceOf - 4;
  return load<u32>(at + (<usize> id << 2)) < load<u32>(at + (<usize> other << 2));
}

/** What `nearest` found. */
let weightB: f64 = 0, weightC: f64 = 0;

/** As `nearestWeights` in `../../nearest.ts`, operation by operation. */
function nearest(ax: f64, ay: f64, bx: f64, by: f64, cx: f64, cy: f64): void {
  const wa = bx * cy - by * cx, wb = cx * ay - cy * ax, wc = ax * by - ay * bx;
  const area = wa + wb + wc;
  if ((wa >= 0 && wb >= 0 && wc >= 0 && area > 0) || (wa <= 0 && wb <= 0 && wc <= 0 && area < 0)) {
    weightB = wb / area;
    weightC = wc / area;
    return;
  }
  const ab = along(ax, ay, bx, by), bc = along(bx, by, cx, cy), ca = along(cx, cy, ax, ay);
  const toAb = squared(ax, ay, bx, by, ab);
  const toBc = squared(bx, by, cx, cy, bc);
  const toCa = squared(cx, cy, ax, ay, ca);
  if (toAb <= toBc && toAb <= toCa) weightB = ab, weightC = 0;
  else if (toBc <= toCa) weightB = 1 - bc, weightC = bc;
  else weightB = 0, weightC = 1 - ca;
}

/** How far along the segment p → q, 0 to 1, the point nearest to the origin lies. */
function along(px: f64, py: f64, qx: f64, qy: f64): f64 {
  const dx = qx - px, dy = qy - py;
  const length = dx * dx + dy * dy;
  if (!(length > 0)) return 0;
  const t = -(px * dx + py * dy) / length;
  return t > 0 ? (t < 1 ? t : 1) : 0;
}

/** Squared distance of the origin from the point at t on the segment p → q. */
function squared(px: f64, py: f64, qx: f64, qy: f64, t: f64): f64 {
  const x = px + t * (qx - px), y = py + t * (qy - py);
  return x * x + y * y;
}
