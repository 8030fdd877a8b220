/** What a file is by its first bytes, whatever it is called. */
import { isGlb } from "./_gltf_load.ts";
import { isPly } from "./_ply_header.ts";
import { isExr } from "./_exr_read.ts";
import { imageFormat } from "./image.ts";
import type { MeshFormat } from "./mesh_format.ts";
import { isNpy } from "./npy.ts";
import { isZip } from "./zip.ts";

/** How many bytes are enough to tell. */
export const SNIFF_BYTES = 1 << 16;

const OBJ_KEYWORDS = new Set(
  "v vt vn vp f l p g o s mg mtllib usemtl usemap maplib bevel lod shadow_obj trace_obj cstype"
    .split(" "),
);

/** The mesh format of a file; undefined if it is none. */
export function sniffMesh(head: Uint8Array): MeshFormat | undefined {
  if (isGlb(head)) return "glb";
  if (isPly(head)) return "ply";
  const text = new TextDecoder("latin1").decode(head).replace(/^\u00ef\u00bb\u00bf/, "");
  if (/^\s*\{/.test(text)) return text.includes('"') ? "gltf" : undefined;
  if (text.includes("\0")) return undefined;
  let comments = 0;
  for (const line of text.split(/\r\n|\n|\r/)) {
    const [word] = line.trim().split(/\s/, 1);
    if (word === "") continue;
    if (!word.startsWith("#")) return OBJ_KEYWORDS.has(word) ? "obj" : undefined;
    comments++;
  }
  return comments > 0 ? "obj" : undefined;
}

/** What a file that is no mesh is, in words. */
export function describeContent(head: Uint8Array): string {
  const text = String.fromCharCode(...head.subarray(0, 24));
  if (head.length === 0) return "it is empty";
  if (isZip(head)) return "it is a zip archive";
  if (isNpy(head)) return "it is a NumPy array";
  if (isExr(head)) return "it is an OpenEXR picture";
  const picture = imageFormat(head);
  if (picture !== undefined) return `it is a picture (${picture})`;
  if (text.startsWith("solid ")) return "it is an STL mesh";
  if (text.startsWith("Kaydara FBX")) return "it is an FBX scene";
  if (text.startsWith("\x89HDF\r\n")) return "it is an HDF5 file";
  if (text.startsWith("\x1f\x8b")) return "it is compressed with gzip";
  if (head[0] === 0x80 && head[1] >= 2 && head[1] <= 5) return "it is a Python pickle";
  if (text.startsWith("version https://git-lfs")) {
    return "it is a Git LFS pointer, not the file itself";
  }
  if (/^\s*<\?xml/.test(text)) return "it is XML";
  if (/^\s*<(!doctype )?html/i.test(text)) return "it is a web page";
  return "its content is none of these";
}
