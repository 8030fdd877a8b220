/** Where depth maps jump, and what of the solid ends there. */
import { pixelSizeM } from "../../core/geometry/camera.ts";
import type { DoubleDepth } from "./solid.ts";

/** What ends at an edge of two pixels: the nearer part (the front jumps) or the farther one. */
export type End = 0 | 1 | 2;
export const NONE = 0, NEARER = 1, FARTHER = 2;

/** An edge with a pixel that is not covered. */
export const UNCOVERED = 4;

/** Where the maps jump. */
export class Contours {
  readonly size: number;
  readonly width: number;
  private readonly constant: number;
  private readonly slope: number;

  constructor(private readonly maps: DoubleDepth, contourPixels: number) {
    const { camera } = maps, step = contourPixels * pixelSizeM(camera, 1);
    this.size = camera.width * camera.height;
    this.width = camera.width;
    this.slope = camera.projection === "perspective" ? step : 0;
    this.constant = camera.projection === "perspective" ? 0 : step;
  }

  /** Bit 0: the front jumps between two pixels; bit 1: the back; or {@linkcode UNCOVERED}. */
  between(p: number, q: number): number {
    const { front, back } = this.maps, fp = front[p], fq = front[q];
    if (!(fp > 0 && fq > 0)) return UNCOVERED;
    const limit = this.constant + this.slope * (fp < fq ? fp : fq);
    return (Math.abs(fp - fq) > limit ? 1 : 0) | (Math.abs(back[p] - back[q]) > limit ? 2 : 0);
  }

  /** What of pixel p's column ends towards q, where `jump` lies between them. */
  endAt(p: number, q: number, jump: number): End {
    const { front, back } = this.maps;
    if (jump === 1 && front[p] < front[q] && front[q] < back[p]) return NEARER;
    if (jump === 2 && back[p] > back[q] && back[q] > front[p]) return FARTHER;
    return NONE;
  }

  stepM(p: number, q: number, end: End): number {
    const map = end === NEARER ? this.maps.front : this.maps.back;
    return Math.abs(map[p] - map[q]);
  }
}
