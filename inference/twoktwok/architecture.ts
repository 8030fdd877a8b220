/**
 * The three kinds of network of 2K2K (docs/models.md, "Networks"), written once as a walk over
 * layers. One walker lists the tensors of a checkpoint, another builds ONNX graphs.
 */

/** What follows a convolution. */
export type Activation = "none" | "relu" | "sigmoid";

/** A convolution with bias, stride 1, that keeps the size. */
export interface ConvSpec {
  /** Key of the convolution in the checkpoint, without `.weight` and `.bias`. */
  key: string;
  inputs: number;
  outputs: number;
  kernel: 1 | 3;
  /** Key of the batch normalisation behind it, if any. */
  norm?: string;
  activation: Activation;
}

/** Who walks over a network: `V` stands for a feature map. */
export interface Layers<V> {
  conv(x: V, spec: ConvSpec): V;
  /** ReLU of the sum of two maps. */
  addRelu(a: V, b: V): V;
  /** Each channel of `x` times the one channel of `mask`. */
  gated(x: V, mask: V): V;
  /** 2 × 2 maximum, stride 2. */
  pool(x: V): V;
  /** Each pixel becomes 2 × 2, then a 3 × 3 convolution. */
  upConv(x: V, spec: ConvSpec): V;
  /** Channels of `a`, then those of `b`. */
  concat(a: V, b: V): V;
}

/** Channels of the networks, from the finest level to the coarsest. */
export interface Widths {
  /** Part and coarse normals (kind U): four levels. */
  normal: readonly [number, number, number, number];
  /** Each encoder of the coarse depth (kind D): five levels. */
  depth: readonly [number, number, number, number, number];
  /** Refinement (kind R): a branch, and the merged branches. */
  refine: readonly [number, number];
}

/** The published system's. */
export const PUBLISHED_WIDTHS: Widths = Object.freeze({
  normal: [64, 128, 256, 512] as const,
  depth: [32, 64, 128, 256, 512] as const,
  refine: [32, 64] as const,
});

/** Key prefixes of the networks in the published checkpoint, in its order. */
export const NET_KEYS = Object.freeze(
  {
    face: "img2normal_face",
    upper: "img2normal_upper",
    arm: "img2normal_arm",
    leg: "img2normal_leg",
    shoe: "img2normal_shoe",
    coarse_normal: "img2normal_down",
    coarse_depth: "ImgNorm_to_Dep",
    refine: "refine",
  } as const,
);

/** Names of the networks in a model folder. */
export type NetName = keyof typeof NET_KEYS;

/** Convolution 3 × 3, normalisation, ReLU, twice. */
function block<V>(l: Layers<V>, x: V, key: string, inputs: number, outputs: number): V {
  const middle = l.conv(x, normRelu(`${key}.conv`, 0, inputs, outputs));
  return l.conv(middle, normRelu(`${key}.conv`, 3, outputs, outputs));
}

/** Nearest up-sampling by 2, then convolution 3 × 3, normalisation, ReLU. */
function upBlock<V>(l: Layers<V>, x: V, key: string, inputs: number, outputs: number): V {
  return l.upConv(x, normRelu(`${key}.up`, 1, inputs, outputs));
}

/** A 3 × 3 convolution at `key.index` with its normalisation behind it, and ReLU. */
function normRelu(key: string, index: number, inputs: number, outputs: number): ConvSpec {
  return {
    key: `${key}.${index}`,
    norm: `${key}.${index + 1}`,
    inputs,
    outputs,
    kernel: 3,
    activation: "relu",
  };
}

/** Attention gate: `x` times a mask made from both `g` and `x`, each of `channels`. */
function gate<V>(l: Layers<V>, g: V, x: V, key: string, channels: number): V {
  const inner = channels >> 1;
  const spec = (name: string, inputs: number, outputs: number, activation: Activation) => ({
    key: `${key}.${name}.0`,
    norm: `${key}.${name}.1`,
    inputs,
    outputs,
    kernel: 1 as const,
    activation,
  });
  const sum = l.addRelu(
    l.conv(g, spec("W_g", channels, inner, "none")),
    l.conv(x, spec("W_x", channels, inner, "none")),
  );
  return l.gated(x, l.conv(sum, spec("psi", inner, 1, "sigmoid")));
}

/**
 * Kind U: a U-net of four levels with gated skips; 6 channels, both normals coded in [0, ∞).
 * Sides must be multiples of 8.
 */
