/**
 * Checks of a glTF file's JSON (glTF 2.0 specification, Khronos 2021) before anything is decoded:
 * its shape, that every range lies inside its buffer, that the nodes form trees, and that what it
 * would unpack to is in proportion to its size.
 */
import * as z from "zod";
import { InputError } from "../work/errors.ts";

const index = z.int().min(0);
const size = z.int().min(0);
const numbers = (count: number) => z.array(z.number()).length(count);

const meshopt = z.looseObject({
  buffer: index,
  byteOffset: size.default(0),
  byteLength: size,
  byteStride: z.int().min(1).max(256),
  count: size,
});

const accessor = z.looseObject({
  bufferView: index.optional(),
  byteOffset: size.default(0),
  componentType: z.union([5120, 5121, 5122, 5123, 5125, 5126].map((code) => z.literal(code))),
  count: z.int().min(1),
  type: z.enum(["SCALAR", "VEC2", "VEC3", "VEC4", "MAT2", "MAT3", "MAT4"]),
  sparse: z.looseObject({
    count: z.int().min(1),
    indices: z.looseObject({
      bufferView: index,
      byteOffset: size.default(0),
      componentType: z.union([5121, 5123, 5125].map((code) => z.literal(code))),
    }),
    values: z.looseObject({ bufferView: index, byteOffset: size.default(0) }),
  }).optional(),
});

const primitive = z.looseObject({
  attributes: z.record(z.string(), index),
  indices: index.optional(),
  material: index.optional(),
  mode: z.int().min(0).max(6).default(4),
  extensions: z.looseObject({}).optional(),
});

const node = z.looseObject({
  children: z.array(index).default([]),
  mesh: index.optional(),
  matrix: numbers(16).optional(),
  translation: numbers(3).optional(),
  rotation: numbers(4).optional(),
  scale: numbers(3).optional(),
});

const list = <S extends z.ZodType>(item: S) => z.array(item).default([]);

/** The parts of a glTF file that decide about its geometry; the rest is kept as it is. */
export const gltfSchema = z.looseObject({
  asset: z.looseObject({ version: z.string().regex(/^2\.\d+$/) }),
  extensionsRequired: list(z.string()),
  scene: index.optional(),
  scenes: list(z.looseObject({ nodes: z.array(index).default([]) })),
  nodes: list(node),
  meshes: list(z.looseObject({ primitives: z.array(primitive).min(1) })),
  accessors: list(accessor),
  bufferViews: list(z.looseObject({
    buffer: index,
    byteOffset: size.default(0),
    byteLength: size,
    byteStride: z.int().min(4).max(252).optional(),
    extensions: z.looseObject({ EXT_meshopt_compression: meshopt.optional() }).optional(),
  })),
  buffers: list(z.looseObject({ byteLength: size, uri: z.string().optional() })),
  images: list(z.looseObject({
    uri: z.string().optional(),
    bufferView: index.optional(),
    name: z.string().optional(),
  })),
  textures: list(z.looseObject({ source: index.optional() })),
  materials: list(z.looseObject({})),
});

/** A glTF file's JSON after its shape was checked. */
export type Gltf = z.infer<typeof gltfSchema>;

const COMPONENT_BYTES: Readonly<Record<number, number>> = {
  5120: 1,
  5121: 1,
  5122: 2,
  5123: 2,
  5125: 4,
  5126: 4,
};
const COMPONENTS: Readonly<Record<string, number>> = {
  SCALAR: 1,
  VEC2: 2,
  VEC3: 3,
  VEC4: 4,
  MAT2: 4,
  MAT3: 9,
  MAT4: 16,
};

const ATTRIBUTE_TYPES: ReadonlyMap<string, readonly string[]> = new Map([
  ["POSITION", ["VEC3"]],
  ["NORMAL", ["VEC3"]],
  ["TEXCOORD", ["VEC2"]],
  ["COLOR", ["VEC3", "VEC4"]],
]);

/** What is allowed beyond the file's own size: unpacked buffers, and instances of meshes. */
const SLACK_BYTES = 64 * 2 ** 20;
const MESHOPT_RATIO = 16;
const COPIES_RATIO = 4;
const OUTPUT_RATIO = 16;

