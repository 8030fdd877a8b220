/** Scores of a board, as the filters leave them. */
import type { BoardData, PageData } from "./page_data.ts";

/** What is left out. An empty field leaves out nothing. */
export interface Filter {
  /** Part of a subject's name. */
  subject: string;
  view: string;
  part: string;
}

/** Everything. */
export const NO_FILTER: Filter = { subject: "", view: "", part: "" };

/** Whether a filter leaves out subjects or views, so that means are no longer the leaderboard's. */
export function narrows(filter: Filter): boolean {
  return filter.subject !== "" || filter.view !== "";
}

/** Whether a subject's name passes. */
export function passes(filter: Filter, name: string): boolean {
  return name.toLowerCase().includes(filter.subject.toLowerCase());
}

/** One method on one subject: the mean over its views, or why there is none. */
export interface SubjectScores {
  /** Index into the page's subjects. */
  subject: number;
  failed: boolean;
  values: (number | null)[];
}

/** The scores of a method, one entry a subject that it has rows for. Views are averaged. */
export function subjectScores(
  data: PageData,
  board: BoardData,
  options: { method: number; filter: Filter },
): SubjectScores[] {
  const { method, filter } = options;
  const wanted = board.views.indexOf(filter.view);
  const bySubject = new Map<number, SubjectScores & { rows: number }>();
  for (const [s, view, values] of board.rows[method]) {
    const subject = board.subjects[s];
    if (!passes(filter, data.subjects[subject].name)) continue;
    if (wanted >= 0 && view >= 0 && view !== wanted) continue;
    const entry = bySubject.get(subject) ??
      { subject, failed: false, values: board.keys.map(() => 0), rows: 0 };
    bySubject.set(subject, entry);
    entry.rows++;
    if (values === null) entry.failed = true;
    else {
      for (const [k, value] of values.entries()) {
        const sum = entry.values[k];
        entry.values[k] = sum === null || value === null ? null : sum + value;
      }
    }
  }
  return [...bySubject.values()].map(({ subject, failed, values, rows }) => ({
    subject,
    failed,
    values: values.map((sum) => failed || sum === null ? null : sum / rows),
  }));
}

/** Subjects of the board that pass the filter. */
export function subjectCount(data: PageData, board: BoardData, filter: Filter): number {
  return board.subjects.filter((s) => passes(filter, data.subjects[s].name)).length;
}
