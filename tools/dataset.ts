/** `dataset`: between layouts, into parts, in Croissant, against hash lists. */
import { InputError } from "../core/work/errors.ts";
import { InvalidArgumentError } from "@commander-js/extra-typings";
import { compactJson, type Json, stableJson } from "../core/work/json.ts";
import { basename, dirname, join } from "../core/work/path.ts";
import { userPath } from "../core/work/paths.ts";
import { capacityOf } from "./_capacity.ts";
import {
  command,
  type Finish,
  interruptSignal,
  JSON_OUT,
  list,
  MEMORY,
  natural,
  ONLY,
  positive,
  QUIET,
  WORKERS,
} from "./_options.ts";
import { eprint, print } from "./_print.ts";
import { repose } from "./dataset_repose.ts";

/** Makes the command and its parts. */
export function dataset(finish: Finish) {
  const group = command(
    "dataset",
    "Data sets as a whole: convert between layouts, split, describe, verify.",
    "scan2score dataset split fixtures/humans -o out/split --parts train=0.75,test=0.25",
  );
  group.addCommand(info(finish));
  group.addCommand(convert(finish));
  group.addCommand(split(finish));
  group.addCommand(describe(finish));
  group.addCommand(verify(finish));
  group.addCommand(formats(finish));
  group.addCommand(repose(finish));
  return group;
}

function info(finish: Finish) {
  return command(
    "info",
    "Count what a data set holds and lacks; with --estimate, how long rendering it will take.",
    "scan2score dataset info fixtures/humans --estimate",
  )
    .argument("<dataset>", "folder or archive of scans")
    .option("--format <name>", "layout of the data set (else told by its content)")
    .option("--estimate", "render one view of three subjects to tell time and size of all")
    .option("--size <px>", "of the estimate: width and height", positive, 2048)
    .option("--views <n>", "of the estimate: views a subject", positive, 7)
    .option(...WORKERS).option(...MEMORY).option(...JSON_OUT).option(...QUIET)
    .action(async (path, flags) => {
      const { openDataset } = await import("../datasets/open.ts");
      const { overviewOf } = await import("../datasets/overview.ts");
      const { estimateRender } = await import("../render/estimate.ts");
      const opened = await openDataset(userPath(path), { format: flags.format });
      const overview = await overviewOf(opened);
      const estimate = flags.estimate
        ? await estimateRender({
          subjects: opened.subjects,
          views: Array.from({ length: flags.views }, (_, i) => ({ yawDeg: i, pitchDeg: 0 })),
          options: { size: flags.size },
        }, capacityOf(flags))
        : undefined;
      if (flags.json) print(stableJson({ ...overview, estimate } as unknown as Json).trimEnd());
      else {
        const { overviewRows } = await import("../datasets/check/overview_rows.ts");
        print(`${overview.name}: ${overview.format} (${overview.evidence})`);
        for (const { name, text } of overviewRows(overview, { estimate })) {
          print(`${name.padEnd(10)} ${text}`);
        }
      }
      finish(opened.broken.length > 0 ? 1 : 0);
    });
}

function convert(finish: Finish) {
  return command(
    "convert",
    "Turn rendered files into another layout without drawing them again: views of the suite into\n" +
      "2k2k or webdataset, and those back. Where maps do not suffice, what is missing is named.",
    "scan2score dataset convert out/views -o out/shards --layout webdataset\n" +
      "scan2score dataset convert out/shards -o out/views2 --layout suite --scans fixtures/humans",
  )
    .argument("<views>", "folder that render or dataset convert wrote")
    .requiredOption("-o, --out <dir>", "folder to write")
    .requiredOption("--layout <name>", "layout to write: suite, 2k2k or webdataset")
    .option("--set <name>", "name of the set in the layout's paths", "set")
    .option("--scans <dataset>", "to suite: the scans that the files were rendered from")
    .option("--body <file>", "to suite: body model (else the one the subject names)")
    .option("--format <name>", "layout of the scans (else told by their content)")
    .option(...ONLY).option(...WORKERS).option(...MEMORY).option(...JSON_OUT).option(...QUIET)
    .action(async (folder, flags) => {
      const { UsageError } = await import("../core/work/errors.ts");
      const { convertViews } = await import("../render/layouts/convert.ts");
      const { checkConversion, sourceOf } = await import("../render/layouts/convert_sources.ts");
      const { convertToSuite } = await import("../render/layouts/convert_to_suite.ts");
      const { viewSubjects } = await import("../datasets/views.ts");
      const { select } = await import("../core/work/select.ts");
      const { progressFor } = await import("./_progress.ts");
      const { openForWork, reportRun } = await import("./_steps.ts");
      const from = userPath(folder), out = userPath(flags.out), { only, layout } = flags;
      const source = await sourceOf(from);
      checkConversion(source, layout);
      const run = () => ({
        ...capacityOf(flags),
        progress: progressFor(flags),
        signal: interruptSignal(),
      });
      if (source === "suite") {
        const subjects = select(await viewSubjects(from), (id) => id, { only });
        const options = { layout: layout as "2k2k" | "webdataset", set: flags.set, subjects };
        finish(reportRun("convert", await convertViews(from, out, options, run()), { out, flags }));
        return;
      }
      if (flags.scans === undefined) {
        throw new UsageError(
          `Cannot convert from ${source} to suite: its files do not hold subject.json (scan, fit, ` +
            "framing)",
          { hint: "name the scans that they were rendered from: --scans DATASET" },
        );
      }
      const { subjects } = await openForWork(flags.scans, { ...flags, only: undefined });
      const summary = await convertToSuite(from, out, {
        source,
        scans: subjects,
        bodyFile: flags.body === undefined ? undefined : userPath(flags.body),
        ...(only === undefined
          ? {}
          : { subjects: select(subjects, ({ id }) => id, { only }).map(({ id }) => id) }),
      }, run());
      finish(reportRun("convert", summary, { out, flags }));
    });
}

