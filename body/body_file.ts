/**
 * Body models as they are published: SMPL, SMPL-H and SMPL-X in `.npz` and `.pkl` files. Names,
 * shapes and meanings of the arrays are those of the official files; `docs/bodies.md` lists them.
 */
import { InputError } from "../core/work/errors.ts";
import { fileSource } from "../core/files/disk.ts";
import type { Note } from "../core/files/note.ts";
import type { ByteSource } from "../core/files/source.ts";
import { type NamedArrays, openArrays } from "./arrays.ts";
import { BodyArrayReader } from "./_body_arrays.ts";
import { rowsOfColumns } from "./_directions.ts";
import type {
  BodyGender,
  BodyKind,
  BodyModel,
  HandSpace,
  SparseRows,
  SurfacePoints,
} from "./model.ts";

/** The number of joints tells the family's members apart. */
const KIND_OF_JOINTS: ReadonlyMap<number, BodyKind> = new Map([
  [24, "smpl"],
  [52, "smplh"],
  [55, "smplx"],
]);

/** Relatives by their joints, which are named and not read. */
const RELATIVES: ReadonlyMap<number, string> = new Map([
  [5, "a FLAME head"],
  [16, "a MANO hand"],
]);

/** SMPL-X: shape directions before the expressions in full files, and in the 10 + 10 ones. */
const FULL_BETAS = 300, FULL_EXPRESSIONS = 100, SHORT_BETAS = 10;

/** The table of the jaw line: 79 turns of the neck, 17 points. */
const CONTOUR_TURNS = 79, CONTOUR_POINTS = 17;

const HAND_VALUES = 45;

/**
 * Reads a body model from disk.
 *
 * @throws {InputError} If the file is not one: names the array, what was found and expected.
 */
export async function readBodyFile(path: string): Promise<BodyModel> {
  return await readBodyModel(await fileSource(path));
}

/** Reads a body model from a source; as {@linkcode readBodyFile}. */
export async function readBodyModel(source: ByteSource): Promise<BodyModel> {
  return await bodyModelOf(await openArrays(source, "the body model"));
}

/** Makes a body model of its arrays; as {@linkcode readBodyFile}. */
export async function bodyModelOf(arrays: NamedArrays): Promise<BodyModel> {
  const read = new BodyArrayReader(arrays);
  const template = await read.floats("v_template", [-1, 3]);
  const v = template.shape[0];
  const faces = await read.indices("f", [-1, 3], v);
  const tree = await read.floats("kintree_table", [2, -1]);
  const joints = tree.shape[1];
  const kind = KIND_OF_JOINTS.get(joints);
  if (kind === undefined) {
    const relative = RELATIVES.get(joints);
    throw new InputError(
      `Cannot read the body model: it has ${joints} joints` +
        `${relative === undefined ? "" : ` like ${relative}`}, expected 24, 52 or 55`,
      { file: arrays.file },
    );
  }
  const notes: Note[] = [];
  const directions = await directionsOf(read, kind, v, notes);
  const pose = await read.numbers("posedirs", [v, 3, 9 * (joints - 1)]);
  const poseDirs = rowsOfColumns(pose.data, 3 * v, { columns: pose.shape[2] });
  if (poseDirs === undefined) throw read.notFinite("posedirs");
  const model: BodyModel = {
    kind,
    gender: await genderOf(arrays),
    name: arrays.file,
    template: template.data,
    faces,
    ...directions,
    poseDirs,
    jointRegressor: await read.matrix("J_regressor", [joints, v]),
    weights: await read.matrix("weights", [v, joints]),
    parents: parentsOf(tree.data, joints, arrays.file),
    notes,
  };
  checkWeights(model.weights, arrays.file);
  if (kind !== "smpl") {
    const hands = await handsOf(read);
    if (hands === undefined) {
      notes.push({
        code: "hands-missing",
        text: "the file has no hand components and mean: hands can only be posed joint by joint",
      });
    } else model.hands = hands;
  }
  Object.assign(model, await surfacePointsOf(read, faces.length / 3));
  const uv = await uvOf(read, faces.length / 3);
  if (uv !== undefined) model.uv = uv;
  return model;
}

/**
 * Shape and expression directions. SMPL-X keeps both in one array: 300 + 100 in full files, 10 + 10
 * in short ones; smplx 0.1.28 takes the short rule for anything below 400.
 */
