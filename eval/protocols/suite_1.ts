/** `suite-1`: the suite's own protocol. Fixed by the design; every constant is here. */
import type { Protocol } from "./protocol.ts";

const DESIGN = "suite-1 as the design of scan2score fixes it";
const CHOICE = "choice of scan2score: see the text";

const VALUES = {
  samples: 100_000,
  outerDirections: 64,
  outerStartM: 0.0002,
  fScoreThresholdsCm: [0.5, 1, 2] as readonly number[],
  alignSamples: 20_000,
  alignKeep: 0.9,
  alignMaxIterations: 50,
  alignStopM: 1e-6,
  alignSparse: 8,
  alignMinScale: 0.8,
  alignMaxScale: 1.25,
  alignMaxRotationDeg: 30,
  alignMaxTranslationM: 0.5,
  viewYawsDeg: [0, 90, 180, 270] as readonly number[],
  viewSizePx: 1024,
  viewWindow: 1.1,
  detailYawsDeg: [0, 180] as readonly number[],
  detailSizePx: 2048,
  detailSigmasM: [0.004, 0.016] as readonly number[],
};

/** The constants of `suite-1`. */
export const SUITE_1_CONSTANTS: Readonly<typeof VALUES> = Object.freeze(VALUES);

/** The constants that decide an alignment: other protocols of the suite share them. */
export const ALIGNMENT_CONSTANTS = [
  "alignSamples",
  "alignKeep",
  "alignMaxIterations",
  "alignStopM",
  "alignSparse",
  "alignMinScale",
  "alignMaxScale",
  "alignMaxRotationDeg",
  "alignMaxTranslationM",
] as const;

/** Names and types of the constants of `suite-1`. */
export type Suite1Constants = typeof SUITE_1_CONSTANTS;

