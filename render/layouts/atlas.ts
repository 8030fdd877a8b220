/**
 * One picture for all of a scan's materials: layouts whose scans have a single texture (PIFu, PaMIR) get
 * the materials side by side in a grid, and the mesh's texture coordinates with them.
 */
import type { Mesh, Texture } from "../../core/geometry/mesh.ts";
import type { Image } from "../../core/files/image.ts";
import { LINEAR_OF_SRGB, srgbOfLinear } from "../srgb.ts";

/** Where the materials' squares lie. */
export interface Atlas {
  /** Texture coordinates a corner in the whole picture, length 6 · faces. */
  uvs: Float32Array;
  /** Squares a row and rows: 1 × 1 where the scan has one material, whose coordinates are kept. */
  columns: number;
  rows: number;
  /** Triangles that reach beyond the border of their square and are cut there. */
  cut: number;
}

/** The side of the whole picture is at most this. */
const MOST_PIXELS = 8192;

/** Slack of coordinates at a square's border. */
const EPSILON = 1e-6;

const atlases = new WeakMap<Mesh, Atlas>();

/** Lays out a mesh's materials, once; undefined where it has no texture coordinates. */
export function atlasOf(mesh: Mesh): Atlas | undefined {
  const { uvs } = mesh;
  if (uvs === undefined) return undefined;
  let atlas = atlases.get(mesh);
  if (atlas === undefined) atlases.set(mesh, atlas = layOut(mesh, uvs));
  return atlas;
}

function layOut({ materials = [], faceMaterials }: Mesh, uvs: Float32Array): Atlas {
  const count = Math.max(1, materials.length);
  const columns = Math.ceil(Math.sqrt(count)), rows = Math.ceil(count / columns);
  const out = new Float32Array(uvs.length);
  let cut = 0;
  for (let f = 0; f < uvs.length / 6; f++) {
    const square = faceMaterials?.[f] ?? 0;
    const origin = [square % columns, Math.floor(square / columns)], sides = [columns, rows];
    let crosses = false;
    for (let k = 0; k < 2; k++) {
      const at = 6 * f + k;
      // Repeats of the texture are brought home.
      const home = Math.floor(Math.min(uvs[at], uvs[at + 2], uvs[at + 4]) + EPSILON);
      for (let c = at; c < at + 6; c += 2) {
        const own = uvs[c] - home;
        crosses ||= own > 1 + EPSILON;
        out[c] = count === 1 ? uvs[c] : (origin[k] + Math.min(1, Math.max(0, own))) / sides[k];
      }
    }
    if (crosses) cut++;
  }
  return { uvs: out, columns, rows, cut };
}

/**
 * Draws the picture that {@linkcode Atlas.uvs} see: RGB, each square as large as the largest texture.
 * Undefined where no material has a texture.
 */
export function atlasPicture(
  { materials = [] }: Mesh,
  { columns, rows }: Atlas,
): Image | undefined {
  const sizes = materials.flatMap(({ texture }) =>
    texture === undefined ? [] : [[texture.width, texture.height]]
  );
  if (sizes.length === 0) return undefined;
  const [width, height] = [0, 1].map((k) =>
    Math.min(Math.floor(MOST_PIXELS / columns), Math.max(...sizes.map((size) => size[k])))
  );
  const picture = { width: columns * width, height: rows * height };
  const data = new Uint8Array(3 * picture.width * picture.height);
  materials.forEach(({ texture, baseColor }, square) => {
    const texel = texelOf(texture, baseColor);
    const left = square % columns * width, top = Math.floor(square / columns) * height;
    for (let y = 0; y < height; y++) {
      for (let x = 0, to = 3 * ((top + y) * picture.width + left); x < width; x++, to += 3) {
        texel((x + 0.5) / width, (y + 0.5) / height, data, to);
      }
    }
  });
  return { ...picture, channels: 3, data };
}

/** Writes a material's colour at a place, sRGB, nearest texel. */
function texelOf(texture: Texture | undefined, baseColor: readonly number[]) {
  if (texture === undefined) {
    const plain = [0, 1, 2].map((k) => srgbOfLinear(baseColor[k]));
    return (_u: number, _v: number, out: Uint8Array, to: number) => out.set(plain, to);
  }
  const { width, height, data } = texture;
  const tables = [0, 1, 2].map((k) =>
    Uint8Array.from(
      { length: 256 },
      (_, stored) =>
        baseColor[k] === 1 ? stored : srgbOfLinear(LINEAR_OF_SRGB[stored] * baseColor[k]),
    )
  );
  return (u: number, v: number, out: Uint8Array, to: number) => {
    const from = 4 * (Math.floor(v * height) * width + Math.floor(u * width));
    for (let k = 0; k < 3; k++) out[to + k] = tables[k][data[from + k]];
  };
}
