/**
 * A report that is served to this machine only: tables at once, each subject when it is opened, from
 * the meshes that were scored. Reloads itself when the results change.
 *
 * Addresses name subjects by number and nothing else; none is ever turned into a path, so no request
 * can reach a file that the results do not name.
 */
import { runJobs } from "../../core/work/pool.ts";
import { basename, dirname, join } from "../../core/work/path.ts";
import { InputError, messageOf } from "../../core/work/errors.ts";
import { WORK_FOLDER } from "../../core/work/scratch.ts";
import { buildLeaderboard } from "../leaderboard.ts";
import { mergeResults } from "../merge_results.ts";
import { readPartialResults } from "../partial_results.ts";
import { heatOf, type ReportOptions, subjectJob } from "./build_report.tsx";
import { pageData, subjectData } from "./client_data.ts";
import { Page } from "./components/page.tsx";
import { pageShell } from "./page_shell.tsx";
import { reportData, type ReportModel } from "./report_data.ts";
import { SPLIT_DEFAULTS } from "./split_report.ts";
import type { EmbedScans } from "./embed_scans.ts";
import type { PlacedResults } from "./subject_plan.ts";
import type { SubjectJob } from "./subject_task.ts";
import type { SubjectAssets } from "./subject_assets.ts";
import { readTimings } from "./timings.ts";

/** How results are served. */
export interface ServeOptions {
  /** Reads one results file. */
  read: (file: string) => Promise<PlacedResults["results"]>;
  title?: string | undefined;
  /** Whose scans are sent. On one's own machine: all of them. */
  embedScans?: EmbedScans | undefined;
  /** How pictures are made. Default: 2048 pixels high. */
  pictures?: ReportOptions["pictures"];
  /** Milliseconds between two looks at the files. */
  pollMs?: number;
}

/** Looks at a running evaluation between two pages made of what it has done so far. */
const PARTIAL_LOOKS = 15;

/** Halves of subjects that are kept made; the oldest goes first. */
const KEPT = 24;

/** Effort of pictures that go no farther than this machine: half the time for a seventh more bytes. */
const QUICK = 1;

const EVENTS = "/events", SUBJECT = /^\/subject\/(s-\d{1,7})(\.pictures)?\.json$/;

/** A subject comes in two halves: its meshes and distances at once, its pictures when they are drawn. */
type Half = "models" | "pictures";

interface State {
  version: string;
  html: string;
  model?: ReportModel;
  /** What makes a subject's assets. */
  make?: (index: number, half: Half) => Promise<SubjectAssets>;
}

/** Answers the requests of one browser on this machine. */
export class ReportServer {
  private readonly files: readonly string[];
  private readonly options: ServeOptions;
  private state: Promise<State> | undefined;
  private version = "";
  private readonly made = new Map<string, Promise<Response>>();
  private readonly partial = new Map<string, { done: number; age: number }>();

  constructor(files: readonly string[], options: ServeOptions) {
    this.files = files;
    this.options = options;
  }

  /** Answers one request. Never throws. */
  async handle(request: Request): Promise<Response> {
    try {
      return await this.answer(request);
    } catch (error) {
      return plain(500, messageOf(error));
    }
  }

  private async answer(request: Request): Promise<Response> {
    const url = new URL(request.url);
    // A page of another origin that a name points here may not read results.
    if (!/^(127\.0\.0\.1|localhost|\[::1\])$/.test(url.hostname)) {
      return plain(403, "this machine only");
    }
    if (request.method !== "GET") return plain(405, "GET only");
    if (url.pathname === "/") {
      const { html } = await this.current();
      return new Response(html, {
        headers: { ...SAFE, "content-type": "text/html; charset=utf-8" },
      });
    }
    if (url.pathname === EVENTS) return this.events();
    const subject = SUBJECT.exec(url.pathname);
    if (subject !== null) {
      return await this.subject(subject[1], subject[2] === undefined ? "models" : "pictures");
    }
    return plain(404, "no such page");
  }

  /** The page as the files are now; made again when one changed. */
  private async current(): Promise<State> {
    const version = await this.look();
    if (this.state === undefined || version !== this.version) {
      this.version = version;
      this.made.clear();
      this.state = this.build(version);
    }
    return await this.state;
  }

  /** Changes when a results file does, and now and then while one is being made. */
  private async look(): Promise<string> {
    const parts = await Promise.all(this.files.map(async (file) => {
      const stat = await Deno.stat(file).catch(() => undefined);
      if (stat !== undefined) return `${stat.size}-${stat.mtime?.getTime() ?? 0}`;
      const done = await this.partialDone(file);
      return done === 0 ? "none" : `part-${done}`;
    }));
    return parts.join("_");
  }

  /** How many items of a running evaluation the page is to show: looked up now and then. */
  private async partialDone(file: string): Promise<number> {
    const known = this.partial.get(file) ?? { done: 0, age: PARTIAL_LOOKS };
    this.partial.set(file, known);
    if (known.age++ >= PARTIAL_LOOKS) {
      known.age = 0;
      known.done = (await readPartialResults(file))?.done ?? 0;
    }
    return known.done;
  }

