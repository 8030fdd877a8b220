/** The formula page of a field protocol, made from its constants. */
import type { FieldConstants } from "./field_protocol.ts";

/** Formulas by key, in words and symbols. P prediction, G scan, S(·) samples. */
export function fieldFormulas(constants: FieldConstants): Record<string, string> {
  const { unit, exponent, chamfer, target, unitFactor, normalError } = constants;
  const base = exponent === 2 ? unit.replace(/2$/, "") : unit;
  const nearest = {
    surface: (of: string) => `the nearest point of ${of}`,
    edges: (of: string) =>
      `the nearest edge of ${of} (quirk; whole triangles where they are large)`,
    points: (of: string) => `the nearest point of S(${of})`,
  }[target];
  const factor = `${unitFactor} × ${SPACES[constants.space]}`;
  const formulas: Record<string, string> = {
    [`p2s_${base}`]: `mean over x in S(P) of the distance to ${nearest("G")}, ${factor}`,
    [`s2p_${base}`]: `mean over y in S(G) of the distance to ${nearest("P")}, ${factor}`,
    [`p2s_median_${base}, p2s_rms_${base}, p2s_p95_${base}, p2s_max_${base}; s2p likewise`]:
      "median, root mean square, 95th percentile, largest of the same distances",
  };
  if (exponent === 2) {
    formulas[`p2s_${unit}`] = "mean of the squares of the distances from S(P)";
    formulas[`s2p_${unit}`] = "mean of the squares of the distances from S(G)";
  }
  const sum = chamfer === "sum" ? "chamfer_sum" : "chamfer";
  formulas[`${sum}_${unit}`] = `${chamfer === "sum" ? "" : "½ "}(p2s_${unit} + s2p_${unit})`;
  if (constants.outerDirections !== null) {
    formulas[`s2p_outer_${unit}, ${sum}_outer_${unit}, outer_share`] =
      "the same with those samples of G alone that see the outside, as suite-1 has it; their share";
  }
  if (target === "edges") {
    formulas[`p2s_surface_${base}, s2p_surface_${base}`] =
      "the same distances to the surface: what they are without the quirk";
  }
  if (constants.faceToPoint === "mean") {
    formulas["point_face_m2"] = "mean over y in S(G) of the squared distance to P (its edges)";
    formulas["face_point_m2"] = "mean over triangles of P of the squared distance to S(G)";
    formulas["point_mesh_m2"] = "point_face_m2 + face_point_m2";
    formulas["normal_loss"] =
      "sum over both directions of mean (1 − |cosine| to the nearest sample)";
  }
  if (constants.normalConsistency !== "none") {
    formulas["nc"] = constants.normalConsistency === "nearest-sample"
      ? "½ Σ over both directions of mean |n(x) · n(nearest sample)|, n of the triangles"
      : "½ Σ over both directions of mean |n(x) · n(nearest triangle)|; 1 where it has no normal";
  }
  if (constants.fScoreThresholdM !== null) {
    const at = `${constants.fScoreThresholdM * 100}cm`;
    formulas[`precision_${at}, recall_${at}`] =
      `percent of S(P), of S(G), whose distance is ${constants.fScoreStrict} the threshold`;
    formulas[`f_${at}`] = "2 p r / max(p + r, 1e-6)";
  }
  if (constants.boxIou !== "none") formulas["box_iou"] = "|∩| / |∪| of the axis-aligned boxes";
  if (constants.maximum === "hausdorff") formulas[`hausdorff_${base}`] = "the larger maximum";
  if (constants.maximum === "prediction-twice") {
    formulas[`chamfer_max_${base}`] =
      "½ (max + max), both from the prediction (the original's slip)";
  }
  if (constants.localParts !== undefined) {
    formulas[`chamfer_xhands_${unit}, chamfer_xface_${unit}`] =
      `as chamfer_${unit}, over the samples whose nearest vertex of the subject's body is of its ` +
      "hands, of its face; left out without a fit";
    formulas[`chamfer_max_xhands_${unit}, chamfer_max_xface_${unit}`] =
      "½ (max + max) of the same, from either side";
    formulas["nc_xhands, nc_xface"] = "as nc, over the same samples";
    formulas["box_iou_xhands, box_iou_xface"] =
      "|∩| / |∪| of the boxes round these samples; of the hands the mean of left and right";
  }
  if (normalError !== null) {
    const { times, background, space, gridPaddingPx: padding, over } = normalError;
    formulas["normal_error"] =
      `${times} × mean over ${
        over === "image" ? "all pixels" : "pixels of the scan's silhouette"
      } of the views${
        padding > 0 ? ` and ${padding} px of padding round each` : ""
      } of Σ Δ² over ` +
      `the channels of (n + 1)/2; ${space} normals, background ${background}`;
  }
  formulas[`p2s_<region>_${unit}, s2p_<region>_${unit}, ${sum}_<region>_${unit}`] =
    "ours: the same by body part (head, hands, arms, torso, legs, feet), where the subject has a " +
    "fit, and visible or hidden from the input view, where it has a camera";
  return formulas;
}

const SPACES: Readonly<Record<FieldConstants["space"], string>> = {
  metres: "metres",
  "height-180": "NDC (180 cm of posed height, 102.4 is 1)",
  "longest-axis": "the scan's longest side",
  "file-units": "units of the scan's file",
};
