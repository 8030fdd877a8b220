/**
 * Depth → mesh: the closed solid between a front and a back depth map.
 *
 * Vertices stand at pixel centres, a front and a back one for each covered pixel. Cells of 2 × 2
 * pixels with four covered corners give two triangles a side, with three one; the rim of the sheets
 * is joined by walls. Where two parts of the silhouette touch only in a pixel, that pixel gets one
 * vertex pair for each part, moved 1/16 pixel towards it, so every edge has exactly two faces.
 *
 * A triangle across a depth jump is an interior wall between the two front (or the two back)
 * depths. Walls at jumps and at the silhouette are what no pixel saw: they are labelled `inferred`.
 * Where gaps are given, the solid is parted along them, and the gap's sides are `inferred`.
 */
import { type Camera } from "../../core/geometry/camera.ts";
import type { Mesh } from "../../core/geometry/mesh.ts";
import { invert } from "../../core/geometry/transform.ts";
import { InputError } from "../../core/work/errors.ts";
import { withDefaults } from "../../core/work/options.ts";
import { FAN_COUNT, FAN_OFFSET, type Fans, fansOfPixels } from "./_fans.ts";
import type { Gaps } from "./_layers.ts";
import { FaceList, LONG_WALL, Sheets } from "./_sheets.ts";

/** A double-sided depth map with its camera; background is 0 in both. */
export interface DoubleDepth {
  camera: Camera;
  /** Metres along −z of the camera, row by row, length width · height. */
  front: Float32Array;
  back: Float32Array;
}

export interface SolidOptions {
  /**
   * A step between neighbouring pixels above this many pixel sides is a jump: the triangle over it
   * is labelled `inferred`. 4 keeps surfaces up to 76° from the image plane.
   */
  jumpPixels?: number;
  /** Leaves out walls at jumps above this depth difference, metres; the solid is then open. */
  openJumpsM?: number | undefined;
  /** RGB or RGBA pictures of the front and the back, 8-bit sRGB, aligned with the maps. */
  frontColor?: ColorMap | undefined;
  backColor?: ColorMap | undefined;
  /** Parts the solid along rays that pass through two parts of it: see `hidden_gaps.ts`. */
  gaps?: Gaps | undefined;
}

/** Interleaved 8-bit picture. */
export interface ColorMap {
  data: Uint8Array;
  channels: 3 | 4;
}

export const SOLID_DEFAULTS: Readonly<{ jumpPixels: number }> = Object.freeze({ jumpPixels: 4 });

/** What became of the maps' pixels. */
export interface SolidReport {
  /** Pixels covered in the maps, and those too isolated to carry a triangle. */
  pixels: number;
  isolated: number;
  /** Faces in all, and those labelled `inferred`. */
  faces: number;
  inferred: number;
}

/**
 * Builds the solid, in the scan's frame, outward oriented.
 *
 * @returns Vertices: all front ones in the order of their pixels, all back ones, then the gaps'
 * starts and ends.
 * @throws {InputError} If no cell of the maps is covered.
 * @throws {RangeError} If a covered pixel's depth is not finite or lies behind the camera, or the
 * maps cover different pixels.
 */
export function solidFromDepth(
  maps: DoubleDepth,
  options: SolidOptions = {},
): { mesh: Mesh; report: SolidReport } {
  const { mesh: closed, report } = closedSolid(maps, options);
  const mesh = withoutLongWalls(closed);
  let inferred = 0;
  for (const label of mesh.faceInferred!) inferred += label;
  return { mesh, report: { ...report, faces: mesh.indices.length / 3, inferred } };
}

/**
 * As {@linkcode solidFromDepth}, with the walls that `openJumpsM` leaves out still there, labelled
 * {@linkcode LONG_WALL}: what is connected over them stays one piece.
 */
export function closedSolid(
  maps: DoubleDepth,
  options: SolidOptions = {},
): { mesh: Mesh; report: Pick<SolidReport, "pixels" | "isolated"> } {
  const { jumpPixels } = withDefaults(SOLID_DEFAULTS, { jumpPixels: options.jumpPixels });
  const { gaps, openJumpsM } = options;
  const fans = fansOfPixels(maps);
  if (fans.vertices === 0) {
    throw new InputError("Cannot make a mesh: the depth map covers no 2 × 2 pixels", {
      hint: "look at the mask: nothing of the person was found",
    });
  }
  const { gapNumber, gapCount } = numberGaps(gaps);
  const positions = placeVertices(maps, fans, { gaps, gapCount });
  const faces = new FaceList(Math.ceil(4.2 * fans.vertices) + 1024);
  new Sheets({ maps, fans, gaps, gapNumber, gapCount, jumpPixels, openJumpsM }, faces).write();
  const mesh: Mesh = {
    positions,
    indices: faces.indices.slice(0, 3 * faces.count),
    faceInferred: faces.inferred.slice(0, faces.count),
  };
  const colors = vertexColors(fans, { ...options, gapCount });
  if (colors !== undefined) mesh.colors = colors;
  return { mesh, report: { pixels: fans.covered, isolated: fans.isolated } };
}

