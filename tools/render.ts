/** `render`: scans → images and ground-truth maps. */
import { InvalidArgumentError, Option } from "@commander-js/extra-typings";
import { userPath } from "../core/work/paths.ts";
import { capacityOf } from "./_capacity.ts";
import {
  command,
  type Finish,
  interruptSignal,
  JSON_OUT,
  LIMIT,
  list,
  MEMORY,
  natural,
  ONLY,
  positive,
  QUIET,
  SHARD,
  shardFromEnvironment,
  WORKERS,
} from "./_options.ts";

const LAYOUT_NAMES = [
  "suite",
  "2k2k",
  "pifu",
  "icon",
  "pamir",
  "sith",
  "integrated-pifu",
  "pshuman",
  "webdataset",
] as const;

const GROUPS = ["color", "shaded", "normal", "depth", "mask", "keypoints", "body"] as const;

/** Makes the command. */
export function render(finish: Finish) {
  return command(
    "render",
    "Render images and ground-truth maps of scans: what methods are given and scored against.",
    "scan2score render fixtures/humans -o out/views --only h01,h02 --yaws=0",
  )
    .argument("<dataset>", "folder of scans; see docs/formats.md for the layouts")
    .requiredOption("-o, --out <dir>", "folder to write")
    .addOption(
      new Option("--layout <name>", "layout to write; see docs/layouts.md")
        .choices(LAYOUT_NAMES).default("suite" as const),
    )
    .option("--set <name>", "name of the set in the layout's paths (else told by the data set)")
    .option("--size <px>", "width and height (default: the layout's; 2048 of suite)", positive)
    .option(
      "--yaws <list>",
      "turns of the person in degrees (default: the layout's; -30..30:10 of suite)",
    )
    .option("--pitches <list>", "pitches of the camera in degrees (default: 0)")
    .addOption(
      new Option("--camera <kind>", "2K2K's 50° camera or a parallel one")
        .choices(["persp50", "ortho"] as const).default("persp50" as const),
    )
    .addOption(
      new Option("--backend <name>", "who draws; auto: the faster on the first view")
        .choices(["cpu", "webgpu", "auto"] as const).default("cpu" as const),
    )
    .option("--maps <list>", `maps to write, of ${GROUPS.join(", ")}`, groups, [...GROUPS])
    .addOption(
      new Option("--normals <source>", "smooth, the triangle's own, or the file's")
        .choices(["smooth", "face", "file"] as const).default("smooth" as const),
    )
    .option("--supersample <n>", "n × n samples a pixel for colours", positive, 1)
    .addOption(
      new Option("--colors <rule>", "published: colours as the layout's own program makes them")
        .choices(["published"] as const),
    )
    .option("--samples <n>", "points of each kind, in layouts with samples", positive)
    .addOption(
      new Option(
        "--transfer <kind>",
        "none: no shadows of the body on itself (layouts but suite, 2k2k)",
      )
        .choices(["none"] as const),
    )
    .option("--seed <n>", "seed of the lights and samples", natural, 0)
    .option("--body <file>", "body model (else the one the subject names)")
    .option("--format <name>", "layout of the data set (else told by its content)")
    .addOption(
      new Option("--unit <unit>", "unit of the scans, where the data set is wrong or silent")
        .choices(["m", "cm", "mm"] as const),
    )
    .option(...ONLY).option(...LIMIT).option(...SHARD).option(...WORKERS).option(...MEMORY)
    .option(...JSON_OUT).option(...QUIET)
    .action(async (folder, flags) => {
      const { openForWork, reportRun } = await import("./_steps.ts");
      const { renderDataset } = await import("../render/render_dataset.ts");
      const { parseAngles, viewsOf } = await import("../render/view_names.ts");
      const { layoutNamed, setName } = await import("../render/layouts/layouts.ts");
      const { defaults } = layoutNamed(flags.layout);
      const views = flags.yaws === undefined && flags.pitches === undefined
        ? [...defaults.views]
        : viewsOf(
          flags.yaws === undefined
            ? defaults.views.map(({ yawDeg }) => yawDeg)
            : parseAngles(flags.yaws, "--yaws"),
          parseAngles(flags.pitches ?? "0", "--pitches"),
        );
      const { dataset, subjects, progress } = await openForWork(folder, flags);
      const out = userPath(flags.out);
      const summary = await renderDataset(out, {
        subjects,
        views,
        bodyFile: flags.body === undefined ? undefined : userPath(flags.body),
        options: {
          layout: flags.layout,
          size: flags.size ?? defaults.size,
          camera: flags.camera,
          backend: flags.backend,
          maps: GROUPS.filter((group) => flags.maps.includes(group)),
          normals: flags.normals,
          supersample: flags.supersample,
          seed: flags.seed,
          ...(flags.layout === "suite" ? {} : { set: flags.set ?? setName(dataset) }),
          ...(flags.colors === undefined ? {} : { colors: flags.colors }),
          ...(flags.samples === undefined ? {} : { samples: flags.samples }),
          ...(flags.transfer === undefined ? {} : { transfer: flags.transfer }),
        },
      }, {
        ...capacityOf(flags),
        shard: shardFromEnvironment(flags.shard),
        progress,
        signal: interruptSignal(),
      });
      finish(reportRun("render", summary, { out, flags, broken: dataset.broken }));
    });
}

function groups(text: string): string[] {
  const names = list(text);
  const unknown = names.find((name) => !GROUPS.some((group) => group === name));
  if (unknown !== undefined) {
    throw new InvalidArgumentError(`found "${unknown}", expected some of ${GROUPS.join(", ")}`);
  }
  return names;
}