export function normalNet<V>(
  l: Layers<V>,
  x: V,
  key: string,
  inputs: number,
  widths: Widths["normal"],
): V {
  const [w1, w2, w3, w4] = widths;
  const e1 = block(l, x, `${key}.Conv1`, inputs, w1);
  const e2 = block(l, l.pool(e1), `${key}.Conv2`, w1, w2);
  const e3 = block(l, l.pool(e2), `${key}.Conv3`, w2, w3);
  let d = block(l, l.pool(e3), `${key}.Conv4`, w3, w4);
  for (
    const [level, skip, from, to] of [[4, e3, w4, w3], [3, e2, w3, w2], [2, e1, w2, w1]] as const
  ) {
    d = upBlock(l, d, `${key}.Up${level}`, from, to);
    const s = gate(l, d, skip, `${key}.Att${level}`, to);
    d = block(l, l.concat(s, d), `${key}.Up_conv${level}`, 2 * to, to);
  }
  return l.conv(d, {
    key: `${key}.Conv_1x1.conv.0`,
    inputs: w1,
    outputs: 6,
    kernel: 1,
    activation: "relu",
  });
}

/**
 * Kind D: coarse depth from the coarse picture (3 channels) and the coarse normals (6): front
 * depth, back depth, mask logit. Sides must be multiples of 16.
 */
export function depthNet<V>(
  l: Layers<V>,
  [picture, normal]: readonly [V, V],
  key: string,
  widths: Widths["depth"],
): V {
  const encode = (x: V, side: 1 | 2, inputs: number): V[] => {
    const levels: V[] = [];
    widths.forEach((width, i) => {
      const from = i === 0 ? x : l.pool(levels[i - 1]);
      levels.push(block(l, from, `${key}.Conv${i + 1}_${side}`, widths[i - 1] ?? inputs, width));
    });
    return levels;
  };
  const a = encode(picture, 1, 3), b = encode(normal, 2, 6);
  let d = l.concat(a[4], b[4]);
  for (const level of [5, 4, 3, 2]) {
    const to = 2 * widths[level - 2];
    d = upBlock(l, d, `${key}.Up${level}`, 2 * widths[level - 1], to);
    const skip = l.concat(a[level - 2], b[level - 2]);
    const s = gate(l, d, skip, `${key}.Att${level}`, to);
    d = block(l, l.concat(s, d), `${key}.Up_conv${level}`, 2 * to, to);
  }
  return plain(l, d, `${key}.Conv_1x1`, 2 * widths[0]);
}

/** Inputs of the refinement: normals at full, half and quarter size, depths at an eighth. */
export interface RefineInputs<V> {
  normal: V;
  normalHalf: V;
  normalQuarter: V;
  depth: V;
}

/** Kind R: full-size depth from full-size normals and coarse depth; channels as kind D. */
export function refineNet<V>(
  l: Layers<V>,
  { normal, normalHalf, normalQuarter, depth }: RefineInputs<V>,
  key: string,
  [branch, merged]: Widths["refine"],
): V {
  const single = (x: V, name: string) => l.conv(x, normRelu(`${key}.${name}.conv`, 0, 6, branch));
  let d = depth;
  for (const [level, n] of [[1, normalQuarter], [2, normalHalf], [3, normal]] as const) {
    const up = upBlock(l, d, `${key}.depth${level}`, level === 1 ? 2 : merged, branch);
    const both = l.concat(up, single(n, `normal${level}`));
    d = block(l, both, `${key}.merge${level}_1`, 2 * branch, merged);
    if (level === 3) break;
    d = l.conv(d, {
      key: `${key}.merge${level}_2.conv.0`,
      inputs: merged,
      outputs: merged,
      kernel: 1,
      activation: "relu",
    });
  }
  return plain(l, d, `${key}.merge3_2`, merged);
}

/** The last layer of kinds D and R: three numbers a pixel. */
function plain<V>(l: Layers<V>, x: V, key: string, inputs: number): V {
  return l.conv(x, { key, inputs, outputs: 3, kernel: 1, activation: "none" });
}

/** Walks over one network of the system. `inputs` are made in the order of the network's inputs. */
export function walkNet<V>(l: Layers<V>, net: NetName, inputs: NetInputs<V>, widths: Widths): V {
  const key = NET_KEYS[net];
  switch (net) {
    case "coarse_depth":
      return depthNet(l, [inputs("picture", 3, 1), inputs("normal", 6, 1)], key, widths.depth);
    case "refine":
      return refineNet(
        l,
        {
          normal: inputs("normal", 6, 1),
          normalHalf: inputs("normal_half", 6, 2),
          normalQuarter: inputs("normal_quarter", 6, 4),
          depth: inputs("depth", 2, 8),
        },
        key,
        widths.refine,
      );
    case "coarse_normal":
      return normalNet(l, inputs("picture", 3, 1), key, 3, widths.normal);
    default:
      return normalNet(l, inputs("picture_and_normal", 6, 1), key, 6, widths.normal);
  }
}

/** Declares an input by name, channels and how many times smaller than the output it is. */
export type NetInputs<V> = (name: string, channels: number, shrink: number) => V;
