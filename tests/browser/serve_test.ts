/// <reference lib="dom" />
/** A served report in a real browser: subjects on demand, live reload, no other host. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { ReportServer } from "../../eval/report/serve.tsx";
import { resultsJson } from "../../eval/results.ts";
import { readResults } from "../../eval/write_report.ts";
import { writeDataset } from "../eval/report/_dataset.ts";
import { eventually } from "./_browser.ts";
import { test } from "./_report_page.ts";

test("a served report makes subjects when they are opened, and reloads when results change", async (browser) => {
  const folder = await Deno.makeTempDir(), file = join(folder, "results.json");
  const results = await writeDataset(folder);
  const report = new ReportServer([file], {
    read: readResults,
    pollMs: 50,
    pictures: { heightPx: 64 },
  });
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) => report.handle(request),
  );
  const page = await browser.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  try {
    await page.goto(`http://127.0.0.1:${server.addr.port}/`);
    await eventually(() => page.textContent("h1"), "Waiting for results");
    await Deno.writeTextFile(file, resultsJson(results));
    await eventually(() => page.textContent("h1"), "Leaderboard: spheres");
    await page.locator(".subject .open").first().click();
    await eventually(() => page.getAttribute("dialog.stage", "data-state"), "ready");
    await eventually(() => page.locator(".maps img").count(), 12);
    await page.keyboard.press("Escape");
    await eventually(() => page.locator("dialog.stage").isVisible(), false);
    for (const row of results.rows) {
      if (row.method === "tight") row.scores.aligned.chamfer_cm = 7.125;
    }
    await Deno.writeTextFile(file, resultsJson(results));
    await eventually(
      () => page.locator("table.board:visible tr[data-method=tight] .value").first().textContent(),
      "7.125",
    );
    assert.deepEqual(complaints, []);
  } finally {
    await page.close();
    await server.shutdown();
    await Deno.remove(folder, { recursive: true });
  }
});
