/// <reference lib="dom" />
/** Report pages from disk in a real browser, and tests that hold one. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { buildLeaderboard } from "../../eval/leaderboard.ts";
import { buildReport, type ReportOptions } from "../../eval/report/build_report.tsx";
import type { Results } from "../../eval/results.ts";
import { launchBrowser } from "./_browser.ts";

/** A page from disk, and everything it complained about or asked for. */
export interface Opened {
  page: Page;
  complaints: string[];
}

/** Builds a page, writes it to disk and opens it there. */
export async function openReport(
  browser: Browser,
  results: Results,
  options: {
    folder?: string;
    width?: number;
    dark?: boolean;
    hash?: string;
    report?: ReportOptions;
  } = {},
): Promise<Opened> {
  const folder = options.folder ?? await Deno.makeTempDir();
  const leaderboard = buildLeaderboard([results], { resamples: 200 });
  const { html } = await buildReport(
    {
      leaderboard,
      results: [{ results, ...(options.folder === undefined ? {} : { folder: options.folder }) }],
    },
    { pictures: { heightPx: 64 }, command: "npx -y deno@2.9.6 task demo", ...options.report },
  );
  const file = join(folder, "report.html");
  await Deno.writeTextFile(file, html);
  const context = await browser.newContext({
    viewport: { width: options.width ?? 1280, height: 900 },
    reducedMotion: "reduce",
    colorScheme: options.dark ? "dark" : "light",
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("dialog", (dialog) => complaints.push(`dialog: ${dialog.message()}`));
  page.on("request", (request) => {
    if (!/^(file|data):/.test(request.url())) complaints.push(`request: ${request.url()}`);
  });
  await page.goto(pathToFileURL(file).href + (options.hash ?? ""), { waitUntil: "load" });
  if (options.folder === undefined) await Deno.remove(folder, { recursive: true });
  return { page, complaints };
}

/** A test with a browser of its own. */
export const test = (name: string, body: (browser: Browser) => Promise<void>) =>
  Deno.test({
    name,
    // The browser keeps its pipe until it is closed.
    sanitizeOps: false,
    sanitizeResources: false,
    fn: async () => {
      const browser = await launchBrowser();
      try {
        await body(browser);
      } finally {
        await browser.close();
      }
    },
  });
