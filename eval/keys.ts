/**
 * What the keys of scores mean. A key has one direction and one unit, which its name carries:
 * `p2s_cm` is prediction → scan in centimetres, `f_1cm` an F-score at 1 cm. Names that are not
 * listed are read by their parts, so that a protocol can bring keys of its own. The formulas are the
 * protocols' (`protocols/`); here stands what a table needs.
 */
import type { Better } from "./results.ts";

/** What one key means. */
export interface KeyInfo {
  /** Short name for a table's head, without unit. */
  title: string;
  /** Unit as printed; empty for a pure number. */
  unit: string;
  /** Which way is better; absent where neither is (counts, flags, sizes). */
  better?: Better;
  /** Digits after the point that are worth showing. */
  digits: number;
  /** One sentence: what is measured, from where to where. */
  text: string;
}

/** Heads of distances: what is averaged, and over which samples. */
const DISTANCES: Readonly<Record<string, readonly [title: string, text: string]>> = {
  p2s: ["P2S", "distance from samples of the prediction to the nearest point of the scan"],
  p2s_seen: ["P2S seen", "distance to the scan from samples of what the method did not infer"],
  s2p: [
    "S2P",
    "distance from samples of the scan to the prediction (suite-1: of its outer surface alone)",
  ],
  s2p_outer: ["S2P outer", "distance from samples of the scan’s outer surface to the prediction"],
  p2s_surface: ["P2S surface", "distance from the prediction to the scan without the edge quirk"],
  s2p_surface: ["S2P surface", "distance from the scan to the prediction without the edge quirk"],
  s2p_all: ["S2P all", "distance from samples of all of the scan to the prediction"],
  chamfer: ["Chamfer", "mean distance between prediction and scan, half the sum of P2S and S2P"],
  chamfer_outer: ["Chamfer outer", "half the sum of P2S and S2P outer"],
  chamfer_sum: ["Chamfer sum", "sum of P2S and S2P"],
  chamfer_sum_outer: ["Chamfer sum outer", "sum of P2S and S2P outer"],
  chamfer_max: ["Chamfer max", "largest distance from the prediction, taken for both directions"],
  hausdorff: ["Hausdorff", "largest distance of either direction"],
  point_face: ["Point-face", "squared distance from samples of the scan to the prediction’s edges"],
  face_point: ["Face-point", "squared distance from triangles of the prediction to samples"],
  point_mesh: ["Point-mesh", "sum of point-face and face-point"],
  chamfer_all: ["Chamfer all", "half the sum of P2S and S2P all: hidden surfaces count"],
};

/** What is taken of the distances; the mean has no word in the key. */
const REDUCTIONS: Readonly<Record<string, readonly [title: string, text: string]>> = {
  median: ["median", "Median"],
  rms: ["RMS", "Root mean square of the"],
  p95: ["95 %", "95th percentile of the"],
  max: ["max", "Largest"],
};

/** Units that end a key, and the digits worth showing. */
const UNITS: Readonly<Record<string, readonly [unit: string, digits: number]>> = {
  m: ["m", 5],
  cm: ["cm", 3],
  mm: ["mm", 2],
  deg: ["°", 1],
  ndc100: ["NDC × 100", 3],
  units: ["units", 4],
  units2: ["units²", 6],
  m2: ["m²", 6],
  axis100: ["axis × 100", 3],
  percent: ["%", 1],
  db: ["dB", 2],
  px: ["px", 1],
};

const KNOWN: Readonly<Record<string, KeyInfo>> = {
  nc: {
    title: "NC",
    unit: "",
    better: "higher",
    digits: 3,
    text: "Normal consistency: mean |cosine| between the normals of a sample and its nearest point",
  },
  nc_signed: {
    title: "NC signed",
    unit: "",
    better: "higher",
    digits: 3,
    text: "Normal consistency with its sign: turned surfaces count against it",
  },
  normal_deg_visible: {
    title: "Normals",
    unit: "°",
    better: "lower",
    digits: 1,
    text: "Mean angle between rendered normals of prediction and scan, seen from all sides",
  },
  normal_deg_input: {
    title: "Normals, input",
    unit: "°",
    better: "lower",
    digits: 1,
    text: "Mean angle between rendered normals of prediction and scan in the input view",
  },
  normal_error: {
    title: "Normal error",
    unit: "",
    better: "lower",
    digits: 4,
    text:
      "Squared difference of encoded normals over pixels and views, as the protocol averages it",
  },
  normal_loss: {
    title: "Normal loss",
    unit: "",
    better: "lower",
    digits: 4,
    text: "Sum over both directions of mean (1 − |cosine|) between nearest samples",
  },
  box_iou: {
    title: "Box IoU",
    unit: "",
    better: "higher",
    digits: 3,
    text: "Overlap of the axis-aligned boxes: it says nothing about volumes",
  },
  detail_fine_deg: {
    title: "Detail, fine",
    unit: "°",
    better: "lower",
    digits: 1,
    text: "Mean angle between rendered normals relative to their smooth part of 4 mm",
  },
  detail_coarse_deg: {
    title: "Detail, coarse",
    unit: "°",
    better: "lower",
    digits: 1,
    text: "Mean angle between normals smoothed by 4 mm, relative to those smoothed by 16 mm",
  },
  detail_deg: {
    title: "Detail",
    unit: "°",
    better: "lower",
    digits: 1,
    text: "Mean angle between rendered normals after their smooth part is removed",
  },
  iou: {
    title: "IoU",
    unit: "",
    better: "higher",
    digits: 3,
    text: "Overlap of rendered silhouettes: intersection over union",
  },
  volume_iou: {
    title: "Volume IoU",
    unit: "",
    better: "higher",
    digits: 3,
    text:
      "Overlap of what prediction and scan enclose, by winding numbers: intersection over union",
  },
  volume_iou_solids: {
    title: "Volume IoU, solids",
    unit: "",
    better: "higher",
    digits: 3,
    text: "Overlap of prediction and scan as solids: only of closed manifolds",
  },
  volume_precision: {
    title: "Volume precision",
    unit: "",
    better: "higher",
    digits: 3,
    text: "Share of the prediction’s volume that lies inside the scan",
  },
  volume_recall: {
    title: "Volume recall",
    unit: "",
    better: "higher",
    digits: 3,
    text: "Share of the scan’s volume that lies inside the prediction",
  },
  volume_ratio: {
    title: "Volume ratio",
    unit: "",
    digits: 3,
    text: "Volume of the prediction over that of the scan",
  },
  winding_unclear_percent: {
    title: "Unclear inside",
    unit: "%",
    better: "lower",
    digits: 1,
    text: "Share of points in or near the prediction whose winding number is far from a whole one",
  },
  self_intersections: {
    title: "Self-intersections",
    unit: "",
    better: "lower",
    digits: 0,
    text: "Pairs of triangles of the prediction that run through each other",
  },
  self_intersecting_percent: {
    title: "Self-intersecting",
    unit: "%",
    better: "lower",
    digits: 2,
    text: "Share of the prediction’s triangles that run through another",
  },
  outer_share: {
    title: "outer share",
    unit: "",
    digits: 3,
    text: "Share of the scan’s samples that see the outside",
  },
};

