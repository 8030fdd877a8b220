/** `verify`: hashes and scores again, against what an artifact says. */
import { compactJson, type Json } from "../core/work/json.ts";
import { userPath } from "../core/work/paths.ts";
import { capacityOf } from "./_capacity.ts";
import {
  command,
  type Finish,
  interruptSignal,
  JSON_OUT,
  MEMORY,
  QUIET,
  WORKERS,
} from "./_options.ts";
import { eprint, print } from "./_print.ts";

/** Makes the command. */
export function verifyCommand(finish: Finish) {
  return command(
    "verify",
    "Recompute the hashes of an artifact, the scores of a results file, the boards of a leaderboard.",
    "scan2score verify out/demo",
  )
    .argument(
      "<artifact>",
      "folder of an artifact, results file or leaderboard; or a folder of such",
    )
    .option("--truth <dir>", "where the scans or views are, if they moved")
    .option("--predictions <dir>", "where the predictions are, if they moved")
    .option("--hashes-only", "check files only, recompute no score")
    .option(...WORKERS).option(...MEMORY).option(...JSON_OUT).option(...QUIET)
    .action(async (path, flags) => {
      const { progressFor } = await import("./_progress.ts");
      const { verify } = await import("../eval/verify.ts");
      const reports = await verify(userPath(path), {
        truth: flags.truth === undefined ? undefined : userPath(flags.truth),
        predictions: flags.predictions === undefined ? undefined : userPath(flags.predictions),
        hashesOnly: flags.hashesOnly ?? false,
        ...capacityOf(flags),
        progress: progressFor(flags),
        signal: interruptSignal(),
      });
      let bad = false;
      for (const report of reports) {
        const { artifact, files, scores, findings, unchecked } = report;
        const incomplete = unchecked.length > 0;
        bad ||= findings.length > 0 || (incomplete && report.kind !== "manifest");
        if (flags.json) {
          print(compactJson(report as unknown as Json));
          continue;
        }
        const name = artifact.startsWith(Deno.cwd())
          ? artifact.slice(Deno.cwd().length + 1)
          : artifact;
        const what = `${files} files${scores > 0 ? `, ${scores} scores` : ""}`;
        if (findings.length === 0 && !flags.quiet) {
          print(
            `ok    ${name}: ${what}${incomplete ? `, ${unchecked.length} inputs not found` : ""}`,
          );
        }
        for (const { code, at, text } of findings) print(`FAIL  ${name}: ${code} ${at}: ${text}`);
        if (incomplete) {
          const some = unchecked.slice(0, 3).join(", ");
          eprint(`note: not found, so not checked: ${some}${unchecked.length > 3 ? ", …" : ""}`);
          eprint("hint: say where they are with --truth DIR and --predictions DIR");
        }
      }
      finish(bad ? 1 : 0);
    });
}
