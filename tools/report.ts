/** `report`: results → leaderboard.json and report.html. */
import { Option } from "@commander-js/extra-typings";
import { userPath } from "../core/work/paths.ts";
import { capacityOf } from "./_capacity.ts";
import {
  command,
  type Finish,
  JSON_OUT,
  MEMORY,
  natural,
  positive,
  QUIET,
  WORKERS,
} from "./_options.ts";

/** Makes the command. */
export function report(finish: Finish) {
  return command(
    "report",
    "Compare the methods of results files: leaderboard.json, and report.html that opens offline.",
    "scan2score report out/demo/results.json -o out/report",
  )
    .argument("<results...>", "results files")
    .option("-o, --out <dir>", "folder to write")
    .option("--title <text>", "heading of the page")
    .option("--split", "a folder: one page a subject, meshes to 350 kB, maps 2048 pixels high")
    .option("--against <file>", "an older leaderboard.json: say what moved, and what beyond noise")
    .option("--redact", "leave out subjects' names, pictures, meshes, files and reasons")
    .addOption(
      new Option("--embed-scans <which>", "scans whose shape is copied into the page")
        .choices(["open", "all", "none"] as const).default("open" as const),
    )
    .option("--most-subjects <n>", "cards in one file, evenly from best to worst (500)", positive)
    .option("--no-timings", "leave out seconds and memory, which differ from run to run")
    .option("--verified <file>", "what `verify --json` printed, to be shown")
    .option("--serve", "show the results to this machine's browser instead of writing files")
    .option("--port <n>", "with --serve: 0 takes a free one", natural, 8377)
    .option(...WORKERS).option(...MEMORY).option(...JSON_OUT).option(...QUIET)
    .action(async (files, flags, self) => {
      if (flags.serve) {
        const { serveReport } = await import("./_serve_report.ts");
        await serveReport(files.map(userPath), { port: flags.port, title: flags.title });
        return finish(0);
      }
      if (flags.out === undefined) {
        return self.error("error: required option '-o, --out <dir>' not specified");
      }
      const { progressFor } = await import("./_progress.ts");
      const { reportBoards, reportChanges } = await import("./_steps.ts");
      const { writeReport } = await import("../eval/write_report.ts");
      const out = userPath(flags.out);
      const { leaderboard, notes, changes } = await writeReport(out, files.map(userPath), {
        title: flags.title,
        command: `npx -y deno@2.9.6 task scan2score report ${files.join(" ")} -o ${flags.out}`,
        split: flags.split,
        mostSubjects: flags.mostSubjects,
        redact: flags.redact,
        embedScans: flags.embedScans,
        timings: flags.timings,
        against: flags.against === undefined ? undefined : userPath(flags.against),
        verified: flags.verified === undefined ? undefined : userPath(flags.verified),
        ...capacityOf(flags),
        progress: progressFor(flags),
      });
      if (changes !== undefined) reportChanges(changes, flags);
      finish(reportBoards(leaderboard, notes, { out, flags }));
    });
}
