/** `report`: results → leaderboard.json and report.html. */
import { userPath } from "../core/work/paths.ts";
import { command, type Finish, JSON_OUT, QUIET, workerCount, WORKERS } from "./_options.ts";

/** Makes the command. */
export function report(finish: Finish) {
  return command(
    "report",
    "Compare the methods of results files: leaderboard.json, and report.html that opens offline.",
    "scan2score report out/demo/results.json -o out/report",
  )
    .argument("<results...>", "results files")
    .requiredOption("-o, --out <dir>", "folder to write")
    .option("--title <text>", "heading of the page")
    .option(...WORKERS).option(...JSON_OUT).option(...QUIET)
    .action(async (files, flags) => {
      const { progressFor } = await import("./_progress.ts");
      const { reportBoards } = await import("./_steps.ts");
      const { writeReport } = await import("../eval/write_report.ts");
      const out = userPath(flags.out);
      const { leaderboard, notes } = await writeReport(out, files.map(userPath), {
        title: flags.title,
        command: `scan2score report ${files.join(" ")} -o ${flags.out}`,
        workers: workerCount(flags.workers),
        progress: progressFor(flags),
      });
      finish(reportBoards(leaderboard, notes, { out, flags }));
    });
}
