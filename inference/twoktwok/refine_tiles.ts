/**
 * Cuts the refinement into tiles whose results are the whole network's, bit for bit.
 *
 * Every 3 × 3 convolution of kind R pads by one pixel of zeros. On a tile it does so only at the
 * sides that are the picture's own; at the others it pads nothing and the tile brings a margin that
 * the convolutions consume: at each of the three levels 6 pixels go in (three convolutions) and 3
 * are left for the next, which doubles them to 6. So inputs have margins of 6 pixels at full, half
 * and quarter size and 3 at an eighth (24 pixels of the picture), and results come with 3.
 */

/** Which sides of a tile lie on the picture's border: top, left, bottom, right. */
export type Borders = readonly [boolean, boolean, boolean, boolean];

/** Margins, pixels of each input's own size. */
const NORMAL_MARGIN = 6;
const DEPTH_MARGIN = 3;
const RESULT_MARGIN = 3;
/** How far a result looks, pixels of the picture. */
export const RECEPTIVE_PX = 24;
/** Tiles begin at multiples of this, where all levels' pixels begin. */
export const TILE_ALIGN_PX = 8;

/** A tile: the rectangle of the picture that it makes. */
export interface Tile {
  top: number;
  left: number;
  rows: number;
  columns: number;
  borders: Borders;
}

/** The graph's inputs over the whole picture: planes, `side` is the canvas's. */
export interface RefineMaps {
  /** 6 × side². */
  normal: Float32Array;
  /** 2 × (side/8)²: front, back. */
  depth: Float32Array;
  side: number;
}

/**
 * Divides a square picture into tiles. A tile ends at the picture's border or far enough from it for
 * its margin: what would be left over as a narrower strip widens the last tile.
 *
 * @throws {RangeError} If the tile's side is below 24 or no multiple of 8, or the picture's is not.
 */
export function planTiles(side: number, tilePx: number): Tile[] {
  const aligned = tilePx % TILE_ALIGN_PX === 0 && side > 0 && side % TILE_ALIGN_PX === 0;
  if (!(aligned && tilePx >= Math.min(side, RECEPTIVE_PX))) {
    throw new RangeError(
      `Cannot divide ${side} pixels into tiles of ${tilePx}: expected multiples of ` +
        `${TILE_ALIGN_PX}, tiles of at least ${RECEPTIVE_PX}`,
    );
  }
  const starts: number[] = [];
  for (let at = 0; at < side; at += tilePx) {
    if (at === 0 || side - at >= RECEPTIVE_PX) starts.push(at);
  }
  const spans = starts.map((start, i) => [start, starts[i + 1] ?? side] as const);
  return spans.flatMap(([top, bottom]) =>
    spans.map(([left, right]): Tile => ({
      top,
      left,
      rows: bottom - top,
      columns: right - left,
      borders: [top === 0, left === 0, bottom === side, right === side],
    }))
  );
}

/** Names a kind of tile: borders and size. Tiles of one kind run through one graph and shape. */
export function tileKind({ rows, columns, borders }: Tile): string {
  return `${bordersName(borders)} ${rows} × ${columns}`;
}

/** Names borders: `top left` and so on, or `inner`. */
export function bordersName(borders: Borders): string {
  const names = ["top", "left", "bottom", "right"].filter((_, i) => borders[i]);
  return names.length === 0 ? "inner" : names.join(" ");
}

/** One input of a tile. */
export interface TileInput {
  data: Float32Array;
  dims: [1, number, number, number];
}

/** Cuts a tile's four inputs, by the names that the graph gives them. */
export function tileInputs(maps: RefineMaps, tile: Tile): Record<string, TileInput> {
  const { normal, depth, side } = maps;
  const cut = (planes: Float32Array, channels: number, spec: Sampled) =>
    cutPlanes(planes, channels, [tile, spec]);
  return {
    normal: cut(normal, 6, { side, step: 1, phase: 0, shrink: 1, margin: NORMAL_MARGIN }),
    normal_half: cut(normal, 6, { side, step: 2, phase: 0, shrink: 2, margin: NORMAL_MARGIN }),
    normal_quarter: cut(normal, 6, { side, step: 4, phase: 1, shrink: 4, margin: NORMAL_MARGIN }),
    depth: cut(depth, 2, { side: side / 8, step: 1, phase: 0, shrink: 8, margin: DEPTH_MARGIN }),
  };
}

