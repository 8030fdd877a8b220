/** `eval`: predictions against scans → results.json. */
import { InvalidArgumentError } from "@commander-js/extra-typings";
import { userPath } from "../core/work/paths.ts";
import { capacityOf } from "./_capacity.ts";
import {
  command,
  type Finish,
  interruptSignal,
  JSON_OUT,
  LIMIT,
  list,
  MEMORY,
  natural,
  ONLY,
  positive,
  QUIET,
  SHARD,
  shardFromEnvironment,
  WORKERS,
} from "./_options.ts";

/** Makes the command. */
export function evalCommand(finish: Finish) {
  return command(
    "eval",
    "Score predictions against scans: results.json with every score, transform and failure.",
    "scan2score eval out/demo/predictions --truth out/demo/dataset -o out/results.json",
  )
    .argument(
      "<predictions...>",
      "folders of meshes with predictions.json, or folders of such folders",
    )
    .requiredOption("--truth <dataset>", "scans, or the views that were made from them")
    .requiredOption("-o, --out <file>", "results file to write", json)
    .option("--protocol <ids>", "protocols, comma-separated", list, ["suite-1"])
    .option("--samples <n>", "points a surface, instead of the protocol's", positive)
    .option("--seed <n>", "seed of all samples", natural, 0)
    .option("--pictures", "also compare pictures: PSNR, SSIM, maps, joints (in results.json)")
    .option(
      "--perceptual-models <dir>",
      "and LPIPS, FID, KID by these networks: lpips.onnx, features.onnx",
    )
    .option("--format <name>", "layout of the truth (else told by its content)")
    .option(...ONLY).option(...LIMIT).option(...SHARD).option(...WORKERS).option(...MEMORY)
    .option(...JSON_OUT).option(...QUIET)
    .action(async (folders, flags) => {
      const { openForWork, reportEval } = await import("./_steps.ts");
      const { evaluate } = await import("../eval/evaluate.ts");
      const { openPredictions } = await import("../eval/predictions.ts");
      const { addPictures } = await import("../eval/add_pictures.ts");
      const { openPerceptualModels } = await import("../eval/perceptual_models.ts");
      const { protocolNamed } = await import("../eval/protocols/registry.ts");
      const protocols = flags.protocol.map((id) => ({
        id: protocolNamed(id).id,
        changes: flags.samples === undefined ? {} : { samples: flags.samples },
      }));
      const { dataset, progress } = await openForWork(flags.truth, flags);
      const sets = (await Promise.all(folders.map((path) => openPredictions(userPath(path)))))
        .flat();
      const chosen = new Set([...dataset.subjects, ...dataset.broken].map(({ id }) => id));
      const restricted = flags.only !== undefined || flags.limit !== undefined;
      for (const set of sets) {
        for (const note of set.notes) progress.note(note);
        if (restricted) set.entries = set.entries.filter(({ subject }) => chosen.has(subject));
      }
      const out = userPath(flags.out), signal = interruptSignal();
      await using models = flags.perceptualModels === undefined
        ? undefined
        : await openPerceptualModels(userPath(flags.perceptualModels));
      const summary = await evaluate(out, { truth: dataset, sets, protocols, seed: flags.seed }, {
        ...capacityOf(flags),
        shard: shardFromEnvironment(flags.shard),
        progress,
        signal,
      });
      if (summary.results !== undefined && (flags.pictures || models !== undefined)) {
        const options = { subjects: dataset.subjects, models, progress, signal };
        await addPictures(out, summary.results, options);
      }
      finish(reportEval(summary, { out, flags }));
    });
}

function json(path: string): string {
  if (!path.endsWith(".json")) {
    throw new InvalidArgumentError(`found "${path}", expected a file that ends in .json`);
  }
  return path;
}
