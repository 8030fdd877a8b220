/** `doctor`: what works on this machine, how fast, and what to do where it does not. */
import { stableJson } from "../core/work/json.ts";
import { command, type Finish, JSON_OUT } from "./_options.ts";
import { print } from "./_print.ts";

/** Makes the command. */
export function doctor(finish: Finish) {
  return command(
    "doctor",
    "Say which parts work on this machine and how fast they are.",
    "scan2score doctor",
  )
    .option(...JSON_OUT)
    .action(async (flags) => {
      const { examine } = await import("./_examine.ts");
      const report = await examine();
      if (flags.json) print(stableJson(report as never).trimEnd());
      else {
        for (const { name, ok, optional, says, hint } of report.checks) {
          print(`${ok ? "ok  " : optional ? "no  " : "FAIL"}  ${name.padEnd(16)} ${says}`);
          if (hint !== undefined) print(`      hint: ${hint}`);
        }
      }
      finish(report.checks.every((check) => check.ok || check.optional) ? 0 : 1);
    });
}
