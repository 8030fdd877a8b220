/**
 * `results.json`: every score of every item under every protocol, with what it was computed from.
 * `docs/formats.md` explains every field.
 */
import { z } from "zod";
import { InputError } from "../core/work/errors.ts";
import { open, type ParseOptions, parseWith } from "../core/work/schema.ts";
import type { Json } from "../core/work/json.ts";
import { writeWhole } from "../core/work/scratch.ts";
import { sealedJson, sealedParts } from "../core/work/seal.ts";
import {
  predictionFrameSchema,
  sha256Text,
  statedTimingSchema,
  trainedOnSchema,
} from "../core/files/predictions_json.ts";
import { picturesSchema } from "./pictures_json.ts";

/** Value of `schema` in `results.json`. */
export const RESULTS_SCHEMA = "scan2score/results-1";

/** SHA-256 of the rest of the file: see `core/work/seal.ts`. */
export const sealSchema = sha256Text.describe(
  "SHA-256 of the rest of the file in one line with sorted keys",
);

/** Which way a score is better. */
export const betterSchema = z.enum(["lower", "higher"]);

/** A protocol as it was run: its id, version, labels and every constant under its own key. */
export const protocolRecordSchema = z.looseObject({
  id: z.string().min(1).describe("suite-1, icon-2022, …"),
  version: z.union([z.string(), z.number()]).describe("Changes whenever a constant changes"),
  labels: z.record(z.string(), z.string())
    .describe("Which key the protocol's authors call P2S, Chamfer, NC, …"),
  rank: open({
    alignment: z.string().describe("Alignment of the board that ranks"),
    key: z.string().describe("Score that ranks"),
  }).describe("What the protocol ranks by; absent: its Chamfer, unaligned").optional(),
});

/**
 * One file that the scores were computed from, or that shows what they are of. The report draws its
 * pictures from `scan` (with subject and unit), `camera` and `color` (subject, view) and `prediction`
 * (method, subject, view, unit, frame).
 */
export const inputSchema = open({
  role: z.string().min(1).describe("scan, camera, color, body, prediction, predictions, …"),
  path: z.string().min(1).describe("Relative to this file, or fixtures:<path>"),
  bytes: z.int().nonnegative(),
  sha256: sha256Text,
  subject: z.string().describe("The subject it belongs to").optional(),
  view: z.string().describe("The view it belongs to").optional(),
  method: z.string().describe("The method that made it").optional(),
  unit: z.enum(["m", "cm", "mm"]).describe("Unit of a mesh's coordinates").optional(),
  frame: predictionFrameSchema.describe("Frame of a mesh's coordinates").optional(),
});

/** A method that was scored. */
export const methodSchema = open({
  name: z.string().min(1),
  version: z.string().optional(),
  usesTruth: z.boolean().describe("Shown, never ranked"),
  trainedOn: z.array(trainedOnSchema).optional(),
  timing: statedTimingSchema.describe("As its predictions.json states it").optional(),
  only: z.array(z.string()).min(1)
    .describe("Subjects that were asked of it, as its predictions.json says; absent: all were")
    .optional(),
});

/** Score by key: one direction and one unit each; null where it is not defined. */
export const scoresSchema = z.record(z.string(), z.number().nullable());

/** How a prediction was moved before it was scored. */
export const transformSchema = z.looseObject({
  matrix: z.array(z.array(z.number()).length(4)).length(4)
    .describe("4 × 4, row-major: scan metres as submitted to scan metres as scored").optional(),
});

/** One item under one protocol. */
export const rowSchema = open({
  method: z.string().min(1),
  subject: z.string().min(1),
  view: z.string().min(1).describe("Absent where the method made one mesh a subject").optional(),
  protocol: z.string().min(1),
  status: z.enum(["ok", "failed"]),
  reason: z.string().describe("Why it failed, in words").optional(),
  warnings: z.array(z.string()),
  scores: z.record(z.string(), scoresSchema).describe("By alignment, then by key"),
  transforms: z.record(z.string(), transformSchema).describe("By alignment").optional(),
});

/** The whole file, without what its parts must agree about. */
const uncheckedSchema = open({
  schema: z.literal(RESULTS_SCHEMA),
  suite: z.string().describe("Version of scan2score that computed it"),
  protocols: z.array(protocolRecordSchema).min(1).describe("In the order asked for"),
  dataset: open({ name: z.string().min(1) }),
  inputs: z.array(inputSchema),
  methods: z.array(methodSchema),
  rows: z.array(rowSchema).describe("Sorted by protocol, method, subject, view"),
  pictures: picturesSchema.describe("Only where pictures were asked for").optional(),
  seal: sealSchema.optional(),
});

