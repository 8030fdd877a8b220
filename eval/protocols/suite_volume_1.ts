/** `suite-volume-1`: what prediction and scan enclose, and how sound the prediction's surface is. */
import type { ConstantNote, Protocol } from "./protocol.ts";
import { ALIGNMENT_CONSTANTS, type Suite1Constants, SUITE_1 } from "./suite_1.ts";

const OURS = "choice of scan2score: see the text";

const alignment = Object.fromEntries(
  ALIGNMENT_CONSTANTS.map((name) => [name, SUITE_1.constants[name]]),
) as Pick<Suite1Constants, (typeof ALIGNMENT_CONSTANTS)[number]>;

const VALUES = {
  samples: 262_144,
  windingReach: 2,
  ...alignment,
};

/** Names and types of the constants of `suite-volume-1`. */
export type SuiteVolume1Constants = Readonly<typeof VALUES>;

const NOTES: Partial<Record<keyof SuiteVolume1Constants, ConstantNote>> = {
  samples: {
    text:
      "Points where it is asked whether they are inside: one at random in each cell of a grid " +
      "over the box round both, seeded by (seed, subject).",
    source: OURS,
  },
  windingReach: {
    text: "Parts of a surface at least this many times their radius away count by the first two " +
      "terms of a Taylor series of their solid angle (Barill et al. 2018); others triangle by " +
      "triangle.",
    source: OURS,
  },
};

/** The protocol `suite-volume-1`. P prediction, G scan (ground truth). */
export const SUITE_VOLUME_1: Protocol<SuiteVolume1Constants> = Object.freeze({
  id: "suite-volume-1",
  version: "1",
  title: "Volume that prediction and scan share, and where the prediction's surface is unsound",
  labels: Object.freeze({ IoU: "volume_iou", "Self-intersections": "self_intersections" }),
  rank: Object.freeze({ alignment: "aligned", key: "volume_iou" }),
  alignments: Object.freeze(["none", "aligned"]),
  constants: Object.freeze(VALUES),
  notes: Object.freeze(
    Object.fromEntries(
      Object.keys(VALUES).map((name) => {
        const key = name as keyof SuiteVolume1Constants;
        return [key, NOTES[key] ?? SUITE_1.notes[key as keyof typeof SUITE_1.notes]];
      }),
    ) as Record<keyof SuiteVolume1Constants, ConstantNote>,
  ),
  formulas: Object.freeze({
    volume_iou:
      "|P ∩ G| / |P ∪ G| over the points; inside is where the generalized winding number " +
      "is at least ½, so holes do not keep a surface from having an inside",
    volume_precision: "share of the points in P that are in G",
    volume_recall: "share of the points in G that are in P",
    volume_ratio: "points in P / points in G",
    volume_iou_solids: "|P ∩ G| / |P ∪ G| by booleans of the solids, without points; null unless " +
      "both surfaces are closed manifolds",
    winding_unclear_percent:
      "share of the points with a winding number of ¼ or more round P whose " +
      "number is more than ¼ from a whole one: P is open there",
    self_intersections:
      "pairs of triangles of P that meet in more than the corners and edges they " +
      "share (P after welding equal positions)",
    self_intersecting_percent: "share of the triangles of P in such a pair",
    boundary_edges: "edges of P on one triangle alone",
    non_manifold_edges: "edges of P on more than two triangles",
    "watertight, components, genus": "of P after welding equal positions; genus null unless closed",
  }),
  quirks: Object.freeze([
    "a scan with an inner sheet, or of clothes alone, encloses less than the person",
    "thin parts count little: hands and hair hardly change it",
  ]),
});
