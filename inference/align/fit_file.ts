/**
 * What `align` writes for a scan: a subject's JSON in the suite's own layout with the fit, its
 * keypoints and, under `align`, how well it lies. Put beside the scan it makes a data set of it.
 */
import { z } from "zod";
import { open } from "../../core/work/schema.ts";
import type { Json } from "../../core/work/json.ts";
import { scaleFit } from "../../body/fit.ts";
import { poseBody } from "../../body/forward.ts";
import { keypointsOfBody } from "../../body/body_keypoints.ts";
import type { BodyModel } from "../../body/model.ts";
import { BODY_PARTS } from "../../body/parts.ts";
import { basename } from "../../core/work/path.ts";
import { suiteSubject } from "../../datasets/suite.ts";
import { metresPerUnitOf, type Subject } from "../../datasets/subject.ts";
import type { Alignment } from "./align_scan.ts";
import type { AlignVerdict } from "./judge.ts";

export const ALIGN_SCHEMA = "scan2score/align-1";

const part = open({
  points: z.int(),
  medianM: z.number(),
  p95M: z.number(),
  outsideShare: z.number(),
});

/** How a fit came about and how well it lies. */
export const alignRecord = open({
  schema: z.literal(ALIGN_SCHEMA),
  from: z.enum(["nothing", "fit"]).describe("What the search began with"),
  verdict: z.enum(["good", "warning", "bad"]),
  reasons: z.array(z.string()).describe("Why it is not good"),
  misfit: z.number().describe("0 to 1; see inspect"),
  medianM: z.number().describe("Distance from the scan's outside to the body, metres"),
  p95M: z.number(),
  outsideShare: z.number().describe("Share of the body's surface outside of the scan"),
  outsideDepthM: z.number(),
  parts: z.partialRecord(z.enum(BODY_PARTS), part),
  outsideByPart: z.record(z.enum(BODY_PARTS), z.number()),
  pictures: z.int().nullable().describe("Pictures taken to find the person; null: from a fit"),
  agreed: z.int().nullable().describe("Pictures of the last round that agree"),
});

/** The whole file. */
export const alignedSubject = suiteSubject.extend({ align: alignRecord });

/** A fit to write down. */
export interface AlignedSubject {
  subject: Subject;
  model: BodyModel;
  /** The model's file, whose name is written. */
  bodyFile: string;
  alignment: Alignment;
  verdict: AlignVerdict;
  /** The scan's name beside the JSON. */
  scanName: string;
}

/** The subject's JSON. Lengths of the fit and the keypoints are in the unit of the scan's file. */
export function alignedJson(
  { subject, model, bodyFile, alignment, verdict, scanName }: AlignedSubject,
): Json {
  const perMetre = 1 / metresPerUnitOf(subject), { state, measure, person } = alignment;
  const fit = scaleFit(alignment.fit, perMetre);
  const points = keypointsOfBody(model, poseBody(model, fit));
  const rows = (values: ArrayLike<number>) =>
    Array.from({ length: values.length / 3 }, (_, i) => [0, 1, 2].map((k) => values[3 * i + k]));
  const list = (values: Float64Array) => values.every(Number.isFinite) ? rows(values) : undefined;
  const declared = subject.uprightSource === "declared";
  const all: { [key: string]: unknown } = {
    id: subject.id,
    scan: scanName,
    units: subject.unit,
    up: declared ? "+y" : "any",
    front: declared ? "+z" : "any",
    body: {
      model: basename(bodyFile),
      kind: model.kind,
      betas: Array.from(fit.betas),
      pose: rows(state.pose),
      transl: Array.from(fit.transl),
      scale: fit.scale,
    },
    body25: list(points.body25) && { positions: list(points.body25) },
    hand_left: list(points.handLeft),
    hand_right: list(points.handRight),
    attributes: subject.attributes,
    align: {
      schema: ALIGN_SCHEMA,
      from: person === undefined ? "fit" : "nothing",
      ...verdict,
      ...measure,
      pictures: person?.pictures ?? null,
      agreed: person?.agreed ?? null,
    },
  };
  return Object.fromEntries(
    Object.entries(all).filter(([, value]) => value !== undefined),
  ) as Json;
}
