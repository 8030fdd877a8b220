/** All commands, in the order of the help. */
import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import type { Finish } from "./_options.ts";
import { align } from "./align.ts";
import { body } from "./body.ts";
import { dataset } from "./dataset.ts";
import { doctor } from "./doctor.ts";
import { evalCommand } from "./eval.ts";
import { infer } from "./infer.ts";
import { inspect } from "./inspect.ts";
import { model } from "./model.ts";
import { protocols } from "./protocols.ts";
import { render } from "./render.ts";
import { report } from "./report.ts";
import { demo, run } from "./run.ts";
import { slurm } from "./slurm.ts";
import { verifyCommand } from "./verify.ts";

export const COMMANDS: readonly ((finish: Finish) => CommandUnknownOpts)[] = [
  (finish) => demo(finish),
  (finish) => inspect(finish),
  (finish) => dataset(finish),
  (finish) => align(finish),
  (finish) => render(finish),
  (finish) => infer(finish),
  (finish) => evalCommand(finish),
  (finish) => report(finish),
  (finish) => run(finish),
  (finish) => protocols(finish),
  (finish) => verifyCommand(finish),
  (finish) => doctor(finish),
  (finish) => body(finish),
  (finish) => model(finish),
  (finish) => slurm(finish),
];