function split(finish: Finish) {
  return command(
    "split",
    "Divide a data set by a published list, or at random with a seed: one list of ids a part.",
    "scan2score dataset split fixtures/humans -o out/split --parts train=0.75,test=0.25\n" +
      "scan2score dataset split THuman2.0 -o out/split --published thuman2-gta",
  )
    .argument("<dataset>", "folder or archive of scans")
    .requiredOption("-o, --out <dir>", "folder to write: <part>.txt and split.json")
    .option("--published <name>", "a published list; unknown names list them all")
    .option("--parts <list>", "parts and their shares, as train=0.8,val=0.1,test=0.1", shares)
    .option("--seed <n>", "seed of a random split", natural, 0)
    .option("--stratify <list>", "attributes that each part gets its share of", list)
    .option("--group <attribute>", "attribute whose subjects stay together", "person")
    .option("--format <name>", "layout of the data set (else told by its content)")
    .option(...JSON_OUT).option(...QUIET)
    .action(async (path, flags) => {
      const { UsageError } = await import("../core/work/errors.ts");
      const { writeWhole } = await import("../core/work/scratch.ts");
      const { openDataset } = await import("../datasets/open.ts");
      const { splitAtRandom, splitByList } = await import("../datasets/split.ts");
      const { PUBLISHED_SPLITS } = await import("../datasets/published_splits.ts");
      if ((flags.published === undefined) === (flags.parts === undefined)) {
        throw new UsageError("Cannot split: found both or neither of --published and --parts", {
          hint: `published lists: ${PUBLISHED_SPLITS.map(({ name }) => name).join(", ")}`,
        });
      }
      const published = PUBLISHED_SPLITS.find(({ name }) => name === flags.published);
      if (flags.published !== undefined && published === undefined) {
        throw new UsageError(`Cannot split by "${flags.published}": there is no such list`, {
          hint: `published lists: ${PUBLISHED_SPLITS.map(({ name }) => name).join(", ")}`,
        });
      }
      const dataset = await openDataset(userPath(path), { format: flags.format });
      const { stratify, group, seed } = flags;
      const parts = published === undefined
        ? splitAtRandom(dataset, {
          parts: flags.parts!,
          seed,
          group,
          ...(stratify === undefined ? {} : { stratify }),
        })
        : splitByList(dataset, published);
      const out = userPath(flags.out);
      for (const [name, ids] of parts) {
        await writeWhole(join(out, `${name}.txt`), ids.map((id) => `${id}\n`).join(""));
      }
      const named = new Set([...parts.values()].flat());
      const left = dataset.subjects.map(({ id }) => id).filter((id) => !named.has(id));
      const summary: Json = {
        schema: "scan2score/split-1",
        dataset: dataset.name,
        format: dataset.format,
        source: published === undefined
          ? { seed, parts: flags.parts as unknown as Json, stratify: stratify ?? [], group }
          : { published: published.name, source: published.source },
        parts: Object.fromEntries([...parts].map(([name, ids]) => [name, [...ids]])),
        left,
      };
      await writeWhole(join(out, "split.json"), stableJson(summary));
      if (flags.json) print(stableJson(summary).trimEnd());
      else if (!flags.quiet) {
        for (const [name, ids] of parts) print(`${name}: ${ids.length} → ${flags.out}/${name}.txt`);
        if (left.length > 0) eprint(`note: ${left.length} subjects are in no part of the list`);
      }
      finish(0);
    });
}

