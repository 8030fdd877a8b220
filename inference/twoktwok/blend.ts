/**
 * Puts the parts' normals together on the picture: each part counts inside a window with soft
 * edges, and weights add up to 1 wherever any part reaches.
 *
 * `n = Σ oᵢ normalᵢ / Σ oᵢ` is accumulated in place over each part's own box of the picture.
 */
import { boundingBox, middleWindow, type PixelBox, SourcePositions } from "./sampling.ts";
import type { PartAffines } from "./part_affine.ts";
import type { PartGroup, Pipeline } from "./pipeline.ts";

/** The result of one part's network: 6 planes over the part's window. */
export interface PartNormals {
  part: number;
  group: PartGroup;
  normals: Float32Array;
}

/** Blended normals. */
export interface BlendedNormals {
  /** Front and back normals, 6 planes of canvas²; 0 where no part reaches. */
  normal: Float32Array;
  /** 1 where any part reaches, else 0; canvas². */
  occupancy: Float32Array;
}

/** Blends the parts. The order of `parts` is the order of summation. */
export function blendParts(
  parts: readonly PartNormals[],
  [affines, pipeline]: readonly [PartAffines, Pipeline],
): BlendedNormals {
  const side = pipeline.canvasPx, plane = side * side;
  const normal = new Float32Array(6 * plane), total = new Float32Array(plane);
  const weights = new WeightWindows(pipeline);
  for (const { part, group, normals } of parts) {
    const toPart = new SourcePositions(affines.partFromPicture, part, side);
    const toPicture = new SourcePositions(affines.pictureFromPart, part, side);
    const box = middleWindow(side, group.windowPx);
    const window = { normals, weights: weights.of(group, toPicture), box };
    accumulate(window, toPart, boundingBox(toPicture, box, side), { normal, total, side });
  }
  for (let i = 0; i < plane; i++) {
    const sum = total[i];
    if (sum === 0) continue;
    for (let at = i; at < normal.length; at += plane) normal[at] /= sum;
    total[i] = 1;
  }
  return { normal, occupancy: total };
}

/** Adds one part: bilinear samples of its weights and normals, 0 outside its window. */
function accumulate(
  { normals, weights, box }: { normals: Float32Array; weights: Float32Array; box: PixelBox },
  toPart: SourcePositions,
  area: PixelBox,
  { normal, total, side }: { normal: Float32Array; total: Float32Array; side: number },
): void {
  const rows = box.bottom - box.top, columns = box.right - box.left, size = rows * columns;
  const plane = side * side, width = area.right - area.left;
  const positions = new Float32Array(2 * Math.max(0, width));
  for (let r = area.top; r < area.bottom; r++) {
    toPart.row(r, area.left, width, positions);
    for (let c = area.left, i = 0; i < width; c++, i++) {
      const x = positions[i] - box.left, y = positions[width + i] - box.top;
      const x0 = Math.floor(x), y0 = Math.floor(y);
      // Weights are 0 in the window's outermost pixels, so whole cells inside it suffice.
      if (x0 < 0 || y0 < 0 || x0 >= columns - 1 || y0 >= rows - 1) continue;
      const s = x - x0, t = y - y0, a = y0 * columns + x0, b = a + columns;
      const wa = (1 - s) * (1 - t), wb = s * (1 - t), wc = (1 - s) * t, wd = s * t;
      const o = wa * weights[a] + wb * weights[a + 1] + wc * weights[b] + wd * weights[b + 1];
      if (o === 0) continue;
      const to = side * r + c;
      total[to] += o;
      for (let k = 0; k < 6; k++) {
        const from = a + k * size, below = b + k * size;
        normal[k * plane + to] += o *
          (wa * normals[from] + wb * normals[from + 1] + wc * normals[below] +
            wd * normals[below + 1]);
      }
    }
  }
}

/** Soft-edged weights over the groups' windows; those of parts wholly on the picture are shared. */
export class WeightWindows {
  readonly #shared = new Map<PartGroup, Float32Array>();

  constructor(private readonly pipeline: Pipeline) {}

