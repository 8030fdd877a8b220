/** `2k2k`: the reconstruction network of arXiv 2303.15108, with a model the user imported. */
import { z } from "zod";
import { InputError, UsageError } from "../../core/work/errors.ts";
import { join } from "../../core/work/path.ts";
import { SUITE_VERSION } from "../../core/work/version.ts";
import { parseWith } from "../../core/work/schema.ts";
import { keypoints31 } from "../../render/keypoints.ts";
import { meshDepthMaps, MESHING_DEFAULTS, meshingJson } from "../meshing/mesh_depth_maps.ts";
import {
  checkMeshingOptions,
  MESHERS,
  meshingOptionsOf,
  meshingOptionsShape,
} from "../meshing/meshing_options.ts";
import type {
  Method,
  MethodContext,
  MethodDeclaration,
  MethodSettings,
  Reconstruction,
} from "../method.ts";
import { checkProvider } from "../onnx/providers.ts";
import { sharedNetworks } from "../photo_input.ts";
import type { ViewInput, WholePicture } from "../view_input.ts";
import { alignPhoto } from "../align/align_photo.ts";
import { OPEN_BODY_FILE } from "../baselines/body_photo.ts";
import { readBodyFile } from "../../body/body_file.ts";
import type { BodyModel } from "../../body/model.ts";
import type { FittedBody } from "./fitted_body.ts";
import { squareAround } from "./person_crop.ts";
import type { PoseLandmarks } from "./pose_cue.ts";
import { consistencyJson } from "./consistency.ts";
import { modelHash } from "./model_info.ts";
import { liftedWorld } from "./lifted_landmarks.ts";
import { MODEL_FILE, type ModelFolder, type ModelJson, openModel } from "./model_json.ts";
import { writeOwnMaps } from "./own_maps.ts";
import { runTwoKTwoK, type TwoKTwoKResult } from "./run.ts";
import { overGrey, seePerson } from "./see_person.ts";

/** Folder of the published program's own files, below the predictions' folder. */
export const PUBLISHED_FOLDER = "2k2k";

/** What of the options decides bytes. */
const optionsSchema = z.object({
  /** `none` ends after the maps. */
  mesher: z.enum([...MESHERS, "none"]).default(MESHING_DEFAULTS.mesher),
  ...meshingOptionsShape,
  quirks: z.enum(["none", "published"]).default("none"),
  publishedRandomOrder: z.int().min(0).optional(),
  provider: z.string().default("cpu"),
  /** Of a photo: the whole of it as 2K2K takes it, or cut around the person. */
  frame: z.enum(["photo", "person"]).default("photo"),
  /** What is written beside the mesh. */
  outputs: z.array(z.enum(["maps", "2k2k"])).default(["maps", "2k2k"]),
});

type Options = z.infer<typeof optionsSchema>;

/** Below this share of the picture's side a person has too few pixels for the parts. */
const SMALL_PERSON = 0.4;

/** The method. */
export const twoKTwoK: Method = {
  name: "2k2k",
  version: SUITE_VERSION,
  description: "the 2K2K network with an imported model: front and back depth and normals, meshed",
  usesTruth: false,
  trainedOn: [],
  needs: ["camera", "picture", "mask", "keypoints"],
  declare: async (settings, options) => {
    const { provider } = optionsOf(options);
    checkMeshing(optionsOf(options));
    const declared = declarationOf((await openModel(modelOf(settings))).json, settings);
    await checkProvider(provider);
    return declared;
  },
  reconstruct,
};

function optionsOf(options: MethodContext["options"]): Options {
  return parseWith(optionsSchema, options, { what: "the options of 2k2k" });
}

/** @throws {UsageError} If they do not go together: told before hours of networks, not after. */
function checkMeshing({ mesher, ...options }: Options): void {
  const meshing = meshingOptionsOf(options);
  if (mesher !== "none") return checkMeshingOptions({ ...meshing, mesher });
  const foreign = Object.entries(meshing).find(([, value]) => value !== undefined);
  if (foreign === undefined) return;
  throw new UsageError(`Cannot use "${foreign[0]}" without a mesh`, {
    hint: "choose a mesher: --mesher poisson|stitch",
  });
}

