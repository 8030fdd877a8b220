/** `infer`: views or photos → meshes, by a method. */
import { Option } from "@commander-js/extra-typings";
import { InputError, UsageError } from "../core/work/errors.ts";
import { userPath } from "../core/work/paths.ts";
import {
  command,
  type Finish,
  interruptSignal,
  JSON_OUT,
  LIMIT,
  ONLY,
  positive,
  QUIET,
  SHARD,
  shardFromEnvironment,
  workerCount,
  WORKERS,
} from "./_options.ts";

/** Makes the command. */
export function infer(finish: Finish) {
  return command(
    "infer",
    "Reconstruct meshes from views (or photos): one mesh a view, predictions.json beside them.",
    "scan2score infer out/demo/dataset -o out/predictions/inflate --method inflate",
  )
    .argument("<inputs...>", "folder of views made by render, or photos")
    .requiredOption("-o, --out <dir>", "folder to write")
    .requiredOption("--method <name>", "method; a wrong name lists them")
    .option(
      "--open-jumps <mm>",
      "leave out walls at depth jumps above this many millimetres",
      positive,
    )
    .option(
      "--mask <file>",
      "mask of a photo: a picture of its size, > 0 is the person (else found)",
    )
    .option("--keypoints <file>", "OpenPose JSON of a photo (else found)")
    .option("--body <file>", "body model (else the one the subject names)")
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
      const summary = await inferViews(out, {
        method,
        views,
        photos: photoIds(photos).map((photo) => ({ ...photo, maskFile, keypointsFile })),
        options: flags.openJumps === undefined ? {} : { openJumpsMm: flags.openJumps },
      }, {
        workers: workerCount(flags.workers),
        shard: shardFromEnvironment(flags.shard),
        progress: progressFor(flags),
        signal: interruptSignal(),
      });
      finish(reportRun("infer", summary, { out, flags }));
    });
}
