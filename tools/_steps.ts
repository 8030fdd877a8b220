/** What the working commands share: opening a data set, and saying how a run ended. */
import { compactJson, type Json } from "../core/work/json.ts";
import { userPath } from "../core/work/paths.ts";
import type { Progress } from "../core/work/progress.ts";
import { select } from "../core/work/select.ts";
import type { RunSummary } from "../core/work/work_list.ts";
import { openDataset } from "../datasets/open.ts";
import type { Dataset, Subject, Unit } from "../datasets/subject.ts";
import { withUnit } from "../datasets/units.ts";
import type { EvalSummary } from "../eval/evaluate.ts";
import type { Leaderboard } from "../eval/leaderboard.ts";
import type { LeaderboardChanges } from "../eval/leaderboard_changes.ts";
import { boardTable } from "./_board_table.ts";
import { eprint, print } from "./_print.ts";
import { progressFor } from "./_progress.ts";

/** Flags that {@linkcode openForWork} understands. */
export interface OpenFlags {
  only?: string[] | undefined;
  limit?: number | undefined;
  format?: string | undefined;
  unit?: Unit | undefined;
  json?: true | undefined;
  quiet?: true | undefined;
}

/** Opens a data set and chooses its subjects. */
export async function openForWork(
  folder: string,
  flags: OpenFlags,
): Promise<{ dataset: Dataset; subjects: Subject[]; progress: Progress }> {
  const opened = await openDataset(userPath(folder), { format: flags.format });
  const known = [
    ...opened.subjects.map(({ id }) => ({ id, broken: false })),
    ...opened.broken.map(({ id }) => ({ id, broken: true })),
  ];
  const chosen = new Set(select(known, ({ id }) => id, flags).map(({ id }) => id));
  const { unit } = flags;
  const subjects = opened.subjects.filter(({ id }) => chosen.has(id))
    .map((subject) => unit === undefined ? subject : withUnit(subject, unit));
  const broken = opened.broken.filter(({ id }) => chosen.has(id));
  const progress = progressFor(flags as { json?: boolean; quiet?: boolean });
  progress.note(
    `${opened.name}: ${opened.format} (${opened.evidence}), ${subjects.length} subjects`,
  );
  return { dataset: { ...opened, subjects, broken }, subjects, progress };
}

/** Says how a run ended, on stdout, and returns the exit code. */
export function reportRun(
  title: string,
  summary: RunSummary,
  { out, flags, broken = [] }: {
    out: string;
    flags: { json?: true | undefined; quiet?: true | undefined };
    broken?: Dataset["broken"];
  },
): 0 | 1 {
  const failed = summary.records.filter((record) => record.status === "failed");
  const warned = summary.records.filter((record) => record.warnings.length > 0);
  if (flags.json) {
    print(compactJson({
      event: "summary",
      command: title,
      out,
      done: summary.done,
      skipped: summary.skipped,
      failed: failed.map(({ id, reason, hint }) => ({ id, reason, hint })),
      broken: broken.map(({ id, code, text }) => ({ id, code, text })),
      missing: summary.missing,
      foreign: summary.foreign,
      warnings: warned.map(({ id, warnings }) => ({ id, warnings })),
    } as unknown as Json));
  } else {
    for (const { id, text, hint } of broken) {
      eprint(`broken ${id}: ${text}`);
      if (hint !== undefined) eprint(`hint: ${hint}`);
    }
    for (const { id, reason, hint } of failed) {
      eprint(`failed ${id}: ${reason}`);
      if (hint !== undefined) eprint(`hint: ${hint}`);
    }
    if (!flags.quiet) {
      for (const [text, ids] of warningsByText(warned)) eprint(`warning: ${text} (${ids})`);
      if (summary.foreign.length > 0) {
        eprint(
          `note: ${summary.foreign.length} items in ${out} were made with other options and are ` +
            `not in its manifest`,
        );
      }
      const left = summary.missing.length;
      print(
        `${title}: ${summary.done} done, ${summary.skipped} were done before, ` +
          `${failed.length + broken.length} failed` +
          (left > 0 ? `, ${left} left to other shards` : "") + ` → ${out}`,
      );
    }
  }
  return failed.length + broken.length > 0 ? 1 : 0;
}

