/** The triangles of a glTF scene, one after the other into one mesh. */
import type { Accessor, Document, Material as GltfMaterial, Primitive } from "@gltf-transform/core";
import type { Mesh } from "../geometry/mesh.ts";
import {
  affine,
  determinant,
  identity,
  invert,
  type Matrix4,
  multiply,
} from "../geometry/transform.ts";
import { InputError } from "../work/errors.ts";
import { linearToSrgb } from "./_srgb.ts";
import type { Gltf } from "./_gltf_check.ts";
import type { TakeNote } from "./_corners.ts";

/** One primitive where a node puts it. */
export interface Placed {
  primitive: Primitive;
  /** Its node's place in the scene. */
  sceneFromNode: Matrix4;
}

/** How a material's base colour picture is laid on: which coordinates, and how they are changed. */
export interface UvRule {
  set: number;
  /** u' = m0 u + m1 v + m2, v' = m3 u + m4 v + m5. */
  matrix: readonly number[];
}

/** Lists the primitives of the default scene (else the first, else all roots), parents first. */
export function placedPrimitives(gltf: Gltf, document: Document): Placed[] {
  const children = new Set(gltf.nodes.flatMap(({ children }) => children));
  const allRoots = gltf.nodes.flatMap((_, n) => children.has(n) ? [] : [n]);
  const roots = gltf.scenes[gltf.scene ?? 0]?.nodes ?? allRoots;
  const meshes = document.getRoot().listMeshes();
  const placed: Placed[] = [];
  const open = roots.toReversed().map((n) => ({ n, sceneFromParent: identity() }));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const node = gltf.nodes[next.n];
    const sceneFromNode = multiply(next.sceneFromParent, localMatrix(node));
    for (const primitive of node.mesh === undefined ? [] : meshes[node.mesh].listPrimitives()) {
      placed.push({ primitive, sceneFromNode });
    }
    for (const child of node.children.toReversed()) {
      open.push({ n: child, sceneFromParent: sceneFromNode });
    }
  }
  return placed;
}

/** A node's own transform: its matrix (by columns in the file), or T · R · S. */
function localMatrix({ matrix, translation, rotation, scale }: Gltf["nodes"][number]): Matrix4 {
  if (matrix !== undefined) {
    return Float64Array.from({ length: 16 }, (_, i) => matrix[4 * (i % 4) + (i >> 2)]);
  }
  const [sx, sy, sz] = scale ?? [1, 1, 1];
  const [qx, qy, qz, qw] = rotation ?? [0, 0, 0, 1];
  const n = 2 / (qx * qx + qy * qy + qz * qz + qw * qw || 1);
  // deno-fmt-ignore
  return affine([
    sx * (1 - n * (qy * qy + qz * qz)), sy * n * (qx * qy - qz * qw), sz * n * (qx * qz + qy * qw),
    sx * n * (qx * qy + qz * qw), sy * (1 - n * (qx * qx + qz * qz)), sz * n * (qy * qz - qx * qw),
    sx * n * (qx * qz - qy * qw), sy * n * (qy * qz + qx * qw), sz * (1 - n * (qx * qx + qy * qy)),
  ], translation ?? [0, 0, 0]);
}

/**
 * Puts primitives together. Primitives that share their vertices go on sharing them; mirrored ones
 * (negative determinant) are turned inside out, as glTF rules.
 *
 * @param materialOf number of a primitive's material in the mesh, and its rule for coordinates
 * @throws {InputError} If an index has no vertex.
 */
