/** Which input an execution has: told by the seed, the target's name and a number, so it can be made again. */
import { random } from "../../core/work/random.ts";
import type { Target } from "./targets.ts";

/** Makes the input of one execution. */
export function inputOf(
  target: Target,
  seeds: readonly Uint8Array[],
  { seed, index }: { seed: number; index: number },
): Uint8Array {
  const rng = random(seed, target.name, index);
  const start = seeds[rng.below(seeds.length)];
  return target.mutate(start, rng, seeds);
}
