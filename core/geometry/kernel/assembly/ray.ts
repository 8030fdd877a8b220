/** Rays against the tree: is anything hit, and what first. */
import { faceAt, firstLeaf, firstSlot, NODE, nodes, stack, triangleAt } from "./tree";
import { onlyChild, packLimit, push } from "./sort";

/** The ray. */
let ox: f64 = 0, oy: f64 = 0, oz: f64 = 0;
let dx: f64 = 0, dy: f64 = 0, dz: f64 = 0;

/** The ray's main axis and the other two: offsets of their coordinates, the origin, the shear. */
let alongAt: usize = 0, acrossAt: usize = 0, upAt: usize = 0;
let along0: f64 = 0, across0: f64 = 0, up0: f64 = 0;
let alongScale: f64 = 0, acrossShear: f64 = 0, upShear: f64 = 0;

/** Distance along the ray, in lengths of its direction, of the hit of `hitAt`; ∞ for none. */
let first: f64 = 0;
let firstFace: u32 = 0;

/**
 * Casts rays: origin and direction (xyz, xyz) and the open interval (from, to) of the parameter in
 * which hits count, 8 float64 a ray; 0 ≤ from.
 *
 * @param hits Parameter of the first hit, float64; ∞ for none. With `any`, of some hit.
 * @param hitFaces Face of that hit (the lowest of equally near ones), uint32; 0xffffffff for none.
 * @param any Not 0: stop at the first triangle found, whichever it is.
 */
export function rays(count: u32, raysAt: usize, hits: usize, hitFaces: usize, any: u32): void {
  recent0 = recent1 = recent2 = 0;
  for (let i: u32 = 0; i < count; i++) {
    ox = load<f64>(raysAt);
    oy = load<f64>(raysAt, 8);
    oz = load<f64>(raysAt, 16);
    dx = load<f64>(raysAt, 24);
    dy = load<f64>(raysAt, 32);
    dz = load<f64>(raysAt, 40);
    cast(load<f64>(raysAt, 48), load<f64>(raysAt, 56), any != 0);
    store<f64>(hits, firstFace == 0xffffffff ? Infinity : first);
    store<u32>(hitFaces, firstFace);
    raysAt += 64;
    hits += 8;
    hitFaces += 4;
  }
}

function cast(from: f64, to: f64, any: bool): void {
  first = to;
  firstFace = 0xffffffff;
  aim();
  if (any && castAtRecent(from, to)) return;
  // Boxes are tested in float32, widened by what rounding the origin can move it.
  const slack = f32x4.splat(<f32> ((abs(ox) + abs(oy) + abs(oz)) * 2.4e-7 + 1e-37));
  const x = f32x4.splat(<f32> ox), y = f32x4.splat(<f32> oy), z = f32x4.splat(<f32> oz);
  const ix = inverse(dx), iy = inverse(dy), iz = inverse(dz);
  const start = f32x4.splat(0), wide = f32x4.splat(1.000001), narrow = f32x4.splat(0.999999);
  let limit = reach(to);
  let top = stack, node: u32 = 0;
  for (;;) {
    const at = nodes + <usize> node * NODE;
    const lowX = f32x4.sub(v128.load(at), slack), highX = f32x4.add(v128.load(at, 48), slack);
    const lowY = f32x4.sub(v128.load(at, 16), slack), highY = f32x4.add(v128.load(at, 64), slack);
    const lowZ = f32x4.sub(v128.load(at, 32), slack), highZ = f32x4.add(v128.load(at, 80), slack);
    const x0 = f32x4.mul(f32x4.sub(lowX, x), ix), x1 = f32x4.mul(f32x4.sub(highX, x), ix);
    const y0 = f32x4.mul(f32x4.sub(lowY, y), iy), y1 = f32x4.mul(f32x4.sub(highY, y), iy);
    const z0 = f32x4.mul(f32x4.sub(lowZ, z), iz), z1 = f32x4.mul(f32x4.sub(highZ, z), iz);
    const enter = f32x4.max(
      f32x4.max(f32x4.min(x0, x1), f32x4.min(y0, y1)),
      f32x4.max(f32x4.min(z0, z1), start),
    );
    const leave = f32x4.min(
      f32x4.min(f32x4.max(x0, x1), f32x4.max(y0, y1)),
      f32x4.max(z0, z1),
    );
    const enterEarly = f32x4.mul(enter, narrow);
    const nonEmpty = f32x4.le(v128.load(at), v128.load(at, 48));
    const mask = v128.and(
      v128.and(f32x4.le(enterEarly, f32x4.mul(leave, wide)), nonEmpty),
      f32x4.le(enterEarly, f32x4.splat(limit)),
    );
    const only = onlyChild(mask, node);
    if (only != 0 && only < firstLeaf) {
      node = only;
      continue;
    }
    top = push(top, enterEarly, mask, node);

    let found = false;
    while (top > stack) {
      top -= 8;
      const key = load<i32>(top);
      if (key > packLimit(limit)) continue;
      const child = load<u32>(top, 4) + (key & 3);
      if (child < firstLeaf) {
        node = child;
        found = true;
        break;
      }
      const end = firstSlot(child - firstLeaf + 1);
      for (let slot = firstSlot(child - firstLeaf); slot < end; slot++) {
        const t = hitAt(slot);
        if (!(t > from && t <= first) || t >= to) continue;
        const face = faceAt(slot);
        if (t < first || face < firstFace) {
          first = t;
          firstFace = face;
          if (any) return remember(slot);
          limit = reach(first);
        }
      }
    }
    if (!found) return;
  }
}