/** How an input samples its source: every `step`-th pixel from `phase`, `shrink` times smaller. */
interface Sampled {
  side: number;
  step: number;
  phase: number;
  shrink: number;
  margin: number;
}

function cutPlanes(
  planes: Float32Array,
  channels: number,
  [tile, { side, step, phase, shrink, margin }]: readonly [Tile, Sampled],
): TileInput {
  const [atTop, atLeft, atBottom, atRight] = tile.borders;
  const top = tile.top / shrink - (atTop ? 0 : margin);
  const left = tile.left / shrink - (atLeft ? 0 : margin);
  const rows = (tile.top + tile.rows) / shrink + (atBottom ? 0 : margin) - top;
  const columns = (tile.left + tile.columns) / shrink + (atRight ? 0 : margin) - left;
  const data = new Float32Array(channels * rows * columns);
  let to = 0;
  for (let channel = 0; channel < channels; channel++) {
    for (let r = 0; r < rows; r++) {
      const start = (channel * side + step * (top + r) + phase) * side + phase;
      if (step === 1) {
        data.set(planes.subarray(start + left, start + left + columns), to);
        to += columns;
        continue;
      }
      for (let c = left; c < left + columns; c++) data[to++] = planes[start + step * c];
    }
  }
  return { data, dims: [1, channels, rows, columns] };
}

/**
 * Copies a tile's result, without its margin, into full-size planes.
 *
 * @param result Three planes with the margins that the tile's borders leave.
 */
export function placeTile(
  result: Float32Array,
  tile: Tile,
  target: { planes: readonly Float32Array[]; side: number },
): void {
  const [top, left, bottom, right] = tile.borders.map((border) => border ? 0 : RESULT_MARGIN);
  const rows = tile.rows + top + bottom, columns = tile.columns + left + right;
  if (result.length !== target.planes.length * rows * columns) {
    throw new RangeError(
      `Cannot place a tile: its result has ${result.length} values, expected ` +
        `${target.planes.length} × ${rows} × ${columns}`,
    );
  }
  target.planes.forEach((plane, channel) => {
    for (let r = 0; r < tile.rows; r++) {
      const from = (channel * rows + top + r) * columns + left;
      const to = (tile.top + r) * target.side + tile.left;
      plane.set(result.subarray(from, from + tile.columns), to);
    }
  });
}

/**
 * Says which tiles see nothing but background: normals of exactly 0 and the background's depths
 * wherever the tile's result looks. All such tiles of one kind have equal inputs, hence results.
 */
export function backgroundTiles(
  maps: RefineMaps,
  tiles: readonly Tile[],
  background: { front: number; back: number },
): boolean[] {
  const cells = backgroundCells(maps, background), across = maps.side / TILE_ALIGN_PX;
  const reach = RECEPTIVE_PX / TILE_ALIGN_PX;
  return tiles.map((tile) => {
    const range = (start: number, length: number) =>
      [
        Math.max(0, start / TILE_ALIGN_PX - reach),
        Math.min(across, (start + length) / TILE_ALIGN_PX + reach),
      ] as const;
    const [top, bottom] = range(tile.top, tile.rows);
    const [left, right] = range(tile.left, tile.columns);
    for (let r = top; r < bottom; r++) {
      for (let c = left; c < right; c++) if (cells[r * across + c] === 0) return false;
    }
    return true;
  });
}

/** 1 for each cell of 8 × 8 pixels that is background. */
function backgroundCells(
  { normal, depth, side }: RefineMaps,
  { front, back }: { front: number; back: number },
): Uint8Array {
  const across = side / TILE_ALIGN_PX, count = across * across, plane = side * side;
  const cells = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    cells[i] = depth[i] === front && depth[count + i] === back ? 1 : 0;
  }
  for (let start = 0; start < normal.length; start += plane) {
    for (let r = 0; r < side; r++) {
      const row = start + r * side, cell = (r >> 3) * across;
      for (let c = 0; c < side; c++) if (normal[row + c] !== 0) cells[cell + (c >> 3)] = 0;
    }
  }
  return cells;
}