/** What a key means. */
export function describeKey(key: string): KeyInfo {
  if (Object.hasOwn(KNOWN, key)) return KNOWN[key];
  const f = /^(f|precision|recall)_(\d+)(?:p(\d+))?(cm|mm)$/.exec(key);
  if (f !== null) {
    const at = `${f[2]}${f[3] ? `.${f[3]}` : ""} ${f[4]}`;
    if (f[1] !== "f") {
      const of = f[1] === "precision" ? "prediction" : "scan";
      return {
        title: `${f[1][0].toUpperCase()}${f[1].slice(1)}@${at}`,
        unit: "%",
        better: "higher",
        digits: 1,
        text: `Share of the samples of the ${of} within ${at} of the other surface`,
      };
    }
    return {
      title: `F@${at}`,
      unit: "%",
      better: "higher",
      digits: 1,
      text: `F-score: harmonic mean of the shares of samples within ${at}, both ways`,
    };
  }
  const distance = distanceKey(key);
  if (distance !== undefined) return distance;
  const region = regionKey(key);
  if (region !== undefined) return region;
  const cut = key.lastIndexOf("_");
  const unit = cut > 0 ? unitOf(key.slice(cut + 1)) : undefined;
  const title = (unit === undefined ? key : key.slice(0, cut)).replaceAll("_", " ");
  const better = betterByName(key);
  return {
    title,
    unit: unit?.[0] ?? "",
    digits: unit?.[1] ?? (better === undefined ? 2 : 3),
    text: "",
    ...(better === undefined ? {} : { better }),
  };
}

/** Regions that keys may name: body parts, and what the input view sees or does not. */
const REGIONS: Readonly<Record<string, string>> = {
  head: "on the head",
  hands: "on the hands",
  arms: "on the arms without hands",
  torso: "on the torso",
  legs: "on the legs without feet",
  feet: "on the feet",
  xhands: "on the hands, by the nearest vertex of the body",
  xface: "on the face, by the nearest vertex of the body",
  visible: "that the input view sees",
  hidden: "that the input view does not see",
};

/** `p2s_head_cm`, `nc_hands`, `f_1cm_visible`: the key without the region, for those samples. */
function regionKey(key: string): KeyInfo | undefined {
  const parts = key.split("_");
  const at = parts.findIndex((part, i) => i > 0 && Object.hasOwn(REGIONS, part));
  if (at < 0) return undefined;
  const [region] = parts.splice(at, 1);
  const whole = describeKey(parts.join("_"));
  if (whole.better === undefined || whole.text === "") return undefined;
  return {
    ...whole,
    title: `${whole.title} ${region}`,
    text: `${whole.text}; samples ${REGIONS[region]}`,
  };
}

function distanceKey(key: string): KeyInfo | undefined {
  const parts = key.split("_");
  const unit = unitOf(parts.pop() ?? "");
  const last = parts.at(-1) ?? "";
  const reduction = Object.hasOwn(REDUCTIONS, last) ? REDUCTIONS[last] : undefined;
  if (reduction !== undefined) parts.pop();
  const name = parts.join("_");
  if (unit === undefined || !Object.hasOwn(DISTANCES, name)) return undefined;
  const [title, text] = DISTANCES[name];
  return {
    title: reduction === undefined ? title : `${title} ${reduction[0]}`,
    unit: unit[0],
    better: "lower",
    digits: unit[1],
    text: reduction !== undefined
      ? `${reduction[1]} ${text}`
      : title.startsWith("Chamfer")
      ? `${text[0].toUpperCase()}${text.slice(1)}`
      : `Mean ${text}`,
  };
}

function unitOf(suffix: string): readonly [string, number] | undefined {
  return Object.hasOwn(UNITS, suffix) ? UNITS[suffix] : undefined;
}

/** Errors are better low, agreements high; counts and flags neither. */
function betterByName(key: string): Better | undefined {
  if (/^(psnr|ssim|ms_ssim|iou|nc|f|precision|recall|normal_under)(_|$)/.test(key)) return "higher";
  if (/(^|_)(error|rmse|mae|lpips|fid|kid)(_|$)/.test(key)) return "lower";
  if (/^(p2s|s2p|chamfer|hausdorff|normal|depth|keypoint)_/.test(key)) return "lower";
  return undefined;
}
