/** Erosion and dilation by 3 × 3 pixels; what lies outside the picture is ignored. */

/** Replaces each pixel by the least of its 3 × 3 neighbourhood, `times` times. */
export function eroded(plane: Uint16Array, side: number, times: number): Uint16Array {
  const out = plane.slice();
  for (let round = 0; round < times; round++) erodeInPlace(out, side);
  return out;
}

/** Replaces each pixel by the greatest of its 3 × 3 neighbourhood, `times` times. */
export function dilated(plane: Uint16Array, side: number, times: number): Uint16Array {
  // The greatest is the complement of the least complement.
  const out = complementInPlace(plane.slice());
  for (let round = 0; round < times; round++) erodeInPlace(out, side);
  return complementInPlace(out);
}

function complementInPlace(plane: Uint16Array): Uint16Array {
  for (let i = 0; i < plane.length; i++) plane[i] = 65535 - plane[i];
  return plane;
}

function erodeInPlace(plane: Uint16Array, side: number): void {
  // Rows of least neighbours along x: the one above, this one and the one below.
  let above = new Uint16Array(side), here = new Uint16Array(side), below = new Uint16Array(side);
  leastInRow(plane, 0, here);
  above.set(here);
  for (let row = 0; row < side; row++) {
    if (row + 1 < side) leastInRow(plane, (row + 1) * side, below);
    else below.set(here);
    const start = row * side;
    for (let c = 0; c < side; c++) {
      let value = here[c];
      if (above[c] < value) value = above[c];
      if (below[c] < value) value = below[c];
      plane[start + c] = value;
    }
    const free = above;
    above = here, here = below, below = free;
  }
}

function leastInRow(plane: Uint16Array, start: number, out: Uint16Array): void {
  const last = out.length - 1;
  for (let c = 0; c <= last; c++) {
    let value = plane[start + c];
    if (c > 0 && plane[start + c - 1] < value) value = plane[start + c - 1];
    if (c < last && plane[start + c + 1] < value) value = plane[start + c + 1];
    out[c] = value;
  }
}