export function assemblePrimitives(
  placed: readonly Placed[],
  materialOf: (material: GltfMaterial | null) => { number: number; uv: UvRule | undefined },
  from: { file: string; note: TakeNote },
): Mesh {
  const { file, note } = from;
  const triangles = placed.map(({ primitive }) => triangleIndices(primitive));
  const skipped = triangles.filter((t) => t === undefined).length;
  if (skipped > 0) {
    note("primitive-skipped", `${skipped} primitives of points or lines were skipped`);
  }
  const parts = placed.map((part, i) => ({ ...part, corners: triangles[i] ?? [] }))
    .filter(({ corners, primitive }) => corners.length > 0 && primitive.getAttribute("POSITION"));

  // Where each set of vertices begins.
  const starts = new Map<string, number>();
  const numbers = new Map<unknown, number>();
  const numberOf = (thing: unknown) => {
    if (!numbers.has(thing)) numbers.set(thing, numbers.size);
    return numbers.get(thing)!;
  };
  let vertices = 0, corners = 0;
  const fresh: { part: typeof parts[number]; start: number }[] = [];
  const startOf = parts.map((part) => {
    const { primitive, sceneFromNode } = part;
    const names = ["POSITION", "NORMAL", "COLOR_0"];
    const key = [...names.map((name) => numberOf(primitive.getAttribute(name))), ...sceneFromNode]
      .join(" ");
    let start = starts.get(key);
    if (start === undefined) {
      starts.set(key, start = vertices);
      fresh.push({ part, start });
      vertices += primitive.getAttribute("POSITION")!.getCount();
    }
    corners += part.corners.length;
    return start;
  });
  const withNormals = fresh.filter(({ part }) => part.primitive.getAttribute("NORMAL")).length;
  if (withNormals > 0 && withNormals < fresh.length) {
    note("normals-incomplete", "some parts have no normals; the file's normals are not used");
  }
  const mesh: Mesh = {
    positions: new Float32Array(3 * vertices),
    indices: new Uint32Array(corners),
  };
  if (withNormals > 0 && withNormals === fresh.length) {
    mesh.normals = new Float32Array(3 * vertices);
  }
  if (fresh.some(({ part }) => part.primitive.getAttribute("COLOR_0"))) {
    mesh.colors = new Uint8Array(4 * vertices).fill(255);
  }
  for (const { part, start } of fresh) fillVertices(mesh, part, start);

  const rules = parts.map(({ primitive }) => materialOf(primitive.getMaterial()));
  const uvSets = parts.map(({ primitive }, i) =>
    primitive.getAttribute(`TEXCOORD_${rules[i].uv?.set ?? 0}`)
  );
  if (uvSets.some((set) => set !== null)) mesh.uvs = new Float32Array(2 * corners);
  if (rules.some(({ number }) => number > 0)) mesh.faceMaterials = new Uint16Array(corners / 3);
  let at = 0, without = 0;
  parts.forEach((part, i) => {
    const count = part.primitive.getAttribute("POSITION")!.getCount();
    const mirrored = determinant(part.sceneFromNode) < 0;
    const order = mirrored ? mirror(part.corners) : part.corners;
    for (let k = 0; k < order.length; k++) {
      if (order[k] >= count) {
        throw new InputError(
          `Cannot read a glTF file: a triangle uses vertex ${order[k]} of ${count}`,
          { file },
        );
      }
      mesh.indices[at + k] = order[k] + startOf[i];
    }
    const { number, uv } = rules[i];
    mesh.faceMaterials?.fill(number, at / 3, (at + order.length) / 3);
    const set = uvSets[i];
    if (set !== null) fillUvs(mesh.uvs!.subarray(2 * at), order, values(set), uv?.matrix);
    else if (uv !== undefined) without += order.length;
    at += order.length;
  });
  if (without > 0) note("uv-missing", `${without} corners have a picture and no coordinates`);
  return mesh;
}

