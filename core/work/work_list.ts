/**
 * The list of work behind every command: what is done and unchanged is skipped, what is stale is
 * redone, one item's failure is a record and the rest goes on, shards and workers never change a
 * byte, and a killed run goes on where it was.
 */
import { z } from "zod";
import { dirname, join, relative } from "./path.ts";
import { CancelledError } from "./errors.ts";
import { type FileRecord, hashFile, sha256 } from "./hash.ts";
import { compactJson, type Json, stableJson } from "./json.ts";
import { slashes } from "./paths.ts";
import type { Holding, MemoryLimit } from "./memory.ts";
import { type JobResult, runJobs } from "./pool.ts";
import { type Progress, SILENT } from "./progress.ts";
import { allRecords, type ItemRecord, readRecord, removeRecord, writeRecord } from "./records.ts";
import { open } from "./schema.ts";
import { makeFolder, moveIntoPlace, Scratch, writeWhole } from "./scratch.ts";
import { type Shard, shardOf } from "./shards.ts";
import { SUITE_VERSION } from "./version.ts";

export { type Shard, shardOf } from "./shards.ts";

/** One item. */
export interface Item<P> {
  /** Unique in the list; also names the item's record. */
  id: string;
  /** Items of one group share what a worker keeps loaded. Default: the id. */
  group?: string;
  /** What the item is made from; hashes decide staleness. */
  inputs: FileRecord[];
  /** Options and values besides the inputs that decide the item's bytes. */
  options?: Json;
  /** What a worker holds for it, where that grows with the input. */
  holds?: Holding;
  /** About how long it takes, in any unit. Default: as long as the others. */
  weight?: number;
  /** What the task gets; must survive `structuredClone`. */
  payload: P;
  /**
   * Small files outside of `out` that the task writes when everything else is written, and a text
   * that they then contain: the item is redone where they do not.
   */
  elsewhere?: readonly { path: string; contains: string }[];
}

/** A list of work and where its outcome goes. */
export interface WorkList<P> {
  /** Shown to the user: "render", "infer", … */
  title: string;
  /** Module whose default export is the {@linkcode Task}. */
  module: URL;
  /** Folder of the artifact: outputs are moved here. */
  out: string;
  /** Folder for records and scratch. */
  work: string;
  /** Options of the whole run that decide bytes. */
  options: Json;
  items: readonly Item<P>[];
}

/** Beside the records: how long the list is, for those who watch other machines do it. */
export const LIST_FILE = "list.json";

/** {@linkcode LIST_FILE}. */
export const listSchema = open({ title: z.string(), run: z.string(), items: z.int().min(0) });

export interface RunOptions {
  workers?: number;
  /** What the process may use; an item that does not fit fails. Default: whatever it takes. */
  memory?: MemoryLimit | undefined;
  shard?: Shard | undefined;
  progress?: Progress;
  signal?: AbortSignal | undefined;
}

/** How a run ended. */
export interface RunSummary {
  /** Records of every item in the folder made by this command with these options, by id. */
  records: ItemRecord[];
  /** Items in the folder that were made with other options and are not in this list. */
  foreign: string[];
  /** Items of the list that no shard has done yet. */
  missing: string[];
  done: number;
  skipped: number;
  failed: number;
  /** Timing of the items this run did, by id. */
  timing: { [id: string]: { [key: string]: number } };
}

/**
 * Does what is left of a list of work.
 *
 * @throws {CancelledError} If the signal fired; finished items stay done.
 * @throws {InputError} If the output folder cannot be written.
 */
