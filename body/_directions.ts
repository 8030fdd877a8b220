/** Directions of change (shape, expression, pose) from the files' order into rows. */

/** Vertices whose values are turned together, so that both sides stay in the cache. */
const BLOCK = 64;

/**
 * Columns of a row-major `n` × `columns` matrix as float32 rows, one after another:
 * out[k · n + i] = in[i · columns + from + k]. Returns undefined if a value is not finite.
 */
export function rowsOfColumns(
  data: ArrayLike<number>,
  n: number,
  { columns, from = 0, count = columns }: { columns: number; from?: number; count?: number },
): Float32Array | undefined {
  const out = new Float32Array(count * n);
  let sound = true;
  for (let start = 0; start < n; start += BLOCK) {
    const end = Math.min(n, start + BLOCK);
    for (let k = 0; k < count; k++) {
      for (let i = start; i < end; i++) {
        const value = data[i * columns + from + k];
        out[k * n + i] = value;
        if (value - value !== 0) sound = false; // NaN and ±∞
      }
    }
  }
  return sound ? out : undefined;
}
