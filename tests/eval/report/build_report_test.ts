import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { describeKey } from "../../../eval/keys.ts";
import { buildLeaderboard } from "../../../eval/leaderboard.ts";
import { buildReport, errorRangeMm } from "../../../eval/report/build_report.tsx";
import { loadScene } from "../../../eval/report/load_scene.ts";
import { planSubject } from "../../../eval/report/subject_plan.ts";
import type { Results } from "../../../eval/results.ts";
import { syntheticResults } from "../_synthetic.ts";
import { RADIUS_M, writeDataset } from "./_dataset.ts";

const QUICK = { resamples: 200 };
const SMALL = { heightPx: 48 };

async function pageOf(results: Results | Results[]): Promise<string> {
  const all = [results].flat();
  const leaderboard = buildLeaderboard(all, QUICK);
  return (await buildReport({ leaderboard, results: all.map((results) => ({ results })) })).html;
}

async function withDataset(
  test: (folder: string, results: Results) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder, await writeDataset(folder));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The text between tags, as a reader sees it. */
function textOf(html: string): string {
  return html.slice(html.indexOf("<body>")).replaceAll(/<script[^]*?<\/script>/g, "")
    .replaceAll(/<[^>]*>/g, " ").replaceAll("&lt;", "<").replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&").replaceAll(/\s+/g, " ");
}

