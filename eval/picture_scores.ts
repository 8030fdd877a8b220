/**
 * Compares pictures of predictions and scans after they were scored: PSNR, SSIM, maps, the pose
 * network's joints, and, with the user's own networks, LPIPS, FID and KID. Written into
 * `results.json` under `pictures`.
 */
import { readMeshFile } from "../core/files/mesh_file.ts";
import { boundsOf, type Mesh } from "../core/geometry/mesh.ts";
import {
  fromRows,
  identity,
  multiply,
  scaling,
  transformPoints,
} from "../core/geometry/transform.ts";
import { InputError, messageOf } from "../core/work/errors.ts";
import { type Progress, SILENT } from "../core/work/progress.ts";
import { readPlaceText } from "../core/files/place.ts";
import { poseBody } from "../body/forward.ts";
import { loadBody, loadScan } from "../datasets/load.ts";
import { METRES_PER_UNIT, type Subject } from "../datasets/subject.ts";
import { openPoseNetworks } from "../inference/photo/networks.ts";
import { cpuBackend } from "../render/cpu/cpu_backend.ts";
import { parseCamera } from "../render/layouts/suite_files.ts";
import { type Features, frechetDistance, kernelDistance } from "./metrics/feature_sets.ts";
import { keypointError } from "./metrics/keypoint_error.ts";
import {
  drawPictures,
  networkPicture,
  PICTURE_KINDS,
  type PictureKind,
  pictureScores,
  type PictureView,
} from "./metrics/picture_pair.ts";
import { sideCameras } from "./metrics/views.ts";
import type { PerceptualModels } from "./perceptual_models.ts";
import type { Pictures } from "./pictures_json.ts";
import { placePrediction } from "./prediction_frames.ts";
import type { InputRecord, ResultRow, Results, Scores } from "./results.ts";

/** How pictures are drawn. */
export const PICTURE_CONSTANTS = Object.freeze({
  sizePx: 512,
  yawsDeg: Object.freeze([0, 90, 180, 270]) as readonly number[],
  window: 1.1,
  supersample: 2,
});

/** What {@linkcode scorePictures} needs beside the results. */
export interface PictureOptions {
  /** The scans, as they were scored. */
  subjects: readonly Subject[];
  /** Where an input of the results is. */
  fileOf: (input: InputRecord) => string;
  /** The user's networks. Default: none, so no LPIPS, FID and KID. */
  models?: PerceptualModels | undefined;
  progress?: Progress;
  signal?: AbortSignal | undefined;
  /** Width and height of the pictures. Default: 512. */
  sizePx?: number;
}

interface MethodPictures {
  items: Pictures["methods"][number]["items"];
  features: Record<PictureKind, { prediction: Float32Array[]; scan: Float32Array[] }>;
  incomplete: Set<string>;
}

/**
 * Draws every prediction that was scored under the first protocol, where the alignment that it ranks
 * by has put it, and its scan; and compares them.
 *
 * @throws {InputError} If a scan cannot be read, or a network refuses its pictures.
 */
export async function scorePictures(
  results: Results,
  { subjects, fileOf, models, progress = SILENT, signal, sizePx = PICTURE_CONSTANTS.sizePx }:
    PictureOptions,
): Promise<Pictures> {
  const [protocol] = results.protocols, alignment = protocol.rank?.alignment ?? "none";
  const rows = results.rows.filter((row) => row.protocol === protocol.id);
  const methods = new Map<string, MethodPictures>();
  for (const { name } of results.methods) {
    const none = () => ({ prediction: [], scan: [] });
    const features = { shape: none(), color: none() };
    methods.set(name, { items: [], features, incomplete: new Set() });
  }
  await using networks = await openPoseNetworks();
  const backend = cpuBackend();
  const scored = subjects.filter(({ id }) => rows.some((row) => row.subject === id));
  progress.start({ title: "pictures", total: scored.length, done: 0 });
  for (const subject of scored) {
    signal?.throwIfAborted();
    const started = performance.now();
    const { mesh: scan } = await loadScan(subject, { textures: "decode" });
    const { yawsDeg, window, supersample } = PICTURE_CONSTANTS;
    const cameras = sideCameras(boundsOf(scan), { yawsDeg, sizePx, window });
    const truth = await drawPictures(scan, cameras, { backend, supersample });
    const ofTruth = await featuresOf(truth, models);
    for (const row of rows.filter((row) => row.subject === subject.id)) {
      const method = methods.get(row.method)!;
      if (row.status !== "ok") {
        method.incomplete.add(subject.id);
        continue;
      }
      const mesh = await loadScored(results, row, { subject, scan, alignment, fileOf });
      const views = await drawPictures(mesh, cameras, { backend, supersample });
      const notes: string[] = [], found: Scores = pictureScores(views, truth);
      const { meanPx, problem } = await keypointError(
        views[0].pictures.shape!,
        truth[0].pictures.shape!,
        networks,
      );
      if (problem !== undefined) notes.push(problem);
      const heightPx = heightOf(truth[0], sizePx);
      found.keypoint_px = meanPx;
      found.keypoint_height_percent = meanPx === null ? null : 100 * meanPx / heightPx;
      Object.assign(found, await lpipsOf(views, truth, models));
      const mine = await featuresOf(views, models);
      for (const kind of PICTURE_KINDS) {
        if (mine[kind] === undefined || ofTruth[kind] === undefined) continue;
        method.features[kind].prediction.push(...mine[kind]);
        method.features[kind].scan.push(...ofTruth[kind]);
      }
      const { view } = row;
      const at = { subject: subject.id, ...(view === undefined ? {} : { view }) };
      method.items.push({ ...at, scores: found, notes });
    }
    progress.item({
      id: subject.id,
      status: "done",
      seconds: (performance.now() - started) / 1000,
    });
  }
  progress.end();
  const { yawsDeg, window, supersample } = PICTURE_CONSTANTS;
  return {
    sizePx,
    yawsDeg: [...yawsDeg],
    window,
    supersample,
    alignment,
    models: models?.files ?? [],
    methods: [...methods].map(([method, found]) => methodEntry(method, found)),
  };
}

