/** Whether a method may have seen what it is scored on. */
import type { Board } from "../leaderboard.ts";
import type { MethodRecord } from "../results.ts";
import { count } from "./format.ts";

/** What a method's declaration says about a board's subjects. */
export interface TrainingFlag {
  /** `overlap`: it was trained on some of them; `unknown`: it may have been. */
  kind: "overlap" | "unknown";
  text: string;
}

/**
 * Compares what a method declares with the subjects of a board; undefined where it declares that it
 * saw none. A list that is only known by its hash cannot be compared.
 */
export function trainingFlag(
  method: MethodRecord | undefined,
  board: Pick<Board, "dataset" | "subjects">,
): TrainingFlag | undefined {
  const { trainedOn } = method ?? {};
  if (trainedOn === undefined) return { kind: "unknown", text: "training set not declared" };
  const same = trainedOn.filter(({ dataset }) => plain(dataset) === plain(board.dataset));
  const targets = new Set(board.subjects);
  const seen = new Set(
    same.flatMap(({ subjects }) => subjects ?? []).filter((s) => targets.has(s)),
  );
  if (seen.size > 0) {
    return {
      kind: "overlap",
      text: `trained on ${seen.size} of ${count(board.subjects.length, "subject")}`,
    };
  }
  if (same.some(({ subjects }) => subjects === undefined)) {
    return { kind: "unknown", text: "trained on this data set, subjects not listed" };
  }
  return undefined;
}

/** A data set's name without case and marks: `THuman2.0` is `thuman 2.0`. */
function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
}
