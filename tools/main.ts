/** The command line. Each command is one file; what it needs is loaded when it runs. */
import { Command, CommanderError } from "@commander-js/extra-typings";
import { CancelledError, hintOf, messageOf, UsageError } from "../core/work/errors.ts";
import { SUITE_VERSION } from "../core/work/version.ts";
import { eprint, print } from "./_print.ts";
import { COMMANDS } from "./commands.ts";

/** Exit codes: 0 done, 1 some items failed or were judged bad, 2 usage. */
async function main(args: string[]): Promise<number> {
  let code = 0;
  const program = new Command("scan2score")
    .description(
      "Dataset tooling and evaluation for single-image 3D human digitization:\n" +
        "scans → 2K images and ground-truth maps → reconstructions → scores → leaderboards.",
    )
    .version(SUITE_VERSION)
    .addHelpText("after", "\nExit codes: 0 done, 1 some items failed or were judged bad, 2 usage.");
  for (const make of COMMANDS) program.addCommand(make((result) => void (code = result)));
  for (
    const command of [
      program,
      ...program.commands,
      ...program.commands.flatMap((c) => c.commands),
    ]
  ) {
    command.exitOverride().showSuggestionAfterError();
    command.configureOutput({ writeOut: (s) => print(s.trimEnd()), writeErr: () => {} });
  }
  try {
    if (args.length === 0) {
      print(program.helpInformation().trimEnd());
      return 2;
    }
    await program.parseAsync(args, { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return 0; // --help, --version
      eprint(error.message);
      eprint("hint: add --help to see the options and an example");
      return 2;
    }
    if (error instanceof CancelledError) {
      eprint("cancelled; what was finished is kept, run the same command again to go on");
      return 1;
    }
    eprint(`error: ${messageOf(error)}`);
    const hint = hintOf(error);
    if (hint !== undefined) eprint(`hint: ${hint}`);
    if (Deno.env.get("SCAN2SCORE_DEBUG") !== undefined && error instanceof Error) {
      eprint(error.stack ?? "");
    }
    return error instanceof UsageError ? 2 : 1;
  }
}

Deno.exit(await main(Deno.args));
