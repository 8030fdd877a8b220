/** Fit files of the field, and what they mean. */
export * from "./choose.ts";
export * from "./describe.ts";
export * from "./formats.ts";
export * from "./read.ts";
export * from "./residual.ts";
export * from "./types.ts";
