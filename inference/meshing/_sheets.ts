/** Writes the faces of a solid between depth maps, cell by cell. */
import { pixelSizeM } from "../../core/geometry/camera.ts";
import { FAN_OF, type Fans, NE, NW, SE, SW } from "./_fans.ts";
import { CORNER_COUNT, type Gaps, Layers, type Slab } from "./_layers.ts";
import type { DoubleDepth } from "./solid.ts";

/** Seen from its corners TL, BL, BR, TR a cell lies to the SE, NE, NW, SW. */
const SIDE_OF_CORNER = [SE, NE, NW, SW];

/** Label of walls at jumps longer than asked for: they are left out later. */
export const LONG_WALL = 2;

/** Growing lists of triangles and their labels. */
export class FaceList {
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

/** What the faces are made of. */
export interface SheetInput {
  maps: DoubleDepth;
  fans: Fans;
  gaps: Gaps | undefined;
  /** Number of each pixel with a gap, in their order. */
  gapNumber: Int32Array | undefined;
  gapCount: number;
  jumpPixels: number;
  openJumpsM: number | undefined;
}

/** Faces of cells: sheets, and walls where only one side of a cell's edge is solid. */
export class Sheets {
  private readonly width: number;
  private readonly height: number;
  private readonly layers: Layers;
  private readonly start: Float32Array | undefined;
  private readonly end: Float32Array | undefined;
  /** Vertices of the sheets: front, back, gap start, gap end begin here. */
  private readonly firstOf: Int32Array;
  /** Depth that a pixel side of 1 m belongs to; 0 for parallel rays. */
  private readonly jumpSlope: number;
  private readonly jumpConstant: number;

  /** Corner pixels of the cell, and their front vertices, in loop order TL, BL, BR, TR. */
  private readonly pixel = new Int32Array(4);
  private readonly vertex = new Int32Array(4);
  private readonly own = new Int32Array(2);
  private readonly other = new Int32Array(2);
  /** Heights on an edge: 4 values each (code at a, code at b, which side, +1 opens / −1 closes). */
  private readonly levels: [number, number, number, number][] = [];

  constructor(private readonly input: SheetInput, private readonly faces: FaceList) {
    const { maps: { camera }, fans, gaps, gapCount } = input;
    this.width = camera.width;
    this.height = camera.height;
    this.layers = new Layers(camera, fans, gaps);
    this.start = gaps?.start;
    this.end = gaps?.end;
    const n = fans.vertices;
    this.firstOf = Int32Array.of(0, 2 * n, 2 * n + gapCount, n);
    this.jumpConstant = camera.projection === "perspective"
      ? 0
      : input.jumpPixels * pixelSizeM(camera, 1);
    this.jumpSlope = camera.projection === "perspective"
      ? input.jumpPixels * pixelSizeM(camera, 1)
      : 0;
  }

  /** Writes all faces, cells row by row. */
  write(): void {
    for (let j = 0; j + 1 < this.height; j++) {
      for (let i = 0; i + 1 < this.width; i++) this.cell(i, j);
    }
  }

  private cell(i: number, j: number): void {
    const { pixel, vertex, layers, input: { fans: { base, neighbours } } } = this;
    const covered = layers.covered(i, j);
    if (CORNER_COUNT[covered] < 3) return;
    const p = j * this.width + i;
    pixel[0] = p, pixel[1] = p + this.width, pixel[2] = p + this.width + 1, pixel[3] = p + 1;
    for (let k = 0; k < 4; k++) {
      if (!(covered >> k & 1)) continue;
      const q = pixel[k];
      vertex[k] = base[q] + FAN_OF[4 * neighbours[q] + SIDE_OF_CORNER[k]];
    }
    const count = layers.slabs(i, j, this.own);
    for (let s = 0; s < count; s++) this.slab(this.own[s]);
    for (let k = 0; k < 4; k++) {
      const next = (k + 1) & 3;
      if (!(covered >> k & 1) || !(covered >> next & 1)) continue;
      const x = k === 0 ? i - 1 : k === 2 ? i + 1 : i, y = k === 1 ? j + 1 : k === 3 ? j - 1 : j;
      const across = layers.slabsAcross(x, y, this.other);
      // Where both cells are solid, the one to the right or below writes the walls between them.
      if (across > 0 && (k === 1 || k === 2)) continue;
      if (across === 1 && count === 1 && layers.plain(i, j) && layers.plain(x, y)) continue;
      this.walls(k, count, across);
    }
  }

  /** Both sheets of a slab, and the wall where it takes only three corners. */
  private slab(slab: Slab): void {
    const low = slab >> 4 & 3, high = slab >> 6 & 3, corners = slab & 15;
    if (corners === 15) {
      this.split(low, true);
      this.split(high, false);
      return;
    }
    const missing = corners === 14 ? 0 : corners === 13 ? 1 : corners === 11 ? 2 : 3;
    const a = (missing + 1) & 3, b = (missing + 2) & 3, c = (missing + 3) & 3;
    this.face(a, b, c, low, true);
    this.face(a, b, c, high, false);
    this.strip(c, a, [this.place(low, c), this.place(low, a)], [
      this.place(high, c),
      this.place(high, a),
    ], true);
  }

