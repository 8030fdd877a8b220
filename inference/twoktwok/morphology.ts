/** Erosion and dilation by 3 × 3 pixels; what lies outside the picture is ignored. */

/** Replaces each pixel by the least of its 3 × 3 neighbourhood, `times` times. */
export function eroded(plane: Uint16Array, side: number, times: number): Uint16Array {
  return filtered(plane, side, [times, Math.min]);
}

/** Replaces each pixel by the greatest of its 3 × 3 neighbourhood, `times` times. */
export function dilated(plane: Uint16Array, side: number, times: number): Uint16Array {
  return filtered(plane, side, [times, Math.max]);
}

type Pick2 = (a: number, b: number) => number;

function filtered(
  plane: Uint16Array,
  side: number,
  [times, pick]: readonly [number, Pick2],
): Uint16Array {
  let from = plane.slice();
  const across = new Uint16Array(plane.length);
  for (let round = 0; round < times; round++) {
    const to = new Uint16Array(plane.length);
    alongAxis(from, across, [side, 1, pick]);
    alongAxis(across, to, [side, side, pick]);
    from = to;
  }
  return from;
}

function alongAxis(
  from: Uint16Array,
  to: Uint16Array,
  [side, step, pick]: readonly [number, number, Pick2],
): void {
  const other = step === 1 ? side : 1, last = (side - 1) * step;
  for (let line = 0; line < side; line++) {
    const start = line * other;
    for (let k = 0; k <= last; k += step) {
      const i = start + k;
      let value = from[i];
      if (k > 0) value = pick(value, from[i - step]);
      if (k < last) value = pick(value, from[i + step]);
      to[i] = value;
    }
  }
}
