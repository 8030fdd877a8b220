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
  /** The tensor read last: four phases are made of one. */
  #last: { key: string; values: Promise<Float32Array> } | undefined;

  constructor(
    private readonly g: GraphBuilder,
    private readonly read: ReadTensor,
    private readonly norms: "folded" | "unfolded",
  ) {}

  conv(x: Value, spec: ConvSpec): Value {
    const { key, norm, inputs, outputs, kernel } = spec, pad = kernel >> 1;
    const weight = this.g.weight(
      `${key}.weight`,
      [outputs, inputs, kernel, kernel],
      () => this.#values(spec, "weight"),
    );
    let y = this.g.node("Conv", [x, weight, this.#bias(spec)], {
      kernel_shape: [kernel, kernel],
      pads: [pad, pad, pad, pad],
    });
    if (norm !== undefined && this.norms === "unfolded") y = this.#normNode(y, norm, outputs);
    return this.#activated(y, spec);
  }

  /**
   * Unfolded as described. Folded as four 2 × 2 convolutions of the small map, one for each place in
   * the 2 × 2 pixels that a small pixel becomes: of a kernel's three rows two fall on the same small
   * row, so their weights add up. The same sums with 4 instead of 9 products a pixel.
   */
  upConv(x: Value, spec: ConvSpec): Value {
    if (this.norms === "unfolded") return this.conv(this.#up(x), spec);
    const { key, inputs, outputs } = spec, bias = this.#bias(spec);
    const phases = [0, 1, 2, 3].map((phase) => {
      const down = phase >> 1, right = phase & 1;
      const weight = this.g.weight(
        `${key}.weight.${phase}`,
        [outputs, inputs, 2, 2],
        async () => phaseKernels(await this.#values(spec, "weight"), down, right),
      );
      const y = this.g.node("Conv", [x, weight, bias], {
        kernel_shape: [2, 2],
        pads: [1 - down, 1 - right, down, right],
      });
      return this.#activated(y, spec);
    });
    const all = this.g.node("Concat", phases, { axis: 1 });
    return this.g.node("DepthToSpace", [all], { blocksize: 2, mode: "DCR" });
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

  concat(a: Value, b: Value): Value {
    return this.g.node("Concat", [a, b], { axis: 1 });
  }

  #up(x: Value): Value {
    this.#scales ??= this.g.constant("twice", Float32Array.of(1, 1, 2, 2));
    return this.g.node("Resize", [x, "", this.#scales], {
      mode: "nearest",
      coordinate_transformation_mode: "asymmetric",
      nearest_mode: "floor",
    });
  }

  #bias(spec: ConvSpec): Value {
    return this.g.weight(`${spec.key}.bias`, [spec.outputs], () => this.#values(spec, "bias"));
  }

  #activated(y: Value, { activation }: ConvSpec): Value {
    if (activation === "none") return y;
    return this.g.node(activation === "relu" ? "Relu" : "Sigmoid", [y]);
  }

  /** A convolution's weight or bias, with its normalisation folded in if there is one. */
  #values({ key, norm }: ConvSpec, what: "weight" | "bias"): Promise<Float32Array> {
    const name = `${key}.${what}`;
    if (this.#last?.key !== name) {
      this.#last = { key: name, values: this.#folded(name, norm, what) };
    }
    return this.#last.values;
  }

  async #folded(
    name: string,
    norm: string | undefined,
    what: "weight" | "bias",
  ): Promise<Float32Array> {
    const values = await this.read(name);
    if (norm === undefined || this.norms === "unfolded") return values;
    return foldNorm(values, await this.#norm(norm), what);
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

/**
 * The 2 × 2 kernels that make the pixels `down` and `right` of 3 × 3 kernels over a doubled map.
 * On an axis, the three weights of the first pixel of a pair fall on the small pixels −1, 0, 0, those
 * of the second on 0, 0, +1.
 *
 * @param kernels 3 × 3 values each, rows from the top.
 */
export function phaseKernels(kernels: Float32Array, down: number, right: number): Float32Array {
  const out = new Float32Array(kernels.length / 9 * 4);
  for (let at = 0, to = 0; at < kernels.length; at += 9, to += 4) {
    for (let k = 0; k < 4; k++) {
      let sum = 0;
      for (let row = 0; row < 3; row++) {
        if ((row + 1 + down >> 1) - down !== k >> 1) continue;
        for (let column = 0; column < 3; column++) {
          if ((column + 1 + right >> 1) - right === (k & 1)) sum += kernels[at + 3 * row + column];
        }
      }
      out[to + k] = sum;
    }
  }
  return out;
}
