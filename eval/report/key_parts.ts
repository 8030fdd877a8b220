/** Which keys are about a part of the surface: `p2s_head_cm` is P2S of the head. */
import { describeKey } from "../keys.ts";

/** Words of keys that name a part or a region, and how the page calls them. */
const PARTS: Readonly<Record<string, string>> = {
  head: "head",
  face: "face",
  torso: "torso",
  arm: "arms",
  arms: "arms",
  upper_arm: "upper arms",
  lower_arm: "lower arms",
  hand: "hands",
  hands: "hands",
  leg: "legs",
  legs: "legs",
  upper_leg: "upper legs",
  lower_leg: "lower legs",
  foot: "feet",
  feet: "feet",
  hidden: "hidden from the input",
  visible: "visible from the input",
};

/** Parts as the page calls them, from head to feet; then regions. */
export const PART_NAMES: readonly string[] = Object.freeze([
  "head",
  "face",
  "torso",
  "arms",
  "upper arms",
  "lower arms",
  "hands",
  "legs",
  "upper legs",
  "lower legs",
  "feet",
  "visible from the input",
  "hidden from the input",
]);

/** A key about a part: the part, and the key of the whole surface that it goes with. */
export interface PartKey {
  part: string;
  base: string;
}

/**
 * The part that a key is about; undefined where it is about the whole surface. A word counts as a
 * part only if the key without it is a key of the same board: `normal_deg_visible` stays whole.
 */
export function partOfKey(key: string, keys: ReadonlySet<string>): PartKey | undefined {
  const words = key.split("_");
  for (let length = 2; length >= 1; length--) {
    for (let i = 0; i + length <= words.length; i++) {
      const word = words.slice(i, i + length).join("_");
      if (!Object.hasOwn(PARTS, word)) continue;
      const base = [...words.slice(0, i), ...words.slice(i + length)].join("_");
      if (keys.has(base)) return { part: PARTS[word], base };
    }
  }
  return undefined;
}

/** A key's short name: that of its base where it is about a part. */
export function shortTitle(key: string, keys: ReadonlySet<string>): string {
  return describeKey(partOfKey(key, keys)?.base ?? key).title;
}
