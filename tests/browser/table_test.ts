/// <reference lib="dom" />
/** The ranked table in a real browser: filters, columns, the address, comparisons. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { syntheticResults } from "../eval/_synthetic.ts";
import { eventually } from "./_browser.ts";
import { openReport, test } from "./_report_page.ts";

/** Titles of the visible table's heads. */
function heads(page: Page): Promise<string[]> {
  return page.locator("table.board:visible thead th").evaluateAll((cells) =>
    cells.map((cell) => cell.querySelector("button")?.firstChild?.textContent ?? "")
  );
}

/** The first score of a method in the visible table. */
function firstScore(page: Page, method: string): Promise<string | null> {
  return page.locator(`table.board:visible tr[data-method="${method}"] td.main .value`)
    .textContent();
}

test("a filter on subjects recomputes means and says so", async (browser) => {
  const results = syntheticResults();
  const { page, complaints } = await openReport(browser, results);
  const before = await firstScore(page, "inflate");
  await page.fill("input[name=subjects]", "h0");
  const own = results.rows.filter((row) =>
    row.method === "inflate" && row.subject.startsWith("h0")
  );
  const mean = own.reduce((sum, row) => sum + row.scores.aligned.chamfer_cm!, 0) / own.length;
  assert.equal(own.length, 3);
  await eventually(() => firstScore(page, "inflate"), mean.toFixed(3));
  await eventually(
    () => page.locator(".filtered:visible").textContent(),
    /^Filtered\. Means over 3 of 8 subjects/,
  );
  await eventually(() => page.locator(".subject:visible").count(), 3);
  assert.match(page.url(), /#filter=h0$/);
  await page.fill("input[name=subjects]", "");
  await eventually(() => firstScore(page, "inflate"), before);
  await eventually(() => page.locator(".filtered:visible").count(), 0);
  assert.deepEqual(complaints, []);
});

test("a filter on views averages that view alone", async (browser) => {
  const results = syntheticResults({ views: ["y000", "y180"] });
  const { page } = await openReport(browser, results);
  await page.selectOption("main select[name=view]", "y180");
  const own = results.rows.filter((row) => row.method === "2k2k" && row.view === "y180");
  const mean = own.reduce((sum, row) => sum + row.scores.aligned.chamfer_cm!, 0) / own.length;
  await eventually(() => firstScore(page, "2k2k"), mean.toFixed(3));
});

test("columns are chosen, kept in the address, and sorted by", async (browser) => {
  const { page } = await openReport(browser, syntheticResults());
  const first = ["Rank", "Method", "Chamfer", "P2S", "S2P", "Normals", "NC", "F@1 cm", "IoU"];
  assert.deepEqual(await heads(page), first);
  await page.locator(".columns-menu summary").click();
  for (const title of ["P2S", "S2P", "Normals", "NC", "F@1 cm", "IoU"]) {
    await page.locator(".column-list label", { hasText: new RegExp(`^\\s*${title}\\s`) }).first()
      .click();
  }
  await page.locator(".column-list label", { hasText: "P2S median" }).click();
  await eventually(() => heads(page), ["Rank", "Method", "Chamfer", "P2S median"]);
  assert.match(page.url(), /#columns=chamfer_cm,p2s_median_cm$/);
  await page.locator("table.board:visible thead button", { hasText: "P2S median" }).click();
  await eventually(
    () =>
      page.locator("table.board:visible tbody tr").evaluateAll((rows) =>
        rows.map((row) => (row as HTMLElement).dataset.method)
      ),
    ["oracle-depth", "2k2k", "body", "inflate"],
  );
});

test("an address brings back board, columns, filter and comparison", async (browser) => {
  const { page } = await openReport(browser, syntheticResults(), {
    hash: "#board=b-0&columns=nc,iou&filter=h1&compare=inflate~body~iou",
  });
  await eventually(() => heads(page), ["Rank", "Method", "NC", "IoU"]);
  await eventually(() => page.locator(".subject:visible").count(), 4);
  await eventually(() => page.inputValue("#compare select[name=a]"), "inflate");
  await eventually(() => page.inputValue("#compare select[name=key]"), "iou");
  await eventually(() => page.locator("[data-board='b-1']:visible").count(), 0);
  await eventually(() => page.locator(".differences tbody tr").count(), 4);
});

test("two methods are compared subject by subject, largest difference first", async (browser) => {
  const results = syntheticResults();
  const { page } = await openReport(browser, results);
  await page.selectOption("#compare select[name=a]", "2k2k");
  await page.selectOption("#compare select[name=b]", "inflate");
  const value = (method: string, subject: string) =>
    results.rows.find((row) => row.method === method && row.subject === subject)!.scores.aligned
      .chamfer_cm!;
  const subjects = [...new Set(results.rows.map(({ subject }) => subject))];
  const difference = (s: string) => value("2k2k", s) - value("inflate", s);
  const sorted = subjects.toSorted((a, b) => Math.abs(difference(b)) - Math.abs(difference(a)));
  await eventually(
    () => page.locator(".differences tbody th").evaluateAll((c) => c.map((th) => th.textContent)),
    sorted,
  );
  const wins = subjects.filter((s) => difference(s) < 0).length;
  const verdict = await page.textContent(".verdict") ?? "";
  assert.match(verdict, /^Chamfer, 2k2k − inflate: −\d/);
  assert.ok(verdict.includes(`2k2k is better on ${wins} of 8 subjects`), verdict);
  assert.match(verdict, /Paired sign-flip test, Holm-corrected: p = 0\.\d+/);
  assert.equal(await page.locator(".strip .point").count(), 8);
});

test("200 subjects and 8 methods answer within a tenth of a second", async (browser) => {
  const results = syntheticResults({
    subjects: Array.from({ length: 200 }, (_, i) => `s${1000 + i}`),
    methods: Array.from({ length: 8 }, (_, i) => ({ name: `m${i}`, chamferCm: 1 + i / 10 })),
  });
  const { page, complaints } = await openReport(browser, results);
  const median = await page.evaluate(() => {
    const head = document.querySelector<HTMLElement>(
      "[data-board]:not([hidden]) thead th:nth-child(3) button",
    )!;
    const times: number[] = [];
    for (let i = 0; i < 9; i++) {
      const start = performance.now();
      head.click();
      scrollTo(0, i % 2 === 0 ? document.body.scrollHeight : 0);
      // Reading a size makes the browser lay the page out now.
      document.body.getBoundingClientRect();
      times.push(performance.now() - start);
    }
    return times.toSorted((a, b) => a - b)[4];
  });
  // 100 ms is asked for; a machine that does other work at the same time gets five times that.
  assert.ok(median < 500, `sorting and scrolling took ${median} ms`);
  assert.deepEqual(complaints, []);
});

test("a body part's scores are chosen, plotted and listed", async (browser) => {
  const results = syntheticResults();
  for (const row of results.rows) {
    const own = row.scores.aligned;
    for (const [part, factor] of [["head", 0.5], ["hands", 2]] as const) {
      own[`chamfer_${part}_cm`] = factor * own.chamfer_cm!;
      own[`nc_${part}`] = own.nc!;
    }
  }
  const { page } = await openReport(browser, results);
  const whole = Number(await firstScore(page, "2k2k"));
  assert.match(
    await page.locator(".parts:visible").getAttribute("aria-label") ?? "",
    /head: .*hands: /,
  );
  await page.selectOption("main select[name=part]", "hands");
  await eventually(() => heads(page), ["Rank", "Method", "Chamfer", "NC"]);
  assert.ok(Math.abs(Number(await firstScore(page, "2k2k")) - 2 * whole) < 0.002);
  await eventually(() => page.locator(".filtered:visible").textContent(), /Scores of hands only/);
  assert.match(page.url(), /#part=hands$/);
});
