/** Wavefront material libraries (`.mtl`): the diffuse colour, opacity and picture of each material. */
import type { Material } from "../geometry/mesh.ts";
import { findBeside, type TextureLoader } from "./_textures.ts";
import { type Folder, readAll } from "./source.ts";

/** One `newmtl` block. */
export interface MtlMaterial {
  name: string;
  /** `Kd` and `d` (or 1 − `Tr`), as the file has them; [1, 1, 1, 1] where it does not say. */
  diffuse: [number, number, number, number];
  /** The file of `map_Kd`, without its options. */
  map?: string;
  /** Options of `map_Kd` that would change the picture or its place; none is applied. */
  mapOptions?: string;
}

/** How many values each option of a texture map takes at most (the MTL specification, 1995). */
const MAP_OPTIONS: Readonly<Record<string, number>> = {
  "-blendu": 1,
  "-blendv": 1,
  "-bm": 1,
  "-boost": 1,
  "-cc": 1,
  "-clamp": 1,
  "-imfchan": 1,
  "-mm": 2,
  "-o": 3,
  "-s": 3,
  "-t": 3,
  "-texres": 1,
  "-type": 1,
};

const MAX_MTL_BYTES = 4 << 20;

/** Parses a material library. Lines it does not know are skipped: the format has dozens. */
export function parseMtl(text: string): MtlMaterial[] {
  const materials: MtlMaterial[] = [];
  let current: MtlMaterial | undefined;
  for (const line of text.replaceAll(/\\\r?\n/g, " ").split(/\r\n|\n|\r/)) {
    const trimmed = line.trim();
    const gap = trimmed.search(/\s/);
    if (gap < 0 || trimmed.startsWith("#")) continue;
    const keyword = trimmed.slice(0, gap), rest = trimmed.slice(gap).trimStart();
    if (keyword === "newmtl") {
      current = { name: rest, diffuse: [1, 1, 1, 1] };
      materials.push(current);
    }
    if (current === undefined) continue;
    const values = rest.split(/\s+/).map(Number);
    if (keyword === "Kd" && values.length >= 3 && values.slice(0, 3).every(Number.isFinite)) {
      current.diffuse = [values[0], values[1], values[2], current.diffuse[3]];
    }
    if (keyword === "d" && Number.isFinite(values.at(-1))) current.diffuse[3] = values.at(-1)!;
    if (keyword === "Tr" && Number.isFinite(values[0])) current.diffuse[3] = 1 - values[0];
    if (keyword.toLowerCase() === "map_kd") Object.assign(current, parseMap(rest));
  }
  return materials;
}

/** Splits `-o 0 0 0 -clamp on my skin.png` into options and a name, which may have spaces. */
function parseMap(text: string): { map: string; mapOptions?: string } {
  let rest = text;
  const telling: string[] = [];
  for (;;) {
    const [option] = /^-[a-z]+(?=\s)/.exec(rest) ?? [];
    const most = option === undefined ? undefined : MAP_OPTIONS[option];
    if (option === undefined || most === undefined) break;
    const taken = [option];
    rest = rest.slice(option.length).trimStart();
    for (let i = 0; i < most; i++) {
      const [value] = /^\S+(?=\s)/.exec(rest) ?? [];
      // Only the first value may be a word; -o, -s and -t take one to three numbers.
      if (value === undefined || (most > 1 && !Number.isFinite(Number(value)))) break;
      taken.push(value);
      rest = rest.slice(value.length).trimStart();
    }
    const values = taken.slice(1).map(Number);
    const neutral = option === "-s" ? values.every((v) => v === 1) : values.every((v) => v === 0);
    if (["-o", "-s", "-t", "-mm"].includes(option) && !neutral) telling.push(taken.join(" "));
    if (option === "-clamp" && taken[1] === "on") telling.push("-clamp on");
  }
  const map = rest.replace(/^"(.*)"$/, "$1");
  return telling.length === 0 ? { map } : { map, mapOptions: telling.join(" ") };
}

/**
 * Makes the materials that an OBJ uses. `Kd` is taken as a linear factor; where there is a
 * picture it stands in for `Kd`, as modelling programs write it (3ds Max leaves 0.588 there).
 * Whatever is missing becomes a white material and a note.
 *
 * @param libraries the rest of each `mtllib` line
 * @param used names in the order in which the mesh numbers them
 */
export async function loadMaterials(
  libraries: readonly string[],
  used: readonly string[],
  from: { folder: Folder; path: string; textures: TextureLoader },
): Promise<Material[]> {
  const { folder, path, textures } = from;
  const { notes, files } = textures;
  const known = new Map<string, MtlMaterial & { file: string }>();
  for (const line of libraries) {
    for (const reference of await libraryNames(folder, line, path)) {
      const file = await findBeside(folder, reference, path);
      if (file === undefined) {
        const text = `the material library "${reference}" is not in the folder`;
        notes.push({ code: "mtl-missing", text, file: path });
        continue;
      }
      if (files.includes(file)) continue;
      files.push(file);
      const source = await folder.open(file);
      if (source.byteLength > MAX_MTL_BYTES) {
        const text =
          `the material library has ${source.byteLength} bytes, expected ${MAX_MTL_BYTES}`;
        notes.push({ code: "mtl-unreadable", text, file });
        continue;
      }
      for (const material of parseMtl(decodeText(await readAll(source)))) {
        if (!known.has(material.name)) known.set(material.name, { ...material, file });
      }
    }
  }
  const materials: Material[] = [];
  for (const name of used) {
    const found = known.get(name);
    if (found === undefined) {
      if (known.size > 0 && name !== "") {
        const text = `the material "${name}" is in no library`;
        notes.push({ code: "material-missing", text, file: path });
      }
      materials.push({ name, baseColor: [1, 1, 1, 1] });
      continue;
    }
    const { map, mapOptions, file, diffuse } = found;
    if (mapOptions !== undefined) {
      const text =
        `the material "${name}" places its picture by "${mapOptions}", which is not done`;
      notes.push({ code: "texture-options", text, file });
    }
    const texture = map === undefined ? undefined : await textures.load(map, file);
    materials.push(
      texture === undefined
        ? { name, baseColor: diffuse }
        : { name, baseColor: [1, 1, 1, diffuse[3]], texture },
    );
  }
  return materials;
}

/** A `mtllib` line is one name with spaces if there is such a file, else names between spaces. */
async function libraryNames(folder: Folder, line: string, from: string): Promise<string[]> {
  if (await findBeside(folder, line, from) !== undefined) return [line];
  const names = line.split(/\s+/);
  for (const name of names) if (await findBeside(folder, name, from) !== undefined) return names;
  return [line];
}

/** UTF-8, or Latin-1 where it is not. */
export function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("latin1").decode(bytes);
  }
}