/** The protocol `suite-1`. P prediction, G scan (ground truth), x̂ the nearest point of a surface. */
export const SUITE_1: Protocol<Suite1Constants> = Object.freeze({
  id: "suite-1",
  version: "1",
  title: "Exact distances both ways between the prediction and the scan's outer surface, in cm",
  labels: Object.freeze({ P2S: "p2s_cm", Chamfer: "chamfer_cm", NC: "nc" }),
  rank: Object.freeze({ alignment: "aligned", key: "chamfer_cm" }),
  alignments: Object.freeze(["none", "aligned"]),
  constants: SUITE_1_CONSTANTS,
  notes: Object.freeze({
    samples: {
      text: "Points drawn from each surface: area-weighted, stratified along a curve through the " +
        "triangles, seeded by (seed, subject, truth or prediction) alone, so that all methods " +
        "meet the same points of the scan.",
      source: DESIGN,
    },
    outerDirections: {
      text: "Rays from each point of the scan: half of them spread over the hemisphere above its " +
        "triangle in the triangle's own frame, the other half their mirror images below. The " +
        "point sees the outside if at least one ray meets no other part of the scan.",
      source: DESIGN,
    },
    outerStartM: {
      text: "Where such a ray starts: this far above the triangle, on the side that the ray goes " +
        "to, so that it does not matter which way the triangle is wound.",
      source: DESIGN,
    },
    fScoreThresholdsCm: {
      text: "Distances up to which a point counts as met (≤).",
      source: DESIGN,
    },
    alignSamples: {
      text: "Points of each surface that the alignment pairs with nearest points of the other.",
      source: DESIGN,
    },
    alignKeep: {
      text: "Share of the pairs that count in an iteration, each way: those nearest together.",
      source: DESIGN,
    },
    alignMaxIterations: {
      text: "Most iterations, from the identity. Each pairs nearest points and goes on from a " +
        "Gauss–Newton step of their distances, or, where that makes them larger, from the pairs' " +
        "least-squares similarity (Umeyama 1991, determinant > 0). Where the alignment has not " +
        "come to rest by then, the row says so.",
      source: DESIGN,
    },
    alignStopM: {
      text:
        "It has come to rest when an iteration moves no corner of the prediction's box farther.",
      source: CHOICE,
    },
    alignSparse: {
      text: "The first iterations, at most three fifths of them, take every so-manieth pair of " +
        "samples, until they move no corner farther than 100 times that. They lead to the same " +
        "place as all samples would, in half the time.",
      source: CHOICE,
    },
    alignMinScale: { text: "The scale is clamped to this.", source: DESIGN },
    alignMaxScale: { text: "The scale is clamped to this.", source: DESIGN },
    alignMaxRotationDeg: { text: "A larger rotation is shortened about its axis.", source: DESIGN },
    alignMaxTranslationM: {
      text:
        "Largest displacement of the mean of the prediction's points; a larger one is shortened.",
      source: DESIGN,
    },
    viewYawsDeg: {
      text: "Both are drawn from these sides, orthographically: yaw > 0 turns +z towards +x.",
      source: DESIGN,
    },
    viewSizePx: {
      text: "Width and height of these pictures; of the input view, its longer side.",
      source: CHOICE,
    },
    viewWindow: {
      text: "Side of the square that these pictures show, centred on the scan's box, in units of " +
        "the box's longest side.",
      source: CHOICE,
    },
    detailYawsDeg: {
      text: "Sides from which detail is compared, in the same window.",
      source: CHOICE,
    },
    detailSizePx: { text: "Width and height of those pictures.", source: DESIGN },
    detailSigmasM: {
      text:
        "Smoothings that split normals into bands: finer than the first, between the two, and " +
        "all that is finer than the last, which is what detail_deg looks at.",
      source: CHOICE,
    },
  }),
  formulas: Object.freeze({
    p2s_cm: "mean over samples x of P of |x − x̂|, x̂ on all of G",
    "p2s_median_cm, p2s_rms_cm, p2s_p95_cm, p2s_max_cm":
      "median, root mean square, 95th percentile (linear between ranks) and maximum of the same",
    p2s_seen_cm: "as p2s_cm over samples on triangles not labelled inferred; null without labels",
    s2p_cm: "mean over the outer samples y of G of |y − ŷ|, ŷ on P",
    "s2p_median_cm, s2p_rms_cm, s2p_p95_cm, s2p_max_cm": "likewise",
    s2p_all_cm: "mean over all samples y of G of |y − ŷ|",
    "s2p_all_median_cm, s2p_all_rms_cm, s2p_all_p95_cm, s2p_all_max_cm": "likewise",
    chamfer_cm: "½ (p2s_cm + s2p_cm)",
    chamfer_all_cm: "½ (p2s_cm + s2p_all_cm)",
    "f_0p5cm, f_1cm, f_2cm":
      "2 p r / (p + r) in percent; p the share of samples of P within the threshold, r that of " +
      "the outer samples of G; 0 where both are 0",
    nc: "half the sum of the means of |n(x) · n(x̂)| over samples of P and over outer samples of " +
      "G; n the normals of the triangles",
    nc_signed: "as nc without the absolute value",
    outer_share: "share of the samples of G that see the outside",
    normal_deg_visible:
      "mean angle between the smooth normals over all pixels of the views that both cover",
    normal_deg_input: "likewise in the input view; null without its camera",
    iou: "mean over the views of |silhouettes' intersection| / |union|",
    detail_deg:
      "mean angle between normals drawn at 2048², each taken relative to its own smooth part " +
      "(16 mm), over the pixels of the front and back views that both cover",
    "detail_fine_deg, detail_coarse_deg":
      "likewise relative to a smoothing of 4 mm; of that one relative to the one of 16 mm",
    "p2s_<region>_cm, s2p_<region>_cm, chamfer_<region>_cm, nc_<region>, f_1cm_<region>":
      "the same over some samples: head, hands, arms, torso, legs, feet, where the nearest place on " +
      "the subject's fitted body is of that part; visible or hidden, as the input view sees them on " +
      "their own surface. Without a fit, or without the view's camera, they are left out",
    "watertight, components, genus": "of P after welding equal positions; genus null unless closed",
  }),
});
