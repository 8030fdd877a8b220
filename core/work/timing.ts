/** `timing.json`: seconds by item and stage, and the machine. Never hashed; merged over runs. */
import { join } from "./path.ts";
import { type Json, stableJson } from "./json.ts";
import { removeTemporary, writeWhole } from "./scratch.ts";
import { environment } from "./version.ts";

/** Seconds (and other measurements) by item, then by stage. */
export type Timing = { [item: string]: { [stage: string]: number } };

/** Adds a run's timing to the file in an artifact's folder; items done again replace their own. */
export async function writeTiming(folder: string, timing: Timing): Promise<void> {
  const file = join(folder, "timing.json");
  if (Object.keys(timing).length === 0) return await removeTemporary(file);
  const before = await readTiming(folder);
  const json = { environment: environment(), items: { ...before, ...timing } };
  await writeWhole(file, stableJson(json as Json));
}

/** The timing in an artifact's folder; empty where there is none. */
export async function readTiming(folder: string): Promise<Timing> {
  try {
    const text = await Deno.readTextFile(join(folder, "timing.json"));
    return (JSON.parse(text) as { items?: Timing }).items ?? {};
  } catch {
    return {};
  }
}