  private async build(version: string): Promise<State> {
    const placed: PlacedResults[] = [];
    for (const file of this.files) {
      const there = (await Deno.stat(file).catch(() => undefined))?.isFile;
      const results = there
        ? await this.options.read(file)
        : (await readPartialResults(file))?.results;
      if (results === undefined || results.rows.length === 0) continue;
      placed.push({ results, folder: dirname(file) });
    }
    if (placed.length === 0) return { version, html: await waitingPage() };
    const results = placed.map(({ results }) => results);
    const leaderboard = buildLeaderboard(results), pool = mergeResults(results);
    const timings = await readTimings(placed);
    const model = reportData(leaderboard, {
      results,
      heat: heatOf(leaderboard, undefined),
      title: this.options.title,
      timing: timings.of,
      environments: timings.environments,
      onDemand: true,
    });
    const html = await pageShell({
      title: `${model.title} · scan2score`,
      body: <Page model={model} />,
      data: new Map([[
        "page-data",
        pageData(model, pool, {
          subjectSource: "/subject/{id}.json",
          picturesSource: "/subject/{id}.pictures.json",
        }),
      ]]),
      viewer: true,
      events: EVENTS,
    });
    const { heightPx, supersample, meshBytes } = SPLIT_DEFAULTS;
    const make = async (index: number, only: Half): Promise<SubjectAssets> => {
      const job = await subjectJob(model.subjects[index], {
        placed,
        leaderboard,
        options: {
          pictures: { heightPx, supersample, effort: QUICK, ...this.options.pictures },
          only,
          meshBytes,
          embedScans: this.options.embedScans ?? "all",
        },
      });
      if (job === undefined) throw new InputError("the results have no folder");
      return await inThread(job);
    };
    return { version, html, model, make };
  }

  private async subject(id: string, half: Half): Promise<Response> {
    const { model, make } = await this.current();
    const index = model?.subjects.findIndex((subject) => subject.id === id) ?? -1;
    if (model === undefined || make === undefined || index < 0) {
      return plain(404, "no such subject");
    }
    const name = `${id} ${half}`;
    let answer = this.made.get(name);
    if (answer === undefined) {
      answer = make(index, half).then((assets) =>
        Response.json(subjectData({ ...model.subjects[index], assets }, { all: true }), {
          headers: SAFE,
        })
      );
      this.made.set(name, answer);
      const oldest = this.made.keys().next().value!;
      if (this.made.size > KEPT) this.made.delete(oldest);
      answer.catch(() => this.made.delete(name));
    }
    return (await answer).clone();
  }

  /** Tells the page what version the files have and how far an evaluation is. */
  private events(): Response {
    const { pollMs = 1000 } = this.options;
    const encoder = new TextEncoder();
    let timer: ReturnType<typeof setTimeout> | undefined, last = "", closed = false;
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        const tell = async () => {
          const told = JSON.stringify({ version: await this.look(), ...await this.progress() });
          if (told === last || closed) return;
          last = told;
          controller.enqueue(encoder.encode(`data: ${told}\n\n`));
        };
        const again = () =>
          tell().catch(() => {}).finally(() => {
            if (!closed) timer = setTimeout(again, pollMs);
          });
        again();
      },
      cancel: () => {
        closed = true;
        clearTimeout(timer);
      },
    });
    return new Response(body, {
      headers: { ...SAFE, "content-type": "text/event-stream", "cache-control": "no-store" },
    });
  }

  /** Items done of an evaluation whose results are older than its last record. */
  private async progress(): Promise<{ done?: number; total?: number }> {
    let done = 0, total = 0, running = false;
    for (const file of this.files) {
      const planned = await readPartialResults(file);
      if (planned !== undefined) {
        if (planned.done === planned.total) continue;
        running = true;
        done += planned.done, total += planned.total;
        continue;
      }
      const records = join(dirname(file), WORK_FOLDER, basename(file), "records");
      const written = (await Deno.stat(file).catch(() => undefined))?.mtime?.getTime() ?? 0;
      try {
        for await (const entry of Deno.readDir(records)) {
          if (!entry.name.endsWith(".json")) continue;
          done++;
          if (written === 0) running = true;
          else if (!running) {
            const { mtime } = await Deno.stat(join(records, entry.name));
            running = (mtime?.getTime() ?? 0) > written;
          }
        }
      } catch {
        // no work folder: nothing runs
      }
    }
    if (!running) return {};
    return total === 0 ? { done } : { done, total };
  }
}

/** Makes a subject beside the thread that answers: tables and progress go on meanwhile. */
async function inThread(job: SubjectJob): Promise<SubjectAssets> {
  const jobs = [{ group: "", payload: job, scratch: () => Promise.resolve("") }];
  let made: SubjectAssets | undefined, reason = "it was not made";
  await runJobs(new URL("./subject_task.ts", import.meta.url), jobs, (_, result) => {
    if (result.ok) made = result.outcome.result as unknown as SubjectAssets;
    else reason = result.reason;
    return Promise.resolve();
  }, { workers: 1 });
  if (made === undefined) throw new InputError(reason);
  return made;
}

const SAFE = {
  "x-content-type-options": "nosniff",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
} as const;

function plain(status: number, text: string): Response {
  return new Response(`${text}\n`, {
    status,
    headers: { ...SAFE, "content-type": "text/plain; charset=utf-8" },
  });
}

/** Shown until there are results. */
async function waitingPage(): Promise<string> {
  return await pageShell({
    title: "Waiting for results · scan2score",
    body: (
      <>
        <header class="top">
          <p class="kicker">scan2score</p>
          <h1>Waiting for results</h1>
          <p class="live" role="status" hidden />
        </header>
        <main>
          <p class="note">The page appears here when the evaluation has written its results.</p>
        </main>
      </>
    ),
    data: new Map([["page-data", null]]),
    viewer: false,
    events: EVENTS,
  });
}
