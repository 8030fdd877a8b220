/** The nearest triangle to each of many points: exact, ties go to the lowest face. */
import { discDistances, hasDiscs } from "./disc";
import { faceAt, firstLeaf, firstSlot, NODE, nodes, stack } from "./tree";
import { ask, squaredDistances } from "./triangle";
import { packLimit, push } from "./sort";
import { putFoot } from "./foot";

/** In place of a slot: start from where the last point ended. */
const FROM_LAST: u32 = 0xffffffff;

/** The best so far. */
let best: f64 = 0;
let bestSlot: u32 = 0;
let bestFace: u32 = 0;
/**
 * Squared distance up to which a box may hold something as near as the best. Boxes are measured in
 * float32 from the point rounded to float32: `slack` is how far that moves it, and one part in a
 * million covers the rounding of the rest.
 */
let limit: f32 = 0;
let slack: f64 = 0;

/**
 * @param points xyz, float64, `count` of them; coherent order is faster, never different.
 * @param squared Squared distances, float64.
 * @param feet Nearest points, xyz float64; 0 to leave them out.
 * @param slots In: where to start (a slot, or FROM_LAST). Out: the nearest triangle's slot.
 * @param enough A point is done with at this squared distance, even if there is a nearer triangle.
 *   Below 0: never.
 * @returns How many leaves were looked into.
 */
export function closest(
  count: u32,
  points: usize,
  squared: usize,
  feet: usize,
  slots: usize,
  enough: f64,
): u32 {
  const zero = f32x4.splat(0);
  let last: u32 = 0, leaves: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const px = load<f64>(points), py = load<f64>(points, 8), pz = load<f64>(points, 16);
    const x = f32x4.splat(<f32> px), y = f32x4.splat(<f32> py), z = f32x4.splat(<f32> pz);
    slack = (abs(px) + abs(py) + abs(pz)) * 1.2e-7;
    ask(px, py, pz);
    const start = load<u32>(slots);
    bestSlot = start == FROM_LAST ? last : start;
    bestFace = faceAt(bestSlot);
    best = f64x2.extract_lane(squaredDistances(bestSlot, bestSlot), 0);
    tighten();

    let top = stack, node: u32 = 0;
    while (best > enough) {
      const at = nodes + <usize> node * NODE;
      const dx = outside(v128.load(at), x, v128.load(at, 48), zero);
      const dy = outside(v128.load(at, 16), y, v128.load(at, 64), zero);
      const dz = outside(v128.load(at, 32), z, v128.load(at, 80), zero);
      let distance2 = f32x4.add(
        f32x4.add(f32x4.mul(dx, dx), f32x4.mul(dy, dy)),
        f32x4.mul(dz, dz),
      );
      if (hasDiscs(node)) distance2 = f32x4.pmax(discDistances(node, x, y, z), distance2);
      top = push(top, distance2, f32x4.le(distance2, f32x4.splat(limit)), node);

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
        leaves++;
        const end = firstSlot(child - firstLeaf + 1);
        for (let slot = firstSlot(child - firstLeaf); slot < end; slot += 2) {
          const other = min(slot + 1, end - 1);
          const pair = squaredDistances(slot, other);
          offer(f64x2.extract_lane(pair, 0), slot);
          offer(f64x2.extract_lane(pair, 1), other);
        }
        if (best <= enough) break;
      }
      if (!found) break;
    }
    last = bestSlot;
    store<f64>(squared, best);
    store<u32>(slots, bestSlot);
    if (feet != 0) {
      putFoot(feet, bestSlot, px, py, pz);
      feet += 24;
    }
    points += 24;
    squared += 8;
    slots += 4;
  }
  return leaves;
}

/** How far x lies outside [low, high]. */
function outside(low: v128, x: v128, high: v128, zero: v128): v128 {
  return f32x4.pmax(zero, f32x4.pmax(f32x4.sub(low, x), f32x4.sub(x, high)));
}

function offer(distance2: f64, slot: u32): void {
  if (distance2 > best) return;
  const face = faceAt(slot);
  if (distance2 < best || face < bestFace) {
    best = distance2;
    bestSlot = slot;
    bestFace = face;
    tighten();
  }
}

function tighten(): void {
  const reach = sqrt(best) + slack;
  limit = <f32> (reach * reach * 1.000001);
}