export async function runWork<P>(
  list: WorkList<P>,
  options: RunOptions = {},
): Promise<RunSummary> {
  const { workers = 1, memory, shard, progress = SILENT, signal } = options;
  const recordFolder = join(list.work, "records");
  await makeFolder(recordFolder);
  await using scratch = await Scratch.open(list.work);

  const run = runKeyOf(list as WorkList<unknown>);
  const { title, items: { length } } = list;
  await writeWhole(join(list.work, LIST_FILE), stableJson({ title, run, items: length }));
  const mine = shardOf(list.items, shard);
  const keys = new Map(mine.map((item) => [item.id, keyOf(list, item)]));
  const todo: Item<P>[] = [];
  let skipped = 0;
  for (const item of mine) {
    const state = await stateOf(item, keys.get(item.id)!, recordFolder, list.out);
    if (state === "done") skipped++;
    else {
      if (state === "stale") progress.note(`${item.id}: made from other inputs or options, redone`);
      todo.push(item);
    }
  }

  progress.start({ title: list.title, total: mine.length, done: skipped });
  const timing: RunSummary["timing"] = {};
  let failed = 0;
  const finished = async (index: number, result: JobResult) => {
    const item = todo[index];
    const record = await settle(item, result);
    if (result.ok && result.outcome.timing) timing[item.id] = { ...result.outcome.timing };
    (timing[item.id] ??= {}).seconds = result.seconds;
    if (record.status === "failed") failed++;
    progress.item({
      id: item.id,
      status: record.status === "ok" ? "done" : "failed",
      seconds: result.seconds,
      ...(record.reason === undefined ? {} : { reason: record.reason }),
    });
  };
  const settle = async (item: Item<P>, result: JobResult): Promise<ItemRecord> => {
    const base = { id: item.id, key: keys.get(item.id)!, run };
    const before = await readRecord(recordFolder, item.id);
    await removeRecord(recordFolder, item.id);
    const record: ItemRecord = result.ok
      ? {
        ...base,
        status: "ok",
        warnings: result.outcome.warnings ?? [],
        inputs: [...item.inputs, ...result.outcome.inputs ?? []],
        outputs: await publish(scratch.roomOf(item.id), list.out),
        ...(result.outcome.result === undefined ? {} : { result: result.outcome.result }),
      }
      : {
        ...base,
        status: "failed",
        reason: portableReason(result.reason, [scratch.folder, list.out]),
        ...(result.hint === undefined ? {} : { hint: result.hint }),
        warnings: [],
        inputs: item.inputs,
        outputs: [],
      };
    await removeLeftOver(before, record, list.out);
    await writeRecord(recordFolder, record);
    await Deno.remove(scratch.roomOf(item.id), { recursive: true }).catch(() => {});
    return record;
  };
  const jobs = todo.map((item) => ({
    group: item.group ?? item.id,
    payload: item.payload,
    holds: item.holds,
    weight: item.weight ?? 0,
    scratch: () => scratch.room(item.id),
    stage: (stage: string, done: number, total: number) =>
      progress.stage?.({ id: item.id, stage, done, total }),
  }));
  const size = poolSize(workers, todo.length);
  await runJobs(list.module, jobs, finished, { workers: size, memory, signal });
  progress.end();
  if (signal?.aborted) throw new CancelledError();

  const found = await allRecords(recordFolder);
  const current = new Map(list.items.map((item) => [item.id, keyOf(list, item)]));
  const isCurrent = (r: ItemRecord) => (current.get(r.id) ?? r.key) === r.key && r.run === run;
  const records = found.filter(isCurrent);
  const have = new Set(records.map((record) => record.id));
  return {
    records,
    missing: list.items.filter((item) => !have.has(item.id)).map((item) => item.id),
    foreign: found.filter((r) => !isCurrent(r) && !current.has(r.id)).map((r) => r.id),
    done: todo.length - failed,
    skipped,
    failed,
    timing,
  };
}

/** What each item's record will be marked with, by id: a record with another key is stale. */
export function keysOf<P>(
  list: Pick<WorkList<P>, "title" | "options" | "items">,
): Map<string, string> {
  return new Map(list.items.map((item) => [item.id, keyOf(list, item)]));
}

function poolSize(workers: number, items: number): number {
  return items <= 1 || workers <= 1 ? 0 : workers; // one lane needs no thread
}

function runKeyOf(list: Pick<WorkList<unknown>, "title" | "options">): string {
  return sha256(compactJson({ suite: SUITE_VERSION, title: list.title, options: list.options }));
}

function keyOf<P>(list: Pick<WorkList<P>, "title" | "options">, item: Item<P>): string {
  return sha256(compactJson({
    run: runKeyOf(list),
    id: item.id,
    itemOptions: item.options ?? null,
    inputs: item.inputs.map(({ role, bytes, sha256 }) => ({ role, bytes, sha256 })),
  }));
}

async function stateOf(
  item: Item<unknown>,
  key: string,
  recordFolder: string,
  out: string,
): Promise<"done" | "stale" | "new"> {
  const record = await readRecord(recordFolder, item.id);
  if (record === undefined) return "new";
  if (record.key !== key) return "stale";
  if (record.status === "failed") return "new"; // tried again: the cause may be gone
  for (const output of record.outputs) {
    const stat = await Deno.stat(join(out, output.path)).catch(() => undefined);
    if (stat?.size !== output.bytes) return "stale";
  }
  for (const { path, contains } of item.elsewhere ?? []) {
    const text = await Deno.readTextFile(path).catch(() => "");
    if (!text.includes(contains)) return "stale";
  }
  return "done";
}

/** Removes files that an item's earlier record names and its new one does not. */
async function removeLeftOver(before: ItemRecord | undefined, now: ItemRecord, out: string) {
  const kept = new Set(now.outputs.map((output) => output.path));
  for (const { path } of before?.outputs ?? []) {
    if (!kept.has(path)) await Deno.remove(join(out, path)).catch(() => {});
  }
}

/** Hashes what a task wrote and moves it into place, file by file. */
async function publish(room: string, out: string): Promise<FileRecord[]> {
  const outputs: FileRecord[] = [];
  for (const path of await filesUnder(room)) {
    const local = slashes(relative(room, path));
    outputs.push({ role: "output", path: local, ...await hashFile(path) });
  }
  for (const { path } of outputs) await moveIntoPlace(join(room, path), join(out, path));
  return outputs;
}

/** All files below a folder, sorted by path. */
export async function filesUnder(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const entry of Deno.readDir(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory) found.push(...await filesUnder(path));
    else if (entry.isFile) found.push(path);
  }
  return found.sort();
}

/** Failure texts become part of artifacts, so they must not name folders of this machine. */
function portableReason(text: string, folders: string[]): string {
  for (const folder of [...folders, ...folders.map(dirname)]) {
    if (folder.length > 1) text = text.replaceAll(folder + "/", "");
  }
  return text;
}