  /** Place in the chain of corner `k` that a slab's end `code` means there. */
  private place(code: number, k: number): number {
    // Without a gap the slab's top is the front and its bottom the back.
    return this.hasGap(k) ? code : code === 1 || code === 3 ? 3 : 0;
  }

  private hasGap(k: number): boolean {
    return this.start !== undefined && this.start[this.pixel[k]] > 0;
  }

  private depth(k: number, place: number): number {
    const p = this.pixel[k], { front, back } = this.input.maps;
    return place === 0
      ? front[p]
      : place === 3
      ? back[p]
      : place === 1
      ? this.start![p]
      : this.end![p];
  }

  private vertexAt(k: number, place: number): number {
    return place === 0 || place === 3
      ? this.vertex[k] + this.firstOf[place]
      : this.firstOf[place] + this.input.gapNumber![this.pixel[k]];
  }

  /** Cuts a full cell along the diagonal over which the sheet bends less. */
  private split(code: number, isTop: boolean): void {
    const a = this.depth(0, this.place(code, 0)), b = this.depth(1, this.place(code, 1));
    const c = this.depth(2, this.place(code, 2)), d = this.depth(3, this.place(code, 3));
    if (Math.abs(a - c) <= Math.abs(b - d)) {
      this.face(0, 1, 2, code, isTop), this.face(0, 2, 3, code, isTop);
    } else {
      this.face(1, 2, 3, code, isTop), this.face(1, 3, 0, code, isTop);
    }
  }

  /** Loop order TL, BL, BR, TR is counter-clockwise on screen: towards the camera. */
  private face(a: number, b: number, c: number, code: number, isTop: boolean): void {
    const pa = this.place(code, a), pb = this.place(code, b), pc = this.place(code, c);
    const za = this.depth(a, pa), zb = this.depth(b, pb), zc = this.depth(c, pc);
    const near = za < zb ? za < zc ? za : zc : zb < zc ? zb : zc;
    const far = za > zb ? za > zc ? za : zc : zb > zc ? zb : zc;
    const step = far - near, jump = step > this.jumpConstant + this.jumpSlope * near;
    const inner = pa === 1 || pa === 2 || pb === 1 || pb === 2 || pc === 1 || pc === 2;
    const va = this.vertexAt(a, pa), vb = this.vertexAt(b, pb), vc = this.vertexAt(c, pc);
    const long = jump && this.input.openJumpsM !== undefined && step > this.input.openJumpsM;
    const label = long ? LONG_WALL : jump || inner ? 1 : 0;
    if (isTop) this.faces.add(va, vb, vc, label);
    else this.faces.add(va, vc, vb, label);
  }

  /** Walls on edge k, from the slabs of this cell (`count` in `own`) and across it. */
  private walls(k: number, count: number, across: number): void {
    const a = k, b = (k + 1) & 3, bits = 1 << a | 1 << b;
    const otherBits = 1 << ((k + 3) & 3) | 1 << ((k + 2) & 3);
    const { levels } = this;
    levels.length = 0;
    for (let side = 0; side < 2; side++) {
      const list = side === 0 ? this.own : this.other, need = side === 0 ? bits : otherBits;
      for (let s = 0; s < (side === 0 ? count : across); s++) {
        const slab = list[s];
        if ((slab & need) !== need) continue;
        const low = slab >> 4 & 3, high = slab >> 6 & 3;
        levels.push([this.place(low, a), this.place(low, b), side, 1]);
        levels.push([this.place(high, a), this.place(high, b), side, -1]);
      }
    }
    levels.sort((x, y) => x[0] + x[1] - y[0] - y[1]);
    const inside = [0, 0];
    for (let n = 0; n + 1 < levels.length; n++) {
      const [la, lb, side, change] = levels[n], [ha, hb] = levels[n + 1];
      inside[side] += change;
      if (inside[0] === inside[1] || (la === ha && lb === hb)) continue;
      this.strip(a, b, [la, lb], [ha, hb], inside[0] > 0);
    }
  }

  /** A wall between two heights on the edge from corner a to corner b, which faces away. */
  private strip(
    a: number,
    b: number,
    [fromA, fromB]: readonly [number, number],
    [toA, toB]: readonly [number, number],
    outward: boolean,
  ): void {
    const nextOf = (k: number, place: number) => this.hasGap(k) ? place + 1 : 3;
    let pa = fromA, pb = fromB, va = this.vertexAt(a, pa), vb = this.vertexAt(b, pb);
    while (pa < toA || pb < toB) {
      const onA = pa < toA && (pb >= toB || pa <= pb);
      const place = onA ? nextOf(a, pa) : nextOf(b, pb);
      const v = onA ? this.vertexAt(a, place) : this.vertexAt(b, place);
      if (outward) this.faces.add(vb, va, v, 1);
      else this.faces.add(va, vb, v, 1);
      if (onA) pa = place, va = v;
      else pb = place, vb = v;
    }
  }
}
