/**
 * Vertex correspondence between two topologies: each vertex of the target body as a weighted sum of
 * the source body's. Read from the user's own files in the layout of smplx's transfer data
 * (`smpl2smplx_deftrafo_setup.pkl` and its relatives): key `mtx`, a matrix of target rows and twice the
 * source columns (weights of vertices, then of normals, which smplx leaves out too), or key `matrix`
 * with the source columns alone.
 */
import { fileSource } from "../core/files/disk.ts";
import { toFloat64 } from "../core/files/npy.ts";
import type { ByteSource } from "../core/files/source.ts";
import { InputError } from "../core/work/errors.ts";
import { type NamedArrays, openArrays } from "./arrays.ts";
import { rowsOf } from "./_body_arrays.ts";
import { type SparseRows, sparseRows } from "./model.ts";

/** How far the weights of a used row may be from a sum of 1. */
const SUM_TOLERANCE = 1e-3;

/** A correspondence. */
export interface VertexTransfer {
  /** Vertices of the source body. */
  source: number;
  /** Weights of the source's vertices, one row for each vertex of the target. */
  rows: SparseRows;
  /** 1 where a target vertex has a match (its weights sum to 1), 0 elsewhere (eyeballs, say). */
  matched: Uint8Array;
}

/** The correspondence of two bodies with the same vertices (SMPL and SMPL-H). */
export function sameVertices(count: number): VertexTransfer {
  return {
    source: count,
    rows: {
      start: Uint32Array.from({ length: count + 1 }, (_, v) => v),
      index: Uint32Array.from({ length: count }, (_, v) => v),
      value: new Float64Array(count).fill(1),
    },
    matched: new Uint8Array(count).fill(1),
  };
}

/** Vertex counts of the two bodies that a transfer file is meant for. */
export interface TransferSizes {
  source: number;
  target: number;
}

/** Reads a transfer file from disk; as {@linkcode readTransfer}. */
export async function readTransferFile(
  path: string,
  sizes: TransferSizes,
): Promise<VertexTransfer> {
  return await readTransfer(await fileSource(path), sizes);
}

/**
 * Reads a transfer file (pickle or npz; the matrix sparse or dense).
 *
 * @throws {InputError} If it has no such matrix, or one for other bodies.
 */
export async function readTransfer(
  source: ByteSource,
  sizes: TransferSizes,
): Promise<VertexTransfer> {
  const arrays = await openArrays(source, "the transfer file");
  const name = ["mtx", "matrix"].find((key) => arrays.has(key));
  if (name === undefined) {
    throw new InputError('Cannot read the transfer file: it has neither "mtx" nor "matrix"', {
      file: source.name,
      hint: `the file holds: ${arrays.names.slice(0, 12).join(", ") || "nothing"}`,
    });
  }
  const rows = firstColumns(await matrixOf(arrays, name, sizes), sizes.source);
  if (rows.value.some((value) => !Number.isFinite(value))) {
    throw new InputError(`Cannot read the transfer file: "${name}" holds NaN or infinity`, {
      file: source.name,
    });
  }
  const matched = new Uint8Array(sizes.target);
  for (let v = 0; v < sizes.target; v++) {
    let sum = 0;
    for (let e = rows.start[v]; e < rows.start[v + 1]; e++) sum += rows.value[e];
    matched[v] = Math.abs(sum - 1) <= SUM_TOLERANCE ? 1 : 0;
  }
  return { source: sizes.source, rows, matched };
}

async function matrixOf(
  arrays: NamedArrays,
  name: string,
  { source, target }: TransferSizes,
): Promise<SparseRows> {
  const sparse = arrays.sparse(name);
  const dense = sparse === undefined ? await arrays.numbers(name) : undefined;
  const shape = sparse !== undefined ? [sparse.rows, sparse.columns] : dense?.shape ?? [];
  const fits = shape.length === 2 && shape[0] === target &&
    (shape[1] === source || shape[1] === 2 * source);
  if (!fits) {
    throw new InputError(
      `Cannot use the transfer file: "${name}" is ${shape.join(" × ") || "no matrix"}, ` +
        `expected ${target} × ${2 * source} or ${target} × ${source} for these two bodies`,
      { file: arrays.file, hint: "each direction has a file of its own" },
    );
  }
  return sparse !== undefined ? rowsOf(sparse) : sparseRows(toFloat64(dense!), shape[0], shape[1]);
}

/** The part of a matrix left of a column. */
function firstColumns({ start, index, value }: SparseRows, columns: number): SparseRows {
  const out = {
    start: new Uint32Array(start.length),
    index: [] as number[],
    value: [] as number[],
  };
  for (let r = 0; r + 1 < start.length; r++) {
    for (let e = start[r]; e < start[r + 1]; e++) {
      if (index[e] < columns) out.index.push(index[e]), out.value.push(value[e]);
    }
    out.start[r + 1] = out.index.length;
  }
  return {
    start: out.start,
    index: Uint32Array.from(out.index),
    value: Float64Array.from(out.value),
  };
}

/**
 * The target's vertices from the source's, length 3 V of the target; 0 where `matched` is 0.
 *
 * @throws {RangeError} If the source does not have the transfer's number of vertices.
 */
export function transferVertices(transfer: VertexTransfer, vertices: Float64Array): Float64Array {
  if (vertices.length !== 3 * transfer.source) {
    throw new RangeError(
      `Cannot transfer vertices: found ${vertices.length / 3}, expected ${transfer.source}`,
    );
  }
  const { rows: { start, index, value }, matched } = transfer;
  const out = new Float64Array(3 * matched.length);
  for (let v = 0; v < matched.length; v++) {
    if (matched[v] === 0) continue;
    for (let e = start[v]; e < start[v + 1]; e++) {
      for (let k = 0; k < 3; k++) out[3 * v + k] += value[e] * vertices[3 * index[e] + k];
    }
  }
  return out;
}
