/** Building: put triangles into leaf order, then make boxes from the bottom up. */
import { count, depth, firstSlot, lastLevel, NODE, nodes, TRIANGLE, triangles } from "./tree";

/** Bytes of a record: x, y, z of a triangle's centre (float32; any common scale) and its face. */
const RECORD: usize = 16;

let records: usize = 0;

/**
 * Orders the records so that record i belongs into slot i: at each node the triangles are halved
 * along the longer side of their centres' box (a balanced k-d order; two halvings a node).
 */
export function order(recordsAt: usize): void {
  records = recordsAt;
  halve(0, <u32> 1 << (2 * depth));
}

function halve(fromLeaf: u32, toLeaf: u32): void {
  while (toLeaf - fromLeaf > 1) {
    const from = firstSlot(fromLeaf), to = firstSlot(toLeaf);
    if (to - from < 2) return;
    let low = v128.load(records + <usize> from * RECORD), high = low;
    const end = records + <usize> to * RECORD;
    for (let at = records + <usize> (from + 1) * RECORD; at < end; at += RECORD) {
      const record = v128.load(at);
      low = f32x4.pmin(low, record);
      high = f32x4.pmax(high, record);
    }
    const size = f32x4.sub(high, low);
    const x = f32x4.extract_lane(size, 0), y = f32x4.extract_lane(size, 1);
    const z = f32x4.extract_lane(size, 2);
    const middleLeaf = (fromLeaf + toLeaf) >> 1, middle = firstSlot(middleLeaf);
    if (x >= y && x >= z) {
      split(from, to, middle, 0, f32x4.extract_lane(low, 0), f32x4.extract_lane(high, 0));
    } else if (y >= z) {
      split(from, to, middle, 4, f32x4.extract_lane(low, 1), f32x4.extract_lane(high, 1));
    } else {
      split(from, to, middle, 8, f32x4.extract_lane(low, 2), f32x4.extract_lane(high, 2));
    }
    halve(fromLeaf, middleLeaf);
    fromLeaf = middleLeaf;
  }
}

/**
 * Rearranges [from, to) so that no key before `middle` is larger than one from it on. Pivots come
 * from interpolating the rank between the bounds of the keys, every fourth from halving the
 * bounds, so the work is bounded whatever the keys are (float32 has 2^32 values).
 */
function split(from: u32, to: u32, middle: u32, axis: usize, low: f32, high: f32): void {
  let left = records + <usize> from * RECORD, right = records + <usize> (to - 1) * RECORD;
  const wanted = records + <usize> middle * RECORD;
  let turn: i32 = 0;
  while (left < right && low < high) {
    const rank = (<f32> ((wanted - left) >> 4) + 0.5) / (<f32> ((right - left) >> 4) + 1);
    const share: f32 = (turn++ & 3) < 3 ? rank : 0.5;
    let pivot: f32 = low + (high - low) * share;
    if (!(pivot < high)) pivot = low;
    // Keys up to the pivot go left, without branching on the comparison.
    let next = left;
    for (let at = left; at <= right; at += RECORD) {
      const record = v128.load(at);
      const goesLeft = <usize> (load<f32>(at + axis) <= pivot);
      v128.store(at, v128.load(next));
      v128.store(next, record);
      next += goesLeft * RECORD;
    }
    if (wanted < next) {
      high = pivot;
      right = next - RECORD;
    } else {
      if (pivot == low) return; // no float32 lies between: all that is left is equal
      low = pivot;
      left = next;
    }
    if (wanted == left) return;
  }
}

/** Makes the boxes of all nodes from the triangles in their slots. */
export function boxes(): void {
  const inf = f32x4.splat(Infinity), minusInf = f32x4.splat(-Infinity);
  const parents = <u32> 1 << (2 * (depth - 1));
  for (let i: u32 = 0; i < parents; i++) {
    for (let child: u32 = 0; child < 4; child++) {
      let low = inf, high = minusInf;
      const end = triangles + <usize> firstSlot(4 * i + child + 1) * TRIANGLE;
      let at = triangles + <usize> firstSlot(4 * i + child) * TRIANGLE;
      for (; at < end; at += 12) {
        const corner = v128.load(at);
        low = f32x4.pmin(low, corner);
        high = f32x4.pmax(high, corner);
      }
      putBox(lastLevel + i, child, low, high);
    }
  }
  for (let i = <i32> lastLevel - 1; i >= 0; i--) {
    for (let child: u32 = 0; child < 4; child++) {
      const at = nodes + <usize> (4 * i + 1 + child) * NODE;
      const low = f32x4(
        lowest(v128.load(at)),
        lowest(v128.load(at, 16)),
        lowest(v128.load(at, 32)),
        0,
      );
      const high = f32x4(
        highest(v128.load(at, 48)),
        highest(v128.load(at, 64)),
        highest(v128.load(at, 80)),
        0,
      );
      putBox(i, child, low, high);
    }
  }
}

function putBox(node: u32, child: u32, low: v128, high: v128): void {
  const at = nodes + <usize> node * NODE + (<usize> child << 2);
  store<f32>(at, f32x4.extract_lane(low, 0));
  store<f32>(at, f32x4.extract_lane(low, 1), 16);
  store<f32>(at, f32x4.extract_lane(low, 2), 32);
  store<f32>(at, f32x4.extract_lane(high, 0), 48);
  store<f32>(at, f32x4.extract_lane(high, 1), 64);
  store<f32>(at, f32x4.extract_lane(high, 2), 80);
}

function lowest(v: v128): f32 {
  return min(
    min(f32x4.extract_lane(v, 0), f32x4.extract_lane(v, 1)),
    min(f32x4.extract_lane(v, 2), f32x4.extract_lane(v, 3)),
  );
}

function highest(v: v128): f32 {
  return max(
    max(f32x4.extract_lane(v, 0), f32x4.extract_lane(v, 1)),
    max(f32x4.extract_lane(v, 2), f32x4.extract_lane(v, 3)),
  );
}
