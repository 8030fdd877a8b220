/** Coarse planes at the pixels of finer ones, bilinear. */
import type { Window } from "./_window.ts";

/** A plane of the next level's window at the pixels of this one, bilinear. */
export function enlarged(plane: Float32Array, from: Window, to: Window): Float32Array {
  const across = placesBetween({ start: to.left, count: to.width }, from.left, from.width, 2);
  const down = placesBetween({ start: to.top, count: to.height }, from.top, from.height, 2);
  const out = new Float32Array(to.width * to.height);
  for (let y = 0, at = 0; y < to.height; y++) {
    const above = down.before[y] * from.width, below = down.after[y] * from.width;
    const v = down.share[y];
    for (let x = 0; x < to.width; x++, at++) {
      const i = across.before[x], j = across.after[x], u = across.share[x];
      const top = plane[above + i] + u * (plane[above + j] - plane[above + i]);
      const bottom = plane[below + i] + u * (plane[below + j] - plane[below + i]);
      out[at] = top + v * (bottom - top);
    }
  }
  return out;
}

/** For each fine pixel along an axis: the coarse pixels before and after it, and its share between. */
export interface Between {
  before: Int32Array;
  after: Int32Array;
  share: Float64Array;
}

/**
 * Places `count` fine pixels from `start` among `coarseCount` coarse ones from `coarseStart`, each
 * of them `size` fine pixels long.
 */
export function placesBetween(
  { start, count }: { start: number; count: number },
  coarseStart: number,
  coarseCount: number,
  size: number,
): Between {
  const before = new Int32Array(count), after = new Int32Array(count);
  const share = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const position = (start + i + 0.5) / size - 0.5 - coarseStart;
    const inside = Math.min(coarseCount - 1, Math.max(0, position));
    before[i] = Math.floor(inside);
    after[i] = Math.min(coarseCount - 1, before[i] + 1);
    share[i] = inside - before[i];
  }
  return { before, after, share };
}
