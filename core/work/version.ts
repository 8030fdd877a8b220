/** Who made an artifact. */
import denoJson from "../../deno.json" with { type: "json" };

/** The suite's version, as artifacts record it. */
export const SUITE_VERSION: string = denoJson.version;

/** Facts about the machine, for `timing.json` and `doctor`; never part of hashed bytes. */
export function environment(): Record<string, string | number> {
  return {
    suite: SUITE_VERSION,
    deno: Deno.version.deno,
    v8: Deno.version.v8,
    platform: `${Deno.build.os}-${Deno.build.arch}`,
    cores: navigator.hardwareConcurrency,
  };
}
