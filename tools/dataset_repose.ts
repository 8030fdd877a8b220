/** `dataset repose`: scans in new poses, through their fits. */
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
export function repose(finish: Finish) {
  return command(
    "repose",
    "Put scans into new poses through the skinning of their fits: limbs of the data set's own poses\n" +
      "put together and varied within joint limits, without self-intersection. The result is a data\n" +
      "set in the suite's layout, marked as synthetic.",
    "scan2score dataset repose fixtures/humans -o out/reposed --only h01 --poses 2",
  )
    .argument("<dataset>", "folder of scans with fits of SMPL's kind")
    .requiredOption("-o, --out <dir>", "folder to write")
    .option("--poses <n>", "new poses a scan", positive, 4)
    .option(
      "--poses-of <ids>",
      "draw from these subjects' poses (else those put into new ones)",
      list,
    )
    .option("--seed <n>", "seed of the poses", natural, 0)
    .option("--format <name>", "layout of the data set (else told by its content)")
    .option(...ONLY).option(...LIMIT).option(...SHARD).option(...WORKERS)
    .option(...MEMORY).option(...JSON_OUT).option(...QUIET)
    .action(async (folder, flags) => {
      const { openForWork, reportRun } = await import("./_steps.ts");
      const { reposeDataset } = await import("../datasets/repose_dataset.ts");
      const { dataset, subjects, progress } = await openForWork(folder, flags);
      const out = userPath(flags.out);
      const posesOf = flags.posesOf === undefined
        ? undefined
        : (await openForWork(folder, { ...flags, only: flags.posesOf, limit: undefined })).subjects;
      const job = { subjects, posesOf, poses: flags.poses, seed: flags.seed };
      const summary = await reposeDataset(out, job, {
        ...capacityOf(flags),
        shard: shardFromEnvironment(flags.shard),
        signal: interruptSignal(),
        progress,
      });
      finish(reportRun("repose", summary, { out, flags, broken: dataset.broken }));
    });
}
