/** `infer`: views or photos → meshes, by a method. */
import { InvalidArgumentError, Option } from "@commander-js/extra-typings";
import { InputError, UsageError } from "../core/work/errors.ts";
import type { Json } from "../core/work/json.ts";
import { join } from "../core/work/path.ts";
import { FIXTURES, userPath } from "../core/work/paths.ts";
import { capacityOf } from "./_capacity.ts";
import {
  COLOR,
  FACES,
  HIDDEN,
  MESH_FORMAT,
  MESHER,
  meshingChoices,
  type MeshingFlags,
  OPEN_JUMPS,
  PIECES,
  POISSON_DEPTH,
  SMOOTH,
} from "./_meshing_options.ts";
import {
  command,
  type Finish,
  interruptSignal,
  JSON_OUT,
  LIMIT,
  list,
  memorySize,
  natural,
  ONLY,
  positive,
  QUIET,
  SHARD,
  shardFromEnvironment,
  WORKERS,
} from "./_options.ts";

/** The model that is run where none is named (docs/open_model.md). */
const OPEN_MODEL = join(FIXTURES, "models", "open-2k");

/** Makes the command. */
export function infer(finish: Finish) {
  return command(
    "infer",
    "Reconstruct meshes from views (or photos): one mesh a view, predictions.json beside them.",
    "scan2score infer out/demo/dataset -o out/predictions/inflate --method inflate\n" +
      "scan2score infer photo.jpg -o out/photo\n" +
      "scan2score infer photo.jpg -o out/photo --method 2k2k --model models/2k2k --stages out/stages",
  )
    .argument(
      "<inputs...>",
      "folder of views made by render (or one person's, or one view), or photos",
    )
    .requiredOption("-o, --out <dir>", "folder to write")
    .option("--method <name>", "method; a wrong name lists them", "2k2k")
    .option(
      "--mask <file>",
      "mask of a photo: a picture of its size, > 0 is the person (else found)",
    )
    .option("--keypoints <file>", "OpenPose JSON of a photo (else found)")
    .option("--body <file>", "body model (else the one the subject names)")
    .addOption(MESHER).addOption(FACES).addOption(COLOR).addOption(MESH_FORMAT)
    .addOption(SMOOTH).addOption(PIECES).addOption(POISSON_DEPTH).addOption(HIDDEN)
    .addOption(OPEN_JUMPS)
    .option("--model <dir>", "2k2k: model folder, from `model import` (else the open model)")
    .option(
      "--stages <dir>",
      "2k2k: write every named tensor as .npy: into the folder itself for one view or photo, " +
        "else into <subject>/<view>",
    )
    .addOption(
      new Option("--quirks <name>", "2k2k: published: missing keypoints as the published program")
        .choices(["none", "published"] as const),
    )
    .option(
      "--published-random-order <seed>",
      "2k2k: draw the order of the colour steps, as the published script does (else fixed)",
      natural,
    )
    .addOption(
      new Option("--frame <what>", "what is taken of a photo: all (2k2k's default) or the person")
        .choices(["photo", "person"] as const),
    )
    .option("--outputs <list>", "2k2k: beside the mesh: maps, 2k2k (its own files), none", list)
    .addOption(
      new Option(
        "--memory <how>",
        "low: 2k2k's networks one after another, smaller tiles; or as 4GB",
      )
        .argParser((text) => text === "low" || text === "normal" ? text : memorySize(text)),
    )
    .option("--tile <px>", "2k2k: side of a refinement tile, a multiple of 8, or whole", tile)
    .option("--threads <n>", "2k2k: threads of a network (default: cores / workers)", positive)
    .option("--provider <name>", "2k2k: cpu, webgpu, cuda; doctor says which work")
    .addOption(new Option("--views <names>", "only these views, comma-separated, as y000,y030"))
    .option(...ONLY).option(...LIMIT).option(...SHARD).option(...WORKERS)
    .option(...JSON_OUT).option(...QUIET)
    .action(async (inputs, flags) => {
      const { reportRun } = await import("./_steps.ts");
      const { progressFor } = await import("./_progress.ts");
      const { methodNamed } = await import("../inference/methods.ts");
      const { inferViews } = await import("../inference/infer.ts");
      const { viewPlaces } = await import("../inference/view_places.ts");
      const method = methodNamed(flags.method);
      const chosen = chosenOf(method.name, flags);
      const paths = inputs.map(userPath);
      const folders: string[] = [], photos: string[] = [];
      for (const path of paths) {
        const stat = await Deno.stat(path).catch(() => undefined);
        if (stat === undefined) {
          throw new InputError("Cannot open the input: no such file or folder", { file: path });
        }
        (stat.isDirectory ? folders : photos).push(path);
      }
      if (folders.length > 1 || (folders.length > 0 && photos.length > 0)) {
        throw new UsageError("Cannot mix inputs: expected one folder of views, or photos");
      }
      const bodyFile = flags.body === undefined ? undefined : userPath(flags.body);
      const views = folders.length === 0 ? [] : await viewPlaces(folders[0], {
        only: flags.only,
        limit: flags.limit,
        views: flags.views?.split(","),
        bodyFile,
      });
      const maskFile = flags.mask === undefined ? undefined : userPath(flags.mask);
      const keypointsFile = flags.keypoints === undefined ? undefined : userPath(flags.keypoints);
      const own = maskFile !== undefined
        ? "--mask"
        : keypointsFile !== undefined
        ? "--keypoints"
        : undefined;
      if (own !== undefined && photos.length !== 1) {
        throw new UsageError(`Cannot use ${own}: found ${photos.length} photos, expected one`);
      }
      const out = userPath(flags.out);
      const { photoIds } = await import("../inference/view_places.ts");
      const { lanesOf } = await import("../inference/lanes.ts");
      const cores = navigator.hardwareConcurrency;
      const lanes = await lanesOf({ method, ...chosen }, {
        cores,
        items: views.length + photos.length,
      });
      const { workers, memory } = capacityOf({
        workers: flags.workers,
        memory: typeof flags.memory === "number" ? flags.memory : undefined,
      }, lanes.workers);
      const threads = flags.threads ?? Math.max(1, Math.floor(cores / workers));
      const summary = await inferViews(out, {
        method,
        views,
        picked: flags.only !== undefined || flags.limit !== undefined,
        photos: photoIds(photos).map((photo) => ({
          ...photo,
          maskFile,
          keypointsFile,
          ...(flags.frame === undefined ? {} : { frame: flags.frame }),
        })),
        meshFormat: flags.meshFormat,
        ...chosen,
        settings: { ...chosen.settings, threads },
      }, {
        workers,
        memory,
        shard: shardFromEnvironment(flags.shard),
        progress: progressFor(flags),
        signal: interruptSignal(),
      });
      finish(reportRun("infer", summary, { out, flags }));
    });
}