/** Slots of triangles that stopped the last rays: those of neighbours mostly end in the same ones. */
let recent0: u32 = 0, recent1: u32 = 0, recent2: u32 = 0;

/** Notes a triangle, in place of the one that was noted first. */
function remember(slot: u32): void {
  recent2 = recent1;
  recent1 = recent0;
  recent0 = slot;
}

/** Whether the ray hits one of these; if so, that is some hit. */
function castAtRecent(from: f64, to: f64): bool {
  return castAt(recent0, from, to) || castAt(recent1, from, to) || castAt(recent2, from, to);
}

function castAt(slot: u32, from: f64, to: f64): bool {
  const t = hitAt(slot);
  if (!(t > from && t < to)) return false;
  first = t;
  firstFace = faceAt(slot);
  return true;
}

/** Parameter up to which boxes are looked at. */
function reach(t: f64): f32 {
  return <f32> min(t * 1.000001, 3.4e38);
}

/** 1 / d for the slabs; a ray along a slab is treated as all but parallel to it. */
function inverse(d: f64): v128 {
  const flat: f64 = 1e-18;
  return f32x4.splat(<f32> (1 / (abs(d) < flat ? (d < 0 ? -flat : flat) : d)));
}

/** Looks along the axis that the ray runs along most, sheared so that it runs along it exactly. */
function aim(): void {
  const x = abs(dx), y = abs(dy), z = abs(dz);
  const oAxis = x >= y && x >= z ? ox : y >= z ? oy : oz;
  const dAxis = x >= y && x >= z ? dx : y >= z ? dy : dz;
  if (x >= y && x >= z) {
    alongAt = 0, acrossAt = 4, upAt = 8;
    across0 = oy, up0 = oz;
    acrossShear = dy / dx, upShear = dz / dx;
  } else if (y >= z) {
    alongAt = 4, acrossAt = 8, upAt = 0;
    across0 = oz, up0 = ox;
    acrossShear = dz / dy, upShear = dx / dy;
  } else {
    alongAt = 8, acrossAt = 0, upAt = 4;
    across0 = ox, up0 = oy;
    acrossShear = dx / dz, upShear = dy / dz;
  }
  along0 = oAxis;
  alongScale = 1 / dAxis;
}

/**
 * Where the ray meets a triangle; NaN where it passes beside it or along its plane. Watertight
 * (Woop, Benthin and Wald 2013): corners are sheared one by one, so triangles that share one see it
 * at the same place; the sign of a difference of two products is right or the difference is 0,
 * since rounding keeps their order; and 0 counts as hit, so a ray through an edge or corner hits.
 */
function hitAt(slot: u32): f64 {
  const p = triangleAt(slot);
  const az = <f64> load<f32>(p + alongAt) - along0;
  const bz = <f64> load<f32>(p + alongAt, 12) - along0;
  const cz = <f64> load<f32>(p + alongAt, 24) - along0;
  const ax = <f64> load<f32>(p + acrossAt) - across0 - acrossShear * az;
  const bx = <f64> load<f32>(p + acrossAt, 12) - across0 - acrossShear * bz;
  const cx = <f64> load<f32>(p + acrossAt, 24) - across0 - acrossShear * cz;
  const ay = <f64> load<f32>(p + upAt) - up0 - upShear * az;
  const by = <f64> load<f32>(p + upAt, 12) - up0 - upShear * bz;
  const cy = <f64> load<f32>(p + upAt, 24) - up0 - upShear * cz;
  const a = cx * by - cy * bx, b = ax * cy - ay * cx, c = bx * ay - by * ax;
  if ((a < 0 || b < 0 || c < 0) && (a > 0 || b > 0 || c > 0)) return NaN;
  return (a * az + b * bz + c * cz) / (a + b + c) * alongScale;
}
