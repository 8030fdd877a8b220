/** Texture coordinates and pictures for the people of miniatures. */
import { encodeLossy, encodePng } from "../../core/files/image.ts";
import { encodeObj } from "../../core/files/obj_write.ts";
import { boundsOf, type Mesh } from "../../core/geometry/mesh.ts";
import type { Files } from "./files.ts";

const SIZE = 16;

/** A picture of stripes, RGB. */
export function stripes(): Uint8Array {
  return Uint8Array.from({ length: 3 * SIZE * SIZE }, (_, i) => (i * 37) % 200 + 40);
}

/** The picture as PNG or JPEG. */
export async function picture(format: "png" | "jpeg"): Promise<Uint8Array> {
  const image = { width: SIZE, height: SIZE, channels: 3 as const, data: stripes() };
  return format === "png" ? encodePng(image) : await encodeLossy(image);
}

/** The mesh with texture coordinates: front view, v down. */
export function withUvs(mesh: Mesh): Mesh & { uvs: Float32Array } {
  const { min, max } = boundsOf(mesh), { positions: p, indices } = mesh;
  const uvs = new Float32Array(2 * indices.length);
  indices.forEach((v, i) => {
    uvs[2 * i] = (p[3 * v] - min[0]) / (max[0] - min[0]);
    uvs[2 * i + 1] = (max[1] - p[3 * v + 1]) / (max[1] - min[1]);
  });
  return { ...mesh, uvs };
}

/** An OBJ of a mesh with texture coordinates that names a material library. */
export function objText(mesh: Mesh, library?: string): Uint8Array {
  const [obj] = encodeObj(withUvs(mesh), "m").values();
  if (library === undefined) return obj;
  const head = new TextEncoder().encode(`mtllib ${library}\nusemtl material0\n`);
  const out = new Uint8Array(head.length + obj.length);
  out.set(head);
  out.set(obj, head.length);
  return out;
}

/** A library of one material with a picture. */
export function mtlText(picture: string): string {
  return `newmtl material0\nKa 1 1 1\nKd 1 1 1\nmap_Kd ${picture}\n`;
}

/** Files of an OBJ with library and picture. */
export async function texturedObj(
  folder: string,
  { name, mesh, library, image }: { name: string; mesh: Mesh; library: string; image: string },
): Promise<Files> {
  return {
    [`${folder}/${name}.obj`]: objText(mesh, library),
    [`${folder}/${library}`]: mtlText(image),
    [`${folder}/${image}`]: await picture(image.endsWith("png") ? "png" : "jpeg"),
  };
}
