/** Compares recorded scores with recomputed ones. */
import type { Finding } from "./verify.ts";
import type { ResultRow, Results } from "./results.ts";

/** Relative difference that another platform's rounding may leave (`docs/formats.md`). */
const TOLERANCE = 1e-4;

/** Rows and keys that differ by more than rounding; every score of every row is compared. */
export function differencesOf(
  recorded: Results,
  fresh: readonly ResultRow[],
): { compared: number; findings: Finding[] } {
  const findings: Finding[] = [];
  const byName = new Map(fresh.map((row) => [nameOf(row), row]));
  let compared = 0;
  const names = new Set(recorded.rows.map(nameOf));
  for (const row of fresh) {
    if (names.has(nameOf(row))) continue;
    findings.push({ code: "score", at: nameOf(row), text: "its row is gone from the file" });
  }
  for (const row of recorded.rows) {
    const name = nameOf(row), again = byName.get(name);
    if (again === undefined) {
      // A target without a prediction has nothing to compute; a score without one is made up.
      if (row.status === "ok") {
        const text = "its prediction is not among the inputs";
        findings.push({ code: "score", at: name, text });
      }
      continue;
    }
    if (row.status !== again.status) {
      const text = `recorded as ${row.status}, now ${again.status}: ${again.reason ?? row.reason}`;
      findings.push({ code: "score", at: name, text });
      continue;
    }
    for (const alignment of new Set([...Object.keys(again.scores), ...Object.keys(row.scores)])) {
      const scores = again.scores[alignment] ?? {}, was = row.scores[alignment] ?? {};
      for (const key of new Set([...Object.keys(scores), ...Object.keys(was)])) {
        compared++;
        if (close(was[key], scores[key])) continue;
        findings.push({
          code: "score",
          at: `${name} ${alignment} ${key}`,
          text: `recorded ${was[key]}, recomputed ${scores[key]}`,
        });
      }
    }
  }
  return { compared, findings };
}

function nameOf({ protocol, method, subject, view }: ResultRow): string {
  return `${protocol} ${method} ${subject}${view === undefined ? "" : `/${view}`}`;
}

function close(a: number | null | undefined, b: number | null | undefined): boolean {
  if (a === b) return true;
  if (typeof a !== "number" || typeof b !== "number") return false;
  return Math.abs(a - b) <= TOLERANCE * Math.max(Math.abs(a), Math.abs(b));
}
