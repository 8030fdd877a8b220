/**
 * The part of ONNX's file format that the suite writes and reads back (onnx.proto3, IR version 8),
 * as a descriptor for protobufjs. Tensors hold their values in `rawData`, little-endian.
 */
import protobuf from "protobufjs/light";
import { InputError, messageOf } from "../../core/work/errors.ts";

/** Element types (`TensorProto.DataType`). */
export const FLOAT32 = 1;
export const FLOAT16 = 10;
export const INT64 = 7;

/** The operator set that written graphs state. */
export const OPSET = 17;

/** The file format version that goes with it. */
export const IR_VERSION = 8;

/** An attribute of a node: one of the value fields, as `type` says. */
export interface OnnxAttribute {
  name: string;
  /** 1 float, 2 integer, 3 text, 7 integers. */
  type: number;
  f?: number;
  i?: number;
  s?: Uint8Array;
  ints?: number[];
}

/** An operator. */
export interface OnnxNode {
  opType: string;
  name: string;
  input: string[];
  output: string[];
  attribute: OnnxAttribute[];
}

/** A constant. */
export interface OnnxTensor {
  name: string;
  dims: number[];
  dataType: number;
  rawData: Uint8Array;
}

/** An input or output: a tensor whose free sizes have names. */
export interface OnnxValue {
  name: string;
  dataType: number;
  dims: (number | string)[];
}

/** A graph. */
export interface OnnxGraph {
  name: string;
  node: OnnxNode[];
  initializer: OnnxTensor[];
  input: OnnxValue[];
  output: OnnxValue[];
}

type FieldSpec = [name: string, id: number, type: string, rule?: "repeated"];

function message(name: string, ...fields: FieldSpec[]): protobuf.Type {
  const type = new protobuf.Type(name);
  for (const [field, id, kind, rule] of fields) {
    type.add(new protobuf.Field(field, id, kind, rule));
  }
  return type;
}

const ROOT = new protobuf.Root().define("onnx").add(
  message(
    "Attribute",
    ["name", 1, "string"],
    ["f", 2, "float"],
    ["i", 3, "int64"],
    [
      "s",
      4,
      "bytes",
    ],
    ["ints", 8, "int64", "repeated"],
    ["type", 20, "int32"],
  ),
).add(
  message(
    "Node",
    ["input", 1, "string", "repeated"],
    ["output", 2, "string", "repeated"],
    [
      "name",
      3,
      "string",
    ],
    ["opType", 4, "string"],
    ["attribute", 5, "Attribute", "repeated"],
  ),
).add(
  message("Tensor", ["dims", 1, "int64", "repeated"], ["dataType", 2, "int32"], [
    "name",
    8,
    "string",
  ], ["rawData", 9, "bytes"]),
).add(message("Dim", ["dimValue", 1, "int64"], ["dimParam", 2, "string"]))
  .add(message("Shape", ["dim", 1, "Dim", "repeated"]))
  .add(message("TensorType", ["elemType", 1, "int32"], ["shape", 2, "Shape"]))
  .add(message("ValueType", ["tensorType", 1, "TensorType"]))
  .add(message("Value", ["name", 1, "string"], ["type", 2, "ValueType"]))
  .add(
    message(
      "Graph",
      ["node", 1, "Node", "repeated"],
      ["name", 2, "string"],
      [
        "initializer",
        5,
        "Tensor",
        "repeated",
      ],
      ["input", 11, "Value", "repeated"],
      ["output", 12, "Value", "repeated"],
    ),
  ).add(message("Opset", ["domain", 1, "string"], ["version", 2, "int64"]))
  .add(
    message("Model", ["irVersion", 1, "int64"], ["producerName", 2, "string"], [
      "graph",
      7,
      "Graph",
    ], ["opsetImport", 8, "Opset", "repeated"]),
  ) as protobuf.Namespace;

const TENSOR = ROOT.lookupType("Tensor");
const GRAPH = ROOT.lookupType("Graph");
const MODEL = ROOT.lookupType("Model");

/** Encodes everything of a graph but its constants: the bytes that come first in its message. */
export function encodeGraphHead(graph: Omit<OnnxGraph, "initializer">): Uint8Array {
  const value = ({ name, dataType, dims }: OnnxValue) => ({
    name,
    type: {
      tensorType: {
        elemType: dataType,
        shape: {
          dim: dims.map((d) => typeof d === "number" ? { dimValue: d } : { dimParam: d }),
        },
      },
    },
  });
  return GRAPH.encode({
    node: graph.node,
    name: graph.name,
    input: graph.input.map(value),
    output: graph.output.map(value),
  }).finish();
}

/** Encodes a constant's name, sizes and type: its message without `rawData`. */
export function encodeTensorHead(tensor: Omit<OnnxTensor, "rawData">): Uint8Array {
  return TENSOR.encode(tensor).finish();
}

/** Encodes what stands in front of the graph's bytes in a model. */
export function encodeModelHead(): Uint8Array {
  return MODEL.encode({
    irVersion: IR_VERSION,
    producerName: "scan2score",
    opsetImport: [{ domain: "", version: OPSET }],
  }).finish();
}

/** The tag and length of a bytes or message field (protobuf wire type 2). */
export function fieldPrefix(field: number, bytes: number): Uint8Array {
  return protobuf.Writer.create().uint32(field << 3 | 2).uint32(bytes).finish();
}

/** Field numbers that a streaming writer needs. */
export const GRAPH_FIELD = 7;
export const INITIALIZER_FIELD = 5;
export const RAW_DATA_FIELD = 9;

/**
 * Reads a model back. Made for graphs that this suite wrote; fields it does not write are dropped.
 *
 * @throws {InputError} If the bytes are no such model.
 */
export function decodeModel(bytes: Uint8Array, file: string): OnnxGraph {
  try {
    const { graph } = MODEL.toObject(MODEL.decode(bytes), {
      longs: Number,
      arrays: true,
      objects: true,
    }) as { graph?: DecodedGraph };
    if (graph === undefined) throw new Error("it holds no graph");
    return {
      ...graph,
      node: graph.node.map((node) => ({ ...node, name: node.name ?? "" })),
      initializer: graph.initializer.map((tensor) => ({
        ...tensor,
        rawData: tensor.rawData ?? new Uint8Array(0),
      })),
      input: graph.input.map(valueOf),
      output: graph.output.map(valueOf),
    };
  } catch (cause) {
    throw new InputError(`Cannot read an ONNX graph: ${messageOf(cause)}`, { file, cause });
  }
}

interface DecodedValue {
  name: string;
  type?: {
    tensorType?: {
      elemType: number;
      shape?: { dim: { dimValue?: number; dimParam?: string }[] };
    };
  };
}

interface DecodedGraph extends Omit<OnnxGraph, "input" | "output"> {
  input: DecodedValue[];
  output: DecodedValue[];
}

function valueOf({ name, type }: DecodedValue): OnnxValue {
  const tensor = type?.tensorType;
  if (tensor === undefined) throw new Error(`"${name}" is no tensor`);
  return {
    name,
    dataType: tensor.elemType,
    dims: (tensor.shape?.dim ?? []).map((dim) => dim.dimParam ?? dim.dimValue ?? 0),
  };
}
