/** The refinement's graph for tiles: the stored one with padding at the picture's borders alone. */
import { decodeModel, type OnnxNode } from "../onnx/format.ts";
import { encodeOnnx } from "../onnx/write.ts";
import { InputError } from "../../core/work/errors.ts";
import { type Borders, bordersName } from "./refine_tiles.ts";

/**
 * Makes the graph of a kind of tile. See `refine_tiles.ts` for why its results are exact.
 *
 * @param bytes The stored graph, which pads every 3 × 3 convolution by 1 on all sides.
 * @throws {InputError} If a convolution is of another kind.
 */
export async function tileGraph(
  bytes: Uint8Array,
  borders: Borders,
  file: string,
): Promise<Uint8Array> {
  const graph = decodeModel(bytes, file);
  const pads = borders.map(Number);
  return await encodeOnnx({
    ...graph,
    name: `${graph.name} ${bordersName(borders)}`,
    node: graph.node.map((node) => node.opType === "Conv" ? padded(node, pads, file) : node),
    initializer: graph.initializer.map(({ rawData, ...tensor }) => ({
      ...tensor,
      bytes: rawData.length,
      make: () => rawData,
    })),
  });
}

function padded(node: OnnxNode, pads: number[], file: string): OnnxNode {
  const list = (name: string) => node.attribute.find((a) => a.name === name)?.ints ?? [];
  const kernel = list("kernel_shape").join(), found = list("pads").join();
  if (kernel === "1,1" && (found === "0,0,0,0" || found === "")) return node;
  if (kernel !== "3,3" || found !== "1,1,1,1") {
    throw new InputError(
      `Cannot tile the refinement: convolution "${node.name}" has kernel ${kernel} and pads ` +
        `${found}, expected 3,3 padded by 1 or 1,1`,
      { file },
    );
  }
  return {
    ...node,
    attribute: node.attribute.map((a) => a.name === "pads" ? { ...a, ints: pads } : a),
  };
}