  /**
   * The weights of a part: 1 inside the weight window where the picture is, softened by the blur.
   *
   * @param toPicture From the part's canvas to the picture.
   * @returns One value a pixel of the group's window.
   */
  of(group: PartGroup, toPicture: SourcePositions): Float32Array {
    const { canvasPx } = this.pipeline;
    const inner = middleWindow(canvasPx, group.weightWindowPx);
    const inside = wholly(inner, toPicture, canvasPx);
    const known = inside ? this.#shared.get(group) : undefined;
    if (known !== undefined) return known;
    const made = this.#blurred(group, inside ? undefined : toPicture);
    if (inside) this.#shared.set(group, made);
    return made;
  }

  /** Ones in the weight window (less where they leave the picture), over the group's window. */
  #plain(group: PartGroup, toPicture: SourcePositions | undefined): Float32Array {
    const { canvasPx } = this.pipeline, [rows, columns] = group.windowPx;
    const [innerRows, innerColumns] = group.weightWindowPx;
    const box = middleWindow(canvasPx, group.weightWindowPx);
    const out = new Float32Array(rows * columns), positions = new Float32Array(2 * innerColumns);
    for (let r = 0; r < innerRows; r++) {
      const start = (r + (rows - innerRows) / 2) * columns + (columns - innerColumns) / 2;
      if (toPicture === undefined) {
        out.fill(1, start, start + innerColumns);
        continue;
      }
      toPicture.row(box.top + r, box.left, innerColumns, positions);
      for (let c = 0; c < innerColumns; c++) {
        out[start + c] = coverage(positions[c], canvasPx) *
          coverage(positions[innerColumns + c], canvasPx);
      }
    }
    return out;
  }

  /** The Gaussian, rows then columns, over the group's window; its rim of `half` pixels fades. */
  #blurred(group: PartGroup, toPicture: SourcePositions | undefined): Float32Array {
    const { weightBlur } = this.pipeline, [rows, columns] = group.windowPx;
    const taps = gaussian(weightBlur.taps, weightBlur.sigmaPx), half = weightBlur.taps >> 1;
    const plain = this.#plain(group, toPicture);
    const across = new Float32Array(rows * columns), out = new Float32Array(rows * columns);
    for (let r = 0; r < rows; r++) {
      for (let c = 0; c < columns; c++) {
        let sum = 0;
        for (let k = Math.max(-half, -c); k <= Math.min(half, columns - 1 - c); k++) {
          sum += taps[k + half] * plain[r * columns + c + k];
        }
        across[r * columns + c] = sum;
      }
    }
    for (let r = 0; r < rows; r++) {
      for (let c = 0; c < columns; c++) {
        let sum = 0;
        for (let k = Math.max(-half, -r); k <= Math.min(half, rows - 1 - r); k++) {
          sum += taps[k + half] * across[(r + k) * columns + c];
        }
        out[r * columns + c] = sum;
      }
    }
    return out;
  }
}

/** Bilinear sample of ones with zeros beyond the ends of an axis. */
function coverage(x: number, side: number): number {
  return Math.min(1, Math.max(0, Math.min(x + 1, side - x)));
}

/** Whether every pixel of the box comes to lie on the picture with all its neighbours. */
function wholly(box: PixelBox, toPicture: SourcePositions, side: number): boolean {
  for (const c of [box.left, box.right - 1]) {
    for (const r of [box.top, box.bottom - 1]) {
      const [x, y] = toPicture.at(c, r);
      // A hundredth of a pixel to spare, so that rounding cannot matter.
      if (Math.min(x, y) < 0.01 || Math.max(x, y) > side - 1.01) return false;
    }
  }
  return true;
}

/** Normalised Gaussian taps, float32: `exp(−(t/σ)²/2)`. */
export function gaussian(count: number, sigma: number): Float32Array {
  const half = count >> 1;
  const raw = Array.from({ length: count }, (_, i) => Math.exp(-0.5 * ((i - half) / sigma) ** 2));
  const sum = raw.reduce((a, b) => a + b, 0);
  return Float32Array.from(raw, (v) => v / sum);
}
