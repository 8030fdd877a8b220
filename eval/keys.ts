/**
 * What the keys of scores mean. A key has one direction and one unit, which its name carries:
 * `p2s_cm` is prediction → scan in centimetres, `f_1cm` an F-score at 1 cm. Names that are not
 * listed are read by their parts, so that a protocol can bring keys of its own.
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
  /**
   * The formula: P prediction, S scan, x and y samples of them, d(x, S) the distance from x to the
   * nearest point of S, n normals. What a protocol says of its own scores comes before it.
   */
  formula?: string;
}

const SCAN = "the scan", PREDICTION = "the prediction";

/** Heads of distances: what is averaged, over which samples, and in symbols. */
const DISTANCES: Readonly<
  Record<string, readonly [title: string, text: string, formula: string]>
> = {
  p2s: ["P2S", `distance from samples of ${PREDICTION} to the nearest point of ${SCAN}`, "d(x, S)"],
  s2p: ["S2P", `distance from samples of ${SCAN}’s outer surface to ${PREDICTION}`, "d(y, P)"],
  s2p_all: ["S2P all", `distance from samples of all of ${SCAN} to ${PREDICTION}`, "d(y, P)"],
  chamfer: [
    "Chamfer",
    "mean distance between prediction and scan, half the sum of P2S and S2P",
    "½ (P2S + S2P)",
  ],
  chamfer_all: [
    "Chamfer all",
    "half the sum of P2S and S2P all: hidden surfaces count",
    "½ (P2S + S2P all)",
  ],
};

/** What is taken of the distances; the mean has no word in the key. */
const REDUCTIONS: Readonly<
  Record<string, readonly [title: string, text: string, formula: (d: string) => string]>
> = {
  median: ["median", "Median", (d) => `median ${d}`],
  rms: ["RMS", "Root mean square of the", (d) => `√ mean ${d}²`],
  p95: ["95 %", "95th percentile of the", (d) => `95 % quantile of ${d}`],
  max: ["max", "Largest", (d) => `max ${d}`],
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
  percent: ["%", 1],
  db: ["dB", 2],
};

const KNOWN: Readonly<Record<string, KeyInfo>> = {
  nc: {
    title: "NC",
    unit: "",
    better: "higher",
    digits: 3,
    text: "Normal consistency: mean |cosine| between the normals of a sample and its nearest point",
    formula: "mean |n(x) · n(x′)|, x′ nearest to x",
  },
  nc_signed: {
    title: "NC signed",
    unit: "",
    better: "higher",
    digits: 3,
    text: "Normal consistency with its sign: turned surfaces count against it",
    formula: "mean n(x) · n(x′), x′ nearest to x",
  },
  normal_deg: {
    title: "Normals",
    unit: "°",
    better: "lower",
    digits: 1,
    text: "Mean angle between rendered normals of prediction and scan",
    formula: "mean ∠(n of P, n of S)",
  },
  normal_deg_visible: {
    title: "Normals, visible",
    unit: "°",
    better: "lower",
    digits: 1,
    text: "Mean angle between rendered normals where the input picture sees the scan",
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
    formula: "|P ∩ S| / |P ∪ S| in pixels",
  },
};

/** What a key means. */
export function describeKey(key: string): KeyInfo {
  const known = KNOWN[key];
  if (known !== undefined) return known;
  const f = /^f_(\d+)(?:p(\d+))?(cm|mm)$/.exec(key);
  if (f !== null) {
    const at = `${f[1]}${f[2] ? `.${f[2]}` : ""} ${f[3]}`;
    return {
      title: `F@${at}`,
      unit: "",
      better: "higher",
      digits: 3,
      text: `F-score: harmonic mean of the shares of samples within ${at}, both ways`,
      formula: `2 a b / (a + b), a = share of d(x, S) ≤ ${at}, b = share of d(y, P) ≤ ${at}`,
    };
  }
  const distance = distanceKey(key);
  if (distance !== undefined) return distance;
  const cut = key.lastIndexOf("_");
  const unit = cut > 0 ? UNITS[key.slice(cut + 1)] : undefined;
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

function distanceKey(key: string): KeyInfo | undefined {
  const parts = key.split("_");
  const unit = UNITS[parts.pop() ?? ""];
  const reduction = REDUCTIONS[parts.at(-1) ?? ""];
  if (reduction !== undefined) parts.pop();
  const distance = DISTANCES[parts.join("_")];
  if (unit === undefined || distance === undefined) return undefined;
  const [title, text, formula] = distance;
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
    formula: reduction !== undefined
      ? reduction[2](formula)
      : title.startsWith("Chamfer")
      ? formula
      : `mean ${formula}`,
  };
}

/** Errors are better low, agreements high; counts and flags neither. */
function betterByName(key: string): Better | undefined {
  if (/^(psnr|ssim|ms_ssim|iou|nc|f|precision|recall)(_|$)/.test(key)) return "higher";
  if (/(^|_)(error|rmse|mae|lpips|fid|kid)(_|$)/.test(key)) return "lower";
  if (/^(p2s|s2p|chamfer|normal|depth)_/.test(key)) return "lower";
  return undefined;
}
