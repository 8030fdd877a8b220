/**
 * What PIFu's and PaMIR's own renderers light a scan by: transfer a vertex (`prt_util.py: computePRT`)
 * and coefficients of light, in the scale of their shader (`prt.fs`), where their product is the
 * shading itself.
 */
import type { NpyArray } from "../../core/files/npy.ts";
import { encodeLossy } from "../../core/files/image.ts";
import type { Mesh } from "../../core/geometry/mesh.ts";
import { type Matrix4, rotationPart } from "../../core/geometry/transform.ts";
import { radianceOf, type SphericalLight } from "../light.ts";
import { turnedLight } from "../transfer.ts";
import { atlasOf, atlasPicture } from "./atlas.ts";
import type { LayoutSubject } from "./layout.ts";
import { transferFor } from "./lit_picture.ts";

/**
 * The transfer of each vertex of the mesh in the layout's frame, ∫ V max(0, n·ω) Y(ω) dω: (vertices, 9),
 * harmonics in the order 1, y, z, x, xy, yz, 3z² − 1, xz, x² − y². Undefined where shadows are not wanted.
 */
export function publishedTransfer(
  subject: Pick<LayoutSubject, "scene" | "options">,
  layoutFromScan: Matrix4,
): NpyArray | undefined {
  const transfer = transferFor(subject);
  if (transfer === undefined) return undefined;
  const turn = turnMatrix(layoutFromScan), count = transfer.length / 9;
  const data = new Float64Array(transfer.length);
  for (let v = 0; v < count; v++) {
    for (let row = 0; row < 9; row++) {
      let sum = 0;
      for (let k = 0; k < 9; k++) sum += turn[9 * row + k] * transfer[9 * v + k];
      data[9 * v + row] = Math.PI * sum; // ours are over π
    }
  }
  return { shape: [count, 9], dtype: "f8", data };
}

/** The 9 × 9 matrix (row-major) that takes coefficients of the scan's frame to the layout's. */
function turnMatrix(layoutFromScan: Matrix4): Float64Array {
  const [a, b, c, d, e, f, g, h, i] = rotationPart(layoutFromScan);
  const back = [a, d, g, b, e, h, c, f, i]; // directions of the layout to those of the scan
  const out = new Float64Array(81);
  for (let k = 0; k < 9; k++) {
    const unit = new Float64Array(27);
    unit[k] = 1;
    const turned = turnedLight(unit, back);
    for (let row = 0; row < 9; row++) out[9 * row + k] = turned[row];
  }
  return out;
}

/** The mesh's triangles, (faces, 3) int64, as trimesh keeps them. */
export function facesArray({ indices }: Pick<Mesh, "indices">): NpyArray {
  return {
    shape: [indices.length / 3, 3],
    dtype: "i8",
    data: BigInt64Array.from(indices, (v) => BigInt(v)),
  };
}

/** `np.savetxt(…, fmt="%.8f")` of a two-dimensional array. */
export function savetxt8({ shape: [rows, columns], data }: NpyArray): Uint8Array {
  const encoder = new TextEncoder();
  // 11 characters a number at most: transfer lies in ±π, light within ten times that.
  let out = new Uint8Array(12 * rows * columns + 64), at = 0;
  for (let row = 0; row < rows; row++) {
    const line: string[] = [];
    for (let k = 0; k < columns; k++) line.push(Number(data[row * columns + k]).toFixed(8));
    const text = line.join(" ") + "\n";
    if (at + text.length > out.length) {
      const longer = new Uint8Array(2 * out.length + text.length);
      longer.set(out);
      out = longer;
    }
    at += encoder.encodeInto(text, out.subarray(at)).written;
  }
  return out.subarray(0, at);
}

/**
 * The coefficients of a light as PIFu keeps them: (9, 3), rows of RGB. Radiance over π, since the
 * shader multiplies transfer without the 1/π of a diffuse surface.
 *
 * @param turn Takes directions of the frame that they are wanted in to the camera's (3 × 3);
 *   absent: the camera's own.
 */
export function shRows(light: SphericalLight, turn?: ArrayLike<number>): NpyArray {
  const data = new Float64Array(27), own = radianceOf(light);
  const radiance = turn === undefined ? own : turnedLight(own, turn);
  for (let k = 0; k < 9; k++) {
    for (let c = 0; c < 3; c++) data[3 * k + c] = radiance[9 * c + k] / Math.PI;
  }
  return { shape: [9, 3], dtype: "f8", data };
}

/** The mesh with the texture coordinates of {@linkcode textureFile}, without materials. */
export function meshOnAtlas(mesh: Mesh): Mesh {
  const { materials: _, faceMaterials: __, ...rest } = mesh, atlas = atlasOf(mesh);
  return atlas === undefined ? rest : { ...rest, uvs: atlas.uvs };
}

/** The picture that the mesh's texture coordinates see, as JPEG; undefined where it has none. */
export async function textureFile(mesh: Mesh): Promise<Uint8Array | undefined> {
  const atlas = atlasOf(mesh), picture = atlas && atlasPicture(mesh, atlas);
  return picture && await encodeLossy(picture, { format: "jpeg", quality: 95 });
}
