/** Cutting triangles to what the rasterizer's integers can hold. */
import { type Frame, NEAR_M } from "./frame.ts";
import { GUARD_BAND } from "./pixel_grid.ts";
import type { CpuScene } from "./scene.ts";

/** Pieces of clipped triangles, as {@linkcode Frame.screen} has vertices. */
export interface ClippedFaces {
  /** Three numbers a vertex. */
  screen: Float64Array;
  /** Three vertices a piece. */
  corners: Uint32Array;
  /** The triangle each piece is from. */
  faces: Uint32Array;
}

/** A hair inside the guard band, so that rounding does not send a piece round again. */
const LIMIT = GUARD_BAND * (1 - 2 ** -20);

/**
 * A corner: x·w, y·w (sub-pixels), w and depth. Over a triangle all four are linear in space, and
 * each clip plane is a linear function of them. w is the depth for perspective, 1 for parallel rays.
 */
type Corner = readonly [number, number, number, number];

/** Positive on the side to keep: beyond the near plane, inside the guard band on four sides. */
const PLANES: readonly ((corner: Corner) => number)[] = [
  ([, , , depth]) => depth - NEAR_M,
  ([x, , w]) => LIMIT * w + x,
  ([x, , w]) => LIMIT * w - x,
  ([, y, w]) => LIMIT * w + y,
  ([, y, w]) => LIMIT * w - y,
];

/**
 * Cuts triangles by the near plane and the guard band (Sutherland and Hodgman 1974) and divides
 * what is left into fans. Two triangles that share an edge cut it at the same point, bit by bit:
 * the cut always runs from the corner that is kept to the one that is not.
 */
export function clipFaces(faces: readonly number[], scene: CpuScene, frame: Frame): ClippedFaces {
  const perspective = frame.camera.projection === "perspective";
  const screen: number[] = [], corners: number[] = [], from: number[] = [];
  for (const face of faces) {
    let polygon: Corner[] = [0, 1, 2].map((k) => cornerOf(scene.corners[3 * face + k]));
    for (const plane of PLANES) polygon = cut(polygon, plane);
    const first = screen.length / 3;
    for (const [x, y, w, depth] of polygon) {
      screen.push(x / w, y / w, perspective ? 1 / depth : -depth);
    }
    for (let k = 2; k < polygon.length; k++) {
      corners.push(first, first + k - 1, first + k);
      from.push(face);
    }
  }
  return {
    screen: Float64Array.from(screen),
    corners: Uint32Array.from(corners),
    faces: Uint32Array.from(from),
  };

  function cornerOf(vertex: number): Corner {
    const { camera, grid } = frame;
    const { camFromScan: m, width, height } = camera;
    const [px, py, pz] = scene.positions.subarray(3 * vertex, 3 * vertex + 3);
    const x = m[0] * px + m[1] * py + m[2] * pz + m[3];
    const y = m[4] * px + m[5] * py + m[6] * pz + m[7];
    const depth = -(m[8] * px + m[9] * py + m[10] * pz + m[11]);
    const s = grid.subpixels;
    if (camera.projection === "perspective") {
      const { fx, fy, cx, cy } = camera;
      const right = s * (cx - width / 2) * depth, down = s * (cy - height / 2) * depth;
      return [right + s * fx * x, down - s * fy * y, depth, depth];
    }
    const scale = s * width / (2 * camera.halfWidthM);
    return [scale * x, -scale * y, 1, depth];
  }
}

/** What of a convex polygon lies on the positive side of a plane. */
function cut(polygon: readonly Corner[], plane: (corner: Corner) => number): Corner[] {
  const kept: Corner[] = [];
  for (let i = 0; i < polygon.length; i++) {
    const here = polygon[i], next = polygon[(i + 1) % polygon.length];
    const dHere = plane(here), dNext = plane(next);
    if (dHere >= 0) kept.push(here);
    if (dHere >= 0 && dNext < 0) kept.push(between(here, next, dHere / (dHere - dNext)));
    if (dHere < 0 && dNext >= 0) kept.push(between(next, here, dNext / (dNext - dHere)));
  }
  return kept;
}

function between(kept: Corner, dropped: Corner, t: number): Corner {
  const mix = (k: 0 | 1 | 2 | 3) => kept[k] + t * (dropped[k] - kept[k]);
  return [mix(0), mix(1), mix(2), mix(3)];
}
