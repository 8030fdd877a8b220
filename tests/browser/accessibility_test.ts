/// <reference lib="dom" />
/** What a checker of accessibility and one of HTML say of the page. */
import assert from "node:assert/strict";
import axe from "axe-core";
import { HtmlValidate } from "html-validate/node";
import { buildLeaderboard } from "../../eval/leaderboard.ts";
import { buildReport } from "../../eval/report/build_report.tsx";
import { syntheticResults } from "../eval/_synthetic.ts";
import { writeDataset } from "../eval/report/_dataset.ts";
import { eventually } from "./_browser.ts";
import { openReport, test } from "./_report_page.ts";

/** Findings of axe-core in a page, as `impact rule: element`. */
async function findings(page: import("playwright-core").Page): Promise<string[]> {
  // Evaluated by the debugger, so the page's policy needs no exception for it.
  await page.evaluate(axe.source);
  return await page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run(document, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"],
    });
    return violations.flatMap(({ id, impact, nodes }) =>
      nodes.slice(0, 3).map(({ html }) => `${impact} ${id}: ${html.slice(0, 160)}`)
    );
  });
}

for (const dark of [false, true]) {
  test(`axe-core finds nothing in the page, ${dark ? "dark" : "light"}`, async (browser) => {
    const folder = await Deno.makeTempDir();
    const results = await writeDataset(folder);
    const { page } = await openReport(browser, results, {
      folder,
      dark,
      report: { embedScans: "all" },
    });
    assert.deepEqual(await findings(page), []);
    // The checker sees what it should: a field without its label.
    await page.evaluate(() =>
      document.querySelector("[name=subjects]")!.closest("label")!.replaceWith(
        Object.assign(document.createElement("input"), { id: "nameless" }),
      )
    );
    assert.match((await findings(page)).join(), /critical label: <input id="nameless">/);
    await page.evaluate(() => document.querySelector("#nameless")!.remove());
    await page.locator(".subject .open").first().click();
    await eventually(() => page.getAttribute("dialog.stage", "data-state"), "ready");
    assert.deepEqual(await findings(page), []);
    await Deno.remove(folder, { recursive: true });
  });
}

Deno.test("an HTML validator accepts the page", async () => {
  const folder = await Deno.makeTempDir();
  const all = [await writeDataset(folder), syntheticResults()];
  const { html } = await buildReport(
    {
      leaderboard: buildLeaderboard(all, { resamples: 100 }),
      results: [{ results: all[0], folder }, { results: all[1] }],
    },
    { pictures: { heightPx: 48 }, embedScans: "all" },
  );
  await Deno.remove(folder, { recursive: true });
  const validator = new HtmlValidate({
    extends: ["html-validate:standard"],
    rules: {
      // Styles that carry data (a bar's place) stand on their elements.
      "no-inline-style": "off",
      "long-title": "off",
    },
  });
  // Scripts and data are not HTML; their size only slows the check down.
  const markup = html.replaceAll(/(<(script|style)[^>]*>)[^]*?(<\/\2>)/g, "$1$3");
  const messagesOf = async (text: string) =>
    (await validator.validateString(text)).results.flatMap(({ messages }) =>
      messages.map(({ ruleId, message, line, column }) => `${line}:${column} ${ruleId} ${message}`)
    );
  assert.deepEqual((await messagesOf(markup)).slice(0, 20), []);
  assert.match((await messagesOf(markup.replace("</h1>", "<div></div></h1>"))).join(), /<div>/);
});
