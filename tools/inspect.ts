/** `inspect`: what is in a data set and what is wrong with it, in body terms. */
import { Option } from "@commander-js/extra-typings";
import { type Json, stableJson } from "../core/work/json.ts";
import { userPath } from "../core/work/paths.ts";
import type { InspectReport, SubjectReport } from "../datasets/check/report.ts";
import { capacityOf } from "./_capacity.ts";
import {
  command,
  type Finish,
  interruptSignal,
  JSON_OUT,
  LIMIT,
  MEMORY,
  ONLY,
  QUIET,
  WORKERS,
} from "./_options.ts";
import { eprint, print } from "./_print.ts";

/** Makes the command. */
export function inspect(finish: Finish) {
  return command(
    "inspect",
    "Say what is in a data set and what is wrong with it: files, unit, axes, and whether each body\n" +
      "fit lies in its scan. Exit code 1 if any subject is bad.",
    "scan2score inspect fixtures/humans --only h01,h02 --sheet out/sheet.html",
  )
    .argument("<dataset>", "folder of scans; see docs/formats.md for the layouts")
    .option("--sheet <file>", "write a contact sheet: one HTML page with a picture a subject")
    .option("--no-estimate", "do not draw three views to tell what rendering all will take")
    .option("--body <file>", "body model (else the one the subject names)")
    .option("--format <name>", "layout of the data set (else told by its content)")
    .addOption(
      new Option("--unit <unit>", "unit of the scans, where the data set is wrong or silent")
        .choices(["m", "cm", "mm"] as const),
    )
    .option(...ONLY).option(...LIMIT).option(...WORKERS).option(...MEMORY).option(...JSON_OUT)
    .option(...QUIET)
    .action(async (folder, flags) => {
      const { openForWork } = await import("./_steps.ts");
      const { inspectDataset } = await import("../inference/align/inspect_dataset.ts");
      const { layoutNamed } = await import("../render/layouts/layouts.ts");
      // With --json stdout holds the report alone.
      const quiet = flags.json ?? flags.quiet;
      const { dataset, progress } = await openForWork(folder, { ...flags, json: undefined, quiet });
      const { report, pictures } = await inspectDataset(dataset, {
        bodyFile: flags.body === undefined ? undefined : userPath(flags.body),
        estimate: flags.estimate ? layoutNamed("suite").defaults : undefined,
        pictures: flags.sheet === undefined ? "no" : "yes",
        ...capacityOf(flags),
        progress,
        signal: interruptSignal(),
      });
      if (flags.sheet !== undefined) {
        const { contactSheet } = await import("../datasets/check/sheet.ts");
        const { makeFolder, writeWhole } = await import("../core/work/scratch.ts");
        const { dirname } = await import("../core/work/path.ts");
        const file = userPath(flags.sheet);
        await makeFolder(dirname(file));
        await writeWhole(file, contactSheet(report, pictures));
        if (!flags.quiet) eprint(`contact sheet: ${file}`);
      }
      if (flags.json) print(stableJson(report as unknown as Json).trimEnd());
      else await printReport(report, flags.quiet ? "bad" : "all");
      finish(report.summary.bad > 0 ? 1 : 0);
    });
}

async function printReport(
  { subjects, summary, overview, estimate }: InspectReport,
  which: "all" | "bad",
): Promise<void> {
  const { overviewRows } = await import("../datasets/check/overview_rows.ts");
  const { factsOf } = await import("../datasets/check/sheet.ts");
  const line = (subject: SubjectReport) => {
    print(`${subject.verdict.padEnd(7)}  ${subject.id}  ${factsOf(subject)}`);
    for (const { code, text, hint } of subject.faults) {
      print(`           ${code}: ${text}`);
      if (hint !== undefined) print(`           hint: ${hint}`);
    }
    if (subject.missing.length > 0) print(`           missing: ${subject.missing.join(", ")}`);
    for (const note of subject.notes) print(`           note: ${note}`);
  };
  subjects.filter(({ verdict }) => which === "all" || verdict === "bad").forEach(line);
  for (const { name, text } of overviewRows(overview, { summary, estimate })) {
    print(`${name.padEnd(10)} ${text}`);
  }
  print(`inspect: ${summary.good} good, ${summary.warning} with warnings, ${summary.bad} bad`);
}
