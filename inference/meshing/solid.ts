/**
 * Depth → mesh: the closed solid between a front and a back depth map.
 *
 * Vertices stand at pixel centres, a front and a back one for each covered pixel. Cells of 2 × 2
 * pixels with four covered corners give two triangles a side, with three one; the rim of the sheets
 * is joined by walls. Where two parts of the silhouette touch only in a pixel, that pixel gets one
 * vertex pair for each part, so every edge has exactly two faces.
 *
 * A triangle across a depth jump is an interior wall between the two front (or the two back)
 * depths. Walls at jumps and at the silhouette are what no pixel saw: they are labelled `inferred`.
 */
import { type Camera, pixelSizeM, unproject } from "../../core/geometry/camera.ts";
import type { Mesh } from "../../core/geometry/mesh.ts";
import { invert, type Matrix4 } from "../../core/geometry/transform.ts";
import { InputError } from "../../core/work/errors.ts";
import { withDefaults } from "../../core/work/options.ts";

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
 * @throws {InputError} If no cell of the maps is covered.
 * @throws {RangeError} If a covered pixel's depth is not finite or lies behind the camera, or the
 * maps cover different pixels.
 */
export function solidFromDepth(
  maps: DoubleDepth,
  options: SolidOptions = {},
): { mesh: Mesh; report: SolidReport } {
  const { jumpPixels } = withDefaults(SOLID_DEFAULTS, { jumpPixels: options.jumpPixels });
  const { camera: { width, height } } = maps;
  const fans = fansOfPixels(maps);
  if (fans.vertices === 0) {
    throw new InputError("Cannot make a mesh: the depth map covers no 2 × 2 pixels", {
      hint: "look at the mask: nothing of the person was found",
    });
  }
  const positions = placeVertices(maps, fans);
  const faces = new FaceList(2 * fans.vertices * 2 + 1024);
  const sheet = new Sheets(maps, fans, jumpPixels, options.openJumpsM, faces);
  for (let j = 0; j + 1 < height; j++) {
    for (let i = 0; i + 1 < width; i++) sheet.cell(i, j);
  }
  const mesh: Mesh = {
    positions,
    indices: faces.indices.slice(0, 3 * faces.count),
    faceInferred: faces.inferred.slice(0, faces.count),
  };
  const colors = vertexColors(maps, fans, options);
  if (colors !== undefined) mesh.colors = colors;
  let inferred = 0;
  for (const label of mesh.faceInferred!) inferred += label;
  return {
    mesh,
    report: { pixels: fans.covered, isolated: fans.isolated, faces: faces.count, inferred },
  };
}

/** Vertices of pixels: `base[p] + fan` is the front one, plus `vertices` the back one. */
interface Fans {
  base: Int32Array;
  /** Bits of the eight neighbours that are covered: N, NE, E, SE, S, SW, W, NW from bit 0. */
  neighbours: Uint8Array;
  /** Front vertices. */
  vertices: number;
  covered: number;
  isolated: number;
}

/** Cells round a pixel in the order NW, NE, SE, SW. */
const NW = 0, NE = 1, SE = 2, SW = 3;

/** For each neighbourhood: fan number of the four cells (−1 inactive) and the number of fans. */
const FAN_TABLE = Array.from({ length: 256 }, (_, bits) => {
  const has = (n: number) => (bits >> n) & 1;
  const [n, ne, e, se, s, sw, w, nw] = [0, 1, 2, 3, 4, 5, 6, 7].map(has);
  // A cell is active when at least two of its other three corners are covered.
  const active = [w + n + nw >= 2, n + e + ne >= 2, e + s + se >= 2, s + w + sw >= 2];
  const linkedToNext = [n, e, s, w]; // between cell k and k + 1 lies this covered neighbour
  const fan = [-1, -1, -1, -1];
  let count = 0;
  for (let k = 0; k < 4; k++) {
    if (!active[k] || fan[k] >= 0) continue;
    fan[k] = count;
    for (let m = k; active[(m + 1) % 4] && linkedToNext[m % 4] && fan[(m + 1) % 4] < 0; m++) {
      fan[(m + 1) % 4] = count;
    }
    for (let m = k + 4; active[(m + 3) % 4] && linkedToNext[(m + 3) % 4]; m--) {
      if (fan[(m + 3) % 4] >= 0) break;
      fan[(m + 3) % 4] = count;
    }
    count++;
  }
  return { fan, count };
});

