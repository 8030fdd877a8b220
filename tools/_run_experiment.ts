/** Runs an experiment: every step goes on where an earlier run was stopped. */
import type { Json } from "../core/work/json.ts";
import { join } from "../core/work/path.ts";
import type { Progress } from "../core/work/progress.ts";
import { endIdleThreads, keepThreads } from "../core/work/threads.ts";
import type { Shard } from "../core/work/work_list.ts";
import { type EvalSummary, evaluate } from "../eval/evaluate.ts";
import type { Leaderboard } from "../eval/leaderboard.ts";
import { openPredictions } from "../eval/predictions.ts";
import { writeReport } from "../eval/write_report.ts";
import { openDataset } from "../datasets/open.ts";
import { type InferSummary, inferViews } from "../inference/infer.ts";
import { lanesOf } from "../inference/lanes.ts";
import { methodNamed } from "../inference/methods.ts";
import { viewPlaces } from "../inference/view_places.ts";
import { renderDataset, type RenderSummary } from "../render/render_dataset.ts";
import { parseAngles, viewName, viewsOf } from "../render/view_names.ts";
import type { PlacedExperiment } from "./_experiment.ts";
import { capacityOf } from "./_capacity.ts";
import { openForWork } from "./_steps.ts";

/** How to run. */
export interface RunExperimentOptions {
  out: string;
  /** As asked; else as many as there are cores and fit into the memory. */
  workers?: number | undefined;
  /** The most that the process may use, bytes. */
  memory?: number | undefined;
  shard?: Shard | undefined;
  progress: Progress;
  signal: AbortSignal;
  /** The line that runs it again, for the report. */
  command: string;
  json?: true | undefined;
  quiet?: true | undefined;
}

/** What came of each step; steps after one that other shards have not finished are undefined. */
export interface ExperimentSummary {
  render: RenderSummary;
  infer: { method: string; summary: InferSummary }[];
  eval?: EvalSummary;
  leaderboard?: Leaderboard;
  notes: string[];
}

/** What an entry says, without what it leaves to the default. */
function given(values: { [key: string]: Json | undefined }): { [key: string]: Json } {
  return Object.fromEntries(
    Object.entries(values).filter((pair): pair is [string, Json] => pair[1] !== undefined),
  );
}

/** Name of the folder of an entry's predictions. */
function folderOf({ method, as = method }: { method: string; as?: string | undefined }): string {
  return as;
}

/**
 * Writes `dataset/`, `predictions/<method>/`, `results.json`, `leaderboard.json` and `report.html`
 * into `out`.
 *
 * @throws {InputError} As the steps do.
 * @throws {CancelledError} If the signal fired.
 */
export async function runExperiment(
  { experiment, resolve }: PlacedExperiment,
  options: RunExperimentOptions,
): Promise<ExperimentSummary> {
  using _threads = keepThreads();
  const { out, shard, progress, signal } = options;
  const { dataset, render, infer } = experiment;
  const { subjects } = await openForWork(resolve(dataset.path), {
    ...dataset,
    json: options.json,
    quiet: options.quiet,
  });
  const { workers, memory } = capacityOf(options);
  const run = { workers, memory, shard, progress, signal };
  const views = viewsOf(
    parseAngles(render.yaws, "yaws"),
    parseAngles(render.pitches ?? "0", "pitches"),
  );
  const { yaws: _yaws, pitches: _pitches, ...drawn } = render;
  const set = join(out, "dataset");
  const rendered = await renderDataset(set, {
    subjects,
    views,
    bodyFile: dataset.body === undefined ? undefined : resolve(dataset.body),
    options: given(drawn),
  }, run);
  const summary: ExperimentSummary = { render: rendered, infer: [], notes: [] };
  if (rendered.manifest === undefined) return summary;

  const done = new Set(subjects.map(({ id }) => id));
  const names = views.map(viewName);
  for (const entry of infer) {
    const { method: name, only, model, as: _as, meshFormat, ...chosen } = entry;
    const method = methodNamed(name);
    const places = (await viewPlaces(set, { only, views: names })).filter((p) =>
      done.has(p.subject)
    );
    const settings = model === undefined ? {} : { model: resolve(model) };
    const lanes = await lanesOf({ method, settings, options: given(chosen) }, {
      cores: workers,
      items: places.length,
    });
    summary.infer.push({
      method: name,
      summary: await inferViews(join(out, "predictions", folderOf(entry)), {
        method,
        views: places,
        picked: only !== undefined,
        options: given(chosen),
        meshFormat,
        settings: { ...settings, threads: lanes.threads },
      }, { ...run, workers: lanes.workers }),
    });
  }
  if (summary.infer.some(({ summary }) => summary.manifest === undefined)) return summary;

  const folders = [
    ...infer.map((entry) => join(out, "predictions", folderOf(entry))),
    ...(experiment.predictions ?? []).map(resolve),
  ];
  endIdleThreads(); // networks and scenes have grown them; scoring and pages share their code
  const truth = await openDataset(set);
  const { protocols, samples, seed = 0 } = experiment.eval;
  const file = join(out, "results.json");
  summary.eval = await evaluate(file, {
    truth: {
      ...truth,
      subjects: truth.subjects.filter(({ id }) => done.has(id)),
      broken: truth.broken.filter(({ id }) => done.has(id)),
    },
    sets: (await Promise.all(folders.map((folder) => openPredictions(folder)))).flat(),
    protocols: protocols.map((id) => ({ id, changes: samples === undefined ? {} : { samples } })),
    seed,
  }, run);
  if (summary.eval.results === undefined) return summary;
  const { leaderboard, notes } = await writeReport(out, [file], {
    title: experiment.title,
    command: options.command,
    timings: false, // the same experiment writes the same bytes; `report` shows them
    workers,
    memory,
    progress,
  });
  return { ...summary, leaderboard, notes };
}
