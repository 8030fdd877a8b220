/**
 * Gaps that no pixel saw: where an arm crosses the trunk, a ray passes through the arm, the air
 * between and the trunk, and depth maps know only the first and the last surface of it.
 *
 * A coarse Poisson reconstruction of the maps tells inside from outside everywhere; where a ray is
 * outside of it for long enough between its first and its last surface, there is a gap. Both its
 * sides are a guess about what is hidden, never a measurement.
 */
import { pixelSizeM } from "../../core/geometry/camera.ts";
import { withDefaults } from "../../core/work/options.ts";
import { Contours, UNCOVERED } from "./_contours.ts";
import type { Gaps } from "./_layers.ts";
import { settleGaps } from "./_settle_gaps.ts";
import { depthOfSide, longestSidePx } from "./_window.ts";
import type { DepthMaps } from "./mesh_depth_maps.ts";
import { fieldAt, type PoissonField } from "./poisson/field.ts";
import { NODES } from "./poisson/grid.ts";
import { samplesOf } from "./poisson/samples.ts";
import { solvePoisson } from "./poisson/solve.ts";

export interface HiddenGapOptions {
  /** Depth of the reconstruction: 2^depth cells along the longest side. 8 is 8 mm on a person. */
  depth?: number;
  /** The least gap, cells of the reconstruction. */
  leastGapCells?: number;
  /** A step of neighbouring pixels above this many pixel sides parts the solid beside a gap. */
  contourPixels?: number;
}

export const HIDDEN_GAP_DEFAULTS: Readonly<Required<HiddenGapOptions>> = Object.freeze({
  depth: 8,
  leastGapCells: 1,
  contourPixels: 8,
});

/** Gaps and how many pixels have one. */
export interface FoundGaps {
  /** Undefined where there is none. */
  gaps: Gaps | undefined;
  pixels: number;
  /** Mean height of the gaps, metres. */
  meanGapM: number;
}

/** Pixels along the side of the tiles that are looked at as a whole. */
const TILE = 8;

/** A cell of the reconstruction is at least this many pixels wide; coarser than 2^3 it says nothing. */
const CELL_PIXELS = 4, LEAST_DEPTH = 3;

/** Weight of points in the coarse reconstruction, as in other implementations. */
const POINT_WEIGHT = 4;

/** Least thickness of either part beside a gap, pixel sides. */
const LEAST_PART_PIXELS = 0.1;

/** Finds the gaps; undefined where the maps have too few pixels to tell. */
export function hiddenGaps(
  maps: DepthMaps,
  options: HiddenGapOptions = {},
): FoundGaps | undefined {
  const { depth, leastGapCells, contourPixels } = withDefaults(HIDDEN_GAP_DEFAULTS, options);
  const finest = depthOfSide(longestSidePx(maps), CELL_PIXELS);
  if (finest < LEAST_DEPTH) return undefined;
  const samples = samplesOf(maps, 2);
  if (samples.count === 0) return undefined;
  const field = solvePoisson(samples, {
    depth: Math.min(depth, finest),
    pointWeight: POINT_WEIGHT,
  });
  const { camera, front, back } = maps, { width } = camera, size = front.length;
  const cell = field.pyramid[field.pyramid.length - 1].cell;
  const gaps: Gaps = {
    start: new Float32Array(size),
    end: new Float32Array(size),
    frontJumps: new Uint8Array(size),
    backJumps: new Uint8Array(size),
  };
  const pixels: number[] = [], found = new Float64Array(2);
  forEachPixel(camera, outsideTiles(maps, field, cell), (p) => {
    if (!(back[p] - front[p] > leastGapCells * cell)) return;
    if (!longestOutside(maps, p, field, 0.75 * cell, found)) return;
    if (found[1] - found[0] < leastGapCells * cell) return;
    const thin = LEAST_PART_PIXELS * pixelSizeM(camera, front[p]);
    gaps.start[p] = Math.max(found[0], front[p] + thin);
    gaps.end[p] = Math.min(found[1], back[p] - thin);
    pixels.push(p);
  });
  const contours = new Contours(maps, contourPixels);
  for (const p of pixels) {
    for (const [bit, step] of [[1, 1], [2, width], [1, -1], [2, -width]]) {
      const q = p + step, jump = q >= 0 && q < size ? contours.between(p, q) : UNCOVERED;
      if (jump === UNCOVERED) continue;
      if (jump & 1) gaps.frontJumps[Math.min(p, q)] |= bit;
      if (jump & 2) gaps.backJumps[Math.min(p, q)] |= bit;
    }
  }
  const kept = settleGaps(maps, gaps);
  if (kept.length === 0) return { gaps: undefined, pixels: 0, meanGapM: 0 };
  let sum = 0;
  for (const p of kept) sum += gaps.end[p] - gaps.start[p];
  return { gaps, pixels: kept.length, meanGapM: sum / kept.length };
}