function fansOfPixels({ camera: { width, height }, front, back }: DoubleDepth): Fans {
  const base = new Int32Array(width * height).fill(-1);
  const neighbours = new Uint8Array(width * height);
  const at = (i: number, j: number) =>
    i >= 0 && j >= 0 && i < width && j < height && front[j * width + i] > 0 ? 1 : 0;
  let vertices = 0, covered = 0, isolated = 0;
  for (let j = 0; j < height; j++) {
    for (let i = 0; i < width; i++) {
      const p = j * width + i;
      const f = front[p], b = back[p];
      if (!(f > 0) && !(b > 0) && f === f && b === b) continue;
      if (!(f > 0 && b > 0 && Number.isFinite(f) && Number.isFinite(b))) {
        throw new RangeError(
          `Cannot make a mesh: pixel (${i}, ${j}) has front depth ${f} and back depth ${b}, ` +
            "expected both above 0 and finite, or both 0",
        );
      }
      covered++;
      const bits = at(i, j - 1) | at(i + 1, j - 1) << 1 | at(i + 1, j) << 2 |
        at(i + 1, j + 1) << 3 | at(i, j + 1) << 4 | at(i - 1, j + 1) << 5 |
        at(i - 1, j) << 6 | at(i - 1, j - 1) << 7;
      neighbours[p] = bits;
      base[p] = vertices;
      vertices += FAN_TABLE[bits].count;
      if (FAN_TABLE[bits].count === 0) isolated++;
    }
  }
  return { base, neighbours, vertices, covered, isolated };
}

function placeVertices(maps: DoubleDepth, fans: Fans): Float32Array {
  const { camera, front, back } = maps;
  const scanFromCam: Matrix4 = invert(camera.camFromScan);
  const positions = new Float32Array(6 * fans.vertices);
  forEachVertex(camera, fans, (p, vertex) => {
    const u = p % camera.width + 0.5, v = Math.floor(p / camera.width) + 0.5;
    for (const [depth, index] of [[front[p], vertex], [back[p], vertex + fans.vertices]]) {
      const [x, y, z] = unproject(camera, u, v, depth);
      const m = scanFromCam;
      positions[3 * index] = m[0] * x + m[1] * y + m[2] * z + m[3];
      positions[3 * index + 1] = m[4] * x + m[5] * y + m[6] * z + m[7];
      positions[3 * index + 2] = m[8] * x + m[9] * y + m[10] * z + m[11];
    }
  });
  return positions;
}

function vertexColors(
  { camera }: DoubleDepth,
  fans: Fans,
  { frontColor, backColor }: SolidOptions,
): Uint8Array | undefined {
  if (frontColor === undefined) return undefined;
  const colors = new Uint8Array(8 * fans.vertices).fill(255);
  const copy = ({ data, channels }: ColorMap, pixel: number, vertex: number) => {
    for (let k = 0; k < 3; k++) colors[4 * vertex + k] = data[channels * pixel + k];
  };
  forEachVertex(camera, fans, (p, vertex) => {
    copy(frontColor, p, vertex);
    copy(backColor ?? frontColor, p, vertex + fans.vertices);
  });
  return colors;
}

function forEachVertex(
  { width, height }: Camera,
  { base, neighbours }: Fans,
  visit: (pixel: number, vertex: number) => void,
): void {
  for (let p = 0; p < width * height; p++) {
    if (base[p] < 0) continue;
    const { count } = FAN_TABLE[neighbours[p]];
    for (let fan = 0; fan < count; fan++) visit(p, base[p] + fan);
  }
}

/** Growing lists of triangles and their labels. */
class FaceList {
  indices: Uint32Array;
  inferred: Uint8Array;
  count = 0;

  constructor(capacity: number) {
    this.indices = new Uint32Array(3 * capacity);
    this.inferred = new Uint8Array(capacity);
  }

  add(a: number, b: number, c: number, inferred: number): void {
    if (this.count === this.inferred.length) this.grow();
    const at = 3 * this.count;
    this.indices[at] = a, this.indices[at + 1] = b, this.indices[at + 2] = c;
    this.inferred[this.count++] = inferred;
  }

  private grow(): void {
    const indices = new Uint32Array(2 * this.indices.length);
    const inferred = new Uint8Array(2 * this.inferred.length);
    indices.set(this.indices), inferred.set(this.inferred);
    this.indices = indices, this.inferred = inferred;
  }
}

