/**
 * Writes ONNX files whose constants are made one at a time: a graph of any size takes the memory of
 * its largest constant.
 */
import { createHash } from "node:crypto";
import { dirname } from "node:path";
import { InputError } from "../../core/work/errors.ts";
import { reason } from "../../core/work/hash.ts";
import {
  encodeGraphHead,
  encodeModelHead,
  encodeTensorHead,
  fieldPrefix,
  FLOAT16,
  FLOAT32,
  GRAPH_FIELD,
  INITIALIZER_FIELD,
  type OnnxGraph,
  type OnnxTensor,
  RAW_DATA_FIELD,
} from "./format.ts";

/** A constant whose values are made when they are needed. */
export interface LazyTensor extends Omit<OnnxTensor, "rawData"> {
  /** Length of the values, bytes. */
  bytes: number;
  /** Makes the values, little-endian. */
  make: () => Promise<Uint8Array> | Uint8Array;
}

/** A graph whose constants are not in memory. */
export interface LazyGraph extends Omit<OnnxGraph, "initializer"> {
  initializer: LazyTensor[];
}

/** Bytes a value of the element types that graphs hold. */
export function elementBytes(dataType: number): number {
  return dataType === FLOAT32 ? 4 : dataType === FLOAT16 ? 2 : 8;
}

/**
 * Makes the file's bytes piece by piece.
 *
 * @throws {RangeError} If a constant turns out longer or shorter than it said.
 */
export async function* onnxPieces(graph: LazyGraph): AsyncGenerator<Uint8Array> {
  const head = encodeGraphHead(graph);
  const tensors = graph.initializer.map((tensor) => {
    const { name, dims, dataType, bytes } = tensor;
    const parts = [
      encodeTensorHead({ name, dims, dataType }),
      fieldPrefix(RAW_DATA_FIELD, bytes),
    ];
    const inner = parts[0].length + parts[1].length + bytes;
    const prefix = [fieldPrefix(INITIALIZER_FIELD, inner), ...parts];
    return { tensor, prefix, total: prefix.reduce((sum, p) => sum + p.length, 0) + bytes };
  });
  const total = tensors.reduce((sum, tensor) => sum + tensor.total, head.length);
  yield encodeModelHead();
  yield fieldPrefix(GRAPH_FIELD, total);
  yield head;
  for (const { tensor, prefix } of tensors) {
    yield* prefix;
    const values = await tensor.make();
    if (values.length !== tensor.bytes) {
      throw new RangeError(
        `Cannot write the graph: constant "${tensor.name}" has ${values.length} bytes, ` +
          `expected ${tensor.bytes}`,
      );
    }
    yield values;
  }
}

/** Makes the whole file in memory: for small graphs and tests. */
export async function encodeOnnx(graph: LazyGraph): Promise<Uint8Array> {
  const pieces = await Array.fromAsync(onnxPieces(graph));
  const out = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    out.set(piece, at);
    at += piece.length;
  }
  return out;
}

/**
 * Writes a graph to a file, which must be a private one (it is not written whole or not at all).
 *
 * @throws {InputError} If the file system refuses.
 */
export async function writeOnnx(
  path: string,
  graph: LazyGraph,
): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash("sha256");
  let bytes = 0;
  try {
    await Deno.mkdir(dirname(path), { recursive: true });
    using file = await Deno.open(path, { write: true, create: true, truncate: true });
    for await (const piece of onnxPieces(graph)) {
      hash.update(piece);
      bytes += piece.length;
      for (let done = 0; done < piece.length;) done += await file.write(piece.subarray(done));
    }
    await file.syncData();
  } catch (cause) {
    if (cause instanceof InputError || cause instanceof RangeError) throw cause;
    throw new InputError(`Cannot write the graph: ${reason(cause)}`, { file: path, cause });
  }
  return { bytes, sha256: hash.digest("hex") };
}
