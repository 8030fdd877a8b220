/** Numbers of one frame out of the arrays of a fit file. */
import { axisAngleOfRotation } from "../../core/geometry/transform.ts";
import { type NpyArray, toFloat64 } from "../../core/files/npy.ts";
import { InputError } from "../../core/work/errors.ts";
import type { NamedArrays } from "../../body/arrays.ts";

/** How far a matrix may be from a rotation, summed over R Rᵀ − I. */
const ROTATION_TOLERANCE = 1e-2;

/** The arrays of a fit file that hold numbers, by name. */
export class FitValues {
  readonly #arrays: ReadonlyMap<string, NpyArray>;

  private constructor(arrays: Map<string, NpyArray>, readonly file: string) {
    this.#arrays = arrays;
  }

  /** Reads those of the names that are there and hold numbers. */
  static async read(from: NamedArrays, names: readonly string[]): Promise<FitValues> {
    const arrays = new Map<string, NpyArray>();
    for (const name of names) {
      const array = await from.numbers(name);
      if (array !== undefined) arrays.set(name, array);
    }
    return new FitValues(arrays, from.file);
  }

  has(name: string): boolean {
    return this.#arrays.has(name);
  }

  /** Lengths of an array's axes; undefined where there is no such array. */
  shape(name: string): readonly number[] | undefined {
    return this.#arrays.get(name)?.shape;
  }

  /** How many values an array holds. */
  count(name: string): number {
    return this.#arrays.get(name)?.data.length ?? 0;
  }

  /**
   * The values of one frame, flat: row `frame` of `frames` where the first axis is that of the
   * frames, everything otherwise. Undefined where there is no such array.
   *
   * @throws {InputError} If a value is not finite.
   */
  vector(name: string, frame = 0, frames = 1): Float64Array | undefined {
    const array = this.#arrays.get(name);
    if (array === undefined) return undefined;
    const rows = frames > 1 && array.shape.length > 1 && array.shape[0] === frames;
    const length = rows ? array.data.length / frames : array.data.length;
    const from = rows ? frame * length : 0;
    const piece = { ...array, data: array.data.subarray(from, from + length) } as NpyArray;
    const values = toFloat64(piece);
    if (values.some((value) => !Number.isFinite(value))) {
      throw new InputError(`Cannot read the fit: "${name}" holds NaN or infinity`, {
        file: this.file,
      });
    }
    return values;
  }

  /**
   * Rotations of one frame as axis-angle, whether the file holds those or 3 × 3 matrices.
   *
   * @throws {InputError} If values are not finite or matrices are no rotations.
   */
  rotations(name: string, frame = 0, frames = 1): Float64Array | undefined {
    const values = this.vector(name, frame, frames);
    const shape = this.shape(name);
    if (values === undefined || shape === undefined) return undefined;
    // (3, 3) of three frames is one axis-angle each; everything else that ends in 3 × 3 is matrices.
    const rows = shape.length === 2 && frames === 3;
    const matrices = shape.at(-1) === 3 && shape.at(-2) === 3 && !rows;
    if (!matrices) return values;
    const out = new Float64Array(values.length / 3);
    for (let j = 0; 9 * j < values.length; j++) {
      const r = values.subarray(9 * j, 9 * j + 9);
      checkRotation(r, name, this.file);
      out.set(axisAngleOfRotation(r), 3 * j);
    }
    return out;
  }
}

function checkRotation(r: Float64Array, name: string, file: string): void {
  let off = 0;
  for (let i = 0; i < 3; i++) {
    for (let j = 0; j < 3; j++) {
      let dot = 0;
      for (let k = 0; k < 3; k++) dot += r[3 * i + k] * r[3 * j + k];
      off += Math.abs(dot - (i === j ? 1 : 0));
    }
  }
  const det = r[0] * (r[4] * r[8] - r[5] * r[7]) - r[1] * (r[3] * r[8] - r[5] * r[6]) +
    r[2] * (r[3] * r[7] - r[4] * r[6]);
  if (off > ROTATION_TOLERANCE || det < 0) {
    throw new InputError(`Cannot read the fit: a matrix of "${name}" is no rotation`, { file });
  }
}
