/** 2K2K on one picture: from pixels, key points and mask to maps in metres and a report. */
import { CancelledError } from "../../core/work/errors.ts";
import { withDefaults } from "../../core/work/options.ts";
import type { ViewCamera } from "../method.ts";
import { type Consistency, consistencyOf } from "./consistency.ts";
import { canvasCamera, type DecodedMaps, decodeMaps } from "./decode.ts";
import {
  type FrontEndOptions,
  type PersonPicture,
  type PreparedInput,
  prepareInput,
} from "./front_end.ts";
import { modelHash } from "./model_info.ts";
import { type CompactInput, runCompact } from "./compact.ts";
import { drawBody, type FittedBody } from "./fitted_body.ts";
import type { PoseLandmarks } from "./pose_cue.ts";
import { landmarksOnCanvas } from "./see_person.ts";
import { type ModelFolder, openModel } from "./model_json.ts";
import { type NetworkMaps, type NetworkOptions, runNetwork } from "./network.ts";
import { type PublishedFiles, writePublishedFiles } from "./published_files.ts";
import { stageTensors, writeStages } from "./stages.ts";

/** How a picture is reconstructed. */
export interface TwoKTwoKOptions extends FrontEndOptions, NetworkOptions {
  /** Model folder, or an open one. */
  model: string | ModelFolder;
  /** Planes for models with a cue: `cueChannels` × coarse². Default: zeros. */
  cue?: Float32Array | undefined;
  /** What the pose networks saw, in pixels of the picture; for compact models. Default: nothing. */
  landmarks?: PoseLandmarks | undefined;
  /** A body fitted to the picture, in the frame of the view's camera; for compact models. */
  body?: FittedBody | undefined;
  /** Folder for every named tensor as `.npy`. Default: not written. */
  stagesFolder?: string | undefined;
  /** Kept in the folder's `stages.json`: tells these stages from others. */
  stagesMark?: string | undefined;
  /** Folder and name for the published program's own files. Default: not written. */
  publishedFiles?: { folder: string; name: string } | undefined;
}

/** What came out. */
export interface TwoKTwoKResult {
  /** Maps in metres on the canvas. */
  maps: DecodedMaps;
  /** The canvas's picture, interleaved RGB, aligned with the maps. */
  canvas: Uint8Array;
  /** What the networks gave, in their own codes. */
  network: NetworkMaps;
  input: PreparedInput;
  /** `unknown`: nothing says that the weights were trained, so the maps may be meaningless. */
  weights: "trained" | "unknown";
  /** False for models without refinement (phase 1 checkpoints): coarse depth, scaled up. */
  refined: boolean;
  consistency: Consistency;
  published: PublishedFiles | undefined;
  /** Things a user should see. */
  warnings: string[];
}

/**
 * Runs the model on one picture.
 *
 * ```ts ignore
 * const result = await runTwoKTwoK({ picture, keypoints31, mask }, view, { model: "models/2k2k" });
 * if (result.weights === "unknown") console.warn("made with weights of unknown training");
 * ```
 *
 * @param view The picture's camera and how far the person stands from it.
 * @throws {InputError} If the model is not whole, the mask is empty or a part cannot be placed.
 * @throws {CancelledError} If the signal is raised; files that were being written are not left.
 */
export async function runTwoKTwoK(
  person: PersonPicture,
  view: ViewCamera,
  options: TwoKTwoKOptions,
): Promise<TwoKTwoKResult> {
  const { model: given, quirks, colorOrderSeed, cue, stagesFolder, stagesMark = "", ...rest } =
    options;
  const { publishedFiles, landmarks, body, ...network } = rest;
  const { stage } = withDefaults<{ stage: NonNullable<NetworkOptions["stage"]> }>(
    { stage: (_name, work) => work() },
    { stage: network.stage },
  );
  const checkSignal = () => {
    if (network.signal?.aborted) throw new CancelledError();
  };
  const model = typeof given === "string" ? await openModel(given) : given;
  const { pipeline, weights } = model.json;
  let input!: PreparedInput, consistency!: Consistency, maps!: DecodedMaps;
  await stage("prepare", () => {
    input = prepareInput(person, pipeline, { quirks, colorOrderSeed });
    return Promise.resolve();
  });
  const { compact } = pipeline;
  const result = compact === undefined
    ? await runNetwork({ ...input, cue }, model, network)
    : await runCompact(
      await compactInput(input, view, { landmarks, body }),
      { folder: model.folder, json: { ...model.json, pipeline: { ...pipeline, compact } } },
      network,
    );
  checkSignal();
  if (stagesFolder !== undefined) {
    const tensors = stageTensors(input, result, pipeline);
    const head = { mark: stagesMark, model: modelHash(model.json) };
    await stage("stages", () => writeStages(stagesFolder, tensors, head));
  }
  let published: PublishedFiles | undefined;
  if (publishedFiles !== undefined) {
    checkSignal();
    const { folder, name } = publishedFiles;
    await stage("published files", async () => {
      published = await writePublishedFiles(folder, [input, result], { name, pipeline });
    });
  }
  checkSignal();
  await stage("decode", () => {
    maps = decodeMaps(result, view, { place: input.place, pipeline });
    consistency = consistencyOf(input, result, pipeline);
    return Promise.resolve();
  });
  const refined = (pipeline.compact ?? pipeline).refine !== "none";
  return {
    maps,
    canvas: input.plain,
    network: result,
    input,
    weights,
    refined,
    consistency,
    published,
    warnings: warningsOf({ weights, refined, consistency, published, maps }),
  };
}

/** What a compact model sees besides the picture: landmarks and body, brought to the canvas. */
async function compactInput(
  input: PreparedInput,
  view: ViewCamera,
  { landmarks, body }: Pick<TwoKTwoKOptions, "landmarks" | "body">,
): Promise<CompactInput> {
  const camera = canvasCamera(view.camera, input.place), distanceM = view.subjectDistanceM;
  return {
    ...input,
    landmarks: landmarks && landmarksOnCanvas(landmarks, input.place),
    body: body && await drawBody(body, { camera, distanceM }),
    pxPerM: camera.projection === "perspective"
      ? camera.fx / distanceM
      : camera.width / (2 * camera.halfWidthM),
  };
}

function warningsOf(
  { weights, refined, consistency, published, maps }: Pick<
    TwoKTwoKResult,
    "weights" | "refined" | "consistency" | "published" | "maps"
  >,
): string[] {
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  const warnings: string[] = [];
  const say = (when: boolean, text: string) => when && warnings.push(text);
  say(
    weights === "unknown",
    "nothing says that this model was trained: the result may mean nothing",
  );
  say(!refined, "the model has no refinement: depth is the coarse one, scaled up");
  say(maps.pixels === 0, "no pixel has front before back: the result is empty");
  const { guessed, maskIou, frontBehindBack, partCoverage, normalAngleDeg } = consistency;
  say(guessed.length > 0, `key points were missing and guessed: ${guessed.join(", ")}`);
  say(maskIou < 0.8, `the silhouette overlaps the mask by only ${percent(maskIou)} (IoU)`);
  say(frontBehindBack > 0.1, `front lies behind back in ${percent(frontBehindBack)} of the mask`);
  say(partCoverage < 0.95, `parts cover only ${percent(partCoverage)} of the mask`);
  const angle = normalAngleDeg.front.medianDeg;
  say(angle !== null && angle > 30, `normals and depth disagree by ${angle}° (median, front)`);
  say(
    published !== undefined && published.saturated > 0,
    `${published?.saturated} depths do not fit 16 bits and were written as 65535`,
  );
  return warnings;
}