function describe(finish: Finish) {
  return command(
    "describe",
    "Describe a data set in Croissant 1.1 (JSON-LD): every file with its SHA-256, every subject.",
    "scan2score dataset describe fixtures/humans -o out/croissant.json --license CC0-1.0",
  )
    .argument("<dataset>", "folder or archive of scans")
    .requiredOption("-o, --out <file>", "file to write")
    .option("--description <text>", "what the data set is")
    .option("--license <name>", "licence: a URL or an SPDX name")
    .option("--url <url>", "where it is at home")
    .option("--release <version>", "its version, as 1.0.0")
    .option("--published <date>", "when it was published, as 2026-01-31")
    .option("--creator <name>", "who made it")
    .option("--cite <bibtex>", "how to cite it")
    .option("--format <name>", "layout of the data set (else told by its content)")
    .option(...JSON_OUT).option(...QUIET)
    .action(async (path, flags) => {
      const { writeWhole } = await import("../core/work/scratch.ts");
      const { openDataset } = await import("../datasets/open.ts");
      const { croissantOf } = await import("../datasets/croissant.ts");
      const { progressFor } = await import("./_progress.ts");
      const opened = await openDataset(userPath(path), { format: flags.format });
      const json = await croissantOf(opened, {
        description: flags.description,
        license: flags.license,
        url: flags.url,
        version: flags.release,
        datePublished: flags.published,
        creator: flags.creator,
        citeAs: flags.cite,
      }, { progress: progressFor(flags) });
      await writeWhole(userPath(flags.out), stableJson(json));
      for (const { id, text } of opened.broken) eprint(`broken ${id}: ${text}`);
      if (!flags.quiet && !flags.json) {
        print(`described ${opened.subjects.length} subjects → ${flags.out}`);
      }
      finish(opened.broken.length > 0 ? 1 : 0);
    });
}

function verify(finish: Finish) {
  return command(
    "verify",
    "Compare a data set with a list of SHA-256 sums, or write the list (--write).",
    "scan2score dataset verify fixtures/humans --list out/humans.sha256 --write\n" +
      "scan2score dataset verify fixtures/humans --list out/humans.sha256",
  )
    .argument("<dataset>", "folder or archive")
    .option("--list <file>", "the list, as sha256sum writes it (default: SHA256SUMS in the folder)")
    .option("--write", "write the list instead of comparing with it")
    .option(...JSON_OUT).option(...QUIET)
    .action(async (path, flags) => {
      const { writeWhole } = await import("../core/work/scratch.ts");
      const { insideArchive, isArchive, readPlaceText } = await import("../core/files/place.ts");
      const { compareHashes, hashListOf, hashListText, parseHashList } = await import(
        "../datasets/hash_list.ts"
      );
      const { progressFor } = await import("./_progress.ts");
      const given = userPath(path);
      const archive = (await Deno.stat(given).catch(() => undefined))?.isFile === true &&
        await isArchive(given);
      const place = archive ? insideArchive(given) : given;
      const file = flags.list === undefined
        ? join(archive ? dirname(given) : given, "SHA256SUMS")
        : userPath(flags.list);
      const options = { progress: progressFor(flags), skip: new RegExp(`^(?:${basename(file)})$`) };
      if (flags.write) {
        const lines = await hashListOf(place, options);
        await writeWhole(file, hashListText(lines));
        if (!flags.quiet && !flags.json) print(`wrote ${lines.length} sums → ${file}`);
        finish(0);
        return;
      }
      if ((await Deno.stat(file).catch(() => undefined))?.isFile !== true) {
        throw new InputError("Cannot compare the data set: there is no list of sums", {
          file,
          hint: "name it by --list FILE, or make one with --write",
        });
      }
      const lines = parseHashList(await readPlaceText(file), file);
      const found = await compareHashes(place, lines, options);
      const bad = found.changed.length + found.missing.length > 0;
      if (flags.json) print(compactJson(found as unknown as Json));
      else {
        for (const name of found.changed) print(`FAIL  ${name}: its bytes are others`);
        for (const name of found.missing) print(`FAIL  ${name}: missing`);
        if (!flags.quiet) {
          for (const name of found.extra.slice(0, 10)) eprint(`note: not in the list: ${name}`);
          if (found.extra.length > 10) eprint(`note: and ${found.extra.length - 10} more`);
          if (!bad) print(`ok    ${found.checked} files are as the list says`);
        }
      }
      finish(bad ? 1 : 0);
    });
}

function formats(finish: Finish) {
  return command(
    "formats",
    "List the layouts of scans that are read and the layouts of views that are written.",
    "scan2score dataset formats",
  )
    .option(...JSON_OUT)
    .action(async (flags) => {
      const { READERS } = await import("../datasets/open.ts");
      const { LAYOUTS } = await import("../render/layouts/layouts.ts");
      const { PUBLISHED_SPLITS } = await import("../datasets/published_splits.ts");
      const facts = {
        read: READERS.map(({ format, title }) => ({ name: format, title })),
        written: LAYOUTS.map(({ name, title }) => ({ name, title })),
        splits: PUBLISHED_SPLITS.map(({ name, source }) => ({ name, title: source })),
      };
      if (flags.json) print(compactJson(facts as unknown as Json));
      else {
        for (const [kind, entries] of Object.entries(facts)) {
          print(`${kind}:`);
          for (const { name, title } of entries) print(`  ${name.padEnd(24)} ${title}`);
        }
      }
      finish(0);
    });
}

/** `train=0.8,test=0.2`. */
function shares(text: string): { name: string; share: number }[] {
  return list(text).map((part) => {
    const match = /^([\w-]+)=(\d*\.?\d+)$/.exec(part);
    if (match === null) {
      throw new InvalidArgumentError(`found "${part}", expected a name and a share, as train=0.8`);
    }
    return { name: match[1], share: Number(match[2]) };
  });
}