/** Each warning once, with the items it is about. */
function warningsByText(records: RunSummary["records"]): [string, string][] {
  const ids = new Map<string, string[]>();
  for (const { id, warnings } of records) {
    for (const text of warnings) ids.set(text, [...ids.get(text) ?? [], id]);
  }
  return [...ids].map(([text, list]) => [
    text,
    list.length <= 4
      ? list.join(", ")
      : `${list.slice(0, 3).join(", ")} and ${list.length - 3} more`,
  ]);
}

/** Flags that say how to talk. */
export interface TalkFlags {
  json?: true | undefined;
  quiet?: true | undefined;
}

/** Says how an evaluation ended; failed rows make the exit code 1. */
export function reportEval(
  summary: EvalSummary,
  { out, flags }: { out: string; flags: TalkFlags },
): 0 | 1 {
  const rows = summary.results?.rows ?? [];
  const failed = rows.filter((row) => row.status === "failed");
  if (flags.json) {
    print(compactJson({
      event: "summary",
      command: "eval",
      out,
      done: summary.done,
      skipped: summary.skipped,
      rows: rows.length,
      failed: failed.map(({ method, subject, view, protocol, reason }) => ({
        method,
        subject,
        view,
        protocol,
        reason,
      })),
      missing: summary.missing,
    } as unknown as Json));
  } else {
    for (const { method, subject, view, reason } of failed) {
      eprint(`failed ${method} ${subject}${view === undefined ? "" : `/${view}`}: ${reason}`);
    }
    if (!flags.quiet) {
      const left = summary.missing.length;
      print(
        `eval: ${rows.length} rows, ${failed.length} failed` +
          (left > 0 ? `, ${left} items left to other shards` : "") + ` → ${out}`,
      );
    }
  }
  return failed.length > 0 ? 1 : 0;
}

/** The most notes that are printed one by one; the page and `--json` have them all. */
const MOST_NOTES = 20;

/** Prints the ranking boards; subjects that could not be drawn make the exit code 1. */
export function reportBoards(
  leaderboard: Leaderboard,
  notes: string[],
  { out, flags }: { out: string; flags: TalkFlags },
): 0 | 1 {
  if (flags.json) print(compactJson({ event: "summary", command: "report", out, notes }));
  else {
    for (const note of notes.slice(0, MOST_NOTES)) eprint(`note: ${note}`);
    if (notes.length > MOST_NOTES) eprint(`note: … and ${notes.length - MOST_NOTES} more`);
    if (!flags.quiet) {
      for (const board of leaderboard.boards) {
        if (board.ranking) print(boardTable(board, leaderboard));
      }
      print(`report: ${out}/report.html, ${out}/leaderboard.json`);
    }
  }
  return notes.length > 0 ? 1 : 0;
}

/** Prints what moved since an older leaderboard: beyond noise one by one, the rest counted. */
export function reportChanges(
  { scores, others, compared }: LeaderboardChanges,
  flags: TalkFlags,
): void {
  if (flags.json) {
    return print(compactJson({
      event: "changes",
      compared,
      scores: scores as unknown as Json,
      others: others as unknown as Json,
    }));
  }
  for (const { about, text } of others) print(`changed ${about}: ${text}`);
  const beyond = scores.filter(({ noise }) => noise !== "within");
  for (const { method, protocol, alignment, dataset, key, before, after, ...rest } of beyond) {
    const verdict = rest.noise === "beyond" ? `moved ${rest.direction}` : "no interval";
    print(
      `${verdict}: ${method} ${key} ${before.toPrecision(4)} → ${after.toPrecision(4)} ` +
        `(${protocol}, ${alignment}, ${dataset})`,
    );
  }
  print(`${compared} means compared, ${scores.length} changed, ${beyond.length} beyond noise`);
}