/** Flags of one method, by their names in the program. */
const FLAGS_OF_2K2K = [
  "model",
  "stages",
  "quirks",
  "publishedRandomOrder",
  "outputs",
  "tile",
  "threads",
  "provider",
] as const;

interface MethodFlags extends MeshingFlags {
  model?: string | undefined;
  stages?: string | undefined;
  quirks?: string | undefined;
  publishedRandomOrder?: number | undefined;
  frame?: string | undefined;
  outputs?: string[] | undefined;
  memory?: "normal" | "low" | number | undefined;
  tile?: number | "whole" | undefined;
  threads?: number | undefined;
  provider?: string | undefined;
  workers?: number | undefined;
}

/** What the flags choose of a method: what decides bytes, and what does not. */
function chosenOf(method: string, flags: MethodFlags) {
  const meshing = meshingChoices(method, flags);
  if (method !== "2k2k") {
    const foreign = FLAGS_OF_2K2K.find((name) => flags[name] !== undefined);
    if (foreign !== undefined) {
      const flag = foreign.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
      throw new UsageError(`Cannot use --${flag} with ${method}: it is an option of 2k2k`);
    }
    return { options: meshing };
  }
  const { quirks, publishedRandomOrder, provider, frame } = flags;
  const outputs = flags.outputs?.filter((name) => name !== "none");
  const unknown = outputs?.find((name) => name !== "maps" && name !== "2k2k");
  if (unknown !== undefined) {
    throw new UsageError(`Cannot write "${unknown}": --outputs takes maps, 2k2k, none`);
  }
  const given = { quirks, publishedRandomOrder, provider, frame, outputs };
  const defined = Object.entries(given).filter(([, value]) => value !== undefined);
  return {
    options: { ...meshing, ...Object.fromEntries(defined) as Record<string, Json> },
    settings: {
      model: flags.model === undefined ? OPEN_MODEL : userPath(flags.model),
      memory: flags.memory === "low" ? "low" as const : "normal" as const,
      tilePx: flags.tile,
    },
    stagesFolder: flags.stages === undefined ? undefined : userPath(flags.stages),
  };
}

function tile(text: string): number | "whole" {
  if (text === "whole") return text;
  const side = Number(text);
  if (!Number.isInteger(side) || side < 24 || side % 8 !== 0) {
    throw new InvalidArgumentError(
      `found "${text}", expected a multiple of 8 from 24, or whole`,
    );
  }
  return side;
}
