/**
 * What is already done. Each item leaves one small record when all of its files are in place; the
 * record is written last, so it exists only for whole items. Its key says what the item was made
 * from; another key means stale.
 */
import { InputError } from "./errors.ts";
import { type FileRecord, reason } from "./hash.ts";
import { join } from "./path.ts";
import { type Json, parseForeignJson, stableJson } from "./json.ts";
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
    return recordIn(await Deno.readTextFile(join(folder, fileName(id))), fileName(id));
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
  for await (const { name, isFile } of Deno.readDir(folder)) {
    if (!isFile || !name.endsWith(".json")) continue;
    const text = await Deno.readTextFile(join(folder, name)).catch((cause) => {
      if (cause instanceof Deno.errors.NotFound) return ""; // a neighbour is redoing the item
      throw new InputError(`Cannot read a record: ${reason(cause)}`, {
        file: join(folder, name),
        cause,
      });
    });
    const record = recordIn(text, name);
    if (record !== undefined) records.push(record);
  }
  return records.sort((a, b) => a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

/** The record that a file's text holds, or undefined where it is none, or one of another item. */
function recordIn(text: string, name: string): ItemRecord | undefined {
  let value: unknown;
  try {
    value = parseForeignJson(text);
  } catch {
    return undefined;
  }
  return isRecord(value) && fileName(value.id) === name ? value : undefined;
}

function isRecord(value: unknown): value is ItemRecord {
  if (!isObject(value)) return false;
  const { id, key, run, status, reason = "", hint = "", warnings, inputs, outputs } = value;
  return [id, key, run, reason, hint].every(isText) && (status === "ok" || status === "failed") &&
    Array.isArray(warnings) && warnings.every(isText) &&
    [inputs, outputs].every((files) => Array.isArray(files) && files.every(isFileRecord));
}

function isFileRecord(value: unknown): value is FileRecord {
  if (!isObject(value)) return false;
  const { role, path, bytes, sha256 } = value;
  return [role, path, sha256].every(isText) && typeof bytes === "number";
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}
