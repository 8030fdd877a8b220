/// <reference lib="dom" />
/** A subject's page in a real browser: the 3D view on software rendering, maps, keyboard. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Page } from "playwright-core";
import { bytesSource } from "../../core/files/source.ts";
import { type Image, readImage } from "../../core/files/image.ts";
import { errorColor, SIGNED_COLORS } from "../../eval/report/color_maps.ts";
import { resultsJson } from "../../eval/results.ts";
import { writeReport } from "../../eval/write_report.ts";
import { writeDataset } from "../eval/report/_dataset.ts";
import { eventually } from "./_browser.ts";
import { openReport, test } from "./_report_page.ts";

/** A page with the two spheres, 10 mm apart, opened at the first subject. */
async function openStage(
  browser: Parameters<Parameters<typeof test>[1]>[0],
  options: { embedScans?: "open" | "all"; dark?: boolean; width?: number } = {},
) {
  const folder = await Deno.makeTempDir();
  const results = await writeDataset(folder);
  const { embedScans = "all", ...rest } = options;
  const opened = await openReport(browser, results, {
    folder,
    hash: "#subject=s-0",
    report: { embedScans, maxMm: 20 },
    ...rest,
  });
  await eventually(() => state(opened.page), "ready");
  return { ...opened, folder };
}

function state(page: Page): Promise<string | null> {
  return page.getAttribute("dialog.stage", "data-state");
}

async function canvasImage(page: Page): Promise<Image> {
  // Names over the panes are not part of the picture.
  await page.evaluate(() => document.querySelector(".pane-names")?.replaceChildren());
  const png = await page.locator(".canvas-box canvas").screenshot();
  return await readImage(bytesSource("canvas", png), { channels: 4 });
}

/** The colour in the middle of one of the panes that stand side by side. */
function middleOf(image: Image, pane: number, panes: number): number[] {
  const x = Math.round((pane + 0.5) * image.width / panes), y = Math.round(image.height / 2);
  return Array.from(image.data.subarray(4 * (y * image.width + x), 4 * (y * image.width + x) + 3));
}

function near(found: readonly number[], wanted: readonly number[]): boolean {
  return found.every((value, k) => Math.abs(value - wanted[k]) <= 6);
}

async function eventuallyMiddle(
  page: Page,
  { pane, panes, wanted }: { pane: number; panes: number; wanted: readonly number[] },
): Promise<void> {
  let found: number[] = [];
  await eventually(async () => {
    found = middleOf(await canvasImage(page), pane, panes);
    return near(found, wanted) ? "as wanted" : `found ${found}, wanted ${wanted}`;
  }, "as wanted");
}

test("a subject's heat maps have the colours that the legend gives to known distances", async (browser) => {
  const { page, complaints, folder } = await openStage(browser);
  // Panes: scan, tight (10 mm outside everywhere), loose (the scan itself).
  await eventuallyMiddle(page, { pane: 1, panes: 3, wanted: errorColor(10, 20) });
  await eventuallyMiddle(page, { pane: 2, panes: 3, wanted: errorColor(0, 20) });
  // The legend's own gradient has that colour half way along.
  assert.match(
    await page.getAttribute(".stage-legend", "aria-label") ?? "",
    /^Colours: distance to the scan from 0 to 20 mm or more$/,
  );
  const gradient = await page.evaluate(() =>
    (document.querySelector(".stage-legend .gradient") as HTMLElement).style.background
  );
  const [r, g, b] = errorColor(10, 20);
  assert.ok(gradient.replaceAll(",", "").includes(`rgb(${r} ${g} ${b})`), gradient);

  await page.fill("input[name=range]", "40");
  await eventuallyMiddle(page, { pane: 1, panes: 3, wanted: errorColor(10, 40) });
  await page.check("input[name=signed]");
  await eventuallyMiddle(page, {
    pane: 1,
    panes: 3,
    wanted: SIGNED_COLORS[Math.round(255 * (0.5 + 0.5 * 10 / 40))],
  });
  assert.deepEqual(complaints, []);
  await Deno.remove(folder, { recursive: true });
});

