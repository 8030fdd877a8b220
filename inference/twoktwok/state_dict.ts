/** Which tensors a checkpoint must hold, from the networks' description. */
import {
  type ConvSpec,
  type Layers,
  NET_KEYS,
  type NetName,
  walkNet,
  type Widths,
} from "./architecture.ts";

/** One tensor of a checkpoint. */
export interface StateEntry {
  key: string;
  shape: readonly number[];
  dtype: "float32" | "int64";
  /** Parameters are learned by gradient, buffers are statistics. */
  kind: "parameter" | "buffer";
}

/** The names of all networks, in the checkpoint's order. */
export const NET_NAMES = Object.freeze(Object.keys(NET_KEYS) as NetName[]);

/**
 * Lists the tensors of the networks named, in the order of the walk.
 *
 * For all networks of the published widths these are 1504 tensors with 77,655,212 parameters.
 */
export function stateEntries(widths: Widths, nets: readonly NetName[] = NET_NAMES): StateEntry[] {
  const entries: StateEntry[] = [];
  const lister = new Lister(entries);
  for (const net of nets) walkNet(lister, net, () => null, widths);
  return entries;
}

/** Values in an entry. */
export function valueCount(entry: Pick<StateEntry, "shape">): number {
  return entry.shape.reduce((product, n) => product * n, 1);
}

class Lister implements Layers<null> {
  constructor(private readonly entries: StateEntry[]) {}

  conv(_x: null, { key, inputs, outputs, kernel, norm }: ConvSpec): null {
    this.#add(`${key}.weight`, [outputs, inputs, kernel, kernel]);
    this.#add(`${key}.bias`, [outputs]);
    if (norm !== undefined) {
      this.#add(`${norm}.weight`, [outputs]);
      this.#add(`${norm}.bias`, [outputs]);
      this.#add(`${norm}.running_mean`, [outputs], "buffer");
      this.#add(`${norm}.running_var`, [outputs], "buffer");
      this.entries.push({
        key: `${norm}.num_batches_tracked`,
        shape: [],
        dtype: "int64",
        kind: "buffer",
      });
    }
    return null;
  }

  upConv(x: null, spec: ConvSpec): null {
    return this.conv(x, spec);
  }

  gated = (): null => null;
  addRelu = (): null => null;
  pool = (): null => null;
  concat = (): null => null;

  #add(key: string, shape: number[], kind: StateEntry["kind"] = "parameter"): void {
    this.entries.push({ key, shape, dtype: "float32", kind });
  }
}
