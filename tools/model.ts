/** `model import|info|verify`: from a PyTorch checkpoint to a model folder, and what one holds. */
import { Option } from "@commander-js/extra-typings";
import { stableJson } from "../core/work/json.ts";
import { userPath } from "../core/work/paths.ts";
import type { ModelDescription } from "../inference/twoktwok/mod.ts";
import { command, type Finish, interruptSignal, JSON_OUT, QUIET } from "./_options.ts";
import { eprint, print } from "./_print.ts";

/** Makes the command. */
export function model(finish: Finish) {
  const group = command(
    "model",
    "Import networks from PyTorch checkpoints, describe them and check that they are whole.",
    "scan2score model import 2k2k.pth.tar -o models/2k2k",
  );
  group.addCommand(importCommand(finish));
  group.addCommand(infoCommand(finish));
  group.addCommand(verifyCommand(finish));
  return group;
}

function importCommand(finish: Finish) {
  return command(
    "import",
    "Turn a 2K2K checkpoint (*.pth.tar) into ONNX graphs and model.json; no Python, no pickle run.",
    "scan2score model import 2k2k.pth.tar -o models/2k2k",
  )
    .argument("<checkpoint>", "PyTorch zip checkpoint with model_state_dict")
    .requiredOption("-o, --out <dir>", "folder to write; a model that is there is replaced")
    .option("--fp16", "store weights as float16: half the size, computed in float32")
    .option("--name <text>", "name in tables (default: the file's)")
    .option("--license <text>", "licence of the weights, SPDX or a sentence")
    .option("--trained-on <file>", "JSON list of data sets, as trainedOn in predictions.json")
    .addOption(
      new Option("--weights <what>", "what is known of the weights (default: by step counters)")
        .choices(["trained", "unknown"] as const),
    )
    .option("--no-parity", "do not compare the folded networks with the unfolded ones")
    .option(...JSON_OUT).option(...QUIET)
    .action(async (checkpoint, flags) => {
      const { describeModel, importCheckpoint, trainedOnFile } = await import(
        "../inference/twoktwok/mod.ts"
      );
      const { fileSource } = await import("../core/files/disk.ts");
      const out = userPath(flags.out);
      await importCheckpoint(await fileSource(userPath(checkpoint)), out, {
        precision: flags.fp16 ? "float16" : "float32",
        parity: flags.parity ? "probe" : "none",
        name: flags.name,
        license: flags.license ?? null,
        trainedOn: flags.trainedOn === undefined
          ? undefined
          : await trainedOnFile(userPath(flags.trainedOn)),
        weights: flags.weights,
        signal: interruptSignal(),
        progress: (net, done, total) => {
          if (!flags.quiet && !flags.json) eprint(`import ${done + 1}/${total} ${net}`);
        },
      });
      show(await describeModel(out), flags);
      finish(0);
    });
}

function infoCommand(finish: Finish) {
  return command(
    "info",
    "Say what a model folder is: its networks, sizes, source, and whether it was trained.",
    "scan2score model info models/2k2k",
  )
    .argument("<dir>", "model folder")
    .option(...JSON_OUT)
    .action(async (folder, flags) => {
      const { describeModel } = await import("../inference/twoktwok/mod.ts");
      show(await describeModel(userPath(folder)), flags);
      finish(0);
    });
}

function verifyCommand(finish: Finish) {
  return command(
    "verify",
    "Check that a model's files are those of its model.json and that they load; exit code 1 if not.",
    "scan2score model verify models/2k2k",
  )
    .argument("<dir>", "model folder")
    .option(...JSON_OUT)
    .action(async (folder, flags) => {
      const { verifyModel } = await import("../inference/twoktwok/mod.ts");
      const verdicts = await verifyModel(userPath(folder));
      const bad = verdicts.filter(({ fault }) => fault !== undefined);
      if (flags.json) {
        const nets = verdicts.map(({ net, fault }) => ({ net, ok: fault === undefined, fault }));
        print(stableJson({ ok: bad.length === 0, nets } as never).trimEnd());
      } else {
        for (const { net, fault } of verdicts) print(`${net.padEnd(14)} ${fault ?? "ok"}`);
        if (bad.length > 0) eprint("hint: import the checkpoint again with `model import`");
      }
      finish(bad.length > 0 ? 1 : 0);
    });
}

function show(
  description: ModelDescription,
  { json, quiet }: { json?: true | undefined; quiet?: true | undefined },
): void {
  if (json) return print(stableJson(description as never).trimEnd());
  if (quiet) return;
  const { name, nets, source, weights, precision, canvasPx } = description;
  const mb = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
  const millions = (count: number) => `${(count / 1e6).toFixed(2)} M`;
  print(`${name}: 2K2K, ${millions(description.parameters)} parameters, ${mb(description.bytes)}`);
  print(`canvas     ${canvasPx} × ${canvasPx}, ${description.refined ? "refined" : "not refined"}`);
  print(`graphs     ONNX operator set ${description.opset}, ${precision} weights`);
  if (source !== null) {
    print(`source     ${source.name}, ${mb(source.bytes)}, SHA-256 ${source.sha256}`);
  }
  print(`weights    ${weights}: ${description.weightsEvidence}`);
  print(`licence    ${description.license ?? "not known"}`);
  for (const { name, bytes, parameters, difference } of nets) {
    const parity = difference === null ? "" : `  folded − unfolded ${difference.toExponential(1)}`;
    print(
      `  ${name.padEnd(14)} ${millions(parameters).padStart(8)} ${mb(bytes).padStart(9)}${parity}`,
    );
  }
  if (weights !== "trained") {
    eprint("warning: nothing says that these weights were trained: their output may mean nothing");
  }
}
