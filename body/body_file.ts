/** Body models in SMPL's `.npz` layout: the arrays' names, shapes and meanings as published. */
import { InputError } from "../core/work/errors.ts";
import { fileSource } from "../core/files/disk.ts";
import type { NpyArray } from "../core/files/npy.ts";
import { type Npz, openNpz } from "../core/files/npz.ts";
import type { ByteSource } from "../core/files/source.ts";
import { type BodyKind, type BodyModel, sparseRows } from "./model.ts";

/** Most a body file may unpack to; SMPL-X with 400 shape directions has about 110 MB. */
const MAX_BYTES = 1 << 30;

/** Joints and kind: the number of joints tells the family's members apart. */
const KIND_OF_JOINTS: { readonly [joints: number]: BodyKind } = {
  24: "smpl",
  52: "smplh",
  55: "smplx",
};

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
  const npz = await openNpz(source, { maxMemberBytes: MAX_BYTES });
  const read = new ArrayReader(npz, source.name);
  const template = await read.floats("v_template", [-1, 3]);
  const v = template.shape[0];
  const faces = await read.floats("f", [-1, 3]);
  const shape = await read.floats("shapedirs", [v, 3, -1]);
  const tree = await read.floats("kintree_table", [2, -1]);
  const joints = tree.shape[1];
  const kind = KIND_OF_JOINTS[joints];
  if (kind === undefined) {
    throw new InputError(
      `Cannot read the body model: it has ${joints} joints, expected 24, 52 or 55`,
      { file: source.name },
    );
  }
  const pose = await read.floats("posedirs", [v, 3, 9 * (joints - 1)]);
  const regressor = await read.floats("J_regressor", [joints, v]);
  const weights = await read.floats("weights", [v, joints]);
  const parents = Int32Array.from(tree.data.subarray(0, joints), (p) => p >= joints ? -1 : p);
  checkTree(parents, source.name);
  const indices = Uint32Array.from(faces.data);
  if (indices.some((index) => index >= v)) {
    throw new InputError("Cannot read the body model: array f names vertices that are not there", {
      file: source.name,
    });
  }
  const model: BodyModel = {
    kind,
    gender: "unknown",
    name: source.name,
    template: template.data,
    faces: indices,
    shapeDirs: transposed(shape.data, 3 * v, shape.shape[2]),
    betaCount: shape.shape[2],
    poseDirs: transposed(pose.data, 3 * v, pose.shape[2]),
    jointRegressor: sparseRows(regressor.data, joints, v),
    weights: sparseRows(weights.data, v, joints),
    parents,
  };
  if (npz.has("vt") && npz.has("ft")) {
    const coordinates = Float32Array.from((await read.floats("vt", [-1, 2])).data);
    const corners = Uint32Array.from((await read.floats("ft", [faces.shape[0], 3])).data);
    model.uv = { coordinates, faces: corners };
  }
  return model;
}

/** Rows of directions from columns: out[k · n + i] = in[i · count + k]. */
function transposed(data: Float64Array, n: number, count: number): Float32Array {
  const out = new Float32Array(data.length);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < count; k++) out[k * n + i] = data[i * count + k];
  }
  return out;
}

function checkTree(parents: Int32Array, file: string): void {
  parents.forEach((parent, joint) => {
    const good = joint === 0 ? parent === -1 : parent >= 0 && parent < joint;
    if (good) return;
    throw new InputError(
      `Cannot read the body model: joint ${joint} has parent ${parent}, ` +
        `expected ${joint === 0 ? "none" : `one of 0 to ${joint - 1}`}`,
      { file },
    );
  });
}

/** Reads arrays of an npz as float64 and checks their shapes; −1 stands for any length. */
class ArrayReader {
  constructor(private readonly npz: Npz, private readonly file: string) {}

  async floats(name: string, shape: number[]): Promise<{ data: Float64Array; shape: number[] }> {
    if (!this.npz.has(name)) {
      throw new InputError(`Cannot read the body model: array "${name}" is missing`, {
        file: this.file,
        hint: `the file holds: ${this.npz.names.join(", ")}`,
      });
    }
    const array: NpyArray = await this.npz.read(name);
    const fits = array.shape.length === shape.length &&
      shape.every((n, axis) => n === -1 ? array.shape[axis] > 0 : n === array.shape[axis]);
    if (!fits) {
      const wanted = shape.map((n) => n === -1 ? "n" : n).join(" × ");
      throw new InputError(
        `Cannot read the body model: array "${name}" is ${array.shape.join(" × ")}, ` +
          `expected ${wanted}`,
        { file: this.file },
      );
    }
    const data = Float64Array.from(array.data as ArrayLike<number>, Number);
    if (data.some((value) => !Number.isFinite(value))) {
      throw new InputError(`Cannot read the body model: array "${name}" holds NaN or infinity`, {
        file: this.file,
      });
    }
    return { data, shape: array.shape };
  }
}
