/** Results without what tells who the subjects are or where files lie. */
import { compareText, type Results } from "../results.ts";

/**
 * Gives subjects numbers in the order of their ids (the same in all files of one data set), and
 * leaves out every file's path and hash, the reasons of failures and the texts of warnings: any of
 * them may hold a name. Scores, methods, protocols and data sets stay.
 */
export function redactResults(all: readonly Results[]): Results[] {
  const names = new Map<string, Map<string, string>>();
  for (const results of all) {
    const own = names.get(results.dataset.name) ?? new Map<string, string>();
    names.set(results.dataset.name, own);
    for (const { subject } of results.rows) own.set(subject, "");
  }
  for (const own of names.values()) {
    const sorted = [...own.keys()].sort(compareText), digits = String(sorted.length).length;
    for (const [i, subject] of sorted.entries()) {
      own.set(subject, `subject ${String(i + 1).padStart(digits, "0")}`);
    }
  }
  return all.map((results) => ({
    ...results,
    inputs: [],
    methods: results.methods.map(({ trainedOn: _trainedOn, ...method }) => method),
    rows: results.rows.map(({ reason, warnings, transforms: _transforms, ...row }) => ({
      ...row,
      subject: names.get(results.dataset.name)!.get(row.subject)!,
      warnings: warnings.map(() => "left out"),
      ...(reason === undefined ? {} : { reason: "left out" }),
    })),
  }));
}
