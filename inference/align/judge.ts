/** Whether a fit is to be trusted, by its residuals alone. */
import type { FitMeasure } from "../../body/solve/measure.ts";
import { GOOD_MISFIT } from "../../datasets/check/explain_fit.ts";
import { centimetres, partText } from "../../datasets/check/words.ts";
import type { BodyPart } from "../../body/parts.ts";
import type { Verdict } from "../../datasets/check/fault.ts";

/** A verdict with its reasons. */
export interface AlignVerdict {
  verdict: Verdict;
  reasons: string[];
}

/**
 * A body this much outside of its scan, or whose part is, is wrong somewhere. The fits of the open
 * people stay below 1 %, their parts below 15 %.
 */
const OUTSIDE = { warning: 0.06, bad: 0.12 } as const;
const PART_OUTSIDE = { warning: 0.3, bad: 0.6 } as const;

/** Points of a part farther off than this (95 %) are no clothes, metres; hair and skirts may be. */
const PART_P95_M: Readonly<Partial<Record<BodyPart, number>>> = Object.freeze({
  l_hand: 0.06,
  r_hand: 0.06,
  l_foot: 0.08,
  r_foot: 0.08,
  l_lower_arm: 0.1,
  r_lower_arm: 0.1,
});

/** Judges a fit by how it lies in its scan. */
export function judgeFit(
  { misfit, outsideShare, parts, outsideByPart }: FitMeasure,
): AlignVerdict {
  const reasons: string[] = [];
  let worst = 0;
  const note = (severity: 0 | 1 | 2, text: string) => {
    if (severity === 0) return;
    worst = Math.max(worst, severity);
    reasons.push(text);
  };
  const level = (value: number, limits: { warning: number; bad: number }) =>
    value > limits.bad ? 2 : value > limits.warning ? 1 : 0;
  note(
    misfit > GOOD_MISFIT ? 2 : 0,
    `the misfit is ${misfit.toFixed(2)}, clothes explain up to ${GOOD_MISFIT}`,
  );
  note(
    level(outsideShare, OUTSIDE),
    `${(100 * outsideShare).toFixed(0)} % of the body lie outside of the scan`,
  );
  for (const [name, share] of Object.entries(outsideByPart)) {
    note(
      level(share, PART_OUTSIDE),
      `${(100 * share).toFixed(0)} % of the ${partText(name as BodyPart)} lie outside of the scan`,
    );
  }
  for (const [name, part] of Object.entries(parts)) {
    const words = partText(name as BodyPart);
    const limit = PART_P95_M[name as BodyPart];
    note(
      limit !== undefined && part.p95M > limit ? 1 : 0,
      `5 % of the points at the ${words} are more than ${centimetres(part.p95M)} off`,
    );
  }
  return { verdict: (["good", "warning", "bad"] as const)[worst], reasons };
}
