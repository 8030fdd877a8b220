/** SciPy's compressed sparse matrices in pickles (joint regressors, transfer matrices). */
import { toFloat64 } from "./npy.ts";
import {
  attributesOf,
  type PickleContext,
  type PickleGlobal,
  type PickleGlobals,
} from "./pickle_globals.ts";
import { isNumberArray } from "./pickle_numpy.ts";

/**
 * A sparse matrix in compressed form: the entries of major line `m` (a column of `csc`, a row of
 * `csr`) are those from start[m] up to start[m + 1].
 */
export class SparseMatrix {
  rows = 0;
  columns = 0;
  /** Offsets of the major lines, length lines + 1, never falling. */
  start: Uint32Array = new Uint32Array(1);
  /** The minor index of each entry: its row in `csc`, its column in `csr`. */
  index: Uint32Array = new Uint32Array(0);
  value: Float64Array = new Float64Array(0);

  constructor(readonly major: "column" | "row") {}

  /** Calls back for each entry, major line by major line. */
  forEach(visit: (row: number, column: number, value: number) => void): void {
    const byColumn = this.major === "column";
    for (let m = 0; m + 1 < this.start.length; m++) {
      for (let e = this.start[m]; e < this.start[m + 1]; e++) {
        visit(byColumn ? this.index[e] : m, byColumn ? m : this.index[e], this.value[e]);
      }
    }
  }
}

function sparse(major: "column" | "row"): PickleGlobal {
  return {
    call(_args, context) {
      context.charge(400);
      return new SparseMatrix(major);
    },
    build(object, state, context) {
      const attributes = attributesOf(state);
      if (!(object instanceof SparseMatrix) || attributes === undefined) {
        throw context.fail("the state of a sparse matrix is not what SciPy writes");
      }
      fillSparse(object, attributes, context);
    },
  };
}

function fillSparse(
  matrix: SparseMatrix,
  attributes: Map<unknown, unknown>,
  context: PickleContext,
): void {
  const shape = attributes.get("_shape") ?? attributes.get("shape");
  const sound = Array.isArray(shape) && shape.length === 2 &&
    shape.every((side) => Number.isSafeInteger(side) && side >= 0 && side < 2 ** 32);
  if (!sound) throw context.fail("a sparse matrix has no shape");
  const [rows, columns] = shape as [number, number];
  const numbers = (name: string): Float64Array => {
    const array = attributes.get(name);
    if (!isNumberArray(array) || array.shape.length !== 1) {
      throw context.fail(`a sparse matrix has no list of numbers "${name}"`);
    }
    context.charge(12 * array.data.length);
    return toFloat64(array);
  };
  const value = numbers("data"), index = numbers("indices"), start = numbers("indptr");
  const [lines, across] = matrix.major === "column" ? [columns, rows] : [rows, columns];
  const rising = start[0] === 0 && start.every((at, m) => m === 0 || at >= start[m - 1]);
  const last = start[start.length - 1];
  // The arrays may be longer than what the offsets use (SciPy keeps spare room).
  if (start.length !== lines + 1 || !rising || last > value.length || last > index.length) {
    throw context.fail(`the offsets of a ${rows} × ${columns} sparse matrix do not fit its values`);
  }
  if (index.subarray(0, last).some((i) => !(i >= 0 && i < across))) {
    throw context.fail(`an entry of a ${rows} × ${columns} sparse matrix lies outside it`);
  }
  Object.assign(matrix, {
    rows,
    columns,
    start: Uint32Array.from(start),
    index: Uint32Array.from(index.subarray(0, last)),
    value: value.slice(0, last),
  });
}

/** Names of SciPy: `csc` and `csr` matrices and arrays, from old and new homes. */
export const SCIPY_GLOBALS: PickleGlobals = Object.fromEntries(
  (["csc", "csr"] as const).flatMap((form) =>
    [`scipy.sparse.${form}`, `scipy.sparse._${form}`].flatMap((home) =>
      [`${form}_matrix`, `${form}_array`].map((name) => [
        `${home} ${name}`,
        sparse(form === "csc" ? "column" : "row"),
      ])
    )
  ),
);