function methodEntry(
  method: string,
  { items, features, incomplete }: MethodPictures,
): Pictures["methods"][number] {
  const complete = items.filter(({ subject }) => !incomplete.has(subject));
  const subjects = [...new Set(complete.map(({ subject }) => subject))];
  const keys = [...new Set(complete.flatMap(({ scores }) => Object.keys(scores)))].sort();
  const meanOf = (values: (number | null)[]) => {
    const known = values.filter((value) => value !== null);
    // No mean over an incomplete list.
    if (known.length === 0 || known.length < values.length) return null;
    return known.reduce((sum, value) => sum + value, 0) / known.length;
  };
  const mean = Object.fromEntries(keys.map((key) => [
    key,
    meanOf(subjects.map((subject) =>
      meanOf(
        complete.filter((item) => item.subject === subject).map(({ scores }) =>
          scores[key] ?? null
        ),
      )
    )),
  ]));
  const sets = Object.fromEntries(
    Object.entries(features).filter(([, { prediction }]) => prediction.length > 0)
      .map(([kind, { prediction, scan }]) => [kind, setEntry(prediction, scan)]),
  );
  return { method, n: subjects.length, mean, sets, items };
}

function setEntry(prediction: Features, scan: Features) {
  if (prediction.length < 2) {
    return { pictures: prediction.length, fid: null, kid: null, kidDeviation: null };
  }
  const kid = kernelDistance(prediction, scan);
  return {
    pictures: prediction.length,
    fid: frechetDistance(prediction, scan),
    kid: kid.mean,
    kidDeviation: kid.deviation,
  };
}

async function featuresOf(
  views: readonly PictureView[],
  models: PerceptualModels | undefined,
): Promise<Partial<Record<PictureKind, Float32Array[]>>> {
  if (models?.features === undefined) return {};
  const found: Partial<Record<PictureKind, Float32Array[]>> = {};
  for (const kind of PICTURE_KINDS) {
    if (views.some(({ pictures }) => pictures[kind] === undefined)) continue;
    found[kind] = [];
    for (const { pictures } of views) {
      found[kind].push(await models.features(networkPicture(pictures[kind]!)));
    }
  }
  return found;
}

async function lpipsOf(
  prediction: readonly PictureView[],
  truth: readonly PictureView[],
  models: PerceptualModels | undefined,
): Promise<Scores> {
  if (models?.lpips === undefined) return {};
  const found: Scores = {};
  for (const kind of PICTURE_KINDS) {
    let sum = 0, count = 0;
    for (const [i, { pictures }] of prediction.entries()) {
      const mine = pictures[kind], theirs = truth[i].pictures[kind];
      if (mine === undefined || theirs === undefined) continue;
      sum += await models.lpips(networkPicture(mine), networkPicture(theirs));
      count++;
    }
    if (count > 0) found[`lpips_${kind}`] = sum / count;
  }
  return found;
}

/** The prediction of a row where it was scored: metres, the scan's frame, with its colours. */
async function loadScored(
  { inputs }: Results,
  row: ResultRow,
  { subject, scan, alignment, fileOf }: {
    subject: Subject;
    scan: Mesh;
    alignment: string;
    fileOf: (input: InputRecord) => string;
  },
): Promise<Mesh> {
  const of = (role: string, method?: string) =>
    inputs.find((input) =>
      input.role === role && input.subject === row.subject && input.view === row.view &&
      (method === undefined || input.method === method)
    );
  const input = of("prediction", row.method), cameraInput = of("camera");
  if (input === undefined) {
    throw new InputError(`Cannot draw ${row.method}'s ${row.subject}: its mesh is not listed`);
  }
  const cameraFile = cameraInput === undefined ? undefined : fileOf(cameraInput);
  const camera = cameraFile === undefined
    ? undefined
    : parseCamera(await readPlaceText(cameraFile), cameraFile);
  const { upright } = input as { upright?: number[][] };
  const { scanFromFrame } = placePrediction(input.frame ?? "scan", {
    scan,
    upright: upright === undefined ? undefined : fromRows(upright),
    joints: await jointsOf(subject, input),
    view: row.view,
    camera,
  });
  const { mesh } = await readMeshFile(fileOf(input), { textures: "decode" });
  const aligned = row.transforms?.[alignment]?.matrix;
  const matrix = multiply(
    aligned === undefined ? identity() : fromRows(aligned),
    multiply(scanFromFrame, scaling(METRES_PER_UNIT[input.unit ?? "m"])),
  );
  return { ...mesh, positions: transformPoints(matrix, mesh.positions) };
}

/** Joints of the fit, where the prediction's frame asks for them. */
async function jointsOf(
  subject: Subject,
  { frame }: InputRecord,
): Promise<ArrayLike<number> | undefined> {
  if (frame !== "icon" || subject.fit?.bodyFile === undefined) return undefined;
  try {
    const { model, fit } = await loadBody(subject);
    return poseBody(model, fit).joints;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(`Cannot place a prediction of ICON's frame: ${messageOf(error)}`);
  }
}

/** Rows that the scan covers, pixels. */
function heightOf({ mask }: PictureView, sizePx: number): number {
  const first = mask.findIndex((value) => value !== 0);
  if (first < 0) return sizePx;
  let last = mask.length - 1;
  while (mask[last] === 0) last--;
  return Math.floor(last / sizePx) - Math.floor(first / sizePx) + 1;
}
