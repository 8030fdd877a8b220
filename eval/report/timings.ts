/** What methods took: read from the `timing.json` beside their predictions, where there is one. */
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

/** A lookup by method (as shown) and subject. */
export type Timings = (method: string, key: SubjectKey) => Timing | undefined;

/**
 * Reads the timings of all methods. They vary from run to run by nature and are part of no hash; a
 * file that is missing or of another form tells nothing.
 */
export async function readTimings(
  placed: readonly PlacedResults[],
  locate: Locate = (input, folder) => resolvePortable(input.path, folder),
): Promise<Timings> {
  const shown = shownNames(placed.map(({ results }) => results));
  const found = new Map<string, Timing>();
  for (const { results, folder } of placed) {
    if (folder === undefined) continue;
    for (const method of results.methods) {
      const input = results.inputs.find((i) =>
        i.role === "predictions" && i.method === method.name
      );
      if (input === undefined) continue;
      const file = join(dirname(locate(input, folder)), "timing.json");
      for (const [item, timing] of await itemsOf(file)) {
        found.set(JSON.stringify([results.dataset.name, shown(method), item]), timing);
      }
    }
  }
  return (method, { dataset, subject, view }) => {
    const of = (item: string) => found.get(JSON.stringify([dataset, method, item]));
    return (view === undefined ? undefined : of(`${subject}/${view}`)) ?? of(subject);
  };
}

async function itemsOf(file: string): Promise<[item: string, timing: Timing][]> {
  const text = await Deno.readTextFile(file).catch(() => undefined);
  if (text === undefined || text.length > 1 << 26) return [];
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return [];
  }
  const items = (json as { items?: unknown } | null)?.items;
  if (typeof items !== "object" || items === null) return [];
  return Object.entries(items).flatMap(([item, value]): [string, Timing][] => {
    const { seconds, rssMB } = (value ?? {}) as { seconds?: unknown; rssMB?: unknown };
    if (typeof seconds !== "number" || !(seconds >= 0)) return [];
    return [[item, { seconds, ...(typeof rssMB === "number" ? { rssMB } : {}) }]];
  });
}
