/** How far clothes usually stand off the skin. */
import { BODY_PARTS, type PartGroup, partGroup, vertexParts } from "../parts.ts";
import type { BodyModel } from "../model.ts";

/**
 * Usual distance of everyday clothes (shirt, jacket, trousers, shoes) from the skin by part, metres:
 * medians over the 16 training people of `fixtures/humans`, rounded. Head and hands are bare; hair is
 * left to the robust pull.
 */
export const USUAL_GAP_M: Readonly<Record<PartGroup, number>> = Object.freeze({
  head: 0,
  torso: 0.011,
  upper_arm: 0.008,
  lower_arm: 0.007,
  hand: 0,
  upper_leg: 0.008,
  lower_leg: 0.009,
  foot: 0.008,
});

/** What a scanned person wears: everyday clothes, or nothing to speak of (sportswear, CAPE). */
export type Clothing = "usual" | "tight";

/** The distance at which a scan is expected above each vertex, metres, length V. */
export function expectedGaps(model: BodyModel, clothing: Clothing): Float64Array {
  return Float64Array.from(
    vertexParts(model),
    (part) => clothing === "tight" ? 0 : USUAL_GAP_M[partGroup(BODY_PARTS[part])],
  );
}
