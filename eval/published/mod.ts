/** Published results. */
import { TABLES_OF_PROTOCOLS } from "./of_protocols.ts";
import { OTHER_TABLES } from "./others.ts";
import type { PublishedTable } from "./published_table.ts";

export type * from "./published_table.ts";

/** All tables. 2K2K's own are not among them: no public source read carries them. */
export const PUBLISHED_TABLES: readonly PublishedTable[] = Object.freeze([
  ...TABLES_OF_PROTOCOLS,
  ...OTHER_TABLES,
]);

/** The tables that a protocol's evaluator made; those of other protocols are never among them. */
export function publishedOf(protocol: string): PublishedTable[] {
  return PUBLISHED_TABLES.filter((table) => table.protocol === protocol);
}
