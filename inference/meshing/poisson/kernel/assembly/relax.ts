/** Gauss–Seidel sweeps. */
import { cell, chi, neighbours, right, screening } from "./level";

/**
 * Relaxes `count` blocks, `first` and those after it by `step` (1 or −1); in each block the nodes with
 * even x + y + z first, four of a row at once. Nodes on the rim, beside a block that is not there,
 * stay.
 */
export function relax(first: i32, count: i32, step: i32, relaxation: f32): void {
  const omega = f32x4.splat(relaxation), side = f32x4.splat(cell), six = f32x4.splat(6 * cell);
  for (let k = 0, n = first; k < count; k++, n += step) {
    const at = chi + (<usize> n << 8), next = neighbours + 24 * <usize> n;
    const x0 = load<i32>(next), x1 = load<i32>(next, 4), y0 = load<i32>(next, 8);
    const y1 = load<i32>(next, 12), z0 = load<i32>(next, 16), z1 = load<i32>(next, 20);
    // Where the last row or layer of a neighbour before, the first of one after, begins; the block's
    // own stands in where there is none: its nodes are not relaxed.
    const left = x0 < 0 ? at : chi + (<usize> x0 << 8) + 12;
    const beyond = x1 < 0 ? at : chi + (<usize> x1 << 8);
    const yBefore = y0 < 0 ? at : chi + (<usize> y0 << 8) + 48;
    const yAfter = y1 < 0 ? at : chi + (<usize> y1 << 8);
    const zBefore = z0 < 0 ? at : chi + (<usize> z0 << 8) + 192;
    const zAfter = z1 < 0 ? at : chi + (<usize> z1 << 8);
    const free = v128.and(
      x0 < 0 ? i32x4(0, -1, -1, -1) : i32x4.splat(-1),
      x1 < 0 ? i32x4(-1, -1, -1, 0) : i32x4.splat(-1),
    );
    const yFirst = y0 < 0 ? 1 : 0, yLast = y1 < 0 ? 2 : 3;
    const zFirst = z0 < 0 ? 1 : 0, zLast = z1 < 0 ? 2 : 3;
    const even = v128.and(free, i32x4(-1, 0, -1, 0)), odd = v128.and(free, i32x4(0, -1, 0, -1));
    const offset = at - chi;
    for (let color = 0; color < 2; color++) {
      for (let z = zFirst; z <= zLast; z++) {
        for (let y = yFirst; y <= yLast; y++) {
          const row = (<usize> z << 6) + (<usize> y << 4), here = v128.load(at + row);
          const before = v128.load32_splat(left + row);
          const after = v128.load32_splat(beyond + row);
          const beside = f32x4.add(
            v128.shuffle<f32>(before, here, 0, 4, 5, 6),
            v128.shuffle<f32>(here, after, 1, 2, 3, 4),
          );
          const along = f32x4.add(
            v128.load(y > 0 ? at + row - 16 : yBefore + (<usize> z << 6)),
            v128.load(y < 3 ? at + row + 16 : yAfter + (<usize> z << 6)),
          );
          const through = f32x4.add(
            v128.load(z > 0 ? at + row - 64 : zBefore + (<usize> y << 4)),
            v128.load(z < 3 ? at + row + 64 : zAfter + (<usize> y << 4)),
          );
          const sum = f32x4.add(beside, f32x4.add(along, through));
          const diagonal = v128.load(screening + offset + row);
          const top = f32x4.add(
            f32x4.add(f32x4.mul(side, sum), v128.load(right + offset + row)),
            f32x4.mul(diagonal, here),
          );
          const there = f32x4.div(top, f32x4.add(six, diagonal));
          const moved = f32x4.add(here, f32x4.mul(omega, f32x4.sub(there, here)));
          v128.store(at + row, v128.bitselect(moved, here, (color + y + z) & 1 ? odd : even));
        }
      }
    }
  }
}
