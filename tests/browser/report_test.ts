/// <reference lib="dom" />
/** The report page in a real browser: what only a browser can tell. */
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { syntheticResults } from "../eval/_synthetic.ts";
import { writeDataset } from "../eval/report/_dataset.ts";
import { eventually } from "./_browser.ts";
import { openReport, test } from "./_report_page.ts";

const EVIL = '<img src=x onerror="document.title=1">';

/** The method names of the visible ranked table, top to bottom. */
function rowsOf(page: Page): Promise<(string | undefined)[]> {
  return page.$$eval(
    "table.board",
    (tables) =>
      (tables as HTMLElement[]).filter((table) => table.offsetParent !== null)
        .flatMap((table) =>
          Array.from(
            table.querySelectorAll("tbody th.name"),
            (cell) => cell.firstChild?.textContent ?? undefined,
          )
        ),
  );
}

test("report page opens from disk without a complaint or a request", async (browser) => {
  const folder = await Deno.makeTempDir();
  const { page, complaints } = await openReport(browser, await writeDataset(folder), { folder });
  const drawn = await page.$$eval("img", async (images) => {
    for (const image of images as HTMLImageElement[]) {
      image.scrollIntoView();
      await image.decode().catch(() => {});
    }
    return (images as HTMLImageElement[]).map((image) => image.naturalHeight);
  });
  assert.equal(drawn.filter((height) => height >= 50).length, 18);
  assert.deepEqual(complaints, []);
  await Deno.remove(folder, { recursive: true });
});

test("report page sorts by any column, and back", async (browser) => {
  const { page } = await openReport(browser, syntheticResults());
  await eventually(() => rowsOf(page), ["oracle-depth", "2k2k", "body", "inflate"]);
  const head = page.locator("table.board:visible thead button", { hasText: "Method" });
  await head.click();
  await eventually(() => rowsOf(page), ["2k2k", "body", "inflate", "oracle-depth"]);
  await eventually(
    () => page.locator("table.board:visible th[aria-sort]").getAttribute("aria-sort"),
    "ascending",
  );
  await head.click();
  await eventually(() => rowsOf(page), ["oracle-depth", "inflate", "body", "2k2k"]);
  await page.locator("table.board:visible thead button", { hasText: "F@1 cm" }).click();
  await eventually(() => rowsOf(page), ["oracle-depth", "2k2k", "body", "inflate"]);
});

test("report page switches the board everywhere, and never shows two", async (browser) => {
  const { page } = await openReport(browser, syntheticResults());
  const visible = () =>
    page.$$eval("[data-board]", (all) => [
      ...new Set(
        (all as HTMLElement[]).filter((element) => element.offsetParent !== null)
          .map((element) => element.getAttribute("data-board")),
      ),
    ]);
  await eventually(visible, ["b-1"]);
  await page.locator("label", { hasText: /^none$/ }).click();
  await eventually(visible, ["b-0"]);
});

test("report page orders subjects by a method's error, failures first", async (browser) => {
  const results = syntheticResults({ failures: { "inflate/h13": "no mask" } });
  const { page } = await openReport(browser, results);
  const order = () =>
    page.$$eval(".subject", (cards) => cards.map((card) => card.getAttribute("data-name") ?? ""));
  const byName = await order();
  await page.selectOption("select[name=order]", "inflate");
  const errorOf = (subject: string) => {
    const row = results.rows.find((row) => row.method === "inflate" && row.subject === subject)!;
    return row.status === "failed" ? Infinity : row.scores.aligned.chamfer_cm!;
  };
  const expected = byName.toSorted((a, b) => errorOf(b) - errorOf(a));
  assert.equal(expected[0], "h13");
  await eventually(order, expected);
  await page.selectOption("select[name=order]", "");
  await eventually(order, byName);
});

test("report page's pictures open, walk and close by keyboard", async (browser) => {
  const folder = await Deno.makeTempDir();
  const { page, complaints } = await openReport(browser, await writeDataset(folder), { folder });
  const caption = async () => (await page.textContent(".viewer figcaption"))?.trim() ?? "";
  const shot = page.locator(".subject").first().locator("[data-who=tight][data-slot=normal]");
  await shot.focus();
  await page.keyboard.press("Enter");
  await eventually(caption, /^round · tight\s*normals, front$/);
  await page.keyboard.press("ArrowRight");
  await eventually(caption, /^round · loose\s*normals, front$/);
  await page.keyboard.press("ArrowDown");
  await eventually(caption, /^round · loose\s*normals, back$/);
  await page.keyboard.press("ArrowRight");
  await eventually(caption, /^round · scan/);
  await page.keyboard.press("Escape");
  await eventually(() => page.locator(".viewer").isVisible(), false);
  await eventually(
    () => page.evaluate(() => document.activeElement?.getAttribute("data-who")),
    "scan",
  );
  assert.deepEqual(complaints, []);
  await Deno.remove(folder, { recursive: true });
});

test("report page shows hostile names as text", async (browser) => {
  const results = syntheticResults({
    subjects: [EVIL, "b"],
    methods: [{ name: "</script><svg onload=document.title=1>", chamferCm: 1 }],
    dataset: EVIL,
  });
  const { page, complaints } = await openReport(browser, results);
  assert.ok((await page.textContent("h1"))?.includes(EVIL));
  assert.equal(await page.locator("img[src=x], svg[onload]").count(), 0);
  assert.notEqual(await page.title(), "1");
  assert.deepEqual(complaints, []);
});

test("report page fits a phone, in light and dark", async (browser) => {
  for (const dark of [false, true]) {
    const folder = await Deno.makeTempDir();
    const results = await writeDataset(folder);
    const { page } = await openReport(browser, results, { folder, width: 360, dark });
    const wider = await page.evaluate(() =>
      document.documentElement.scrollWidth - document.documentElement.clientWidth
    );
    assert.equal(wider, 0);
    await eventually(
      () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor),
      dark ? "rgb(20, 21, 23)" : "rgb(253, 253, 251)",
    );
    await Deno.remove(folder, { recursive: true });
  }
});

test("report page holds 200 subjects and 8 methods", async (browser) => {
  const results = syntheticResults({
    subjects: Array.from({ length: 200 }, (_, i) => `s${1000 + i}`),
    methods: Array.from({ length: 8 }, (_, i) => ({ name: `m${i}`, chamferCm: 1 + i / 10 })),
  });
  const { page, complaints } = await openReport(browser, results);
  await page.selectOption("select[name=order]", "m3");
  await eventually(() => page.locator(".subject").count(), 200);
  assert.deepEqual(complaints, []);
});