/** Required extensions that geometry and base colours can be read with. */
const KNOWN = /^(KHR_mesh_quantization|EXT_meshopt_compression|KHR_texture_transform)$/;
/** Required extensions that change neither, or only pictures (which are noted where unreadable). */
const HARMLESS = /^(KHR_materials_\w+|(EXT|KHR)_texture_\w+|KHR_lights_punctual|KHR_xmp\w*)$/;

/** The most parts of all kinds together: each takes kilobytes once it is read. Scans have a few dozen. */
const MOST_PARTS = 10_000;

/** How many parts parsed JSON lists, whatever its shape. */
function countParts(json: unknown): number {
  const lists = Object.values((json ?? {}) as object).filter(Array.isArray);
  let parts = 0;
  for (const list of lists) {
    parts += list.length;
    for (const part of list) if (Array.isArray(part?.primitives)) parts += part.primitives.length;
  }
  return parts;
}

/**
 * Brings parsed JSON into the checked form.
 *
 * @throws {InputError} If its shape is wrong, it has too many parts, or it needs an extension that is not read.
 */
export function parseGltf(json: unknown, file: string): Gltf {
  const parts = countParts(json);
  if (parts > MOST_PARTS) {
    throw new InputError(
      `Cannot read a glTF file: it has ${parts} nodes, primitives, accessors and other parts, ` +
        `expected at most ${MOST_PARTS}`,
      { file, hint: "join its meshes: npx @gltf-transform/cli join in.glb out.glb" },
    );
  }
  const result = gltfSchema.safeParse(json);
  if (!result.success) {
    const [issue] = result.error.issues;
    throw fault(file, `"${issue.path.join(".")}" is wrong: ${issue.message}`);
  }
  const gltf = result.data;
  const draco = gltf.meshes.some(({ primitives }) =>
    primitives.some(({ extensions }) => extensions?.["KHR_draco_mesh_compression"] !== undefined)
  );
  if (draco || gltf.extensionsRequired.includes("KHR_draco_mesh_compression")) {
    throw new InputError(
      "Cannot read a glTF file: it is compressed with Draco, which is not read",
      {
        file,
        hint: "convert it: npx @gltf-transform/cli copy in.glb out.glb",
      },
    );
  }
  const unknown = gltf.extensionsRequired.find((name) => !KNOWN.test(name) && !HARMLESS.test(name));
  if (unknown !== undefined) throw fault(file, `it needs the extension ${unknown}`);
  return gltf;
}

/**
 * Checks every range against the buffers' true lengths.
 *
 * @param lengths bytes of each buffer; undefined for the stand-ins that meshopt files have
 * @throws {InputError} If one lies outside, or the whole would unpack to far more than it is.
 */
export function checkRanges(
  gltf: Gltf,
  lengths: readonly (number | undefined)[],
  file: string,
): void {
  const check = (ok: boolean, what: string) => {
    if (!ok) throw fault(file, what);
  };
  let held = lengths.reduce<number>((sum, length) => sum + (length ?? 0), 0);
  gltf.bufferViews.forEach((view, v) => {
    const packed = view.extensions?.EXT_meshopt_compression;
    if (packed !== undefined) {
      const length = lengths[packed.buffer];
      check(
        length !== undefined && packed.byteOffset + packed.byteLength <= length &&
          packed.count * packed.byteStride === view.byteLength,
        `the compressed buffer view ${v} lies outside its buffer of ${length} bytes`,
      );
      check(
        view.byteLength <= MESHOPT_RATIO * packed.byteLength + SLACK_BYTES,
        `buffer view ${v} would unpack ${packed.byteLength} bytes to ${view.byteLength}`,
      );
      held += view.byteLength;
      return;
    }
    const length = lengths[view.buffer];
    check(
      length !== undefined && view.byteOffset + view.byteLength <= length,
      `buffer view ${v} ends at byte ${view.byteOffset + view.byteLength} of ${length}`,
    );
  });
  const inView = (v: number, from: number, bytes: number) =>
    v < gltf.bufferViews.length && from + bytes <= gltf.bufferViews[v].byteLength;
  let copied = 0;
  gltf.accessors.forEach((accessor, a) => {
    const { count, sparse, bufferView, byteOffset } = accessor;
    const item = COMPONENT_BYTES[accessor.componentType] * COMPONENTS[accessor.type];
    const stride = gltf.bufferViews[bufferView ?? -1]?.byteStride ?? item;
    check(
      stride >= item &&
        (bufferView === undefined || inView(bufferView, byteOffset, (count - 1) * stride + item)),
      `accessor ${a} with ${count} items lies outside its buffer view`,
    );
    copied += count * item;
    if (sparse === undefined) return;
    const { indices, values } = sparse;
    check(
      sparse.count <= count &&
        inView(
          indices.bufferView,
          indices.byteOffset,
          sparse.count * COMPONENT_BYTES[indices.componentType],
        ) && inView(values.bufferView, values.byteOffset, sparse.count * item),
      `the sparse part of accessor ${a} lies outside its buffer view`,
    );
    copied += sparse.count * (item + 4);
  });
  gltf.images.forEach(({ bufferView }, i) => {
    check(bufferView === undefined || inView(bufferView, 0, 0), `image ${i} has no buffer view`);
  });
  check(
    copied <= COPIES_RATIO * held + SLACK_BYTES,
    `its accessors would take ${copied} bytes, expected at most ${COPIES_RATIO} × ${held}`,
  );
  checkScene(gltf, held, check);
}

