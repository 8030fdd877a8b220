/**
 * What the evaluators of the field have in common, as data: how points are drawn, what they are
 * measured against, in which space and unit, and how the numbers are put together. Each published
 * evaluator is one set of these constants, in a file of its own under `field/`.
 */
import type { ConstantNote, Constants, Protocol } from "./protocol.ts";
import { FIELD_NOTES } from "./_field_notes.ts";
import { fieldFormulas } from "./_field_formulas.ts";

/** How rendered normals are compared; see `metrics/normal_error.ts`. */
export type NormalErrorConstants = {
  /** Width and height of a view, pixels. */
  readonly sizePx: number;
  /** Yaws of the model before a fixed camera, degrees. */
  readonly yawsDeg: readonly number[];
  /** `ndc`: the square of ±102.4 cm once the scan is 180 cm high; `renderpeople`: PIFuHD's. */
  readonly window: "ndc" | "renderpeople";
  /** Frame of the normals that are encoded. */
  readonly space: "camera" | "world";
  /** What stands where nothing is: in [0, 1] after encoding. */
  readonly background: "white" | "black" | "black-renormalized";
  /** Empty pixels round every view in the grid of views. */
  readonly gridPaddingPx: number;
  /** Which pixels are averaged. */
  readonly over: "image" | "scan-silhouette";
  /** The mean over views is multiplied by this. */
  readonly times: number;
};

/** trimesh's `registration.icp` between vertices. */
export type IcpConstants = {
  readonly maxIterations: number;
  /** Stops when the mean squared distance falls by less, metres². */
  readonly threshold: number;
  readonly reflection: "allowed";
  readonly scale: "free";
};

/** The constants of an evaluator of the field. `null` and `none`: it has no such part. */
export type FieldConstants = {
  /** Points asked of the sampler, a surface. */
  readonly samples: number;
  readonly sampler: "area" | "even";
  readonly target: "surface" | "edges" | "points";
  readonly minTriangleArea: number | null;
  readonly exponent: 1 | 2;
  readonly chamfer: "half-sum" | "sum";
  readonly space: "metres" | "height-180" | "longest-axis" | "file-units";
  readonly unitFactor: number;
  readonly unit: string;
  readonly predictionScope: "whole" | "largest-component";
  readonly icp: IcpConstants | null;
  readonly normalConsistency: "none" | "nearest-sample" | "nearest-triangle";
  readonly fScoreThresholdM: number | null;
  readonly fScoreStrict: "<" | "<=";
  readonly boxIou: "none" | "axis-aligned";
  readonly maximum: "none" | "hausdorff" | "prediction-twice";
  readonly faceToPoint: "none" | "mean";
  readonly normalError: NormalErrorConstants | null;
  readonly nanBecomes: number | null;
  readonly inputYawsDeg: readonly number[] | null;
  /** Only where the original has it: samples of hands and face by the body's nearest vertex. */
  readonly localParts?: "hands-and-face";
  readonly outerDirections: number | null;
  readonly outerStartM: number | null;
};

/** A protocol of the field. */
export type FieldProtocol = Protocol<FieldConstants> & { readonly kind: "field" };

/** What a file under `field/` says. */
export interface FieldDescription {
  id: string;
  version: string;
  title: string;
  /** Constants that differ from {@linkcode FIELD_DEFAULTS}. */
  constants: Partial<FieldConstants>;
  labels: Readonly<Record<string, string>>;
  rank: { alignment: string; key: string };
  alignments?: readonly string[];
  /** Where its constants come from, unless `sources` says otherwise. */
  source: string;
  sources?: Partial<Record<keyof FieldConstants, string>>;
  /** Constants that no source gives; marked as assumed. */
  assumed?: readonly (keyof FieldConstants)[];
  /** What its numbers suffer from; shown beside them. */
  quirks: readonly string[];
}

/** The most usual evaluator: PIFuHD's distances, in centimetres. */
export const FIELD_DEFAULTS: FieldConstants = Object.freeze({
  samples: 10_000,
  sampler: "area",
  target: "surface",
  minTriangleArea: null,
  exponent: 1,
  chamfer: "half-sum",
  space: "metres",
  unitFactor: 100,
  unit: "cm",
  predictionScope: "whole",
  icp: null,
  normalConsistency: "none",
  fScoreThresholdM: null,
  fScoreStrict: "<=",
  boxIou: "none",
  maximum: "none",
  faceToPoint: "none",
  normalError: null,
  nanBecomes: null,
  inputYawsDeg: null,
  outerDirections: 64,
  outerStartM: 0.0002,
});

/** Ours, in every protocol that has them: the outer surface as `suite-1` defines it. */
const OURS = "scan2score, as in suite-1: not part of the original";

/** Makes the protocol of a description. */
export function fieldProtocol(description: FieldDescription): FieldProtocol {
  const { id, version, title, labels, rank, alignments = ["none"], source, quirks } = description;
  const { sources = {}, assumed = [] } = description;
  const constants: FieldConstants = Object.freeze({ ...FIELD_DEFAULTS, ...description.constants });
  const notes = Object.fromEntries(
    Object.entries(FIELD_NOTES).filter(([name]) => name in constants).map(
      ([name, text]): [string, ConstantNote] => {
        const key = name as keyof FieldConstants;
        const ours = key === "outerDirections" || key === "outerStartM";
        const from = ours ? OURS : sources[key] ?? source;
        return [name, {
          text,
          source: assumed.includes(key) ? "assumed: no source gives it" : from,
        }];
      },
    ),
  ) as Record<keyof FieldConstants, ConstantNote>;
  return Object.freeze({
    kind: "field",
    id,
    version,
    title,
    labels: Object.freeze({ ...labels }),
    rank: Object.freeze({ ...rank }),
    alignments: Object.freeze([...alignments]),
    constants,
    notes: Object.freeze(notes),
    formulas: Object.freeze(fieldFormulas(constants)),
    quirks: Object.freeze([...quirks]),
  });
}

/** Whether a protocol is one of the field's, computed by `metrics/field_scores.ts`. */
export function isFieldProtocol(protocol: Protocol<Constants>): protocol is FieldProtocol {
  return (protocol as { kind?: string }).kind === "field";
}
