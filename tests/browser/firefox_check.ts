/// <reference lib="dom" />
/**
 * The report page in a Firefox of this machine. By hand; `deno task test` and `test:browser` do not
 * need it, since no package registry serves a Firefox that they could use:
 *
 *     apt-get install firefox-esr xvfb xauth libegl1 libgl1-mesa-dri
 *     xvfb-run -a deno run -A tests/browser/firefox_check.ts [FOLDER]        pictures go to FOLDER
 *
 * FIREFOX names another program. Checks what the Chromium tests check most: the table sorts, filters,
 * nothing is fetched and no policy violated, a subject opens, its heat maps have the legend's colours,
 * keys turn it and leave it, a phone's width holds it.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Image, readImage } from "../../core/files/image.ts";
import { bytesSource } from "../../core/files/source.ts";
import { errorColor } from "../../eval/report/color_maps.ts";
import { buildReport } from "../../eval/report/build_report.tsx";
import { buildLeaderboard } from "../../eval/leaderboard.ts";
import { writeDataset } from "../eval/report/_dataset.ts";
import { syntheticResults } from "../eval/_synthetic.ts";
import { eventually } from "./_browser.ts";
import { Firefox } from "./_firefox.ts";

const KEYS = { right: "\uE014", escape: "\uE00C" } as const;

const say = (line: string) => Deno.stdout.writeSync(new TextEncoder().encode(line + "\n"));

interface Place {
  firefox: Firefox;
  folder: string;
  /** Keeps a picture. */
  keep(name: string): Promise<void>;
}

async function table({ firefox, folder, keep }: Place): Promise<void> {
  const results = syntheticResults();
  const leaderboard = buildLeaderboard([results], { resamples: 200 });
  const { html } = await buildReport({ leaderboard, results: [{ results }] });
  const file = join(folder, "table.html");
  await Deno.writeTextFile(file, html);
  await firefox.goto(pathToFileURL(file).href);
  await keep("table");
  const methods = () =>
    firefox.evaluate<string[]>(
      `[...document.querySelectorAll("table.board tbody tr[data-method]")]` +
        `.filter((row) => row.offsetParent !== null).map((row) => row.dataset.method)`,
    );
  const before = await methods();
  assert.ok(before.length >= 3, `${before}`);
  const head = "[data-board]:not([hidden]) table.board thead th:nth-child(4) button";
  await firefox.click(head);
  const once = await methods();
  await firefox.click(head);
  const sorted = (list: readonly string[]) => [...list].sort();
  await eventually(async () => String(await methods()) !== String(once), true);
  assert.deepEqual(sorted(await methods()), sorted(before));
  await firefox.evaluate(`(() => {
    const field = document.querySelector("input[name=subjects]");
    field.value = "h0";
    field.dispatchEvent(new InputEvent("input", { bubbles: true }));
    return 0;
  })()`);
  await eventually(
    () =>
      firefox.evaluate<string>(
        "[...document.querySelectorAll('.filtered')].map((n) => n.textContent).join()",
      ),
    /Means over 3 of 8 subjects/,
  );
}

async function subject({ firefox, folder, keep }: Place): Promise<void> {
  const results = await writeDataset(folder);
  const leaderboard = buildLeaderboard([results], { resamples: 200 });
  const { html } = await buildReport({ leaderboard, results: [{ results, folder }] }, {
    pictures: { heightPx: 200 },
    embedScans: "all",
    maxMm: 20,
  });
  const file = join(folder, "subject.html");
  await Deno.writeTextFile(file, html);
  await firefox.goto(pathToFileURL(file).href);
  await firefox.evaluate(`(() => {
    globalThis.violations = [];
    addEventListener("securitypolicyviolation", (e) => violations.push(e.violatedDirective));
    return 0;
  })()`);
  const attribute = (name: string) => () =>
    firefox.evaluate<string | null>(
      `document.querySelector("dialog.stage").getAttribute(${JSON.stringify(name)})`,
    );
  const started = performance.now();
  await firefox.click(".subject .open");
  await eventually(attribute("data-state"), "ready");
  assert.equal(
    await firefox.evaluate(`document.querySelector(".no-view:not([hidden])")?.textContent ?? ""`),
    "",
    "WebGL on software needs Mesa and a display: see above",
  );
  say(`  the viewer is ready after ${(performance.now() - started).toFixed(0)} ms`);
  const middle = async (pane: number) => {
    // Names over the panes are not part of the picture.
    await firefox.evaluate(`document.querySelector(".pane-names").replaceChildren() ?? 0`);
    return middleOf(await pictureOf(firefox, ".canvas-box canvas"), { pane, panes: 3 });
  };
  for (const [pane, mm] of [[1, 10], [2, 0]]) {
    const wanted = errorColor(mm, 20);
    let found: number[] = [];
    await eventually(async () => {
      found = await middle(pane);
      return found.every((value, k) => Math.abs(value - wanted[k]) <= 6) ? "as wanted" : `${found}`;
    }, "as wanted");
    say(`  ${mm} mm is drawn as rgb(${found}), the legend says rgb(${wanted})`);
  }
  await keep("subject");
  await eventually(attribute("data-look"), "0 0");
  await firefox.evaluate(`document.querySelector(".canvas-box canvas").focus() ?? 0`);
  await firefox.press(KEYS.right);
  await eventually(attribute("data-look"), "15 0");
  await firefox.resize(360, 740);
  await eventually(
    () =>
      firefox.evaluate<number>(
        `document.querySelector(".stage").scrollWidth - document.querySelector(".stage").clientWidth`,
      ),
    0,
  );
  await keep("subject-phone");
  await firefox.resize(1280, 900);
  await firefox.press(KEYS.escape);
  await eventually(() => firefox.evaluate(`document.querySelector("dialog.stage").open`), false);
  await eventually(attribute("data-left"), "0 0");
  assert.deepEqual(await firefox.evaluate("violations"), []);
}

async function pictureOf(firefox: Firefox, selector: string): Promise<Image> {
  const png = await firefox.screenshot(selector);
  return await readImage(bytesSource("canvas", png), { channels: 4 });
}

/** The colour in the middle of one of the panes that stand side by side. */
function middleOf(image: Image, { pane, panes }: { pane: number; panes: number }): number[] {
  const x = Math.round((pane + 0.5) * image.width / panes), y = Math.round(image.height / 2);
  return Array.from(image.data.subarray(4 * (y * image.width + x), 4 * (y * image.width + x) + 3));
}

if (import.meta.main) {
  const out = Deno.args[0], folder = await Deno.makeTempDir();
  if (out !== undefined) await Deno.mkdir(out, { recursive: true });
  const firefox = await Firefox.launch(Deno.env.get("FIREFOX") ?? "firefox-esr");
  try {
    await firefox.resize(1280, 900);
    const keep = async (name: string) => {
      const picture = await firefox.screenshot();
      if (out !== undefined) await Deno.writeFile(join(out, `${name}.png`), picture);
    };
    for (const [name, check] of Object.entries({ table, subject })) {
      say(name);
      await check({ firefox, folder, keep });
      assert.deepEqual(firefox.complaints, []);
    }
    say("Firefox shows the page as Chromium does");
  } finally {
    await firefox.close();
    await Deno.remove(folder, { recursive: true });
  }
}
