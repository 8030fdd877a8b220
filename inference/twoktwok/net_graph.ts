/** Networks as ONNX graphs, with batch normalisation folded into the convolution before it or not. */
import { GraphBuilder, type Value } from "../onnx/graph_builder.ts";
import type { LazyGraph } from "../onnx/write.ts";
import { type ConvSpec, type Layers, type NetName, walkNet, type Widths } from "./architecture.ts";
import { foldNorm, type Norm, NORM_EPSILON } from "./fold.ts";

/** Reads one tensor of a checkpoint by its key, as float32 in C order. */
export type ReadTensor = (key: string) => Promise<Float32Array>;

/** How a graph is made. */
export interface NetGraphOptions {
  /** `folded` for use, `unfolded` to test the folding against. Default: `folded`. */
  norms?: "folded" | "unfolded";
  /** Element type of the stored weights. Default: `float32`. */
  weights?: "float32" | "float16";
}

/** Multiples that the sides of each kind of network must be of. */
export function sideMultiple(net: NetName): number {
  return net === "coarse_depth" ? 16 : 8;
}

/**
 * Builds the graph of one network. Batch and sides are free; the input names are those of
 * `walkNet`, the output is `normals` for kind U and `depths` for D and R.
 */
export function netGraph(
  net: NetName,
  [widths, read]: readonly [Widths, ReadTensor],
  options: NetGraphOptions = {},
): LazyGraph {
  const builder = new GraphBuilder(net, { weights: options.weights ?? "float32" });
  const layers = new GraphLayers(builder, read, options.norms ?? "folded");
  const inputs = (name: string, channels: number, shrink: number): Value => {
    const sides = shrink === 1 ? ["h", "w"] : [`h/${shrink}`, `w/${shrink}`];
    return builder.input(name, ["n", channels, ...sides]);
  };
  const out = walkNet(layers, net, inputs, widths);
  const depths = net === "coarse_depth" || net === "refine";
  builder.output(out, depths ? "depths" : "normals", ["n", depths ? 3 : 6, "h", "w"]);
  return builder.finish();
}

class GraphLayers implements Layers<Value> {
  #scales: Value | undefined;

  constructor(
    private readonly g: GraphBuilder,
    private readonly read: ReadTensor,
    private readonly norms: "folded" | "unfolded",
  ) {}

  conv(x: Value, spec: ConvSpec): Value {
    const { key, norm, inputs, outputs, kernel } = spec;
    const dims = [outputs, inputs, kernel, kernel];
    const fold = norm !== undefined && this.norms === "folded";
    const weight = this.g.weight(`${key}.weight`, dims, async () => {
      const values = await this.read(`${key}.weight`);
      return fold ? foldNorm(values, await this.#norm(norm), "weight") : values;
    });
    const bias = this.g.weight(`${key}.bias`, [outputs], async () => {
      const values = await this.read(`${key}.bias`);
      return fold ? foldNorm(values, await this.#norm(norm), "bias") : values;
    });
    const pad = kernel >> 1;
    let y = this.g.node("Conv", [x, weight, bias], {
      kernel_shape: [kernel, kernel],
      pads: [pad, pad, pad, pad],
    });
    if (norm !== undefined && !fold) y = this.#normNode(y, norm, outputs);
    if (spec.activation === "none") return y;
    return this.g.node(spec.activation === "relu" ? "Relu" : "Sigmoid", [y]);
  }

  addRelu(a: Value, b: Value): Value {
    return this.g.node("Relu", [this.g.node("Add", [a, b])]);
  }

  gated(x: Value, mask: Value): Value {
    return this.g.node("Mul", [x, mask]);
  }

  pool(x: Value): Value {
    return this.g.node("MaxPool", [x], { kernel_shape: [2, 2], strides: [2, 2] });
  }

  up(x: Value): Value {
    this.#scales ??= this.g.constant("twice", Float32Array.of(1, 1, 2, 2));
    return this.g.node("Resize", [x, "", this.#scales], {
      mode: "nearest",
      coordinate_transformation_mode: "asymmetric",
      nearest_mode: "floor",
    });
  }

  concat(a: Value, b: Value): Value {
    return this.g.node("Concat", [a, b], { axis: 1 });
  }

  #normNode(x: Value, norm: string, channels: number): Value {
    const parts = ["weight", "bias", "running_mean", "running_var"].map((part) =>
      this.g.weight(`${norm}.${part}`, [channels], () => this.read(`${norm}.${part}`))
    );
    // The operator's own default epsilon is NORM_EPSILON.
    return this.g.node("BatchNormalization", [x, ...parts]);
  }

  async #norm(norm: string): Promise<Norm> {
    return {
      weight: await this.read(`${norm}.weight`),
      bias: await this.read(`${norm}.bias`),
      mean: await this.read(`${norm}.running_mean`),
      variance: await this.read(`${norm}.running_var`),
      epsilon: NORM_EPSILON,
    };
  }
}
