/** The rows of a board as a table of methods and subjects. */
import { compareText } from "./results.ts";
import type { PooledRow } from "./merge_results.ts";

/** One method on one subject, its views averaged. */
export interface Cell {
  subject: string;
  /** `ok`: every view was scored; `failed`: a view failed; `missing`: a view has no row. */
  state: "ok" | "failed" | "missing";
  warned: boolean;
  /** Mean over the views by key; null where a view has none. Empty unless `state` is `ok`. */
  scores: Record<string, number | null>;
}

/** A board's subjects and what each method did on them. */
export interface SubjectTable {
  /** All subjects that any method was scored on, by id. */
  subjects: string[];
  /** Pairs of subject and view. */
  views: number;
  /** By method: one cell a subject, in the order of `subjects`. */
  cells: Map<string, Cell[]>;
}

/**
 * Averages views within subjects, and finds who did not do what others did. What counts as all is
 * the union over the methods; a row without a view stands for all views of its subject.
 */
export function gatherSubjects(rows: readonly PooledRow[], alignment: string): SubjectTable {
  const viewsOf = new Map<string, Set<string>>();
  const byMethod = new Map<string, Map<string, PooledRow[]>>();
  for (const row of rows) {
    const views = viewsOf.get(row.subject) ?? new Set();
    viewsOf.set(row.subject, views);
    if (row.view !== undefined) views.add(row.view);
    const own = byMethod.get(row.method) ?? new Map<string, PooledRow[]>();
    byMethod.set(row.method, own);
    own.set(row.subject, [...own.get(row.subject) ?? [], row]);
  }
  const subjects = [...viewsOf.keys()].sort(compareText);
  const cells = new Map(
    Array.from(byMethod, ([method, own]) => [
      method,
      subjects.map((subject) =>
        cellOf(subject, { rows: own.get(subject) ?? [], views: viewsOf.get(subject)!, alignment })
      ),
    ]),
  );
  let views = 0;
  for (const set of viewsOf.values()) views += Math.max(1, set.size);
  return { subjects, views, cells };
}

function cellOf(
  subject: string,
  options: { rows: PooledRow[]; views: ReadonlySet<string>; alignment: string },
): Cell {
  const { views, alignment } = options;
  const rows = options.rows.toSorted((a, b) => compareText(a.view ?? "", b.view ?? ""));
  const warned = rows.some((row) => row.warnings.length > 0);
  if (rows.some((row) => row.status === "failed" || row.scores[alignment] === undefined)) {
    return { subject, state: "failed", warned, scores: {} };
  }
  const whole = rows.some((row) => row.view === undefined);
  const seen = new Set(rows.map((row) => row.view));
  if (rows.length === 0 || (!whole && [...views].some((view) => !seen.has(view)))) {
    return { subject, state: "missing", warned, scores: {} };
  }
  const scores: Record<string, number | null> = {};
  const tables = rows.map((row) => row.scores[alignment]);
  for (const key of new Set(tables.flatMap((table) => Object.keys(table)))) {
    let sum: number | null = 0;
    for (const table of tables) {
      const value: number | null = table[key] ?? null;
      sum = sum === null || value === null ? null : sum + value;
    }
    scores[key] = sum === null ? null : sum / tables.length;
  }
  return { subject, state: "ok", warned, scores };
}