/** 1 for tiles of pixels near which a node of the finest grid lies outside, between the surfaces. */
function outsideTiles(
  maps: DepthMaps,
  { pyramid, origin }: PoissonField,
  cell: number,
): Uint8Array {
  const { camera, front, back } = maps, { width, height } = camera;
  const columns = Math.ceil(width / TILE), rows = Math.ceil(height / TILE);
  const tiles = new Uint8Array(columns * rows), grid = pyramid[pyramid.length - 1];
  const perspective = camera.projection === "perspective", metres = pixelSizeM(camera, 1);
  for (let block = 0; block < grid.blocks; block++) {
    const [bx, by, bz] = grid.placeOf(block);
    for (let n = 0; n < NODES; n++) {
      if (grid.chi[NODES * block + n] >= 0.5) continue;
      const x = origin[0] + cell * (4 * bx + (n & 3)),
        y = origin[1] + cell * (4 * by + (n >> 2 & 3));
      const z = -(origin[2] + cell * (4 * bz + (n >> 4)));
      const u = perspective ? camera.cx + camera.fx * x / z : width / 2 + x / metres;
      const v = perspective ? camera.cy - camera.fy * y / z : height / 2 - y / metres;
      if (!(u >= 0 && v >= 0 && u < width && v < height)) continue;
      const p = Math.floor(v) * width + Math.floor(u);
      if (!(z > front[p] + cell && z < back[p] - cell)) continue;
      const column = Math.floor(u / TILE), row = Math.floor(v / TILE);
      for (let r = Math.max(0, row - 2); r <= Math.min(rows - 1, row + 2); r++) {
        for (let c = Math.max(0, column - 2); c <= Math.min(columns - 1, column + 2); c++) {
          tiles[r * columns + c] = 1;
        }
      }
    }
  }
  return tiles;
}

function forEachPixel(
  { width, height }: DepthMaps["camera"],
  tiles: Uint8Array,
  visit: (pixel: number) => void,
): void {
  const columns = Math.ceil(width / TILE);
  for (let j = 0; j < height; j++) {
    const row = Math.floor(j / TILE) * columns;
    for (let c = 0; c < columns; c++) {
      if (tiles[row + c] === 0) continue;
      for (let i = TILE * c; i < Math.min(width, TILE * c + TILE); i++) visit(j * width + i);
    }
  }
}

/** Writes the depths of the longest stretch of a pixel's ray, between its surfaces, outside. */
function longestOutside(
  { camera, front, back }: DepthMaps,
  p: number,
  field: PoissonField,
  stepM: number,
  out: Float64Array,
): boolean {
  const { width, height } = camera, i = p % width, j = (p - i) / width;
  const perspective = camera.projection === "perspective", metres = pixelSizeM(camera, 1);
  const a = perspective ? (i + 0.5 - camera.cx) / camera.fx : (i + 0.5 - width / 2) * metres;
  const b = perspective ? (camera.cy - j - 0.5) / camera.fy : (height / 2 - j - 0.5) * metres;
  const steps = Math.max(2, Math.ceil((back[p] - front[p]) / stepM));
  const at = (n: number) => front[p] + n / steps * (back[p] - front[p]);
  let longest = 0, entered = -1, last = 0, inside = 0;
  for (let n = 0; n <= steps; n++) {
    const d = at(n), scale = perspective ? d : 1;
    const value = n === steps ? 1 : fieldAt(field, a * scale, b * scale, -d) - 0.5;
    if (value >= 0 && n < steps) inside++;
    const crossing = n === 0 ? d : at(n - 1 + last / (last - value));
    if (value < 0 && entered < 0) entered = n === 0 ? front[p] : crossing;
    else if (value >= 0 && entered >= 0) {
      const left = n === steps ? (last < 0 ? back[p] : crossing) : crossing;
      if (left - entered > longest) longest = left - entered, out[0] = entered, out[1] = left;
      entered = -1;
    }
    last = value;
  }
  // A ray that only grazes the reconstruction tells nothing.
  return longest > 0 && inside > 0;
}
