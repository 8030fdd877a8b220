/** `body info`: what a body model or a fit file is. */
import { stableJson } from "../core/work/json.ts";
import { userPath } from "../core/work/paths.ts";
import { command, type Finish, JSON_OUT } from "./_options.ts";
import { print } from "./_print.ts";

/** Makes the command. */
export function body(finish: Finish) {
  const group = command(
    "body",
    "Say what body-model and fit files are.",
    "scan2score body info fixtures/humans/open_body.npz",
  );
  group.addCommand(
    command(
      "info",
      "Say what a body model or fit file is: kind, gender, sizes, conventions, what it serves for.",
      "scan2score body info fixtures/humans/open_body.npz",
    )
      .argument("<file>", ".npz, .pkl or .json")
      .option(...JSON_OUT)
      .action(async (path, flags) => {
        const { bodyDescriptionText, describeBodyFile } = await import("../datasets/fits/mod.ts");
        const description = await describeBodyFile(userPath(path));
        print(
          flags.json
            ? stableJson(description as never).trimEnd()
            : bodyDescriptionText(description),
        );
        finish(0);
      }),
  );
  return group;
}
