import assert from "node:assert/strict";
import { COMMANDS } from "../../tools/commands.ts";

Deno.test("every command's help has an example", () => {
  const names = new Set<string>();
  const visit = (command: ReturnType<(typeof COMMANDS)[number]>, path: string) => {
    let text = "";
    command.configureOutput({ writeOut: (s) => text += s });
    command.outputHelp();
    const name = `${path} ${command.name()}`.trim();
    names.add(name);
    assert.match(text, /Example:\n {2}(scan2score|npx)/, name);
    for (const sub of command.commands) visit(sub, name);
  };
  for (const make of COMMANDS) visit(make(() => {}), "");
  for (const wanted of ["demo", "inspect", "render", "infer", "eval", "report", "run", "verify"]) {
    assert.ok(names.has(wanted), wanted);
  }
});
