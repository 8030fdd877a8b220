/** `align`: body fits for scans and photos. */
import { Option } from "@commander-js/extra-typings";
import { UsageError } from "../core/work/errors.ts";
import { userPath } from "../core/work/paths.ts";
import { capacityOf } from "./_capacity.ts";
import {
  command,
  type Finish,
  interruptSignal,
  JSON_OUT,
  LIMIT,
  MEMORY,
  ONLY,
  positive,
  QUIET,
  SHARD,
  shardFromEnvironment,
  WORKERS,
} from "./_options.ts";

/** Makes the command. */
export function align(finish: Finish) {
  return command(
    "align",
    "Fit the body model to scans (from nothing, or refining a fit) or to photos: parameters,\n" +
      "residuals per body part, keypoints and a picture each. Exit code 1 if any fit is bad.",
    "scan2score align fixtures/scans -o out/fits --from nothing\n" +
      "scan2score align --image photo.jpg -o out/fits",
  )
    .argument("[dataset]", "folder of scans; see docs/formats.md for the layouts")
    .requiredOption("-o, --out <dir>", "folder to write")
    .option("--image <photos...>", "photos instead of a data set")
    .addOption(
      new Option("--from <start>", "what the search begins with (auto: a fit where there is one)")
        .choices(["auto", "nothing", "fit"] as const).default("auto" as const),
    )
    .addOption(
      new Option("--clothing <kind>", "everyday clothes, or nothing to speak of")
        .choices(["usual", "tight"] as const).default("usual" as const),
    )
    .option("--betas <n>", "shape parameters that may change", positive, 10)
    .option("--copy-scans", "copy scans and body model too: the folder is then a data set")
    .option("--mask <file>", "mask of the photo: a picture of its size, > 0 is the person")
    .option("--keypoints <file>", "OpenPose JSON of the photo")
    .option("--body <file>", "body model (else the subject's own, else the bundled open one)")
    .option("--format <name>", "layout of the data set (else told by its content)")
    .addOption(
      new Option("--unit <unit>", "unit of the scans, where the data set is wrong or silent")
        .choices(["m", "cm", "mm"] as const),
    )
    .option(...ONLY).option(...LIMIT).option(...SHARD).option(...WORKERS).option(...MEMORY)
    .option(...JSON_OUT).option(...QUIET)
    .action(async (folder, flags) => {
      const { reportRun } = await import("./_steps.ts");
      const out = userPath(flags.out);
      const bodyFile = flags.body === undefined ? undefined : userPath(flags.body);
      const run = {
        shard: shardFromEnvironment(flags.shard),
        signal: interruptSignal(),
      };
      if ((folder === undefined) === (flags.image === undefined)) {
        throw new UsageError("Cannot align: expected either a data set or --image with photos");
      }
      if (flags.image !== undefined) {
        const own = flags.mask !== undefined || flags.keypoints !== undefined;
        if (own && flags.image.length !== 1) {
          const found = `found ${flags.image.length} photos, expected one`;
          throw new UsageError(`Cannot use --mask or --keypoints: ${found}`);
        }
        const { alignPhotos } = await import("../inference/align/align_photos.ts");
        const { photoIds } = await import("../inference/view_places.ts");
        const { progressFor } = await import("./_progress.ts");
        const photos = photoIds(flags.image.map(userPath)).map((photo) => ({
          ...photo,
          maskFile: flags.mask && userPath(flags.mask),
          keypointsFile: flags.keypoints && userPath(flags.keypoints),
        }));
        const job = { photos, bodyFile };
        const summary = await alignPhotos(out, job, {
          ...run,
          ...capacityOf(flags),
          progress: progressFor(flags),
        });
        return finish(reportRun("align", summary, { out, flags }));
      }
      const { openForWork } = await import("./_steps.ts");
      const { alignDataset, badFits } = await import("../inference/align/align_dataset.ts");
      const { dataset, subjects, progress } = await openForWork(folder!, flags);
      const summary = await alignDataset(out, {
        subjects,
        bodyFile,
        from: flags.from,
        clothing: flags.clothing,
        betas: flags.betas,
        scans: flags.copyScans === true ? "copy" : "leave",
      }, { ...run, ...capacityOf(flags), progress });
      const code = reportRun("align", summary, { out, flags, broken: dataset.broken });
      finish(badFits(summary).length > 0 ? 1 : code);
    });
}
