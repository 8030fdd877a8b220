/** Builds graphs node by node. Values are named by what they are; the builder keeps names unique. */
import { FLOAT16, FLOAT32, INT64, type OnnxAttribute, type OnnxNode } from "./format.ts";
import { elementBytes, type LazyGraph, type LazyTensor } from "./write.ts";

/** The name of a value in a graph. */
export type Value = string;

/** Attributes by name: whole numbers, lists of them, or text. */
export type Attributes = Readonly<Record<string, number | readonly number[] | string>>;

/** How constants are stored. */
export interface GraphBuilderOptions {
  /** Element type of weights; float16 is cast back to float32 when the graph is loaded. */
  weights?: "float32" | "float16";
}

/** Collects a graph. */
export class GraphBuilder {
  readonly #name: string;
  readonly #weights: "float32" | "float16";
  readonly #graph: LazyGraph;
  readonly #used = new Map<string, number>();

  constructor(name: string, options: GraphBuilderOptions = {}) {
    this.#name = name;
    this.#weights = options.weights ?? "float32";
    this.#graph = { name, node: [], initializer: [], input: [], output: [] };
  }

  /** Declares a float32 input; a free size is a name. */
  input(name: string, dims: readonly (number | string)[]): Value {
    this.#graph.input.push({ name, dataType: FLOAT32, dims: [...dims] });
    this.#used.set(name, 1);
    return name;
  }

  /** Declares a value as an output under its own name. */
  output(value: Value, name: string, dims: readonly (number | string)[]): void {
    this.#graph.output.push({ name, dataType: FLOAT32, dims: [...dims] });
    this.#graph.node.push(nodeOf("Identity", name, [value], name, {}));
  }

  /** Adds an operator with one output and returns the output's name. */
  node(opType: string, inputs: readonly Value[], attributes: Attributes = {}): Value {
    const name = this.#unique(opType.toLowerCase());
    this.#graph.node.push(nodeOf(opType, name, inputs, name, attributes));
    return name;
  }

  /** Adds a weight: float32 values made later, stored as the options say. */
  weight(
    name: string,
    dims: readonly number[],
    make: () => Promise<Float32Array> | Float32Array,
  ): Value {
    const count = dims.reduce((product, n) => product * n, 1);
    if (this.#weights === "float32") {
      this.#add(name, dims, FLOAT32, count, async () => bytesOf(await make()));
      return name;
    }
    this.#add(`${name}.half`, dims, FLOAT16, count, async () => halves(name, await make()));
    this.#graph.node.push(nodeOf("Cast", name, [`${name}.half`], name, { to: FLOAT32 }));
    return name;
  }

  /** Adds a float32 constant that is stored as it is whatever the options say. */
  constant(name: string, values: Float32Array): Value {
    const unique = this.#unique(name);
    this.#add(unique, [values.length], FLOAT32, values.length, () => bytesOf(values));
    return unique;
  }

  /** Adds a constant of whole numbers. */
  integers(name: string, values: readonly number[]): Value {
    const unique = this.#unique(name);
    const data = BigInt64Array.from(values, BigInt);
    this.#add(unique, [values.length], INT64, values.length, () => bytesOf(data));
    return unique;
  }

  /** The graph. Unused values are not removed: there are none if every value was used. */
  finish(): LazyGraph {
    return this.#graph;
  }

  #add(
    name: string,
    dims: readonly number[],
    dataType: number,
    count: number,
    make: LazyTensor["make"],
  ): void {
    this.#graph.initializer.push({
      name,
      dims: [...dims],
      dataType,
      bytes: count * elementBytes(dataType),
      make,
    });
  }

  #unique(stem: string): string {
    const count = this.#used.get(stem) ?? 0;
    this.#used.set(stem, count + 1);
    return count === 0 ? stem : `${stem}_${count}`;
  }
}

function nodeOf(
  opType: string,
  name: string,
  input: readonly Value[],
  output: Value,
  attributes: Attributes,
): OnnxNode {
  return {
    opType,
    name,
    input: [...input],
    output: [output],
    attribute: Object.entries(attributes).map(([key, value]) => attributeOf(key, value)),
  };
}

function attributeOf(name: string, value: number | readonly number[] | string): OnnxAttribute {
  if (typeof value === "number") return { name, type: 2, i: value };
  if (typeof value === "string") return { name, type: 3, s: new TextEncoder().encode(value) };
  return { name, type: 7, ints: [...value] };
}

/** The bytes of an array as they lie in memory; little-endian on every platform Deno runs on. */
export function bytesOf(data: Float32Array | Uint16Array | BigInt64Array): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** Rounds to float16. @throws {RangeError} If a value is beyond its range. */
function halves(name: string, values: Float32Array): Uint8Array {
  const out = new Float16Array(values.length);
  out.set(values);
  const lost = out.findIndex((half, i) => !Number.isFinite(half) && Number.isFinite(values[i]));
  if (lost >= 0) {
    throw new RangeError(
      `Cannot store "${name}" as float16: found ${values[lost]}, expected at most 65504`,
    );
  }
  return new Uint8Array(out.buffer);
}
