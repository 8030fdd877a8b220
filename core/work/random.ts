/**
 * All randomness of the suite. A generator is made from the run's seed and the names of what it is
 * for (item id, purpose), never from order, clock or `Math.random`: the same item draws the same
 * numbers whatever ran before it, in whichever worker or shard.
 */
import { xoroshiro128plusFromState } from "pure-rand/generator/xoroshiro128plus";

/** A seeded stream of numbers. */
export interface Random {
  /** The next number, uniform in [0, 1), with 53 random bits. */
  float(): number;
  /** The next whole number, uniform in [0, n), for n up to 2^53. */
  below(n: number): number;
  /** The next normally distributed number (mean 0, deviation 1; Box–Muller). */
  normal(): number;
}

/**
 * Makes the generator for one purpose: `random(seed, "suite-1", subjectId, "truth")`.
 *
 * The state is four 32-bit words of FNV-1a/murmur-mixed key text; the generator is
 * xoroshiro128+ (Blackman and Vigna 2018) of the package pure-rand.
 */
export function random(seed: number, ...purpose: readonly (string | number)[]): Random {
  const state = hashWords([seed, ...purpose].join("\u001f"));
  const generator = xoroshiro128plusFromState(state);
  const word = () => generator.next() >>> 0;
  const float = () => ((word() >>> 5) * 67108864 + (word() >>> 6)) / 9007199254740992;
  let spare: number | undefined;
  return {
    float,
    below: (n) => Math.floor(float() * n),
    normal() {
      if (spare !== undefined) {
        const value = spare;
        spare = undefined;
        return value;
      }
      const radius = Math.sqrt(-2 * Math.log(1 - float()));
      const angle = 2 * Math.PI * float();
      spare = radius * Math.sin(angle);
      return radius * Math.cos(angle);
    },
  };
}

/** Four well-mixed 32-bit words of a text: FNV-1a with four offsets, each finished as in murmur3. */
function hashWords(text: string): number[] {
  const bytes = new TextEncoder().encode(text);
  const words = [0x811c9dc5, 0x01000193, 0x9e3779b9, 0x85ebca6b];
  return words.map((offset) => {
    let h = offset | 0;
    for (const byte of bytes) h = Math.imul(h ^ byte, 0x01000193);
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    return (h ^ (h >>> 16)) | 0;
  });
}
