/** Runs two graphs of one network on the same made input and compares them. */
import { random } from "../../core/work/random.ts";
import { openSession, type Session, type Tensor } from "../onnx/session.ts";
import type { NetName } from "./architecture.ts";

/** Side of the probe's output, pixels: small, and a multiple of what every network needs. */
const PROBE_PX = 48;

/** Channels and shrinkage of every input that a network may have. */
const INPUTS: Readonly<Record<string, readonly [channels: number, shrink: number]>> = {
  picture: [3, 1],
  picture_and_normal: [6, 1],
  normal: [6, 1],
  normal_half: [6, 2],
  normal_quarter: [6, 4],
  depth: [2, 8],
};

/** See `parityEntry`. */
export interface ProbeResult {
  difference: number;
  magnitude: number;
}

/** Runs one graph on the probe of its network. The values depend on the network's name alone. */
export async function probeNet(net: NetName, graph: string | Uint8Array): Promise<Float32Array> {
  // Without the rewrites of layout, which hold every weight twice.
  await using session = await openSession(graph, { memory: "low", optimization: "basic" });
  const results = await session.run(probeInputs(net, session));
  return Object.values(results)[0].data;
}

function probeInputs(net: NetName, session: Session): Record<string, Tensor<Float32Array>> {
  return Object.fromEntries(session.inputs.map(({ name }) => {
    const [channels, shrink] = INPUTS[name];
    const side = PROBE_PX / shrink, source = random(0, "2k2k-probe", net, name);
    const data = Float32Array.from(
      { length: channels * side * side },
      () => name === "depth" ? 4 * source.float() : 2 * source.float() - 1,
    );
    return [name, { data, dims: [1, channels, side, side] }];
  }));
}

/**
 * Compares two outputs.
 *
 * @returns Infinity as the difference if a value is not finite.
 */
export function compareProbes(reference: Float32Array, found: Float32Array): ProbeResult {
  let difference = reference.length === found.length ? 0 : Infinity, magnitude = 0;
  for (let i = 0; i < reference.length; i++) {
    const d = Math.abs(reference[i] - found[i]);
    difference = Number.isFinite(d) ? Math.max(difference, d) : Infinity;
    magnitude = Math.max(magnitude, Math.abs(reference[i]));
  }
  return { difference, magnitude };
}