function modelOf({ model }: MethodSettings): string {
  if (model !== undefined) return model;
  throw new InputError("Cannot run 2k2k: there is no model, expected --model DIR", {
    hint: "make a model folder with `model import CHECKPOINT -o DIR`",
  });
}

function declarationOf(json: ModelJson, settings: MethodSettings): MethodDeclaration {
  const known = json.weights === "trained";
  return {
    // Tables and pages show the name, so meaningless numbers never look like the method's.
    ...(!known
      ? { name: "2k2k (weights not known to be trained)", untrained: true }
      : json.pipeline.compact === undefined
      ? {}
      : { name: json.name }),
    ...(json.pipeline.compact === undefined ? { large: true } : {}),
    version: `${SUITE_VERSION}+${modelHash(json).slice(0, 12)}`,
    trainedOn: json.trainedOn,
    files: [{ role: "model", path: join(modelOf(settings), MODEL_FILE) }],
    notes: known ? [] : [
      `nothing says that the model "${json.name}" was trained (${json.weightsEvidence}): ` +
      "what it makes shows that the program runs and is no result",
    ],
  };
}

async function reconstruct(view: ViewInput, context: MethodContext): Promise<Reconstruction> {
  const options = optionsOf(context.options);
  const { maps, canvas, report, warnings } = await mapsOf([view, options], context);
  const { stage, folder, id, progress } = context;
  if (options.outputs.includes("maps")) {
    await stage("maps", () => writeOwnMaps(join(folder, id), maps));
  }
  if (options.mesher === "none") return { mesh: undefined, report, warnings };
  progress?.("mesh", 0, 1);
  const { mesher } = options;
  const made = await stage("mesh", () =>
    meshDepthMaps({
      camera: maps.camera,
      front: maps.front,
      back: maps.back,
      frontNormals: maps.frontNormals,
      backNormals: maps.backNormals,
      frontColor: { data: canvas, channels: 3 },
    }, meshingOptionsOf({ ...options, mesher })));
  return {
    mesh: made.mesh,
    report: { ...report, meshing: meshingJson(made.record) },
    warnings: [...warnings, ...made.warnings],
  };
}

/** What is left of the networks' run: the maps, not the networks' own memory. */
async function mapsOf(
  [view, options]: readonly [ViewInput, Options],
  { settings, stage, id, folder, signal, progress }: MethodContext,
) {
  const model = await openModel(modelOf(settings));
  const isCompact = model.json.pipeline.compact !== undefined;
  const whole = await stage("read", () => personOf(view, options, isCompact));
  const seen = isCompact ? await stage("front end", () => seenBy(whole, view, id)) : undefined;
  const { picture, mask, keypoints } = { ...whole, ...seen };
  const points = keypoints31({ ...keypoints });
  const body = seen === undefined
    ? undefined
    : await stage("body", () => fittedBody({ ...whole, ...seen, mask, keypoints }, model));
  const result = await runTwoKTwoK({ picture, mask, keypoints31: points }, whole.view, {
    model,
    landmarks: seen?.landmarks,
    body,
    quirks: options.quirks,
    colorOrderSeed: options.publishedRandomOrder,
    threads: settings.threads ?? 1,
    providers: [options.provider],
    memory: settings.memory ?? "normal",
    tilePx: settings.tilePx,
    signal,
    progress,
    stage: (name, work) => {
      progress?.(name, 0, 1);
      return stage(name, work);
    },
    stagesFolder: settings.stages?.folder,
    stagesMark: settings.stages?.mark,
    publishedFiles: options.outputs.includes("2k2k") && !isCompact
      ? { folder: join(folder, PUBLISHED_FOLDER), name: id.replaceAll("/", "_") }
      : undefined,
  });
  return {
    maps: result.maps,
    canvas: result.canvas,
    report: reportOf(result),
    warnings: [...sizeWarnings(whole, options), ...seen?.warnings ?? [], ...result.warnings],
  };
}

