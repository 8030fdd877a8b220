/**
 * fast-check with one seed for all: the same commit passes or fails the same everywhere. To look
 * further, `FAST_CHECK_SEED=<number> deno task test`; a failure prints the seed and the smallest case.
 */
import fc from "fast-check-npm";

fc.configureGlobal({ seed: Number(Deno.env.get("FAST_CHECK_SEED") ?? 20261122) });

export * from "fast-check-npm";
export default fc;
