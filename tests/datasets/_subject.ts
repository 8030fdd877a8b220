/** A subject that has nothing but a scan: metres, upright as it is. */
import { identity } from "../../core/geometry/transform.ts";
import type { Subject } from "../../datasets/subject.ts";

/** Makes it; `more` adds to it or replaces. */
export function plainSubject(id: string, scanFile: string, more: Partial<Subject> = {}): Subject {
  return {
    id,
    dataset: "people",
    scanFile,
    companions: [],
    unit: "m",
    unitSource: "declared",
    upright: identity(),
    uprightSource: "declared",
    notes: [],
    ...more,
  };
}
