/** Statistics over subjects: bootstrap intervals, paired tests, rank intervals. */
export * from "./bootstrap.ts";
export * from "./holm.ts";
export * from "./permutation.ts";
export * from "./quantile.ts";
export * from "./ranks.ts";
export * from "./required_subjects.ts";
export * from "./resampler.ts";
export * from "./sampler_noise.ts";
