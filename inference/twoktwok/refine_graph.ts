/** The refinement's graph for tiles: the stored one with padding at the picture's borders alone. */
import { decodeModel, INT64, type OnnxNode, type OnnxTensor } from "../onnx/format.ts";
import { bytesOf } from "../onnx/graph_builder.ts";
import { encodeOnnx } from "../onnx/write.ts";
import { InputError } from "../../core/work/errors.ts";
import { type Borders, bordersName } from "./refine_tiles.ts";

/**
 * Makes the graph of a kind of tile. See `refine_tiles.ts` for why its results are exact.
 *
 * At a side that is not the picture's border, a 3 × 3 convolution pads nothing, and a doubling made
 * of four 2 × 2 convolutions (which must all keep the size) loses the outermost line afterwards.
 *
 * @param bytes The stored graph, which pads every convolution so that the size is kept.
 * @throws {InputError} If a convolution is of another kind.
 */
export async function tileGraph(
  bytes: Uint8Array,
  borders: Borders,
  file: string,
): Promise<Uint8Array> {
  const graph = decodeModel(bytes, file);
  const nodes: OnnxNode[] = [], constants: OnnxTensor[] = [];
  for (const node of graph.node) {
    if (node.opType === "Conv") {
      nodes.push(padded(node, borders.map(Number), file));
    } else if (node.opType === "DepthToSpace" && !borders.every(Boolean)) {
      const whole = `${node.output[0]}.whole`;
      nodes.push({ ...node, output: [whole] });
      nodes.push({
        opType: "Slice",
        name: `${node.name}.cut`,
        input: [whole, ...sliceInputs(borders, constants)],
        output: node.output,
        attribute: [],
      });
    } else {
      nodes.push(node);
    }
  }
  return await encodeOnnx({
    ...graph,
    name: `${graph.name} ${bordersName(borders)}`,
    node: nodes,
    initializer: [...graph.initializer, ...constants].map(({ rawData, ...tensor }) => ({
      ...tensor,
      bytes: rawData.length,
      make: () => rawData,
    })),
  });
}

/** Names of the constants that cut one line off every side without a border; made at first use. */
function sliceInputs([top, left, bottom, right]: Borders, constants: OnnxTensor[]): string[] {
  const beyond = 2 ** 31;
  const values: Record<string, number[]> = {
    "cut.starts": [top ? 0 : 1, left ? 0 : 1],
    "cut.ends": [bottom ? beyond : -1, right ? beyond : -1],
    "cut.axes": [2, 3],
  };
  if (constants.length === 0) {
    for (const [name, list] of Object.entries(values)) {
      const rawData = bytesOf(BigInt64Array.from(list, BigInt));
      constants.push({ name, dims: [2], dataType: INT64, rawData });
    }
  }
  return Object.keys(values);
}

/** Kernels and pads that keep the size: 1 × 1, 3 × 3, and the four of a doubling. */
const KEPT: ReadonlySet<string> = new Set(
  ["1,1 0,0,0,0", "1,1 ", "2,2 1,1,0,0", "2,2 1,0,0,1", "2,2 0,1,1,0", "2,2 0,0,1,1"],
);

function padded(node: OnnxNode, pads: number[], file: string): OnnxNode {
  const list = (name: string) => node.attribute.find((a) => a.name === name)?.ints ?? [];
  const found = `${list("kernel_shape")} ${list("pads")}`;
  if (KEPT.has(found)) return node;
  if (found !== "3,3 1,1,1,1") {
    throw new InputError(
      `Cannot tile the refinement: convolution "${node.name}" has kernel and pads ${found}, ` +
        "expected 1,1, 3,3 padded by 1, or a doubling",
      { file },
    );
  }
  return {
    ...node,
    attribute: node.attribute.map((a) => a.name === "pads" ? { ...a, ints: pads } : a),
  };
}
