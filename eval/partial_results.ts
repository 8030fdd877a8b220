/**
 * Results of an evaluation that runs: what its finished items say, under the head that its results will
 * have. For looking at; nothing is built on them.
 */
import { basename, dirname, join } from "../core/work/path.ts";
import { compactJson, type Json } from "../core/work/json.ts";
import { readRecord } from "../core/work/records.ts";
import { WORK_FOLDER, writeWhole } from "../core/work/scratch.ts";
import type { ResultRow, Results } from "./results.ts";

/** What an evaluation will do, written into its work folder before it begins. */
export interface EvalPlan {
  /** The results without rows. */
  head: Results;
  items: readonly PlannedItem[];
}

/** One item of the evaluation. */
export interface PlannedItem {
  id: string;
  /** What its record is marked with. */
  key: string;
  method: string;
  subject: string;
  views: readonly (string | null)[];
}

/** Results as far as they are there. */
export interface PartialResults {
  results: Results;
  done: number;
  total: number;
}

const PLAN_FILE = "plan.json";

/** Writes the plan into the evaluation's work folder. */
export async function writePlan(work: string, plan: EvalPlan): Promise<void> {
  await writeWhole(join(work, PLAN_FILE), compactJson(plan as unknown as Json));
}

/** Reads what is done of the evaluation that will write `file`; undefined where none was begun. */
export async function readPartialResults(file: string): Promise<PartialResults | undefined> {
  const work = join(dirname(file), WORK_FOLDER, basename(file));
  const plan = await readPlan(join(work, PLAN_FILE));
  if (plan === undefined) return undefined;
  const rows: ResultRow[] = [];
  let done = 0;
  for (const item of plan.items) {
    const record = await readRecord(join(work, "records"), item.id);
    if (record?.key !== item.key) continue;
    done++;
    if (record.status === "ok") {
      rows.push(...(record.result as unknown as { rows: ResultRow[] }).rows);
    } else rows.push(...failedRows(plan.head, item, record.reason ?? "it failed"));
  }
  return { results: { ...plan.head, rows }, done, total: plan.items.length };
}

async function readPlan(file: string): Promise<EvalPlan | undefined> {
  try {
    return JSON.parse(await Deno.readTextFile(file)) as EvalPlan;
  } catch (error) {
    // None yet, or one of another version that is being written over.
    if (error instanceof Deno.errors.NotFound || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function failedRows({ protocols }: Results, item: PlannedItem, reason: string): ResultRow[] {
  return item.views.flatMap((view) =>
    protocols.map(({ id }): ResultRow => ({
      method: item.method,
      subject: item.subject,
      ...(view === null ? {} : { view }),
      protocol: id,
      status: "failed",
      reason,
      warnings: [],
      scores: {},
    }))
  );
}
