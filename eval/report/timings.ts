/**
 * What methods took: read from the `timing.json` beside their predictions, where there is one, else
 * as their `predictions.json` states it.
 */
import { dirname, join } from "../../core/work/path.ts";
import { shownNames } from "../merge_results.ts";
import type { SubjectKey } from "./report_data.ts";
import type { Locate, PlacedResults } from "./subject_plan.ts";
import { resolvePortable } from "../../core/work/paths.ts";

/** One item's inference. */
export interface Timing {
  seconds: number;
  /** Memory of the process after it, megabytes. */
  rssMB?: number;
}

/** What was read. */
export interface Timings {
  /** Of a method (as shown) on a subject. */
  of: (method: string, key: SubjectKey) => Timing | undefined;
  /** What each method ran on, where its file says. */
  environments: ReadonlyMap<string, string>;
}

/**
 * Reads the timings of all methods. They vary from run to run by nature and are part of no hash; a
 * file that is missing or of another form tells nothing.
 */
export async function readTimings(
  placed: readonly PlacedResults[],
  locate: Locate = (input, folder) => resolvePortable(input.path, folder),
): Promise<Timings> {
  const shown = shownNames(placed.map(({ results }) => results));
  const found = new Map<string, Timing>(), environments = new Map<string, string>();
  const stated = new Map<string, Timing>();
  for (const { results, folder } of placed) {
    for (const method of results.methods) {
      if (method.timing !== undefined) {
        const { secondsPerItem: seconds, peakMemoryMB: rssMB, device } = method.timing;
        const timing = { seconds, ...(rssMB === undefined ? {} : { rssMB }) };
        stated.set(JSON.stringify([results.dataset.name, shown(method)]), timing);
        environments.set(shown(method), `${device ?? "another machine"}, as its author states`);
      }
      if (folder === undefined) continue;
      const input = results.inputs.find((i) =>
        i.role === "predictions" && i.method === method.name
      );
      if (input === undefined) continue;
      const file = join(dirname(locate(input, folder)), "timing.json");
      const json = await readTimingFile(file);
      for (const [item, timing] of itemsOf(json)) {
        found.set(JSON.stringify([results.dataset.name, shown(method), item]), timing);
      }
      const environment = environmentText(json);
      if (environment !== "") environments.set(shown(method), environment);
    }
  }
  return {
    of(method, { dataset, subject, view }) {
      const item = (id: string) => found.get(JSON.stringify([dataset, method, id]));
      return (view === undefined ? undefined : item(`${subject}/${view}`)) ?? item(subject) ??
        stated.get(JSON.stringify([dataset, method]));
    },
    environments,
  };
}

async function readTimingFile(file: string): Promise<unknown> {
  const text = await Deno.readTextFile(file).catch(() => undefined);
  if (text === undefined || text.length > 1 << 26) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** `linux-x86_64, 2 cores, Deno 2.9.6, scan2score 0.1.0`: what of it there is. */
function environmentText(json: unknown): string {
  const given = (json as { environment?: unknown } | null | undefined)?.environment;
  if (typeof given !== "object" || given === null) return "";
  const { platform, cores, deno, suite } = given as Record<string, unknown>;
  return [
    platform,
    cores === undefined ? undefined : `${cores} cores`,
    deno === undefined ? undefined : `Deno ${deno}`,
    suite === undefined ? undefined : `scan2score ${suite}`,
  ].filter((part) => part !== undefined).map(String).join(", ");
}

function itemsOf(json: unknown): [item: string, timing: Timing][] {
  const items = (json as { items?: unknown } | null | undefined)?.items;
  if (typeof items !== "object" || items === null) return [];
  return Object.entries(items).flatMap(([item, value]): [string, Timing][] => {
    const { seconds, rssMB } = (value ?? {}) as { seconds?: unknown; rssMB?: unknown };
    if (typeof seconds !== "number" || !(seconds >= 0)) return [];
    return [[item, { seconds, ...(typeof rssMB === "number" ? { rssMB } : {}) }]];
  });
}
