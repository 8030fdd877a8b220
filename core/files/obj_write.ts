/** Writes Wavefront OBJ with its material library and pictures. */
import type { Mesh } from "../geometry/mesh.ts";
import { splitCorners } from "./_corner_vertices.ts";
import { encodePng, textureImage } from "./image.ts";

/** Text is put together in pieces of about this many characters. */
const PIECE = 1 << 20;

/**
 * Makes the files of an OBJ, by name: `<name>.obj`, and where the mesh has materials `<name>.mtl` and
 * a PNG for each picture. Numbers have the 9 digits that float32 needs; texture coordinates are
 * written with v up. Vertex colours go behind the coordinates, 0 to 1.
 */
export function encodeObj(mesh: Mesh, name: string): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  const materials = mesh.materials ?? [];
  const out = new TextPieces();
  if (materials.length > 0) out.add(`mtllib ${name}.mtl\n`);
  writeVertices(mesh, out);
  writeFaces(mesh, out, materials.map((material, m) => material.name || `material_${m}`));
  files.set(`${name}.obj`, out.bytes());
  if (materials.length === 0) return files;

  const library = new TextPieces();
  const pictures = new Map<unknown, string>();
  materials.forEach(({ name: own, baseColor, texture }, m) => {
    library.add(
      `newmtl ${own || `material_${m}`}\nKd ${baseColor.slice(0, 3).map(text).join(" ")}\n`,
    );
    if (baseColor[3] !== 1) library.add(`d ${text(baseColor[3])}\n`);
    if (texture === undefined) return;
    let file = pictures.get(texture);
    if (file === undefined) {
      file = `${name}_${pictures.size}.png`;
      pictures.set(texture, file);
      files.set(file, encodePng(textureImage(texture)));
    }
    library.add(`map_Kd ${file}\n`);
  });
  files.set(`${name}.mtl`, library.bytes());
  return files;
}

function writeVertices(mesh: Mesh, out: TextPieces): void {
  const { positions: p, colors, normals } = mesh;
  // Four digits tell 256 values apart.
  const levels = Array.from({ length: 256 }, (_, byte) => String(+(byte / 255).toFixed(4)));
  for (let v = 0; 3 * v < p.length; v++) {
    const color = colors === undefined
      ? ""
      : ` ${levels[colors[4 * v]]} ${levels[colors[4 * v + 1]]} ${levels[colors[4 * v + 2]]}`;
    out.add(`v ${text(p[3 * v])} ${text(p[3 * v + 1])} ${text(p[3 * v + 2])}${color}\n`);
  }
  for (let i = 0; i < (normals?.length ?? 0); i += 3) {
    out.add(`vn ${text(normals![i])} ${text(normals![i + 1])} ${text(normals![i + 2])}\n`);
  }
}

function writeFaces(mesh: Mesh, out: TextPieces, names: readonly string[]): void {
  const { indices, uvs, normals, faceMaterials } = mesh;
  const split = uvs === undefined
    ? undefined
    : splitCorners(indices, uvs, mesh.positions.length / 3);
  for (let i = 0; i < (split?.uvs.length ?? 0); i += 2) {
    out.add(`vt ${text(split!.uvs[i])} ${text(1 - split!.uvs[i + 1])}\n`);
  }
  let material = -1;
  for (let face = 0; 3 * face < indices.length; face++) {
    const wanted = faceMaterials?.[face] ?? 0;
    if (wanted !== material && names.length > 0) {
      material = wanted;
      out.add(`usemtl ${names[wanted]}\n`);
    }
    let line = "f";
    for (let corner = 3 * face; corner < 3 * face + 3; corner++) {
      const v = indices[corner] + 1;
      const t = split === undefined ? "" : split.indices[corner] + 1;
      line += split === undefined && normals === undefined
        ? ` ${v}`
        : normals === undefined
        ? ` ${v}/${t}`
        : ` ${v}/${t}/${v}`;
    }
    out.add(line + "\n");
  }
}

/** The shortest text of a number rounded to 9 digits, which is exact for float32. */
function text(value: number): string {
  return Object.is(value, -0) ? "-0" : String(+value.toPrecision(9));
}

/** Text that is turned into bytes piece by piece: a string cannot hold a large file. */
class TextPieces {
  readonly #encoder = new TextEncoder();
  readonly #pieces: Uint8Array[] = [];
  #text = "";

  add(text: string): void {
    this.#text += text;
    if (this.#text.length > PIECE) this.#flush();
  }

  bytes(): Uint8Array {
    this.#flush();
    const out = new Uint8Array(this.#pieces.reduce((sum, piece) => sum + piece.length, 0));
    let at = 0;
    for (const piece of this.#pieces) {
      out.set(piece, at);
      at += piece.length;
    }
    return out;
  }

  #flush(): void {
    this.#pieces.push(this.#encoder.encode(this.#text));
    this.#text = "";
  }
}
