/** Scores, statistics, leaderboards and the report page. */
export * from "./keys.ts";
export * from "./leaderboard.ts";
export * from "./leaderboard_changes.ts";
export * from "./merge_results.ts";
export * from "./metrics/images.ts";
export * from "./metrics/maps.ts";
export * from "./results.ts";
export * from "./protocols/field/mod.ts";
export * from "./protocols/field_protocol.ts";
export * from "./protocols/formula_page.ts";
export * from "./protocols/protocol.ts";
export * from "./protocols/registry.ts";
export * from "./protocols/suite_1.ts";
export * from "./published/mod.ts";
export * from "./report/mod.ts";
export * from "./score.ts";
export * from "./statistics/mod.ts";
