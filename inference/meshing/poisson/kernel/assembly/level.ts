/**
 * Where the arrays of one level of the pyramid are. Blocks of 4 × 4 × 4 nodes, x fastest, float32;
 * by address:
 *   chi, right, screening   64 values a block: χ, right side of the equations, what the samples add
 *                           to their diagonal.
 *   neighbours              6 block numbers a block: −x, +x, −y, +y, −z, +z; −1 where there is none.
 *   nodes                   8 node numbers a sample: corners x 1, y 2, z 4.
 *   fractions               3 values a sample: its place in its cell.
 *   weights                 1 value a sample.
 */

export let chi: usize = 0;
export let right: usize = 0;
export let screening: usize = 0;
export let neighbours: usize = 0;
export let nodes: usize = 0;
export let fractions: usize = 0;
export let weights: usize = 0;
/** Side of a cell, metres. */
export let cell: f32 = 0;

/** Says where everything is. Call first. */
export function setup(
  chiAt: usize,
  rightAt: usize,
  screeningAt: usize,
  neighboursAt: usize,
  nodesAt: usize,
  fractionsAt: usize,
  weightsAt: usize,
  cellM: f32,
): void {
  chi = chiAt;
  right = rightAt;
  screening = screeningAt;
  neighbours = neighboursAt;
  nodes = nodesAt;
  fractions = fractionsAt;
  weights = weightsAt;
  cell = cellM;
}
