/** What `verify --json` said, and when. */
import { InputError } from "../../core/work/errors.ts";
import { parseForeignJson } from "../../core/work/json.ts";

/** The outcome of a verification, as the page shows it. */
export interface Verified {
  /** When it was written down: a day and a time in UTC. */
  at: string;
  files: number;
  scores: number;
  findings: string[];
  unchecked: number;
}

/**
 * Reads the lines that `verify --json` printed into a file; the file's time is when it was run.
 *
 * @throws {InputError} If the file holds something else.
 */
export async function readVerified(file: string): Promise<Verified> {
  const text = await Deno.readTextFile(file);
  const { mtime } = await Deno.stat(file);
  const at = (mtime ?? new Date(0)).toISOString().slice(0, 16).replace("T", " ") + " UTC";
  const verified: Verified = { at, files: 0, scores: 0, findings: [], unchecked: 0 };
  let reports = 0;
  for (const line of text.split("\n")) {
    if (line.trim() === "") continue;
    const report = parsed(line, file);
    if (report === undefined) continue; // progress
    reports++;
    verified.files += report.files;
    verified.scores += report.scores;
    verified.findings.push(
      ...report.findings.map(({ code, at, text }) => `${code} ${at}: ${text}`),
    );
    verified.unchecked += report.unchecked.length;
  }
  if (reports === 0) throw notVerification(file);
  return verified;
}

interface VerifyLine {
  files: number;
  scores: number;
  findings: { code: string; at: string; text: string }[];
  unchecked: string[];
}

function parsed(line: string, file: string): VerifyLine | undefined {
  let value: Partial<VerifyLine> & { event?: unknown };
  try {
    value = parseForeignJson(line) as typeof value;
  } catch {
    throw notVerification(file);
  }
  if (value === null || typeof value !== "object") throw notVerification(file);
  if (value.event !== undefined) return undefined;
  const { files, scores, findings, unchecked } = value;
  if (
    typeof files !== "number" || typeof scores !== "number" || !Array.isArray(findings) ||
    !findings.every(isFinding) || !Array.isArray(unchecked)
  ) throw notVerification(file);
  return { files, scores, findings, unchecked };
}

function isFinding(value: unknown): boolean {
  const { code, at, text } = (value ?? {}) as Record<string, unknown>;
  return [code, at, text].every((part) => typeof part === "string");
}

function notVerification(file: string): InputError {
  return new InputError("Cannot read a verification: found other text, expected JSON lines", {
    file,
    hint: "make it with: verify --json ARTIFACT > verified.jsonl",
  });
}
