/** How far the lists of work below a folder are, as their files tell: whoever does the work. */
import { InputError } from "./errors.ts";
import { reason } from "./hash.ts";
import { join } from "./path.ts";
import { allRecords } from "./records.ts";
import { readJson } from "./schema.ts";
import { WORK_FOLDER } from "./scratch.ts";
import { LIST_FILE, listSchema } from "./work_list.ts";

/** One list of work. */
export interface WorkState {
  /** `render`, `infer`, … */
  title: string;
  /** Folder of its records. */
  work: string;
  items: number;
  done: number;
  failed: number;
}

/** Folders below the given one that are looked into: an experiment's lists are three levels down. */
const MOST_LEVELS = 4;

/**
 * Finds the lists of work below a folder and counts their records.
 *
 * @throws {InputError} If a folder, list or record cannot be read.
 */
export async function workStates(folder: string): Promise<WorkState[]> {
  const states: WorkState[] = [];
  for (const work of await workFolders(folder, MOST_LEVELS)) {
    const { title, run, items } = await readJson(listSchema, join(work, LIST_FILE), {
      what: "the list of work",
    });
    const mine = (await allRecords(join(work, "records"))).filter((record) => record.run === run);
    const failed = mine.filter(({ status }) => status === "failed").length;
    states.push({ title, work, items, done: mine.length - failed, failed });
  }
  return states;
}

async function workFolders(folder: string, levels: number): Promise<string[]> {
  const found: string[] = [], below: string[] = [];
  const entries = await Array.fromAsync(Deno.readDir(folder)).catch((cause): Deno.DirEntry[] => {
    if (cause instanceof Deno.errors.NotFound) return []; // nothing is begun
    throw new InputError(`Cannot list a folder: ${reason(cause)}`, { file: folder, cause });
  });
  const inWork = folder.endsWith(WORK_FOLDER);
  for (const { name, isFile, isDirectory } of entries) {
    if (isFile && name === LIST_FILE) found.push(folder);
    else if (!isDirectory || name === "records" || name === "scratch") continue;
    else if (!name.startsWith(".") || name === WORK_FOLDER || inWork) below.push(name);
  }
  if (levels > 0) {
    for (const name of below.sort()) {
      found.push(...await workFolders(join(folder, name), levels - 1));
    }
  }
  return found;
}
