/** What is fuzzed: every reader of files from outside, with small sound files and ways to change them. */
import type { Mutator } from "./_mutate.ts";
import { ARRAY_TARGETS } from "./_arrays.ts";
import { JSON_TARGETS } from "./_jsons.ts";
import { MESH_TARGETS } from "./_meshes.ts";

/** One reader. */
export interface Target {
  name: string;
  /** Sound files, made by the suite's own writers. */
  seeds: () => Promise<Uint8Array[]> | Uint8Array[];
  /** Reads a file to its end. */
  read: (bytes: Uint8Array) => Promise<unknown>;
  mutate: Mutator;
  /** The seeds are sound in themselves and refused for what is not beside them. */
  refusesSeeds?: true;
}

/** All readers, by name. */
export const TARGETS: readonly Target[] = [...MESH_TARGETS, ...ARRAY_TARGETS, ...JSON_TARGETS]
  .sort((a, b) => a.name < b.name ? -1 : 1);
