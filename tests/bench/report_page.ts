/// <reference lib="dom" />
/**
 * What a report page costs to make and how fast it is on software rendering. By hand:
 *
 *     deno run -A --v8-flags=--no-maglev,--expose-gc tests/bench/report_page.ts [subjects] [methods] [KEEP.html]
 *
 * Predictions are the bundled people pushed along their normals by waves of growing height, so every
 * mesh has as many triangles as its scan. With KEEP.html the page is kept, and used again if it is
 * there. Chromium draws with SwiftShader; times are the page's own, medians of the subjects opened.
 */
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { readMeshFile, writeMesh } from "../../core/files/mesh_file.ts";
import { smoothNormals } from "../../core/geometry/normals.ts";
import { hashFile } from "../../core/work/hash.ts";
import { FIXTURES, portablePath } from "../../core/work/paths.ts";
import { openDataset } from "../../datasets/open.ts";
import { resultsJson } from "../../eval/results.ts";
import { writeReport } from "../../eval/write_report.ts";
import { launchBrowser } from "../browser/_browser.ts";
import { syntheticResults } from "../eval/_synthetic.ts";

const print = (line: string) => Deno.stdout.writeSync(new TextEncoder().encode(line + "\n"));
const WAVE_M = 0.12, STEP_M = 0.004, OPENED = 7;

const range = (n: number) => Array.from({ length: n }, (_, i) => i);

async function makePage(out: string, count: number, methods: number): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "scan2score-page-" });
  try {
    const truth = await openDataset(join(FIXTURES, "humans"));
    const people = truth.subjects.slice(0, count),
      names = range(methods).map((m) => `wave-${m + 1}`);
    // Scores are made up: what the page costs does not depend on them.
    const made = syntheticResults({
      subjects: people.map(({ id }) => id),
      methods: names.map((name, m) => ({ name, chamferCm: 0.3 * (m + 1) })),
      dataset: truth.name,
    });
    for (const row of made.rows) {
      for (const transform of Object.values(row.transforms ?? {})) delete transform.matrix;
    }
    made.inputs = [];
    for (const { id: subject, scanFile } of people) {
      const about = { subject, unit: "m" } as const;
      const path = portablePath(scanFile, folder);
      made.inputs.push({ role: "scan", ...about, path, ...await hashFile(scanFile) });
      const { mesh: { positions, indices } } = await readMeshFile(scanFile, { textures: "skip" });
      const normals = smoothNormals({ positions, indices });
      for (const [m, method] of names.entries()) {
        const pushed = positions.map((v, i) => {
          const at = i - i % 3;
          const wave = Math.sin(positions[at + 1] * 2 * Math.PI / WAVE_M + positions[at] * 40);
          return v + (m + 1) * STEP_M * wave * normals[i];
        });
        const path = `${method}/${subject}.ply`, file = join(folder, path);
        await Deno.mkdir(dirname(file), { recursive: true });
        await writeMesh(file, { positions: pushed, indices });
        const frame = "scan" as const, view = made.rows[0].view;
        made.inputs.push({
          role: "prediction",
          ...about,
          ...(view === undefined ? {} : { view }),
          method,
          frame,
          path,
          ...await hashFile(file),
        });
      }
    }
    const results = join(folder, "results.json");
    await Deno.writeTextFile(results, resultsJson(made));
    const started = performance.now();
    await writeReport(join(folder, "report"), [results], { embedScans: "all", workers: 2 });
    print(`page made in ${((performance.now() - started) / 1000).toFixed(1)} s with 2 workers`);
    await Deno.mkdir(dirname(out), { recursive: true });
    await Deno.copyFile(join(folder, "report", "report.html"), out);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/**
 * Milliseconds between the click and the first picture, as the page itself sees them: until it was told
 * to draw, and two frames later, when the browser has shown it.
 */
const OPEN = (index: number) => `
  new Promise((resolve) => {
    const stage = document.querySelector("dialog.stage");
    const started = performance.now();
    new MutationObserver((_, observer) => {
      if (stage.dataset.state !== "ready") return;
      observer.disconnect();
      const drawn = performance.now() - started;
      requestAnimationFrame(() =>
        requestAnimationFrame(() => resolve([drawn, performance.now() - started])));
    }).observe(stage, { attributes: true, attributeFilter: ["data-state"] });
    document.querySelectorAll(".subject:not([hidden]) .open[data-open]")[${index}].click();
  })`;

async function measure(file: string): Promise<void> {
  const { size } = await Deno.stat(file);
  print(`${(size / 1e6).toFixed(1)} MB`);
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    await page.goto(pathToFileURL(file).href, { waitUntil: "load" });
    const paint = await page.evaluate(() =>
      performance.getEntriesByName("first-contentful-paint")[0]?.startTime
    );
    print(`first contentful paint ${paint?.toFixed(0)} ms`);
    const opens = page.locator(".subject:not([hidden]) .open[data-open]");
    const drawn: number[] = [], seen: number[] = [];
    for (let i = 0; i < Math.min(OPENED, await opens.count()); i++) {
      await opens.nth(i).hover(); // as whoever clicks does; the viewer's script is unpacked then
      await page.waitForTimeout(300);
      const [toDraw, toSee] = await page.evaluate(OPEN(i)) as [number, number];
      drawn.push(toDraw), seen.push(toSee);
      await page.keyboard.press("Escape");
      await page.waitForTimeout(500);
    }
    for (const [name, times] of Object.entries({ drawn, seen })) {
      const median = times.slice(1).sort((a, b) => a - b)[(times.length - 1) >> 1];
      print(
        `${name} after ${times.map((ms) => ms.toFixed(0)).join(" ")} ms: ` +
          `the first ${times[0]?.toFixed(0)}, then ${median?.toFixed(0)}`,
      );
    }
  } finally {
    await browser.close();
  }
}

if (import.meta.main) {
  const [subjects = "24", methods = "4", keep] = Deno.args;
  const folder = await Deno.makeTempDir(), file = keep ?? join(folder, "report.html");
  try {
    const there = (await Deno.stat(file).catch(() => undefined))?.isFile;
    if (!there) await makePage(file, Number(subjects), Number(methods));
    await measure(file);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
