/**
 * Data sets of scans: any layout of the field in, one kind of subject out.
 *
 * ```ts
 * import { loadScan, openDataset } from "./mod.ts";
 * import { FIXTURES } from "../core/work/paths.ts";
 *
 * const { format, subjects } = await openDataset(`${FIXTURES}/humans`);
 * const { mesh } = await loadScan(subjects[0]); // metres
 * if (format !== "suite" || mesh.indices.length === 0) throw new Error("empty");
 * ```
 *
 * @module
 */
export * from "./choose_fit.ts";
export * from "./croissant.ts";
export * from "./hash_list.ts";
export * from "./load.ts";
export * from "./open.ts";
export * from "./overview.ts";
export * from "./published_splits.ts";
export * from "./read_scan.ts";
export * from "./split.ts";
export * from "./subject.ts";
export * from "./units.ts";
export * from "./upright.ts";
