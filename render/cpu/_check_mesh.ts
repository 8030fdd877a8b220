/**
 * Whether a mesh from outside can be drawn at all. (Texture coordinates or normals that are not
 * finite do not stop it: `checkMesh` of core notes them, and drawing falls back to the base colour
 * and the triangle's normal.)
 */
import type { Mesh } from "../../core/geometry/mesh.ts";
import { InputError } from "../../core/work/errors.ts";
import type { NormalSource } from "../backend.ts";

/**
 * Checks that arrays fit each other, indices lead somewhere and numbers are finite.
 *
 * @throws {InputError} If not.
 */
export function checkMesh(mesh: Mesh, normalSource: NormalSource): void {
  const { positions, indices, uvs, normals, colors, faceMaterials, materials = [] } = mesh;
  const vertices = positions.length / 3, faces = indices.length / 3;
  if (!Number.isInteger(vertices)) fail(`${positions.length} coordinates`, "three a vertex");
  if (!Number.isInteger(faces)) fail(`${indices.length} indices`, "three a triangle");
  expectLength("texture coordinates", uvs, 6 * faces);
  expectLength("normal coordinates", normals, 3 * vertices);
  expectLength("colour values", colors, 4 * vertices);
  expectLength("face materials", faceMaterials, faces);

  const stray = firstAbove(indices, vertices - 1);
  if (stray >= 0) {
    fail(`triangle ${Math.floor(stray / 3)} uses vertex ${indices[stray]}`, `below ${vertices}`);
  }
  const nowhere = firstNotFinite(positions);
  if (nowhere >= 0) {
    fail(`vertex ${Math.floor(nowhere / 3)} has ${positions[nowhere]}`, "finite coordinates");
  }
  if (faceMaterials !== undefined && materials.length > 0) {
    const unknown = firstAbove(faceMaterials, materials.length - 1);
    if (unknown >= 0) {
      fail(
        `triangle ${unknown} has material ${faceMaterials[unknown]}`,
        `below ${materials.length}`,
      );
    }
  }
  for (const { texture } of materials) {
    if (texture === undefined) continue;
    expectLength(
      `bytes in texture "${texture.name}"`,
      texture.data,
      texture.width * texture.height * 4,
    );
    if (texture.data.length === 0) fail(`empty texture "${texture.name}"`, "at least one texel");
  }
  if (normalSource === "file" && normals === undefined) {
    fail("no normals in the file", "vertex normals, as --normals file needs them");
  }
}

function fail(found: string, wanted: string): never {
  throw new InputError(`Cannot draw the mesh: found ${found}, expected ${wanted}`);
}

function expectLength(what: string, values: ArrayLike<number> | undefined, wanted: number): void {
  if (values !== undefined && values.length !== wanted) {
    fail(`${values.length} ${what}`, `${wanted}`);
  }
}

function firstAbove(values: Uint32Array | Uint16Array, most: number): number {
  for (let i = 0; i < values.length; i++) if (values[i] > most) return i;
  return -1;
}

function firstNotFinite(values: Float32Array): number {
  for (let i = 0; i < values.length; i++) if (!(Math.abs(values[i]) < Infinity)) return i;
  return -1;
}