async function directionsOf(read: BodyArrayReader, kind: BodyKind, v: number, notes: Note[]) {
  const { data, shape } = await read.numbers("shapedirs", [v, 3, -1]);
  const columns = shape[2];
  const take = (from: number, count: number): Float32Array => {
    const rows = rowsOfColumns(data, 3 * v, { columns, from, count });
    if (rows === undefined) throw read.notFinite("shapedirs");
    return rows;
  };
  if (kind !== "smplx") return { shapeDirs: take(0, columns), betaCount: columns };
  const full = columns >= FULL_BETAS + FULL_EXPRESSIONS;
  const betaCount = Math.min(columns, full ? FULL_BETAS : SHORT_BETAS);
  const expressionCount = Math.min(columns - betaCount, full ? FULL_EXPRESSIONS : SHORT_BETAS);
  const unused = columns - betaCount - expressionCount;
  if (unused > 0) {
    notes.push({
      code: "shapedirs-unused",
      text:
        `of ${columns} shape directions ${betaCount} are read as betas and ${expressionCount} ` +
        `as expressions, as smplx does; ${unused} are left out`,
    });
  }
  return {
    shapeDirs: take(0, betaCount),
    betaCount,
    ...(expressionCount === 0
      ? {}
      : { expressionDirs: take(betaCount, expressionCount), expressionCount }),
  };
}

/** Row 1 of the tree numbers the joints, row 0 names each joint's parent by that number. */
function parentsOf(tree: Float64Array, joints: number, file: string): Int32Array {
  const column = new Map<number, number>();
  for (let joint = 0; joint < joints; joint++) column.set(tree[joints + joint], joint);
  // The root's parent is 2³² − 1 or −1 in the files: no joint's number.
  const parents = Int32Array.from(tree.subarray(0, joints), (id) => column.get(id) ?? -1);
  parents.forEach((parent, joint) => {
    const good = joint === 0 ? parent === -1 : parent >= 0 && parent < joint;
    if (good && column.size === joints) return;
    throw new InputError(
      `Cannot read the body model: joint ${joint} has parent ${tree[joint]}, ` +
        `expected ${joint === 0 ? "none" : "a joint before it"}`,
      { file },
    );
  });
  return parents;
}

/** How far a vertex's skinning weights may be from a sum of 1 (official files: 1e-6). */
const WEIGHT_TOLERANCE = 1e-3;

function checkWeights({ start, value }: SparseRows, file: string): void {
  for (let v = 0; v + 1 < start.length; v++) {
    let sum = 0;
    for (let e = start[v]; e < start[v + 1]; e++) sum += value[e];
    if (Math.abs(sum - 1) > WEIGHT_TOLERANCE) {
      throw new InputError(
        `Cannot read the body model: the skinning weights of vertex ${v} sum to ${sum}, expected 1`,
        { file },
      );
    }
  }
}

async function genderOf(arrays: NamedArrays): Promise<BodyGender> {
  const text = (await arrays.text("gender"))?.toLowerCase();
  return text === "female" || text === "male" || text === "neutral" ? text : "unknown";
}

async function handsOf(read: BodyArrayReader): Promise<BodyModel["hands"]> {
  const names = ["hands_componentsl", "hands_componentsr", "hands_meanl", "hands_meanr"];
  if (!names.every((name) => read.arrays.has(name))) return undefined;
  const side = async (letter: string): Promise<HandSpace> => ({
    components: (await read.floats(`hands_components${letter}`, [HAND_VALUES, HAND_VALUES])).data,
    mean: (await read.floats(`hands_mean${letter}`, [HAND_VALUES])).data,
  });
  return { left: await side("l"), right: await side("r") };
}

async function surfacePointsOf(read: BodyArrayReader, faces: number) {
  const out: { landmarks?: SurfacePoints; contour?: SurfacePoints } = {};
  const { arrays } = read;
  if (arrays.has("lmk_faces_idx") && arrays.has("lmk_bary_coords")) {
    const face = await read.indices("lmk_faces_idx", [-1], faces);
    out.landmarks = {
      face,
      weight: (await read.floats("lmk_bary_coords", [face.length, 3])).data,
    };
  }
  if (arrays.has("dynamic_lmk_faces_idx") && arrays.has("dynamic_lmk_bary_coords")) {
    const shape = [CONTOUR_TURNS, CONTOUR_POINTS];
    out.contour = {
      face: await read.indices("dynamic_lmk_faces_idx", shape, faces),
      weight: (await read.floats("dynamic_lmk_bary_coords", [...shape, 3])).data,
    };
  }
  return out;
}

async function uvOf(read: BodyArrayReader, faces: number): Promise<BodyModel["uv"]> {
  if (!read.arrays.has("vt") || !read.arrays.has("ft")) return undefined;
  const coordinates = Float32Array.from((await read.floats("vt", [-1, 2])).data);
  return { coordinates, faces: await read.indices("ft", [faces, 3], coordinates.length / 2) };
}