/** Nodes form trees, names of things exist, and instances do not multiply without bound. */
function checkScene(
  { nodes, scenes, scene, meshes, accessors, materials }: Gltf,
  held: number,
  check: (ok: boolean, what: string) => void,
): void {
  const parents = new Int32Array(nodes.length).fill(-1);
  nodes.forEach(({ children, mesh }, n) => {
    check(mesh === undefined || mesh < meshes.length, `node ${n} has mesh ${mesh}`);
    for (const child of children) {
      check(
        child < nodes.length && parents[child] === -1,
        `node ${child} has several parents or is none`,
      );
      parents[child] = n;
    }
  });
  // With one parent each, a node that is not under a root is on a cycle.
  const open = nodes.flatMap((_, n) => parents[n] === -1 ? [n] : []);
  let reached = 0;
  while (open.length > 0) {
    reached++;
    for (const child of nodes[open.pop()!].children) open.push(child);
  }
  check(reached === nodes.length, "its nodes form a cycle");
  check(scene === undefined || scene < scenes.length, `it has no scene ${scene}`);
  for (const { nodes: roots } of scenes) {
    check(roots.every((n) => n < nodes.length), "a scene names a node that is none");
    check(new Set(roots).size === roots.length, "a scene names a node twice");
    check(roots.every((n) => parents[n] === -1), "a scene names a node that is another's child");
  }
  const output = meshes.map(({ primitives }, m) => {
    let bytes = 0;
    for (const { attributes, indices, material } of primitives) {
      const used = [...Object.values(attributes), ...(indices === undefined ? [] : [indices])];
      check(used.every((a) => a < accessors.length), `mesh ${m} names an accessor that is none`);
      check(
        material === undefined || material < materials.length,
        `mesh ${m} has no such material`,
      );
      const position = accessors[attributes["POSITION"] ?? -1]?.count ?? 0;
      check(
        Object.values(attributes).every((a) => accessors[a].count === position) || position === 0,
        `mesh ${m} has attributes of different lengths`,
      );
      for (const [name, a] of Object.entries(attributes)) {
        const wanted = ATTRIBUTE_TYPES.get(name.replace(/_\d+$/, ""));
        check(
          wanted === undefined || wanted.includes(accessors[a].type),
          `mesh ${m} has ${name} as ${accessors[a].type}`,
        );
      }
      bytes += 28 * position + 12 * (indices === undefined ? position : accessors[indices].count);
    }
    return bytes;
  });
  const total = nodes.reduce((sum, { mesh }) => sum + (mesh === undefined ? 0 : output[mesh]), 0);
  check(
    total <= OUTPUT_RATIO * held + SLACK_BYTES,
    `its instances would take ${total} bytes, expected at most ${OUTPUT_RATIO} × ${held}`,
  );
}

function fault(file: string, what: string): InputError {
  return new InputError(`Cannot read a glTF file: ${what}`, { file });
}
