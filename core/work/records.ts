/**
 * What is already done. Each item leaves one small record when all of its files are in place; the
 * record is written last, so it exists only for whole items. Its key says what the item was made
 * from; another key means stale.
 */
import { join } from "./path.ts";
import type { FileRecord } from "./hash.ts";
import { type Json, stableJson } from "./json.ts";
import { entryName, writeWhole } from "./scratch.ts";

/** What one finished (or failed) item consists of. */
export interface ItemRecord {
  id: string;
  /** SHA-256 of everything that decides the item's bytes. */
  key: string;
  /** SHA-256 of what all items of the run share: suite version, command, options. */
  run: string;
  status: "ok" | "failed";
  reason?: string;
  hint?: string;
  warnings: string[];
  inputs: FileRecord[];
  /** Files of the item, paths relative to the artifact's folder. */
  outputs: FileRecord[];
  result?: Json;
}

function fileName(id: string): string {
  return entryName(id) + ".json";
}

/** The record of an item, or undefined where there is none that can be read. */
export async function readRecord(folder: string, id: string): Promise<ItemRecord | undefined> {
  try {
    const record = JSON.parse(await Deno.readTextFile(join(folder, fileName(id)))) as ItemRecord;
    return record.id === id && Array.isArray(record.outputs) ? record : undefined;
  } catch {
    return undefined;
  }
}

/** Writes a record whole. */
export async function writeRecord(folder: string, record: ItemRecord): Promise<void> {
  await writeWhole(join(folder, fileName(record.id)), stableJson(record as unknown as Json));
}

/** Forgets an item before its files are replaced. */
export async function removeRecord(folder: string, id: string): Promise<void> {
  await Deno.remove(join(folder, fileName(id))).catch(() => {});
}

/** All records of a work folder, sorted by id. Files that are no record are passed over. */
export async function allRecords(folder: string): Promise<ItemRecord[]> {
  const records: ItemRecord[] = [];
  for await (const entry of Deno.readDir(folder)) {
    if (!entry.isFile || !entry.name.endsWith(".json")) continue;
    const text = await Deno.readTextFile(join(folder, entry.name));
    records.push(JSON.parse(text) as ItemRecord);
  }
  return records.sort((a, b) => a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}