/** Writes the faces of one cell: both sheets and the walls on its rim. */
class Sheets {
  private readonly width: number;
  /** Corner pixels, front vertices, and whether covered, in loop order TL, BL, BR, TR. */
  private readonly pixel = new Int32Array(4);
  private readonly vertex = new Int32Array(4);

  constructor(
    private readonly maps: DoubleDepth,
    private readonly fans: Fans,
    private readonly jumpPixels: number,
    private readonly openJumpsM: number | undefined,
    private readonly faces: FaceList,
  ) {
    this.width = maps.camera.width;
  }

  /** The cell whose top left pixel is (i, j). */
  cell(i: number, j: number): void {
    const { pixel, vertex, fans: { base, neighbours } } = this;
    const p = j * this.width + i;
    pixel[0] = p, pixel[1] = p + this.width, pixel[2] = p + this.width + 1, pixel[3] = p + 1;
    let covered = 0, missing = -1;
    for (let k = 0; k < 4; k++) {
      if (base[pixel[k]] < 0) missing = k;
      else covered++;
    }
    if (covered < 3) return;
    for (let k = 0; k < 4; k++) {
      if (k === missing) continue;
      // Seen from its corners TL, BL, BR, TR this cell lies to the SE, NE, NW, SW.
      const side = k === 0 ? SE : k === 1 ? NE : k === 2 ? NW : SW;
      vertex[k] = base[pixel[k]] + FAN_TABLE[neighbours[pixel[k]]].fan[side];
    }
    if (missing < 0) this.split();
    else this.triangle((missing + 1) & 3, (missing + 2) & 3, (missing + 3) & 3);
    for (let k = 0; k < 4; k++) {
      const next = (k + 1) & 3;
      if (k === missing || next === missing) continue;
      if (!this.activeAcross(i, j, k)) this.wall(k, next);
    }
    if (missing >= 0) this.wall((missing + 3) & 3, (missing + 1) & 3);
  }

  /** Cuts a full cell along the diagonal over which each sheet bends less. */
  private split(): void {
    const { front, back } = this.maps, [a, b, c, d] = this.pixel;
    for (const [map, isFront] of [[front, true], [back, false]] as const) {
      if (Math.abs(map[a] - map[c]) <= Math.abs(map[b] - map[d])) {
        this.face(0, 1, 2, isFront), this.face(0, 2, 3, isFront);
      } else {
        this.face(1, 2, 3, isFront), this.face(1, 3, 0, isFront);
      }
    }
  }

  private triangle(a: number, b: number, c: number): void {
    this.face(a, b, c, true);
    this.face(a, b, c, false);
  }

  private face(a: number, b: number, c: number, isFront: boolean): void {
    const map = isFront ? this.maps.front : this.maps.back;
    const za = map[this.pixel[a]], zb = map[this.pixel[b]], zc = map[this.pixel[c]];
    const near = Math.min(za, zb, zc), step = Math.max(za, zb, zc) - near;
    const jump = step > this.jumpPixels * pixelSizeM(this.maps.camera, near);
    if (jump && this.openJumpsM !== undefined && step > this.openJumpsM) return;
    const va = this.vertex[a], vb = this.vertex[b], vc = this.vertex[c];
    // Loop order TL, BL, BR, TR is counter-clockwise on screen: towards the camera.
    if (isFront) this.faces.add(va, vb, vc, jump ? 1 : 0);
    else {
      const n = this.fans.vertices;
      this.faces.add(va + n, vc + n, vb + n, jump ? 1 : 0);
    }
  }

  /** Whether the cell on the other side of edge k (TL–BL, BL–BR, BR–TR, TR–TL) has triangles. */
  private activeAcross(i: number, j: number, k: number): boolean {
    const { width, height } = this.maps.camera;
    const x = k === 0 ? i - 1 : k === 2 ? i + 1 : i, y = k === 1 ? j + 1 : k === 3 ? j - 1 : j;
    if (x < 0 || y < 0 || x + 1 >= width || y + 1 >= height) return false;
    const { base } = this.fans, p = y * width + x;
    const covered = +(base[p] >= 0) + +(base[p + 1] >= 0) + +(base[p + width] >= 0) +
      +(base[p + width + 1] >= 0);
    return covered >= 3;
  }

  /** The silhouette's wall under the front edge from corner a to corner b. */
  private wall(a: number, b: number): void {
    const n = this.fans.vertices, va = this.vertex[a], vb = this.vertex[b];
    this.faces.add(vb, va, va + n, 1);
    this.faces.add(vb, va + n, vb + n, 1);
  }
}
