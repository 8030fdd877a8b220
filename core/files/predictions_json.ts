/**
 * `predictions.json`: who made the meshes of a folder, and what their numbers mean. It stands in
 * the folder of the meshes; `docs/formats.md` explains every field.
 */
import { z } from "zod";
import { open } from "../work/schema.ts";

/** Value of `schema` in `predictions.json`. */
export const PREDICTIONS_SCHEMA = "scan2score/predictions-1";

/** A SHA-256 as artifacts write it. */
export const sha256Text = z.string().regex(/^[0-9a-f]{64}$/);

/**
 * Frames of a prediction's vertices: the scan's; the input view's camera (x right, y up, looking along
 * −z); ICON's square of a picture that was rendered as ICON renders; the frame in which 2K2K's test
 * program writes the mesh of such a picture. The last two have units of their own.
 */
export const predictionFrameSchema = z.enum(["scan", "camera", "icon", "2k2k"]);

/** Frame of a prediction's vertices. */
export type PredictionFrame = z.infer<typeof predictionFrameSchema>;

/** Subjects that a method was trained on: by id, or by the hash of a list that is not shown. */
export const trainedOnSchema = open({
  dataset: z.string().min(1).describe("Name of the data set"),
  subjects: z.array(z.string()).describe("Ids of the subjects trained on").optional(),
  listSha256: sha256Text.describe("SHA-256 of the list of ids, where the list is not public")
    .optional(),
}).refine((entry) => entry.subjects !== undefined || entry.listSha256 !== undefined, {
  message: "neither subjects nor listSha256 is there, expected one of them",
});

/** A method as predictions declare it. */
export const declaredMethodSchema = open({
  name: z.string().min(1).describe("Name in tables"),
  version: z.string().describe("Version, commit or checkpoint").optional(),
  trainedOn: z.array(trainedOnSchema)
    .describe("Training data; [] says none; absent says not declared").optional(),
});

/** One mesh, or one that could not be made. */
export const predictionItemSchema = open({
  subject: z.string().min(1).describe("Subject's id"),
  view: z.string().min(1).describe("View's name, where the method saw one view").optional(),
  mesh: z.string().min(1).describe("Path of the mesh relative to this file").optional(),
  failed: z.union([z.string(), z.boolean()])
    .describe("The method failed here: true, or why").optional(),
}).refine((item) => item.mesh !== undefined || (item.failed ?? false) !== false, {
  message: "neither mesh nor failed is there, expected one of them",
});

/** Seconds that the method took, as its author states them. */
export const statedTimingSchema = open({
  secondsPerItem: z.number().nonnegative().describe("Seconds an item, as a mean"),
  peakMemoryMB: z.number().nonnegative().describe("Most memory it held, megabytes").optional(),
  device: z.string().min(1).describe("What it ran on").optional(),
});

/** The whole file. */
export const predictionsSchema = open({
  schema: z.literal(PREDICTIONS_SCHEMA),
  method: declaredMethodSchema,
  usesTruth: z.boolean()
    .describe("The method was given something of the true shape: shown, never ranked"),
  untrained: z.boolean()
    .describe("Nothing says that the method's weights were trained: no result, never scored")
    .optional(),
  frame: predictionFrameSchema.describe(
    "Frame of the vertices: the scan's; the input view's camera (looking along -z); ICON's square; " +
      "2K2K's mesh of a view",
  ),
  unit: z.enum(["m", "cm", "mm"]).describe("Unit of the vertices; m where frame is icon or 2k2k"),
  timing: statedTimingSchema.describe("What the method took, where its author says so").optional(),
  only: z.array(z.string().min(1)).min(1)
    .describe("Subjects that were asked of the method, where that was not all; absent: all were")
    .optional(),
  items: z.array(predictionItemSchema).describe(
    "The meshes; absent: every <subject>.{ply,obj,glb} and <subject>/<view>.{ply,obj,glb} is one",
  ).optional(),
});

/** Subjects that a method was trained on. */
export type TrainedOn = z.infer<typeof trainedOnSchema>;
/** A method as predictions declare it. */
export type DeclaredMethod = z.infer<typeof declaredMethodSchema>;
/** One mesh, or one that could not be made. */
export type PredictionItem = z.infer<typeof predictionItemSchema>;
/** `predictions.json`. */
export type Predictions = z.infer<typeof predictionsSchema>;