function fillVertices(mesh: Mesh, { primitive, sceneFromNode: m }: Placed, start: number): void {
  const position = primitive.getAttribute("POSITION")!;
  const p = values(position), count = position.getCount();
  const still = m.every((value, i) => value === (i % 5 === 0 ? 1 : 0));
  if (still) mesh.positions.set(p, 3 * start);
  for (let i = still ? Infinity : 0, to = 3 * start; i < 3 * count; i += 3, to += 3) {
    const x = p[i], y = p[i + 1], z = p[i + 2];
    mesh.positions[to] = m[0] * x + m[1] * y + m[2] * z + m[3];
    mesh.positions[to + 1] = m[4] * x + m[5] * y + m[6] * z + m[7];
    mesh.positions[to + 2] = m[8] * x + m[9] * y + m[10] * z + m[11];
  }
  const normal = primitive.getAttribute("NORMAL");
  if (mesh.normals !== undefined && normal !== null) {
    const n = values(normal);
    // Normals go by the inverse transpose; a flattened node has none and keeps zeros.
    const flat = !(Math.abs(determinant(m)) > 1e-300);
    const w = flat ? new Float64Array(16) : invert(m);
    for (let i = 0, to = 3 * start; i < 3 * count; i += 3, to += 3) {
      const x = w[0] * n[i] + w[4] * n[i + 1] + w[8] * n[i + 2];
      const y = w[1] * n[i] + w[5] * n[i + 1] + w[9] * n[i + 2];
      const z = w[2] * n[i] + w[6] * n[i + 1] + w[10] * n[i + 2];
      const size = Math.hypot(x, y, z);
      if (!(size > 0)) continue;
      mesh.normals[to] = x / size;
      mesh.normals[to + 1] = y / size;
      mesh.normals[to + 2] = z / size;
    }
  }
  const color = primitive.getAttribute("COLOR_0");
  if (mesh.colors !== undefined && color !== null) {
    const c = values(color), width = color.getElementSize();
    for (let i = 0; i < count; i++) {
      const to = 4 * (start + i);
      for (let k = 0; k < 3; k++) mesh.colors[to + k] = linearToSrgb(c[width * i + k]);
      if (width === 4) {
        mesh.colors[to + 3] = Math.round(255 * Math.min(1, Math.max(0, c[4 * i + 3])));
      }
    }
  }
}

function fillUvs(
  uvs: Float32Array,
  order: ArrayLike<number>,
  texcoords: ArrayLike<number>,
  matrix: readonly number[] | undefined,
): void {
  const [a, b, c, d, e, f] = matrix ?? [1, 0, 0, 0, 1, 0];
  for (let k = 0; k < order.length; k++) {
    const u = texcoords[2 * order[k]], v = texcoords[2 * order[k] + 1];
    uvs[2 * k] = a * u + b * v + c;
    uvs[2 * k + 1] = d * u + e * v + f;
  }
}

/** Three vertices a triangle; undefined for points and lines. */
function triangleIndices(primitive: Primitive): ArrayLike<number> | undefined {
  const mode = primitive.getMode();
  if (mode < 4) return undefined;
  const count = primitive.getAttribute("POSITION")?.getCount() ?? 0;
  const list = primitive.getIndices()?.getArray() ??
    Uint32Array.from({ length: count }, (_, i) => i);
  if (mode === 4) {
    return list.length % 3 === 0 ? list : list.subarray(0, list.length - list.length % 3);
  }
  const triangles = Math.max(0, list.length - 2);
  const out = new Uint32Array(3 * triangles);
  for (let t = 0; t < triangles; t++) {
    // A strip turns every second triangle round; a fan keeps its first corner.
    const odd = mode === 5 ? t & 1 : 0;
    out[3 * t] = mode === 5 ? list[t] : list[t + 1];
    out[3 * t + 1] = mode === 5 ? list[t + 1 + odd] : list[t + 2];
    out[3 * t + 2] = mode === 5 ? list[t + 2 - odd] : list[0];
  }
  return out;
}

function mirror(corners: ArrayLike<number>): Uint32Array {
  const out = Uint32Array.from(corners);
  for (let i = 0; i + 2 < out.length; i += 3) [out[i + 1], out[i + 2]] = [out[i + 2], out[i + 1]];
  return out;
}

/** An accessor's values as numbers: normalized integers are brought to −1…1 or 0…1. */
function values(accessor: Accessor): ArrayLike<number> {
  const array = accessor.getArray()!;
  if (!accessor.getNormalized() || array instanceof Float32Array) return array;
  const largest = 2 ** (8 * array.BYTES_PER_ELEMENT - (isSigned(array) ? 1 : 0)) - 1;
  const out = new Float64Array(array.length);
  for (let i = 0; i < out.length; i++) out[i] = Math.max(-1, array[i] / largest);
  return out;
}

function isSigned(array: ArrayLike<number>): boolean {
  return array instanceof Int8Array || array instanceof Int16Array;
}