test("a subject's view tells the distance under the pointer", async (browser) => {
  const { page, folder } = await openStage(browser);
  const box = (await page.locator(".canvas-box canvas").boundingBox())!;
  let step = 0;
  await eventually(async () => {
    await page.mouse.move(box.x + box.width / 2 + step++ % 3, box.y + box.height / 2);
    return (await page.textContent(".readout")) ?? "";
  }, /^tight: (9\.9|10\.0|10\.1) mm outside the scan$/);
  await Deno.remove(folder, { recursive: true });
});

test("a subject's view changes with method, shading, side and the slider", async (browser) => {
  const { page, folder } = await openStage(browser);
  const seen = new Set<string>();
  const changes = async (what: string) => {
    let text = "";
    await eventually(async () => {
      const { data } = await canvasImage(page);
      text = Array.from(data.subarray(0, data.length).filter((_, i) => i % 997 === 0)).join();
      return seen.has(text) ? `${what}: the picture is one of those before` : "new";
    }, "new");
    seen.add(text);
  };
  await changes("first");
  await page.locator(".panes label", { hasText: "tight" }).click();
  await changes("without tight");
  await page.locator("label", { hasText: /^surface$/ }).click();
  await changes("surface");
  await page.locator("label", { hasText: /^normals$/ }).click();
  await changes("normals");
  await page.locator(".view-tools label", { hasText: "wireframe" }).click();
  await changes("wireframe");
  await page.locator("label", { hasText: /^slider$/ }).click();
  await changes("slider");
  await page.locator("label", { hasText: /^distance$/ }).click();
  await page.locator("input[name=split]").focus();
  await page.keyboard.press("Home");
  await changes("slider at the left");
  await Deno.remove(folder, { recursive: true });
});

