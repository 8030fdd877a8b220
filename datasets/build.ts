/** From the files that a reader found to subjects: fits read, frames told, faults collected. */
import { openPlace } from "../core/files/place.ts";
import { identity, type Matrix4 } from "../core/geometry/transform.ts";
import { hintOf, InputError, messageOf } from "../core/work/errors.ts";
import { scaleFit } from "../body/fit.ts";
import { companionsOf } from "./companions.ts";
import { readFits } from "./fits/read.ts";
import type { FitCandidate, FitReadOptions } from "./fits/types.ts";
import { extentOf, plausibleUnit } from "./load.ts";
import { readScanFile } from "./read_scan.ts";
import type { DatasetReader, DatasetRoot, FileList } from "./reader.ts";
import { type Dataset, METRES_PER_UNIT, type Subject, type Unit } from "./subject.ts";
import { headingFromFit, uprightFromFit } from "./upright.ts";

/** What a reader found of one subject. Paths are relative to the root. */
export interface FoundSubject {
  id: string;
  scan: string;
  texture?: string | undefined;
  faces?: string | undefined;
  /** The fit's file; `missing` names one that should be there. */
  fit?: string | { missing: string } | undefined;
  fitOptions?: FitReadOptions;
  /** See `SubjectFit.remedy`. */
  fitRemedy?: string;
  /** Which frame of the fit file. Default: 0. */
  fitFrame?: number;
  /** Body model's file. */
  body?: string | undefined;
  attributes?: Subject["attributes"];
  /** In the scan's unit. */
  keypoints?: { points: Subject["keypoints"]; file: string };
  notes?: Subject["notes"];
}

/** What holds for all subjects of a layout. */
export interface LayoutFacts {
  format: string;
  evidence: string;
  /**
   * Unit of the scans: a named one; `fit-scale`: each fit says how many units a metre has; `guess`:
   * the one in which the first scan that can be read is a person's size.
   */
  unit: Unit | "fit-scale" | "guess";
  /**
   * How scans stand. `front`: +y up, facing +z; `upright`: +y up, facing anywhere, told by the fit;
   * `fit`: anyhow, told by the fit.
   */
  stands: "front" | "upright" | "fit";
}

/** Makes a reader of what is special about a layout. */
export function scanReader(
  spec: Omit<LayoutFacts, "evidence"> & {
    title: string;
    /** Why files are in this layout, or undefined. */
    detect(files: FileList, root: DatasetRoot): Promise<string | undefined> | string | undefined;
    /** The subjects among the files. */
    find(files: FileList, root: DatasetRoot): Promise<FoundSubject[]> | FoundSubject[];
  },
): DatasetReader {
  const { format, title, unit, stands } = spec;
  const detect = async (root: DatasetRoot) => await spec.detect(await root.files(), root);
  return {
    format,
    title,
    detect,
    async open(root) {
      const found = await spec.find(await root.files(), root);
      if (found.length === 0) {
        throw new InputError(
          `Cannot open the data set as ${format}: found no scan of that layout`,
          {
            file: root.place,
            hint: "docs/datasets.md shows the folders that each format expects",
          },
        );
      }
      const evidence = await detect(root) ?? "asked for";
      return await buildDataset(root, { format, evidence, unit, stands }, found);
    },
  };
}

/** Builds the data set. What cannot be read is a row of `broken`, never an abort. */
export async function buildDataset(
  root: DatasetRoot,
  facts: LayoutFacts,
  found: readonly FoundSubject[],
): Promise<Dataset> {
  const dataset: Dataset = {
    name: root.name,
    format: facts.format,
    evidence: facts.evidence,
    folder: root.place,
    subjects: [],
    broken: [],
  };
  const unit = facts.unit === "guess" ? await guessUnit(root, found) : facts.unit;
  const seen = new Map<string, string>();
  for (const one of found) {
    const other = seen.get(one.id);
    try {
      if (other !== undefined) {
        throw new InputError(`Cannot use subject "${one.id}": ${other} has the same id`, {
          file: one.scan,
          hint: "give every subject an id of its own",
        });
      }
      seen.set(one.id, one.scan);
      dataset.subjects.push(await subjectOf(root, { ...facts, unit }, one));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      const hint = hintOf(error);
      dataset.broken.push({
        id: one.id,
        code: other === undefined ? "subject-unreadable" : "duplicate-id",
        text: messageOf(error),
        ...(hint === undefined ? {} : { hint }),
        file: one.scan,
      });
    }
  }
  dataset.subjects.sort((a, b) => a.id < b.id ? -1 : 1);
  return dataset;
}

