/**
 * Writes `docs/schemas/*.schema.json` from the definitions that check the files, and
 * `docs/protocols.md` from the protocols; with `--check` says which are out of date and exits with 1.
 */
import { join } from "node:path";
import { type Json, stableJson } from "../core/work/json.ts";
import { SUITE_ROOT } from "../core/work/paths.ts";
import { jsonSchemaOf } from "../core/work/schema.ts";
import { datasetMapSchema } from "../datasets/mapped.ts";
import { predictionsSchema } from "../core/files/predictions_json.ts";
import { inspectSchema } from "../datasets/check/report.ts";
import { leaderboardSchema } from "../eval/leaderboard.ts";
import { protocolsDocument } from "../eval/protocols/formula_page.ts";
import { resultsSchema } from "../eval/results.ts";
import { alignedSubject } from "../inference/align/fit_file.ts";
import { modelJson } from "../inference/twoktwok/model_json.ts";
import { cameraSchema, keypointsSchema } from "../render/layouts/suite_files.ts";

/** Every file format with a published schema: name → definition. */
export const PUBLISHED_SCHEMAS = Object.freeze({
  "aligned-subject": alignedSubject,
  camera: cameraSchema,
  "dataset-map": datasetMapSchema,
  inspect: inspectSchema,
  keypoints: keypointsSchema,
  leaderboard: leaderboardSchema,
  model: modelJson,
  predictions: predictionsSchema,
  results: resultsSchema,
});

/** Where the schemas stand. */
export const SCHEMAS_FOLDER: string = join(SUITE_ROOT, "docs", "schemas");

/** The published text of every schema by file name. */
export function schemaFiles(): Map<string, string> {
  return new Map(
    Object.entries(PUBLISHED_SCHEMAS).map(([name, schema]) => [
      `${name}.schema.json`,
      stableJson(jsonSchemaOf(schema, `scan2score ${name}.json`) as Json),
    ]),
  );
}

/** Documents made from objects: path from the root → text. */
export function generatedDocuments(): Map<string, string> {
  return new Map([["docs/protocols.md", protocolsDocument()]]);
}

/** Paths of the generated documents that differ from what makes them. */
export async function staleDocuments(): Promise<string[]> {
  const stale: string[] = [];
  for (const [path, text] of generatedDocuments()) {
    const now = await Deno.readTextFile(join(SUITE_ROOT, path)).catch(() => "");
    if (now !== text) stale.push(path);
  }
  return stale;
}

/** Names of the schema files that differ from their definitions. */
export async function staleSchemas(): Promise<string[]> {
  const stale: string[] = [];
  for (const [name, text] of schemaFiles()) {
    const now = await Deno.readTextFile(join(SCHEMAS_FOLDER, name)).catch(() => "");
    if (now !== text) stale.push(name);
  }
  return stale;
}

if (import.meta.main) {
  const stale = await staleSchemas(), documents = await staleDocuments();
  const write = (text: string) => Deno.stdout.writeSync(new TextEncoder().encode(text));
  if (Deno.args.includes("--check")) {
    for (const name of stale) write(`out of date: docs/schemas/${name}\n`);
    for (const path of documents) write(`out of date: ${path}\n`);
    const count = stale.length + documents.length;
    if (count > 0) write("hint: deno task docs:schemas\n");
    Deno.exit(count > 0 ? 1 : 0);
  }
  const files = schemaFiles();
  for (const name of stale) {
    await Deno.writeTextFile(join(SCHEMAS_FOLDER, name), files.get(name)!);
    write(`wrote docs/schemas/${name}\n`);
  }
  for (const path of documents) {
    await Deno.writeTextFile(join(SUITE_ROOT, path), generatedDocuments().get(path)!);
    write(`wrote ${path}\n`);
  }
}
