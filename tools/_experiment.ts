/**
 * Experiment files: `render`, `infer`, `eval` and `report` in one JSONC file, the reproducible form
 * of a table. `docs/formats.md` lists every key.
 */
import { parse, type ParseError, printParseErrorCode } from "jsonc-parser";
import { z } from "zod";
import { basename, dirname, join } from "../core/work/path.ts";
import { InputError } from "../core/work/errors.ts";
import { reason } from "../core/work/hash.ts";
import { resolvePortable } from "../core/work/paths.ts";
import { parseWith } from "../core/work/schema.ts";
import { BACKEND_NAMES } from "../render/backends.ts";
import { MESH_FORMATS } from "../inference/mesh_output.ts";
import { MESHERS, meshingOptionsShape } from "../inference/meshing/meshing_options.ts";

const ids = z.array(z.string().min(1)).min(1);

/** The whole file. Unknown keys are refused: a misspelt option must not pass in silence. */
export const experimentSchema = z.strictObject({
  schema: z.literal("scan2score/experiment-1"),
  title: z.string().optional().describe("Heading of the report"),
  dataset: z.strictObject({
    path: z.string().min(1).describe("fixtures:<path>, or relative to this file"),
    format: z.string().optional(),
    only: ids.optional().describe("Ids or globs"),
    limit: z.int().positive().optional(),
    unit: z.enum(["m", "cm", "mm"]).optional(),
    body: z.string().optional(),
  }),
  render: z.strictObject({
    size: z.int().positive().optional(),
    yaws: z.string().describe("Angles as --yaws takes them"),
    pitches: z.string().optional(),
    camera: z.enum(["persp50", "ortho"]).optional(),
    backend: z.enum([...BACKEND_NAMES, "auto"]).optional(),
    maps: z.array(z.enum(["color", "shaded", "normal", "depth", "mask", "keypoints", "body"]))
      .optional(),
    normals: z.enum(["smooth", "face", "file"]).optional(),
    supersample: z.int().positive().optional(),
    seed: z.int().nonnegative().optional(),
  }),
  infer: z.array(z.strictObject({
    method: z.string().min(1),
    only: ids.optional().describe("Subjects of this method; absent: all"),
    as: z.string().regex(/^[\w.-]+$/).optional()
      .describe("Folder below predictions/; absent: the method's name"),
    meshFormat: z.enum(MESH_FORMATS).optional(),
    ...meshingOptionsShape,
    model: z.string().min(1).optional().describe("2k2k: model folder, relative to this file"),
    mesher: z.enum(MESHERS).optional().describe("2k2k, oracle-depth: depth to mesh"),
    quirks: z.enum(["none", "published"]).optional().describe("2k2k: missing keypoints"),
  })),
  predictions: z.array(z.string().min(1)).optional()
    .describe("Further folders of predictions, relative to this file"),
  eval: z.strictObject({
    protocols: z.array(z.string().min(1)).min(1),
    samples: z.int().positive().optional(),
    seed: z.int().nonnegative().optional(),
  }),
});

/** An experiment. */
export type Experiment = z.infer<typeof experimentSchema>;

/** An experiment and where it was read from. */
export interface PlacedExperiment {
  experiment: Experiment;
  file: string;
  /** Resolves a path of the file. */
  resolve(path: string): string;
  /** Name without suffix: the default folder below `out`. */
  name: string;
}

/**
 * Reads an experiment file (JSON with comments and trailing commas).
 *
 * @throws {InputError} If it cannot be read, is not JSONC, or does not fit.
 */
export async function readExperiment(file: string): Promise<PlacedExperiment> {
  let text: string;
  try {
    text = await Deno.readTextFile(file);
  } catch (cause) {
    throw new InputError(`Cannot read the experiment: ${reason(cause)}`, { file, cause });
  }
  const errors: ParseError[] = [];
  let value: unknown;
  try {
    value = parse(text, errors, { allowTrailingComma: true });
  } catch (cause) { // the parser calls itself for each level
    throw new InputError("Cannot read the experiment: it is nested too deeply", { file, cause });
  }
  if (errors.length > 0) {
    const line = text.slice(0, errors[0].offset).split("\n").length;
    const what = printParseErrorCode(errors[0].error);
    throw new InputError(`Cannot read the experiment: line ${line}: ${what}`, { file });
  }
  const experiment = parseWith(experimentSchema, value, { what: "the experiment", file });
  return {
    experiment,
    file,
    resolve: (path) => resolvePortable(path, dirname(file)),
    name: basename(file).replace(/\.jsonc?$/, ""),
  };
}

/** Folder that an experiment writes to when none is given: `out/<name>`. */
export function defaultOut(name: string): string {
  return join("out", name);
}
