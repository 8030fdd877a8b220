/** Textures at all sizes down to one texel, so that minified texture can be read without aliasing. */
import type { Texture } from "../../core/geometry/mesh.ts";
import { LINEAR_OF_SRGB, srgbOfLinear } from "../srgb.ts";

/** One size of a texture: RGBA, 8 bits sRGB, row by row from the top. */
export interface MipLevel {
  width: number;
  height: number;
  data: Uint8Array;
}

/** A texture and its halves; level 0 is the texture itself, not a copy. */
export interface MipMap {
  levels: readonly MipLevel[];
  /** What lies outside 0 … 1: the other side again, or the border texel. */
  wrap: "repeat" | "clamp";
}

/**
 * Halves a texture until one texel is left, averaging light (not stored values) over boxes. Sides
 * that are odd are divided into boxes of equal area, so the mean stays what it was. Alpha is
 * left out: textures are opaque here. Stored at 8 bits, so an eight times larger texture costs a
 * third more memory, not five times as much.
 */
export function buildMipMap(texture: Texture): MipMap {
  const levels: MipLevel[] = [texture];
  for (;;) {
    const last = levels[levels.length - 1];
    if (last.width === 1 && last.height === 1) break;
    levels.push(half(last));
  }
  return { levels, wrap: texture.wrap ?? "repeat" };
}

function half(from: MipLevel): MipLevel {
  const width = Math.max(1, from.width >> 1), height = Math.max(1, from.height >> 1);
  const data = new Uint8Array(4 * width * height);
  if (from.width !== 2 * width || from.height !== 2 * height) {
    return boxes(from, { width, height, data });
  }
  const light = LINEAR_OF_SRGB, source = from.data, stride = 4 * from.width;
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0, at = 2 * y * stride; x < width; x++, at += 8, to += 4) {
      for (let k = 0; k < 3; k++) {
        const upper = light[source[at + k]] + light[source[at + 4 + k]];
        const lower = light[source[at + stride + k]] + light[source[at + stride + 4 + k]];
        data[to + k] = srgbOfLinear((upper + lower) / 4);
      }
      data[to + 3] = 255;
    }
  }
  return { width, height, data };
}

/** Averages boxes whose borders may cut texels. */
function boxes(from: MipLevel, to: MipLevel): MipLevel {
  const columns = shares(from.width, to.width), rows = shares(from.height, to.height);
  for (let y = 0, at = 0; y < to.height; y++) {
    for (let x = 0; x < to.width; x++, at += 4) {
      const sum = [0, 0, 0];
      for (const [row, rowShare] of rows[y]) {
        for (const [column, columnShare] of columns[x]) {
          const texel = 4 * (row * from.width + column);
          for (let k = 0; k < 3; k++) {
            sum[k] += rowShare * columnShare * LINEAR_OF_SRGB[from.data[texel + k]];
          }
        }
      }
      for (let k = 0; k < 3; k++) to.data[at + k] = srgbOfLinear(sum[k]);
      to.data[at + 3] = 255;
    }
  }
  return to;
}

/** For each of `to` equal boxes over `from` texels: which texels it holds, with shares that sum to 1. */
function shares(from: number, to: number): [texel: number, share: number][][] {
  const size = from / to;
  return Array.from({ length: to }, (_, box) => {
    const start = box * size, end = start + size;
    const found: [number, number][] = [];
    for (let texel = Math.floor(start); texel < Math.min(from, end); texel++) {
      const share = (Math.min(end, texel + 1) - Math.max(start, texel)) / size;
      if (share > 0) found.push([texel, share]);
    }
    return found;
  });
}

const texel = new Float64Array(3);

/**
 * Reads a texture at (u, v) with trilinear filtering: bilinear in the two sizes nearest to
 * `lod`, blended in linear light.
 *
 * @param lod log₂ of the pixel's footprint in texels; ≤ 0 reads the texture itself.
 * @param out Receives linear RGB at `at`.
 */
export function sampleMipMap(
  map: MipMap,
  [u, v]: readonly [number, number],
  lod: number,
  out: Float32Array,
  at: number,
): void {
  const last = map.levels.length - 1;
  const level = lod > 0 ? Math.min(last, Math.floor(lod)) : 0;
  bilinear(map.levels[level], map.wrap === "clamp", u, v);
  let r = texel[0], g = texel[1], b = texel[2];
  if (lod > 0 && level < last) {
    const share = lod - level;
    bilinear(map.levels[level + 1], map.wrap === "clamp", u, v);
    r += share * (texel[0] - r);
    g += share * (texel[1] - g);
    b += share * (texel[2] - b);
  }
  out[at] = r;
  out[at + 1] = g;
  out[at + 2] = b;
}

/** Reads one size at (u, v), v down; texel centres at (i + 0.5)/n. Leaves linear RGB in `texel`. */
function bilinear({ width, height, data }: MipLevel, clamp: boolean, u: number, v: number): void {
  const x = u * width - 0.5, y = v * height - 0.5;
  const floorX = Math.floor(x), floorY = Math.floor(y);
  const fx = x - floorX, fy = y - floorY;
  let x0 = floorX, x1 = floorX + 1, y0 = floorY, y1 = floorY + 1;
  if (!(x0 >= 0 && x1 < width && y0 >= 0 && y1 < height)) {
    x0 = wrapped(x0, width, clamp);
    x1 = wrapped(x1, width, clamp);
    y0 = wrapped(y0, height, clamp);
    y1 = wrapped(y1, height, clamp);
  }
  const p00 = 4 * (y0 * width + x0), p10 = 4 * (y0 * width + x1);
  const p01 = 4 * (y1 * width + x0), p11 = 4 * (y1 * width + x1);
  const w11 = fx * fy, w10 = fx - w11, w01 = fy - w11, w00 = 1 - fx - w01;
  const light = LINEAR_OF_SRGB;
  texel[0] = w00 * light[data[p00]] + w10 * light[data[p10]] +
    w01 * light[data[p01]] + w11 * light[data[p11]];
  texel[1] = w00 * light[data[p00 + 1]] + w10 * light[data[p10 + 1]] +
    w01 * light[data[p01 + 1]] + w11 * light[data[p11 + 1]];
  texel[2] = w00 * light[data[p00 + 2]] + w10 * light[data[p10 + 2]] +
    w01 * light[data[p01 + 2]] + w11 * light[data[p11 + 2]];
}

function wrapped(index: number, size: number, clamp: boolean): number {
  if (clamp) return Math.min(size - 1, Math.max(0, index));
  const rest = index % size;
  return rest < 0 ? rest + size : rest;
}
