/**
 * Any other tree, described by a `dataset.json` in its root: patterns with `{id}` for scans, textures,
 * fits and keypoints, the unit and how scans stand. `docs/datasets.md` lists the keys.
 */
import { z } from "zod";
import { hasPlace, readPlaceText } from "../core/files/place.ts";
import { InputError } from "../core/work/errors.ts";
import { parseJson } from "../core/work/schema.ts";
import { buildDataset, type FoundSubject } from "./build.ts";
import { FIT_FORMATS } from "./fits/formats.ts";
import type { DatasetReader, DatasetRoot, FileList } from "./reader.ts";

const MAP_FILE = "dataset.json";

/** The most places in a pattern that stand for anything: matching takes the path's length to its power. */
const MOST_WILDCARDS = 4;

const pattern = z.string().max(512).includes("{id}").refine(
  (text) => (text.match(/\*+/g) ?? []).length <= MOST_WILDCARDS,
  { error: `expected at most ${MOST_WILDCARDS} places with *` },
);

/** `dataset.json`. Unknown keys are refused: a misspelt one must not pass in silence. */
export const datasetMapSchema = z.strictObject({
  schema: z.literal("scan2score/dataset-map-1"),
  name: z.string().min(1).optional().describe("Name of the data set in reports"),
  scans: pattern.describe("Pattern of the mesh files: scans/{id}/*.obj"),
  textures: pattern.optional()
    .describe("Picture on scans whose files name none"),
  fits: pattern.optional().describe("Pattern of the fit files"),
  fitFormat: z.enum(FIT_FORMATS.map(({ id }) => id) as [string, ...string[]]).optional()
    .describe("Format of the fits (else told by their content)"),
  gender: z.enum(["female", "male", "neutral"]).optional().describe("Of the model of the fits"),
  body: z.string().optional().describe("The body model's file"),
  unit: z.enum(["m", "cm", "mm", "fit-scale", "guess"]).default("guess")
    .describe("Of the scans; fit-scale: each fit says how many units a metre has"),
  stands: z.enum(["front", "upright", "fit"]).default("front").describe(
    "front: +y up, facing +z; upright: +y up, facing told by the fit; fit: all told by the fit",
  ),
});

/** Makes a regular expression of a pattern: `{id}` once or more, `*` within a name, `**` across. */
export function patternRegex(pattern: string): RegExp {
  let seen = 0;
  const source = pattern.split(/(\{id\}|\*\*\/|\*+)/).map((part) => {
    if (part === "{id}") return seen++ === 0 ? "(?<id>[^/]+?)" : "\\k<id>";
    if (part === "**/") return "(?:.*/)?";
    if (/^\*+$/.test(part)) return "[^/]*";
    return part.replaceAll(/[\\^$.|?+(){}[\]]/g, "\\$&");
  }).join("");
  return new RegExp(`^${source}$`);
}

async function readMap(root: DatasetRoot) {
  const file = root.at(MAP_FILE);
  const text = await readPlaceText(file);
  return parseJson(datasetMapSchema, text, { what: "the data set's map", file });
}

function byId(files: FileList, pattern: string | undefined): Map<string, string> {
  const found = new Map<string, string>();
  if (pattern === undefined) return found;
  for (const { groups, input } of files.match(patternRegex(pattern))) {
    if (!found.has(groups!.id)) found.set(groups!.id, input);
  }
  return found;
}

/** See {@linkcode DatasetReader}. */
export const MAPPED_READER: DatasetReader = {
  format: "mapped",
  title: "any tree, described by dataset.json",
  async detect(root) {
    if (!await hasPlace(root.at(MAP_FILE))) return undefined;
    const text = await readPlaceText(root.at(MAP_FILE));
    return text.includes('"scan2score/dataset-map-1"') ? `patterns in ${MAP_FILE}` : undefined;
  },
  async open(root) {
    const map = await readMap(root), files = await root.files();
    const textures = byId(files, map.textures), fits = byId(files, map.fits);
    const scans = files.match(patternRegex(map.scans));
    if (scans.length === 0) {
      throw new InputError(`Cannot open the data set: no file matches "${map.scans}"`, {
        file: root.at(MAP_FILE),
        hint: "patterns are relative to dataset.json: {id} is the subject, * any part of a name",
      });
    }
    const found = scans.map(({ groups, input }): FoundSubject => {
      const id = groups!.id;
      return {
        id,
        scan: input,
        texture: textures.get(id),
        ...(map.fits === undefined
          ? {}
          : { fit: fits.get(id) ?? { missing: map.fits.replaceAll("{id}", id) } }),
        fitOptions: {
          ...(map.fitFormat === undefined ? {} : { format: map.fitFormat }),
          ...(map.gender === undefined ? {} : { gender: map.gender }),
        },
        body: map.body,
      };
    });
    const { unit, stands } = map;
    const evidence = `${scans.length} files ${map.scans}, by ${MAP_FILE}`;
    const dataset = await buildDataset(root, { format: "mapped", evidence, unit, stands }, found);
    return map.name === undefined ? dataset : { ...dataset, name: map.name };
  },
};