Deno.test("buildReport() makes one file that may fetch nothing and run one script", async () => {
  const html = await pageOf(syntheticResults());
  const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1] ?? "";
  const script = /<script>([^]*)<\/script>/.exec(html)?.[1] ?? "";
  const hash = createHash("sha256").update(script).digest("base64");
  assert.match(policy, /^default-src 'none'; /);
  assert.ok(policy.includes(`script-src 'sha256-${hash}'`), policy);
  assert.equal(html.match(/<script>/g)?.length, 1);
  const markup = html.replace(script, "");
  assert.ok(!/\b(src|href)="(?!data:|#)/.test(markup), "everything is inside");
  assert.ok(!/url\(|@import|https?:/.test(markup), "no address of another file");
});

Deno.test("buildReport() shows every method with means, intervals, units and directions", async () => {
  const results = syntheticResults();
  const text = textOf(await pageOf(results));
  const { boards } = buildLeaderboard([results], QUICK);
  for (const board of boards) {
    for (const entry of board.entries) {
      assert.ok(text.includes(entry.method));
      const { mean, low, high } = entry.scores.chamfer_cm;
      const { digits } = describeKey("chamfer_cm");
      assert.ok(text.includes(mean.toFixed(digits)));
      assert.ok(text.includes(`${low!.toFixed(digits)}–${high!.toFixed(digits)}`));
    }
  }
  assert.ok(text.includes("Chamfer cm ↓"));
  assert.ok(text.includes("NC ↑"));
  assert.ok(text.includes("uses truth, not ranked"));
});

Deno.test("buildReport() opens on the board that ranks and hides the others", async () => {
  const html = await pageOf(syntheticResults());
  assert.match(html, /<div data-board="b-0" hidden>/);
  assert.match(html, /<div data-board="b-1">/);
});

Deno.test("buildReport() says what failed, what is missing and what it does to the means", async () => {
  const results = syntheticResults({ failures: { "inflate/h07": "the mask has 3 parts" } });
  results.rows = results.rows.filter(({ method, subject }) =>
    !(method === "2k2k" && subject === "h11")
  );
  const text = textOf(await pageOf(results));
  assert.ok(text.includes("7 of 8 subjects · 1 failed"));
  assert.ok(text.includes("7 of 8 subjects · 1 missing"));
  assert.ok(text.includes("Failed the mask has 3 parts"));
  assert.ok(text.includes("Missing no prediction was scored for this subject"));
  assert.ok(text.includes("worst case"));
});

Deno.test("buildReport() shows warnings, constants, hashes and the command", async () => {
  const results = syntheticResults();
  results.rows[0].warnings = ["the alignment mirrored the prediction"];
  const leaderboard = buildLeaderboard([results], {
    ...QUICK,
    sources: [{ path: "out/results.json", bytes: 12, sha256: "ab".repeat(32) }],
  });
  const command = "npx -y deno@2.9.6 task demo";
  const { html } = await buildReport({ leaderboard, results: [{ results }] }, { command });
  const text = textOf(html);
  for (
    const wanted of [
      "the alignment mirrored the prediction",
      "align max rotation deg 30",
      "nested, what protocols may hold yes",
      "f score thresholds cm 0.5, 1, 2",
      "½ (p2s_cm + s2p_cm)",
      "100 000",
      "ab".repeat(32),
      results.inputs[0].sha256,
      command,
    ]
  ) assert.ok(text.includes(wanted), wanted);
});

Deno.test("buildReport() says under the table what a protocol's numbers suffer from", async () => {
  const results = syntheticResults();
  const quirk = "its edges <b>leave</b> a floor";
  results.protocols = results.protocols.map((record) => ({ ...record, quirks: [quirk] }));
  const leaderboard = buildLeaderboard([results], QUICK);
  const { html } = await buildReport({ leaderboard, results: [{ results }] });
  const [boards, panel] = html.split("<h2>Protocol</h2>");
  const shown = "<li>its edges &lt;b>leave&lt;/b> a floor</li>";
  assert.equal(boards.split(shown).length - 1, leaderboard.boards.length);
  assert.equal(panel.split(shown).length - 1, 1);
});

Deno.test("buildReport() says how far the sampler's seed alone moves a board's score", async () => {
  const results = syntheticResults(), leaderboard = buildLeaderboard([results], QUICK);
  const [board] = leaderboard.boards;
  board.samplerNoise = { key: "chamfer_cm", relative: 0.00584, ofMean: 0.002065 };
  for (const other of leaderboard.boards.slice(1)) delete other.samplerNoise;
  const { html } = await buildReport({ leaderboard, results: [{ results }] });
  const told = html.match(
    /seed alone moves Chamfer of one subject by 0\.58 % and this mean by 0\.21 %/g,
  );
  assert.equal(told?.length, 1);
});

Deno.test("buildReport() treats hostile names as text", async () => {
  const evil = '<img src=x onerror="alert(1)">', script = "</script><script>alert(1)</script>";
  const results = syntheticResults({
    subjects: [evil, "b"],
    methods: [{ name: script, chamferCm: 1 }, { name: "__proto__", chamferCm: 2 }],
    failures: { [`${script}/b`]: `'"><svg onload=alert(1)>` },
    dataset: "<style>*{display:none}</style>",
  });
  results.rows[0].warnings = [evil];
  const html = await pageOf(results);
  const body = html.slice(html.indexOf("<body>")).replaceAll(/<script[^]*?<\/script>/g, "");
  assert.ok(!/<img src=x|<svg onload|<style/.test(body));
  assert.equal(html.match(/<script>/g)?.length, 1);
  assert.equal(html.match(/<script/g)?.length, 2, "the script and its data");
  assert.ok(textOf(html).includes(evil));
  const tags = body.replaceAll(/="[^"]*"/g, '=""').match(/<[a-z][^>]*>/g) ?? [];
  assert.deepEqual(tags.filter((tag) => /\son/.test(tag)), [], "no tag has a handler");
});

Deno.test("buildReport() keeps protocols and data sets apart", async () => {
  const one = syntheticResults({ dataset: "first" }), two = syntheticResults({ dataset: "second" });
  const html = await pageOf([one, two]);
  assert.equal(html.match(/<table class="board">/g)?.length, 4);
  assert.ok(textOf(html).includes("first · none"));
  assert.equal(html.match(/<article class="subject"/g)?.length, 16);
});

Deno.test("buildReport() survives a board on which everything failed, and one subject", async () => {
  const results = syntheticResults({
    subjects: ["only"],
    methods: [{ name: "m", chamferCm: 1 }],
    failures: { "m/only": "out of memory" },
  });
  const text = textOf(await pageOf(results));
  assert.ok(text.includes("out of memory"));
  assert.ok(text.includes("One subject: no interval can be given"));
});

Deno.test("buildReport() draws what was scored, with equal bytes for any number of workers", async () => {
  await withDataset(async (folder, results) => {
    const leaderboard = buildLeaderboard([results], QUICK);
    const input = { leaderboard, results: [{ results, folder }] };
    const told: number[] = [];
    const report = await buildReport(input, {
      pictures: SMALL,
      onSubject: (done, all) => told.push(done / all),
    });
    assert.deepEqual(report.notes, []);
    assert.equal(report.leaderboard, leaderboard);
    assert.deepEqual(told, [0.5, 1]);
    // Two subjects: input and two normal maps each; three predictions with four pictures each.
    assert.equal(report.html.match(/<img src="data:image\/webp/g)?.length, 2 * 3 + 3 * 4);
    assert.ok(textOf(report.html).includes("Failed the mask is empty"));
    const again = await buildReport(input, { pictures: SMALL, workers: 2 });
    assert.equal(again.html, report.html);
  });
});

Deno.test("buildReport() shows no file that is not the one that was scored", async () => {
  await withDataset(async (folder, results) => {
    await Deno.writeTextFile(join(folder, "round/tight.ply"), "\n", { append: true });
    await Deno.remove(join(folder, "rounder/scan.ply"));
    const leaderboard = buildLeaderboard([results], QUICK);
    const { html, notes } = await buildReport({ leaderboard, results: [{ results, folder }] }, {
      pictures: SMALL,
    });
    assert.ok(
      textOf(html).includes("No pictures: round/tight.ply is not the file that was scored"),
    );
    assert.equal(notes.length, 1);
    assert.match(notes[0], /^rounder: .*no such file/);
    assert.ok(textOf(html).includes("No pictures: "));
  });
});

Deno.test("buildReport() asks where files are that have moved", async () => {
  await withDataset(async (folder, results) => {
    const leaderboard = buildLeaderboard([results], QUICK);
    const { notes } = await buildReport({ leaderboard, results: [{ results, folder: "gone" }] }, {
      pictures: SMALL,
      locate: (input) => join(folder, input.path),
    });
    assert.deepEqual(notes, []);
  });
});

Deno.test("loadScene() brings every mesh to scan metres: unit, frame, then alignment", async () => {
  await withDataset(async (folder, results) => {
    const row = results.rows.find((row) => row.method === "loose" && row.status === "ok")!;
    row.transforms = {
      aligned: { matrix: [[1, 0, 0, 3], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]] },
    };
    const plan = planSubject([{ results, folder }], {
      key: { dataset: "spheres", subject: "round", view: "y000" },
      protocol: "suite-1",
      alignment: "aligned",
    });
    const scene = await loadScene(plan!);
    assert.equal(scene.camera.yawDeg, 30);
    const loose = await scene.predictions.get("loose")!();
    for (let i = 0; i < loose.positions.length; i += 3) {
      const [x, y, z] = loose.positions.subarray(i, i + 3);
      // Back on the scan's sphere, moved by the alignment; float32 centimetres hold 1e-5 m.
      assert.ok(Math.abs(Math.hypot(x - 3, y, z) - RADIUS_M) < 1e-5);
    }
  });
});

Deno.test("errorRangeMm() is a round number of at least 1½ times the worst mean", () => {
  const [board] = buildLeaderboard([syntheticResults()], QUICK).boards;
  const worst = Math.max(...board.entries.map((entry) => entry.scores.p2s_cm.mean));
  const range = errorRangeMm(board);
  assert.ok(range >= 15 * worst && range <= 40 * worst, `${range} mm for ${worst} cm`);
});

Deno.test("buildReport() shows published tables of a board's protocol in a place of their own", async () => {
  const results = syntheticResults();
  results.protocols[0].id = "icon-2022";
  for (const row of results.rows) row.protocol = "icon-2022";
  const html = await pageOf(results), text = textOf(html);
  assert.ok(text.includes("CAPE 150"));
  assert.ok(text.includes("to look at, not to rank with"));
  assert.match(
    html,
    /<table class="plain" title="ICON, docs\/evaluation\.md[^"]*before the test data/,
  );
  const board = /<table class="board">[^]*?<\/table>/.exec(html)![0];
  assert.ok(!board.includes("PaMIR"), "never among the measured ones");
});

Deno.test("buildReport() flags methods that were trained on the targets", async () => {
  const results = syntheticResults();
  results.methods[2].trainedOn = [{ dataset: results.dataset.name, subjects: ["h02", "h99"] }];
  delete results.methods[3].trainedOn;
  const text = textOf(await pageOf(results));
  assert.ok(text.includes("trained on 1 of 8 subjects"));
  assert.ok(text.includes("training set not declared"));
});
