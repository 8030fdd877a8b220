/** `suite-regions-1`: every distance of `suite-1`, for each body part and for what the view sees. */
import type { Protocol } from "./protocol.ts";
import { ALIGNMENT_CONSTANTS, type Suite1Constants, SUITE_1 } from "./suite_1.ts";

const NAMES = [
  "samples",
  "outerDirections",
  "outerStartM",
  "fScoreThresholdsCm",
  ...ALIGNMENT_CONSTANTS,
] as const;

/** The constants of `suite-regions-1`: those of `suite-1` that decide distances. */
export type SuiteRegions1Constants = Pick<Suite1Constants, (typeof NAMES)[number]>;

function some<T extends object>(from: T): Pick<T, (typeof NAMES)[number] & keyof T> {
  return Object.freeze(
    Object.fromEntries(NAMES.map((name) => [name, from[name as keyof T]])),
  ) as Pick<T, (typeof NAMES)[number] & keyof T>;
}

/** The protocol `suite-regions-1`. The samples, nearest points and alignments are those of `suite-1`. */
export const SUITE_REGIONS_1: Protocol<SuiteRegions1Constants> = Object.freeze({
  id: "suite-regions-1",
  version: "1",
  title: "suite-1's distances, percentiles, F-scores and normals by body part and by what is seen",
  labels: Object.freeze({
    "Chamfer (head)": "chamfer_head_cm",
    "Chamfer (hands)": "chamfer_hands_cm",
    "Chamfer (hidden)": "chamfer_hidden_cm",
  }),
  rank: Object.freeze({ alignment: "aligned", key: "chamfer_cm" }),
  alignments: Object.freeze(["none", "aligned"]),
  constants: some(SUITE_1.constants),
  notes: some(SUITE_1.notes),
  formulas: Object.freeze({
    chamfer_cm: "as in suite-1: ½ (p2s_cm + s2p_cm) over all samples",
    "chamfer_head_cm, chamfer_hands_cm, chamfer_hidden_cm": "the same over some samples, as below",
    "p2s_<region>_cm, p2s_<region>_median_cm, p2s_<region>_rms_cm, p2s_<region>_p95_cm, p2s_<region>_max_cm":
      "mean, median, root mean square, 95th percentile and maximum of p2s over the samples of P in " +
      "the region: head, hands, arms, torso, legs, feet, where the nearest place on the subject's " +
      "fitted body is of that part; visible or hidden, as the input view sees them on their own " +
      "surface. Without a fit, or without the view's camera, they are left out",
    "s2p_<region>_cm, s2p_<region>_median_cm, s2p_<region>_rms_cm, s2p_<region>_p95_cm, s2p_<region>_max_cm":
      "likewise over the outer samples of G",
    "s2p_all_<region>_cm, s2p_all_<region>_median_cm, s2p_all_<region>_rms_cm, s2p_all_<region>_p95_cm, s2p_all_<region>_max_cm":
      "likewise over all samples of G",
    "chamfer_<region>_cm, chamfer_all_<region>_cm":
      "½ (p2s_<region>_cm + s2p_<region>_cm), ½ (p2s_<region>_cm + s2p_all_<region>_cm)",
    "f_0p5cm_<region>, f_1cm_<region>, f_2cm_<region>": "as in suite-1, over the same samples",
    "nc_<region>, nc_signed_<region>": "as in suite-1, over the same samples",
    "share_<region>": "share of the outer samples of G that are in the region",
  }),
});