test("a subject's page is reached, turned, walked and left by keyboard, and frees its memory", async (browser) => {
  const folder = await Deno.makeTempDir();
  const { page, complaints } = await openReport(browser, await writeDataset(folder), { folder });
  const button = page.locator(".subject .open").first();
  await button.focus();
  await page.keyboard.press("Enter");
  await eventually(() => state(page), "ready");
  assert.match(page.url(), /#subject=s-0$/);
  const look = () => page.getAttribute("dialog.stage", "data-look");
  await eventually(look, "0 0");
  await page.locator(".canvas-box canvas").focus();
  await page.keyboard.press("ArrowRight");
  await eventually(look, "15 0");
  await page.keyboard.press("ArrowUp");
  await eventually(look, "15 15");
  await page.locator("[data-walk='1']").focus();
  await page.keyboard.press("Enter");
  await eventually(() => page.textContent("#stage-title"), "rounder");
  await eventually(() => state(page), "ready");
  assert.match(await page.textContent(".stage-remarks") ?? "", /loose failed: the mask is empty/);
  await page.keyboard.press("Escape");
  await eventually(() => page.locator("dialog.stage").isVisible(), false);
  await eventually(() => page.getAttribute("dialog.stage", "data-left"), "0 0");
  await eventually(
    () => page.evaluate(() => document.activeElement?.className),
    "open",
  );
  assert.ok(!page.url().includes("subject="));
  assert.deepEqual(complaints, []);
  await Deno.remove(folder, { recursive: true });
});

test("a subject's page shows maps of both sides, spread and scores", async (browser) => {
  const { page, complaints, folder } = await openStage(browser);
  const heads = () => page.$$eval(".maps tbody th", (cells) => cells.map((c) => c.textContent));
  const rows = [
    "Normals",
    "Angle between normals",
    "Depth",
    "Difference of depth",
    "Distance to the scan",
  ];
  await eventually(heads, rows);
  const slots = () =>
    page.$$eval(".maps button", (all) => all.map((b) => (b as HTMLElement).dataset.slot));
  const front = await slots();
  assert.equal(front.length, 2 + 5 * 2, "normals and depth of the scan; five maps a method");
  await page.locator("label", { hasText: /^back$/ }).click();
  await eventually(slots, front.map((slot) => `${slot}Back`));
  const drawn = await page.$$eval(".maps img", async (images) => {
    for (const image of images as HTMLImageElement[]) {
      image.loading = "eager";
      await image.decode().catch(() => {});
    }
    return (images as HTMLImageElement[]).filter((image) => image.naturalHeight >= 50).length;
  });
  assert.equal(drawn, front.length);
  assert.equal(await page.locator(".histograms svg").count(), 2);
  const median = page.locator(".stage-percentiles tr", { hasText: "50 % of the prediction" });
  assert.match(await median.textContent() ?? "", /within(9\.9|10\.0)0\.0$/);
  assert.match(await page.textContent(".stage-scores") ?? "", /Chamfer/);
  await page.locator(".maps button").first().click();
  await eventually(() => page.locator(".viewer").isVisible(), true);
  assert.deepEqual(complaints, []);
  await Deno.remove(folder, { recursive: true });
});

test("a subject's page holds no scan whose licence is not known to be open", async (browser) => {
  const { page, folder } = await openStage(browser, { embedScans: "open" });
  const names = await page.$$eval(".panes span", (all) => all.map((span) => span.textContent));
  assert.deepEqual(names, ["tight", "loose"]);
  assert.match(
    await page.textContent(".mesh-notes") ?? "",
    /scan: its shape is not copied into this file/,
  );
  await Deno.remove(folder, { recursive: true });
});

test("a subject's page fits a phone", async (browser) => {
  const { page, folder } = await openStage(browser, { width: 360, dark: true });
  const wider = await page.evaluate(() => {
    const stage = document.querySelector(".stage")!;
    return stage.scrollWidth - stage.clientWidth;
  });
  assert.equal(wider, 0);
  await Deno.remove(folder, { recursive: true });
});

test("a report that was split leads to a page of the subject, and back", async (browser) => {
  const folder = await Deno.makeTempDir(), out = join(folder, "out");
  const file = join(folder, "results.json");
  await Deno.writeTextFile(file, resultsJson(await writeDataset(folder)));
  await writeReport(out, [file], {
    split: true,
    embedScans: "all",
    pictures: { heightPx: 64 },
  });
  const page = await browser.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.goto(pathToFileURL(join(out, "report.html")).href);
  await page.locator(".subject a.open").first().click();
  await eventually(() => state(page), "ready");
  assert.match(page.url(), /\/subjects\/s-0\.html$/);
  assert.match(await page.textContent("h1") ?? "", /^round$/);
  assert.equal(await page.locator(".panes label").count(), 3);
  await eventually(() => page.locator(".maps img").count(), 12);
  await page.locator(".kicker a").click();
  await eventually(() => page.textContent("h1"), "Leaderboard: spheres");
  assert.deepEqual(complaints, []);
  await page.close();
  await Deno.remove(folder, { recursive: true });
});

test("the page prints light, open, and without controls", async (browser) => {
  const folder = await Deno.makeTempDir();
  const { page } = await openReport(browser, await writeDataset(folder), { folder, dark: true });
  await page.emulateMedia({ media: "print" });
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  assert.equal(await page.locator(".tools:visible, .switch:visible, .open:visible").count(), 0);
  assert.equal(await page.locator("details:not([open]) > :not(summary):visible").count(), 0);
  assert.ok(await page.locator("table.plain.files").first().isVisible());
  const background = await page.evaluate(() =>
    getComputedStyle(document.documentElement).backgroundColor
  );
  assert.equal(background, "rgb(255, 255, 255)");
  await Deno.remove(folder, { recursive: true });
});
