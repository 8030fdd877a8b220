/**
 * Which files show a subject: found through the `inputs` of results files, as plain data that a
 * worker can be handed.
 */
import { dirname, join } from "../../core/work/path.ts";
import type { Holding } from "../../core/work/memory.ts";
import { resolvePortable } from "../../core/work/paths.ts";
import { shownNames } from "../merge_results.ts";
import type { InputRecord, Results } from "../results.ts";
import type { SubjectKey } from "./report_data.ts";

/** A results file that was read, and where it stands. */
export interface PlacedResults {
  results: Results;
  /** The folder that its `inputs` are relative to; absent: nothing is drawn from it. */
  folder?: string | undefined;
}

/** Finds the file that an input of a results file means. */
export type Locate = (input: InputRecord, folder: string) => string;

/** A file that was scored, and where it lies. */
export interface PlannedFile extends InputRecord {
  /** Where it is now. */
  file: string;
}

/** One prediction to draw; without a mesh, the reason. */
export interface PlannedPrediction {
  /** The method's name on the boards. */
  method: string;
  mesh?: PlannedFile | undefined;
  /** Scan metres as submitted to scan metres as scored: four rows of four. */
  matrix?: number[][] | undefined;
}

/** Everything that is drawn of one subject. */
export interface SubjectPlan {
  subject: string;
  scan?: PlannedFile | undefined;
  /** Its triangles, where its own file has vertices alone. */
  faces?: PlannedFile | undefined;
  /** The fit that it was scored with: the record's own numbers, and the body model's file. */
  fit?: { record: PlannedFile; body: PlannedFile } | undefined;
  camera?: PlannedFile | undefined;
  color?: PlannedFile | undefined;
  /** Where a view set would say more of the subject: its body, its licence. May not exist. */
  subjectFile?: string | undefined;
  predictions: PlannedPrediction[];
}

/**
 * What making a plan's pictures asks of a worker: it holds the scan and one prediction after another,
 * and takes the longer the larger they are.
 */
export function workOf({ scan, predictions }: SubjectPlan): { holds: Holding; weight: number } {
  const meshes = [[scan], predictions.map(({ mesh }) => mesh)]
    .map((files) => files.filter((file) => file !== undefined));
  return {
    holds: {
      use: "report",
      meshes: meshes.map((files) => files.map(({ file }) => ({ mesh: file }))),
    },
    weight: meshes.flat().reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

/** What a plan is made for. */
export interface PlanOptions {
  key: SubjectKey;
  /** Predictions are drawn as they were scored under this protocol … */
  protocol: string;
  /** … and this alignment. */
  alignment: string;
  /** Default: as the results file says, relative to its folder. */
  locate?: Locate | undefined;
}

/**
 * Plans the pictures of a subject; undefined where no results file of its data set has a folder.
 * Failed rows have no prediction in the plan.
 */
export function planSubject(
  placed: readonly PlacedResults[],
  options: PlanOptions,
): SubjectPlan | undefined {
  const { key, protocol, alignment } = options;
  const locate = options.locate ?? ((input, folder) => resolvePortable(input.path, folder));
  const shown = shownNames(placed.map(({ results }) => results));
  const files = placed.filter(({ results, folder }) =>
    folder !== undefined && results.dataset.name === key.dataset
  );
  if (files.length === 0) return undefined;
  const find = (wanted: (input: InputRecord) => boolean, among = files) => {
    for (const { results, folder } of among) {
      const input = results.inputs.find((input) => input.subject === key.subject && wanted(input));
      if (input !== undefined) return { ...input, file: locate(input, folder!) };
    }
    return undefined;
  };
  const ofView = (role: string) => find((i) => i.role === role && i.view === key.view);
  const camera = ofView("camera"), fit = find(({ role }) => role === "fit");
  const body = fit && bodyOf(fit, files, locate);
  const predictions = files.flatMap((file) =>
    file.results.methods.flatMap((method): PlannedPrediction[] => {
      const row = file.results.rows.find((row) =>
        row.method === method.name && row.protocol === protocol && row.status === "ok" &&
        row.subject === key.subject && (row.view === undefined || row.view === key.view)
      );
      if (row === undefined) return [];
      return [{
        method: shown(method),
        mesh: find(
          (input) =>
            input.role === "prediction" && input.method === row.method && input.view === row.view,
          [
            file,
          ],
        ),
        matrix: row.transforms?.[alignment]?.matrix,
      }];
    })
  );
  return {
    subject: key.subject,
    scan: find((input) => input.role === "scan"),
    faces: find(({ role }) => role === "faces"),
    fit: fit && body && { record: fit, body },
    camera,
    color: ofView("color"),
    subjectFile: camera && join(dirname(dirname(camera.file)), "subject.json"),
    predictions,
  };
}

/** The body model that a fit names by its path, in the results that name the fit. */
function bodyOf(
  fit: PlannedFile,
  files: readonly PlacedResults[],
  locate: Locate,
): PlannedFile | undefined {
  for (const { results, folder } of files) {
    const input = results.inputs.find(({ role, path }) =>
      role === "body" && path === (fit as { body?: unknown }).body
    );
    if (input !== undefined) return { ...input, file: locate(input, folder!) };
  }
  return undefined;
}
