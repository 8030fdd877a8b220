/** `protocols`: what the protocols are, and the formula page of one. */
import { stableJson } from "../core/work/json.ts";
import { command, type Finish, JSON_OUT } from "./_options.ts";
import { print } from "./_print.ts";

/** Makes the command. */
export function protocols(finish: Finish) {
  const group = command(
    "protocols",
    "List the protocols; show one's formulas, constants and where they come from.",
    "scan2score protocols show icon-2022",
  );
  group.addCommand(
    command("list", "List the protocols.", "scan2score protocols list")
      .option(...JSON_OUT)
      .action(async (flags) => {
        const { PROTOCOLS, protocolRecord } = await import("../eval/mod.ts");
        if (flags.json) {
          print(stableJson(PROTOCOLS.map(protocolRecord) as never).trimEnd());
        } else {
          const width = Math.max(...PROTOCOLS.map(({ id }) => id.length)) + 2;
          for (const { id, title } of PROTOCOLS) print(`${id.padEnd(width)}${title}`);
        }
        finish(0);
      }),
  );
  group.addCommand(
    command("show", "Print the formula page of a protocol.", "scan2score protocols show icon-2022")
      .argument("<id>", "protocol, as list names it")
      .option(...JSON_OUT)
      .action(async (id, flags) => {
        const { protocolNamed, protocolRecord } = await import("../eval/mod.ts");
        const { formulaPage } = await import("../eval/protocols/formula_page.ts");
        const protocol = protocolNamed(id);
        if (flags.json) {
          const { formulas, notes } = protocol;
          print(stableJson({ ...protocolRecord(protocol), formulas, notes } as never).trimEnd());
        } else print(formulaPage(protocol).trimEnd());
        finish(0);
      }),
  );
  return group;
}
