/** `body`: what body models and fits are; fits of other kinds; scans in their bodies' frame. */
import { InputError, UsageError } from "../core/work/errors.ts";
import { compactJson, stableJson } from "../core/work/json.ts";
import { userPath } from "../core/work/paths.ts";
import {
  command,
  type Finish,
  JSON_OUT,
  LIMIT,
  natural,
  ONLY,
  positive,
  QUIET,
} from "./_options.ts";
import { print } from "./_print.ts";

/** Makes the command. */
export function body(finish: Finish) {
  const group = command(
    "body",
    "Say what body-model and fit files are; convert fits; bring scans to their bodies' frame.",
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
  group.addCommand(convert(finish)).addCommand(canonical(finish));
  return group;
}

function convert(finish: Finish) {
  return command(
    "convert",
    "Convert a fit between SMPL, SMPL-H and SMPL-X: the same surface by the other model.",
    "scan2score body convert fit.pkl --from SMPL_NEUTRAL.pkl --to SMPLX_NEUTRAL.npz\\\n" +
      "    --transfer smpl2smplx_deftrafo_setup.pkl -o fit_smplx.json",
  )
    .argument("<fit>", "a fit file of any format that body info knows")
    .requiredOption("--from <model>", "the model that the fit was made with")
    .requiredOption("--to <model>", "the model to fit")
    .option("--transfer <file>", "correspondence of their vertices (not between SMPL and SMPL-H)")
    .option("--frame <n>", "which frame of the file, from 0", natural, 0)
    .option("--betas <n>", "betas of the new fit", positive, 10)
    .requiredOption("-o, --out <file>", "JSON to write")
    .option(...JSON_OUT)
    .action(async (path, flags) => {
      const { readFitFile } = await import("../datasets/fits/mod.ts");
      const { readBodyFile } = await import("../body/body_file.ts");
      const { convertFit } = await import("../body/convert.ts");
      const { readTransferFile } = await import("../body/transfer.ts");
      const { bodyVertexCount } = await import("../body/model.ts");
      const { jsonOfFit } = await import("../body/fit_json.ts");
      const { writeWhole } = await import("../core/work/scratch.ts");
      const file = await readFitFile(userPath(path));
      if (flags.frame >= file.frames) {
        throw new InputError(`Cannot convert frame ${flags.frame}: the file has ${file.frames}`, {
          file: path,
        });
      }
      const [from, to] = [
        await readBodyFile(userPath(flags.from)),
        await readBodyFile(userPath(flags.to)),
      ];
      const { misfit } = await import("../body/pose.ts");
      const { candidates } = file.frame(flags.frame);
      const chosen = candidates.find(({ fit }) => misfit(from, fit) === undefined);
      if (chosen === undefined) {
        throw new InputError(`Cannot convert the fit: ${misfit(from, candidates[0].fit)}`, {
          file: path,
          hint: "give the model that the fit was made with: --from FILE",
        });
      }
      const sizes = { source: bodyVertexCount(from), target: bodyVertexCount(to) };
      if (flags.transfer === undefined && sizes.source !== sizes.target) {
        throw new UsageError(
          `Cannot convert: the models have ${sizes.source} and ${sizes.target} vertices`,
          { hint: "give the correspondence with --transfer FILE; see docs/bodies.md" },
        );
      }
      const transfer = flags.transfer === undefined
        ? {}
        : { transfer: await readTransferFile(userPath(flags.transfer), sizes) };
      const { fit, residual, notes } = convertFit(chosen.fit, { from, to }, {
        betas: flags.betas,
        ...transfer,
      });
      const out = userPath(flags.out), mm = (m: number) => `${(1000 * m).toFixed(2)} mm`;
      await writeWhole(out, stableJson({ ...jsonOfFit(fit), residual }));
      if (flags.json) print(compactJson({ out, residual, notes: notes.map(({ text }) => text) }));
      else {
        print(
          `${to.kind} fit: surfaces ${mm(residual.meanM)} apart, 95 % within ` +
            `${mm(residual.p95M)}, farthest ${mm(residual.maxM)} → ${out}`,
        );
        for (const { text } of notes) print(`note: ${text}`);
      }
      finish(0);
    });
}

function canonical(finish: Finish) {
  return command(
    "canonical",
    "Bring scans to their bodies' frame: metres, pelvis at the origin, root rotation undone (the\n" +
      "frame of CustomHumans and SiTH); check how they come back from the rest pose.",
    "scan2score body canonical fixtures/scans -o out/canonical",
  )
    .argument("<dataset>", "folder of scans with fits")
    .requiredOption("-o, --out <dir>", "folder to write: a data set in the suite's layout")
    .option("--body <file>", "body model (else the one the subject names)")
    .option("--format <name>", "layout of the data set (else told by its content)")
    .option(...ONLY).option(...LIMIT).option(...JSON_OUT).option(...QUIET)
    .action(async (folder, flags) => {
      const { openForWork } = await import("./_steps.ts");
      const { writeCanonical } = await import("../datasets/write_canonical.ts");
      const { messageOf } = await import("../core/work/errors.ts");
      const { subjects, dataset, progress } = await openForWork(folder, flags);
      const out = userPath(flags.out);
      const bodyFile = flags.body === undefined ? undefined : userPath(flags.body);
      let failed = dataset.broken.length;
      progress.start({ title: "canonical", total: subjects.length, done: 0 });
      for (const subject of subjects) {
        const begun = performance.now(), { id } = subject;
        const seconds = () => (performance.now() - begun) / 1000;
        try {
          const { vertices, lost, farthestM } = await writeCanonical(out, subject, bodyFile);
          progress.item({ id, status: "done", seconds: seconds() });
          progress.note(
            `${id}: ${vertices} vertices to the rest pose and back within ` +
              `${farthestM.toExponential(1)} m, ${lost} cannot go`,
          );
        } catch (error) {
          failed++;
          progress.item({ id, status: "failed", seconds: seconds(), reason: messageOf(error) });
        }
      }
      progress.end();
      finish(failed > 0 ? 1 : 0);
    });
}
