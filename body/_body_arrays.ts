/** Arrays of a body file with their shapes and values checked; every fault names its array. */
import { InputError } from "../core/work/errors.ts";
import { toFloat64 } from "../core/files/npy.ts";
import type { SparseMatrix } from "../core/files/pickle_scipy.ts";
import type { NamedArrays } from "./arrays.ts";
import { type SparseRows, sparseRows } from "./model.ts";

/** An array as it is in the file: values may be anything that converts to a number. */
interface Numbers<A> {
  data: A;
  shape: number[];
}

/** Reads arrays; in the shapes asked for, −1 stands for any length above 0. */
export class BodyArrayReader {
  constructor(readonly arrays: NamedArrays) {}

  /** Values as they are stored, without a copy where they are numbers already. */
  async numbers(name: string, shape: number[]): Promise<Numbers<ArrayLike<number>>> {
    const array = await this.arrays.numbers(name);
    if (array === undefined) throw this.#missing(name);
    // An axis of length 1 in front is how batches are kept: (1, 45) is 45 values.
    const found = array.shape.length === shape.length + 1 && array.shape[0] === 1
      ? array.shape.slice(1)
      : array.shape;
    const fits = found.length === shape.length &&
      shape.every((n, axis) => n === -1 ? found[axis] > 0 : n === found[axis]);
    if (!fits) throw this.#misshapen(name, array.shape, shape);
    const { data } = array;
    const wide = data instanceof BigInt64Array || data instanceof BigUint64Array;
    return { data: wide ? toFloat64(array) : data, shape: found };
  }

  /** Finite values as float64. */
  async floats(name: string, shape: number[]): Promise<Numbers<Float64Array>> {
    const { data, shape: found } = await this.numbers(name, shape);
    const values = Float64Array.from(data);
    if (values.some((value) => !Number.isFinite(value))) throw this.notFinite(name);
    return { data: values, shape: found };
  }

  /** Whole numbers from 0 up to and without `limit`. */
  async indices(name: string, shape: number[], limit: number): Promise<Uint32Array> {
    const { data } = await this.numbers(name, shape);
    const out = new Uint32Array(data.length);
    for (let i = 0; i < out.length; i++) {
      if (!(data[i] >= 0 && data[i] < limit && Number.isInteger(data[i]))) {
        throw new InputError(
          `Cannot read the body model: array "${name}" holds ${data[i]}, ` +
            `expected whole numbers from 0 to ${limit - 1}`,
          { file: this.arrays.file },
        );
      }
      out[i] = data[i];
    }
    return out;
  }

  /** A matrix of mostly zeros, stored dense or sparse. */
  async matrix(name: string, shape: [number, number]): Promise<SparseRows> {
    const sparse = this.arrays.sparse(name);
    if (sparse === undefined) {
      const { data } = await this.floats(name, shape);
      return sparseRows(data, shape[0], shape[1]);
    }
    const found = [sparse.rows, sparse.columns];
    if (found[0] !== shape[0] || found[1] !== shape[1]) throw this.#misshapen(name, found, shape);
    if (sparse.value.some((value) => !Number.isFinite(value))) throw this.notFinite(name);
    return rowsOf(sparse);
  }

  /** The error for NaN or infinity. */
  notFinite(name: string): InputError {
    return new InputError(
      `Cannot read the body model: array "${name}" holds NaN or infinity, expected numbers`,
      { file: this.arrays.file },
    );
  }

  #missing(name: string): InputError {
    const { names, file } = this.arrays;
    const kind = this.arrays.has(name) ? "holds no plain numbers" : "is missing";
    const shown = names.length > 12 ? [...names.slice(0, 12), "…"] : names;
    const fit = ["body_pose", "pose", "poses", "full_pose"].some((key) => names.includes(key));
    return new InputError(`Cannot read the body model: array "${name}" ${kind}`, {
      file,
      hint: fit
        ? "the file holds a fit (pose and shape of one person), not a body model"
        : `the file holds: ${shown.join(", ") || "nothing"}`,
    });
  }

  #misshapen(name: string, found: number[], wanted: number[]): InputError {
    const star = name === "posedirs" && found[2] === 93;
    return new InputError(
      `Cannot read the body model: array "${name}" is ${found.join(" × ") || "a single value"}, ` +
        `expected ${wanted.map((n) => n === -1 ? "n" : n).join(" × ")}`,
      {
        file: this.arrays.file,
        ...(star ? { hint: "it looks like a STAR model, which the suite does not read" } : {}),
      },
    );
  }
}

/** Compressed rows of a sparse matrix in any order; entries of one place are summed. */
export function rowsOf(matrix: SparseMatrix): SparseRows {
  const start = new Uint32Array(matrix.rows + 1);
  matrix.forEach((row, _column, value) => {
    if (value !== 0) start[row + 1]++;
  });
  for (let row = 0; row < matrix.rows; row++) start[row + 1] += start[row];
  const index = new Uint32Array(start[matrix.rows]);
  const value = new Float64Array(start[matrix.rows]);
  const next = start.slice();
  matrix.forEach((row, column, w) => {
    if (w === 0) return;
    index[next[row]] = column;
    value[next[row]++] = w;
  });
  return { start, index, value };
}
