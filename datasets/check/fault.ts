/** What can be wrong with a subject, in the words of a person who looks at bodies. */

/** Every fault that `inspect` names. Codes are stable. */
export const FAULT_CODES = [
  // Files.
  "duplicate-id",
  "scan-missing",
  "subject-unreadable",
  "scan-unreadable",
  "mesh-empty",
  "mesh-nan",
  "mesh-index",
  "texture-missing",
  "texture-unreadable",
  "inside-out",
  // The scan's frame.
  "unit",
  "size",
  "up-axis",
  "facing",
  // The fit.
  "fit-missing",
  "body-missing",
  "fit-scale",
  "fit-offset",
  "fit-rotation",
  "left-right-swapped",
  "hands-convention",
  "fit-shape",
  "fit-pose",
  "fit-wrong",
] as const;

/** One of {@linkcode FAULT_CODES}, or a code of whoever opened the data set. */
export type FaultCode = (typeof FAULT_CODES)[number] | (string & Record<never, never>);

/** How bad something is: a subject is as bad as the worst of its faults. */
export type Verdict = "good" | "warning" | "bad";

/** One thing that is wrong. */
export interface Fault {
  code: FaultCode;
  severity: Exclude<Verdict, "good">;
  /** Says what is wrong and its likely cause, without a full stop. */
  text: string;
  /** The number behind it, where one says it all: how many times too small, metres off, degrees. */
  ratio?: number | undefined;
  /** What to do about it. */
  hint?: string | undefined;
}

/** The worst severity of a list. */
export function verdictOf(faults: readonly Pick<Fault, "severity">[]): Verdict {
  if (faults.some(({ severity }) => severity === "bad")) return "bad";
  return faults.length > 0 ? "warning" : "good";
}

/** Bad faults before warnings, then in the order of {@linkcode FAULT_CODES}. */
export function worstFirst<F extends Pick<Fault, "code" | "severity">>(faults: readonly F[]): F[] {
  const rank = ({ code, severity }: F) =>
    (severity === "bad" ? 0 : 1000) + FAULT_CODES.findIndex((known) => known === code);
  return [...faults].sort((a, b) => rank(a) - rank(b));
}