/** The unit in which the first readable scan is a person, metres if none is. */
async function guessUnit(root: DatasetRoot, found: readonly FoundSubject[]): Promise<Unit> {
  for (const { scan, faces } of found.slice(0, 3)) {
    try {
      const subject = {
        scanFile: root.at(scan),
        ...(faces === undefined ? {} : { facesFile: root.at(faces) }),
      };
      const { mesh } = await readScanFile(subject, { textures: "skip" });
      const unit = plausibleUnit(extentOf(mesh));
      if (unit !== undefined) return unit;
    } catch (error) {
      if (!(error instanceof InputError)) throw error; // the next may tell
    }
  }
  return "m";
}

async function subjectOf(
  root: DatasetRoot,
  facts: LayoutFacts & { unit: Unit | "fit-scale" },
  found: FoundSubject,
): Promise<Subject> {
  const notes = [...found.notes ?? []];
  const files = {
    scanFile: root.at(found.scan),
    ...(found.texture === undefined ? {} : { textureFile: root.at(found.texture) }),
    ...(found.faces === undefined ? {} : { facesFile: root.at(found.faces) }),
  };
  const fit = await fitOf(root, facts, { ...found, notes });
  const unit = facts.unit === "fit-scale" ? "m" : facts.unit;
  const metresPerUnit = facts.unit !== "fit-scale"
    ? METRES_PER_UNIT[unit]
    : fit === undefined
    ? undefined
    : 1 / fit.candidates[0].fit.scale;
  if (metresPerUnit === undefined) {
    notes.push({
      code: "unit-unknown",
      text: "the scan's unit is told by its fit, which is missing; metres are assumed",
    });
  }
  const subject: Subject = {
    id: found.id,
    dataset: root.name,
    ...files,
    companions: await companionsOf(files),
    unit,
    unitSource: metresPerUnit === undefined || facts.unit === "fit-scale" && fit === undefined
      ? "guess"
      : "declared",
    ...(facts.unit === "fit-scale" && metresPerUnit !== undefined ? { metresPerUnit } : {}),
    upright: identity(),
    uprightSource: facts.stands === "front" ? "declared" : "assumed",
    ...(facts.stands === "upright" ? { upDeclared: true } : {}),
    notes,
  };
  if (fit !== undefined) {
    const factor = metresPerUnit ?? 1;
    const candidates = fit.candidates.map((candidate) => ({
      ...candidate,
      fit: scaleFit(candidate.fit, factor),
    }));
    subject.fit = {
      fit: candidates[0].fit,
      file: root.at(fit.file),
      bodyFile: found.body === undefined ? undefined : root.at(found.body),
      ...(candidates.length > 1 ? { candidates } : {}),
      ...(found.fitRemedy === undefined ? {} : { remedy: found.fitRemedy }),
    };
    if (facts.stands !== "front") {
      subject.upright = standing(facts.stands, candidates[0]);
      subject.uprightSource = "fit";
    }
  }
  if (found.attributes !== undefined) subject.attributes = found.attributes;
  if (found.keypoints?.points !== undefined) {
    const scaled = (points: Float64Array) => points.map((v) => v * (metresPerUnit ?? 1));
    const { body25, handLeft, handRight } = found.keypoints.points;
    subject.keypoints = {
      body25: scaled(body25),
      handLeft: scaled(handLeft),
      handRight: scaled(handRight),
    };
    subject.keypointsFile = root.at(found.keypoints.file);
  }
  return subject;
}

function standing(how: "upright" | "fit", { fit }: FitCandidate): Matrix4 {
  return how === "fit" ? uprightFromFit(fit) : headingFromFit(fit);
}

async function fitOf(
  root: DatasetRoot,
  facts: Pick<LayoutFacts, "format">,
  { fit, fitOptions, fitFrame = 0, notes }: FoundSubject & { notes: Subject["notes"] },
): Promise<{ candidates: FitCandidate[]; file: string } | undefined> {
  if (fit === undefined) return undefined;
  if (typeof fit === "object") {
    notes.push({ code: "fit-missing", text: `no fit: expected ${fit.missing}` });
    return undefined;
  }
  try {
    const opened = await readFits(await openPlace(root.at(fit)), fitOptions);
    // X-Humans' custom; other data sets keep their shapes in the same kind of file.
    const of = opened.notes.filter(({ code }) =>
      code !== "shape-per-frame" || facts.format === "x-humans"
    );
    notes.push(...of.map(({ code, text }) => ({ code, text })));
    return { candidates: opened.frame(fitFrame).candidates, file: fit };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    notes.push({ code: "fit-unreadable", text: messageOf(error) });
    return undefined;
  }
}