/** Leaves out the faces labelled {@linkcode LONG_WALL}. */
export function withoutLongWalls(mesh: Mesh): Mesh {
  const label = mesh.faceInferred!;
  if (!label.includes(LONG_WALL)) return mesh;
  const kept = label.filter((value) => value !== LONG_WALL);
  const indices = new Uint32Array(3 * kept.length);
  for (let f = 0, to = 0; f < label.length; f++) {
    if (label[f] === LONG_WALL) continue;
    for (let k = 0; k < 3; k++) indices[to++] = mesh.indices[3 * f + k];
  }
  return { ...mesh, indices, faceInferred: kept };
}

function numberGaps(gaps: Gaps | undefined) {
  if (gaps === undefined) return { gapNumber: undefined, gapCount: 0 };
  const gapNumber = new Int32Array(gaps.start.length);
  let gapCount = 0;
  for (let p = 0; p < gapNumber.length; p++) if (gaps.start[p] > 0) gapNumber[p] = gapCount++;
  return { gapNumber, gapCount };
}

function placeVertices(
  { camera, front, back }: DoubleDepth,
  { base, neighbours, vertices }: Fans,
  { gaps, gapCount }: { gaps: Gaps | undefined; gapCount: number },
): Float32Array {
  const m = invert(camera.camFromScan), { width } = camera;
  const positions = new Float32Array(6 * (vertices + gapCount));
  const perspective = camera.projection === "perspective";
  const metres = perspective ? 0 : 2 * camera.halfWidthM / width;
  const cx = perspective ? camera.cx : width / 2, cy = perspective ? camera.cy : camera.height / 2;
  const stepX = perspective ? 1 / camera.fx : metres, stepY = perspective ? 1 / camera.fy : metres;
  const place = (index: number, u: number, v: number, depth: number) => {
    const scale = perspective ? depth : 1;
    const x = (u - cx) * stepX * scale, y = (cy - v) * stepY * scale, z = -depth;
    positions[3 * index] = m[0] * x + m[1] * y + m[2] * z + m[3];
    positions[3 * index + 1] = m[4] * x + m[5] * y + m[6] * z + m[7];
    positions[3 * index + 2] = m[8] * x + m[9] * y + m[10] * z + m[11];
  };
  let gap = 2 * vertices;
  for (let p = 0; p < base.length; p++) {
    if (base[p] < 0) continue;
    const bits = neighbours[p], fans = FAN_COUNT[bits];
    const v = Math.floor(p / width), u = p - v * width;
    for (let fan = 0; fan < fans; fan++) {
      const right = u + 0.5 + FAN_OFFSET[2 * (4 * bits + fan)];
      const down = v + 0.5 + FAN_OFFSET[2 * (4 * bits + fan) + 1];
      place(base[p] + fan, right, down, front[p]);
      place(base[p] + fan + vertices, right, down, back[p]);
    }
    if (gaps === undefined || !(gaps.start[p] > 0)) continue;
    place(gap, u + 0.5, v + 0.5, gaps.start[p]);
    place(gap + gapCount, u + 0.5, v + 0.5, gaps.end[p]);
    gap++;
  }
  return positions;
}

/** The gap's start takes the front's colour, its end the back's. */
function vertexColors(
  { base, neighbours, vertices }: Fans,
  { frontColor, backColor = frontColor, gaps, gapCount }: SolidOptions & { gapCount: number },
): Uint8Array | undefined {
  if (frontColor === undefined || backColor === undefined) return undefined;
  const colors = new Uint8Array(8 * (vertices + gapCount)).fill(255);
  const copy = ({ data, channels }: ColorMap, pixel: number, vertex: number) => {
    for (let k = 0; k < 3; k++) colors[4 * vertex + k] = data[channels * pixel + k];
  };
  let gap = 2 * vertices;
  for (let p = 0; p < base.length; p++) {
    if (base[p] < 0) continue;
    for (let v = base[p]; v < base[p] + FAN_COUNT[neighbours[p]]; v++) {
      copy(frontColor, p, v);
      copy(backColor, p, v + vertices);
    }
    if (gaps === undefined || !(gaps.start[p] > 0)) continue;
    copy(frontColor, p, gap);
    copy(backColor, p, gap++ + gapCount);
  }
  return colors;
}
