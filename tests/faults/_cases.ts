/** The commands that faults are injected into, on a small data set that is made beforehand. */
import { join } from "../../core/work/path.ts";
import { writeSmallSet } from "./_set.ts";
import { runCommand } from "./_command.ts";

/** One command. */
export interface Case {
  name: string;
  /** Arguments; the artifact is written to `out` (a folder). */
  args: (out: string, workers: number) => string[];
}

/** All commands, with paths relative to the folder of {@linkcode prepare}. */
export const CASES: readonly Case[] = [
  { name: "render", args: (out, n) => ["render", "set", "-o", out, ...SMALL, ...threads(n)] },
  {
    name: "render webdataset",
    args: (
      out,
      n,
    ) => ["render", "set", "-o", out, "--layout", "webdataset", ...SMALL, ...threads(n)],
  },
  { name: "infer", args: (out, n) => ["infer", "views", "-o", out, ...ORACLE, ...threads(n)] },
  {
    name: "eval",
    args: (out, n) =>
      ["eval", "predictions", "--truth", "views", "-o", `${out}/results.json`]
        .concat(["--protocol", "icon-2022", "--samples", "200", ...threads(n)]),
  },
  {
    name: "report",
    args: (out) => ["report", "results/results.json", "-o", out, "--workers", "1", "--no-timings"],
  },
  { name: "run", args: (out, n) => ["run", "small.jsonc", "-o", out, ...threads(n)] },
  {
    name: "dataset convert",
    args: (out, n) => ["dataset", "convert", "views", "-o", out, "--layout", "2k2k", ...threads(n)],
  },
];

/** Folders that the commands read. */
export const INPUT_FOLDERS: readonly string[] = ["set", "views", "predictions", "results"];

const SMALL = ["--size", "48", "--yaws=0,30"];
const ORACLE = ["--method", "oracle-depth"];
const threads = (n: number) => ["--workers", String(n)];

/** Makes what the commands read. */
export async function prepare(cwd: string): Promise<void> {
  await writeSmallSet(join(cwd, "set"));
  await Deno.writeTextFile(
    join(cwd, "small.jsonc"),
    JSON.stringify({
      schema: "scan2score/experiment-1",
      title: "Small",
      dataset: { path: "set" },
      render: { yaws: "0", size: 48 },
      infer: [{ method: "oracle-depth" }, { method: "inflate" }],
      eval: { protocols: ["icon-2022"], samples: 200 },
    }),
  );
  for (
    const args of [
      CASES[0].args("views", 1),
      CASES[2].args("predictions/oracle-depth", 1),
      CASES[3].args("results", 1),
    ]
  ) {
    const { code, text } = await runCommand(args, { cwd });
    if (code !== 0) throw new Error(`cannot prepare: ${args.join(" ")}\n${text}`);
  }
}
