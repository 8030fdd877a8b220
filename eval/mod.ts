/** Scores, statistics, leaderboards and the report page. */
export * from "./keys.ts";
export * from "./leaderboard.ts";
export * from "./merge_results.ts";
export * from "./results.ts";
export * from "./protocols/protocol.ts";
export * from "./protocols/registry.ts";
export * from "./protocols/suite_1.ts";
export * from "./report/mod.ts";
export * from "./score.ts";
export * from "./statistics/mod.ts";