/** The whole file. */
export const resultsSchema = uncheckedSchema.superRefine((results, context) => {
  for (const { row, message } of faultsOfRows(results)) {
    context.addIssue({ code: "custom", path: ["rows", row], message });
  }
});

/** Which way a score is better. */
export type Better = z.infer<typeof betterSchema>;
/** A protocol as it was run. */
export type ProtocolRecord = z.infer<typeof protocolRecordSchema>;
/** One file that the scores were computed from. */
export type InputRecord = z.infer<typeof inputSchema>;
/** A method that was scored. */
export type MethodRecord = z.infer<typeof methodSchema>;
/** Score by key. */
export type Scores = z.infer<typeof scoresSchema>;
/** How a prediction was moved before it was scored. */
export type TransformRecord = z.infer<typeof transformSchema>;
/** One item under one protocol. */
export type ResultRow = z.infer<typeof rowSchema>;
/** `results.json`. */
export type Results = z.infer<typeof resultsSchema>;

/** Orders rows by protocol, method, subject, view; by code units, so the same everywhere. */
export function compareRows(a: ResultRow, b: ResultRow): number {
  return compareText(a.protocol, b.protocol) || compareText(a.method, b.method) ||
    compareText(a.subject, b.subject) || compareText(a.view ?? "", b.view ?? "");
}

/** Orders text by code units: no locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * The bytes of `results.json`: checked, rows and inputs in their order, keys sorted.
 *
 * @throws {InputError} If the value does not fit the schema, for example holds a score that is not
 * finite or two rows of one item.
 */
export function resultsJson(results: Results): string {
  const checked = parseWith(resultsSchema, ordered(results), { what: "the results to write" });
  return sealedJson(checked as { [key: string]: Json });
}

/**
 * Writes the same bytes to a file, row by row: there may be more than a text can hold.
 *
 * @throws {InputError} As {@linkcode resultsJson}, or if the file system refuses.
 */
export async function writeResults(file: string, results: Results): Promise<void> {
  const sorted = ordered(results);
  checkResults(sorted, { what: "the results to write" });
  await writeWhole(file, sealedParts(sorted as unknown as { [key: string]: Json }));
}

/**
 * Checks results row by row, as {@linkcode resultsSchema} does at once with a copy of everything.
 *
 * @throws {InputError} If they do not fit the schema.
 */
export function checkResults(results: Results, options: ParseOptions): void {
  parseWith(uncheckedSchema, { ...results, rows: [] }, options);
  for (const [i, row] of results.rows.entries()) {
    parseWith(rowSchema, row, { ...options, what: `${options.what}, row ${i}` });
  }
  for (const { row, message } of faultsOfRows(results)) {
    throw new InputError(`Cannot read ${options.what}: rows[${row}]: ${message}`, {
      ...(options.file === undefined ? {} : { file: options.file }),
    });
  }
}

function ordered(results: Results): Results {
  return {
    ...results,
    inputs: results.inputs.toSorted((a, b) =>
      compareText(a.role, b.role) || compareText(a.path, b.path)
    ),
    rows: results.rows.toSorted(compareRows),
  };
}

/** What rows of results do not agree about, in words. */
function* faultsOfRows(
  results: { protocols: { id: string }[]; methods: { name: string }[]; rows: ResultRow[] },
): Iterable<{ row: number; message: string }> {
  const methods = new Set(results.methods.map((method) => method.name));
  const protocols = new Set(results.protocols.map((protocol) => protocol.id));
  const seen = new Set<string>();
  for (const [i, row] of results.rows.entries()) {
    const { method, protocol, subject, view } = row;
    if (!methods.has(method)) {
      const message = `method is ${
        JSON.stringify(method)
      }, expected one of those listed in methods`;
      yield { row: i, message };
    }
    if (!protocols.has(protocol)) {
      const message = `protocol is ${JSON.stringify(protocol)}, expected one of those in protocols`;
      yield { row: i, message };
    }
    if (row.status === "failed" && !row.reason) {
      yield { row: i, message: "status is failed without a reason, expected a reason" };
    }
    const key = JSON.stringify([protocol, method, subject, view ?? null]);
    if (seen.has(key)) {
      const item = `${subject}${view ? `/${view}` : ""}`;
      yield { row: i, message: `${item} by ${method} under ${protocol} is there twice` };
    }
    seen.add(key);
  }
}