/** The picture that the network is given: whole, or what was cut around the person. */
async function personOf(
  view: ViewInput,
  { frame }: Options,
  isCompact: boolean,
): Promise<WholePicture> {
  const cut = view.view === undefined && (frame === "person" || isCompact);
  if (!cut) return await view.whole();
  const mask = await view.mask(), color = await view.color("front");
  const keypoints = await view.keypoints();
  if (color === undefined || color.channels !== 3 || keypoints === undefined) {
    throw new RangeError("Cannot use the photo: its cut-out has no RGB picture or no keypoints");
  }
  const { width, height } = mask;
  return { picture: { width, height, data: color.data }, keypoints, mask, view: view.camera! };
}

/**
 * What the photo front end sees, for compact models, which have learned with its errors. A view's own
 * keypoints and mask are true and stay unused; a photo's may be the user's and stand.
 */
async function seenBy(whole: WholePicture, view: ViewInput, id: string) {
  const isPhoto = view.view === undefined;
  const picture = isPhoto ? whole.picture : overGrey(whole.picture, whole.mask);
  const seen = await seePerson(picture, await sharedNetworks(), id);
  return isPhoto ? { landmarks: seen.landmarks, warnings: seen.warnings } : { ...seen, picture };
}

/** The open body, fitted to what the front end sees and the model's lifter makes of it. */
async function fittedBody(
  { view, keypoints, mask, landmarks }: WholePicture & { landmarks: PoseLandmarks },
  model: ModelFolder,
): Promise<FittedBody> {
  const body = await (openBody ??= readBodyFile(OPEN_BODY_FILE));
  const { compact } = model.json.pipeline;
  const { fit } = alignPhoto(body, {
    camera: view,
    body25: keypoints.body25,
    ...(compact?.lifter === true
      ? {
        worldM: await liftedWorld(landmarks, squareAround(mask, compact.personShare), {
          model,
          session: LIFTER_SESSION,
        }),
        leanRad: 0,
      }
      : { worldM: landmarks.worldM }),
    mask,
  });
  return { model: body, fit };
}

/** The lifter is far too small for threads. */
const LIFTER_SESSION = { threads: 1, providers: ["cpu"], memory: "fast" } as const;

/** Read once a thread. */
let openBody: Promise<BodyModel> | undefined;

/** Says when a person is small in the picture: the networks' windows then see little of them. */
function sizeWarnings({ picture, mask }: WholePicture, { frame }: Options): string[] {
  const { width, height, data } = mask;
  let top = height, bottom = -1, left = width, right = -1;
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (data[i] === 0) continue;
      if (y < top) top = y;
      bottom = y;
      if (x < left) left = x;
      if (x > right) right = x;
    }
  }
  const longest = Math.max(bottom - top + 1, right - left + 1);
  const share = longest / Math.max(picture.width, picture.height);
  if (share >= SMALL_PERSON) return [];
  return [
    `the person takes ${(100 * share).toFixed(0)} % of the picture's longer side` +
    (frame === "photo" ? ": --frame person cuts the picture around them" : ""),
  ];
}

function reportOf({ maps, network, input, ...result }: TwoKTwoKResult): Reconstruction["report"] {
  const { published } = result;
  return {
    weights: result.weights,
    result: result.weights === "trained",
    refined: result.refined,
    pixels: maps.pixels,
    steepNormals: maps.steepNormals,
    colorSteps: [...input.colorSteps],
    tiles: network.fine.tiles,
    tilesComputed: network.fine.computed,
    consistency: consistencyJson(result.consistency),
    ...(published === undefined ? {} : {
      published: {
        points: published.points,
        pointsWithSeams: published.pointsWithSeams,
        saturated: published.saturated,
      },
    }),
  };
}
