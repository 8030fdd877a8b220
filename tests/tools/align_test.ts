import assert from "node:assert/strict";
import { parseWith } from "../../core/work/schema.ts";
import { join } from "../../core/work/path.ts";
import { alignedSubject } from "../../inference/align/fit_file.ts";
import { inspectSchema } from "../../datasets/check/report.ts";
import { cli, inFolder } from "./_cli.ts";

Deno.test("align makes a data set that inspect calls good, once; canonical takes it on", async () => {
  await inFolder(async (cwd) => {
    const args = ["align", "fixtures:humans", "--only", "h24", "-o", "fits", "--copy-scans"];
    const first = await cli(args, { cwd });
    assert.equal(first.code, 0, first.stderr);
    assert.match(first.stdout, /align: 1 done, 0 were done before, 0 failed/);
    const file = join(cwd, "fits/subjects/h24.json");
    const json = parseWith(alignedSubject, JSON.parse(await Deno.readTextFile(file)), {
      what: "the fit",
    });
    assert.deepEqual([json.align.from, json.align.verdict], ["fit", "good"]);
    assert.equal(json.body25?.positions.length, 25);
    assert.ok((await Deno.stat(join(cwd, "fits/pictures/h24.webp"))).size > 5000);

    const again = await cli(args, { cwd });
    assert.match(again.stdout, /align: 0 done, 1 were done before, 0 failed/);

    const inspected = await cli(["inspect", "fits", "--json", "--sheet", "sheet.html"], { cwd });
    assert.equal(inspected.code, 0, inspected.stderr);
    const report = parseWith(inspectSchema, JSON.parse(inspected.stdout), { what: "the report" });
    const { good, warning, bad, fits, faults } = report.summary;
    assert.deepEqual([good, warning, bad, fits.good, faults], [1, 0, 0, 1, {}]);
    assert.equal(report.overview.subjects, 1);
    assert.ok(report.estimate!.views >= 1 && report.estimate!.bytes > 0);
    assert.match(await Deno.readTextFile(join(cwd, "sheet.html")), /data:image\/webp;base64,/);

    const canonical = await cli(["body", "canonical", "fits", "-o", "canonical"], { cwd });
    assert.equal(canonical.code, 0, canonical.stderr);
    assert.ok((await Deno.stat(join(cwd, "canonical/subjects/h24.glb"))).isFile);
  });
});

Deno.test("align wants either a data set or photos", async () => {
  await inFolder(async (cwd) => {
    for (const args of [["align", "-o", "x"], ["align", "a", "--image", "b.jpg", "-o", "x"]]) {
      const { code, stderr } = await cli(args, { cwd });
      assert.equal(code, 2);
      assert.match(stderr, /expected either a data set or --image with photos/);
    }
  });
});

Deno.test("body convert refuses models of other sizes without a transfer", async () => {
  await inFolder(async (cwd) => {
    const model = "fixtures:humans/open_body.npz";
    const fit = "fixtures:humans/subjects/h24.json";
    const same = ["body", "convert", fit, "--from", model, "--to", model, "-o", "out.json"];
    const { code, stdout, stderr } = await cli(same, { cwd });
    assert.equal(code, 0, stderr);
    assert.match(stdout, /surfaces 0\.0\d mm apart/);
    const wrong = await cli(
      ["body", "convert", model, "--from", model, "--to", model, "-o", "out.json"],
      { cwd },
    );
    assert.equal(wrong.code, 1);
  });
});
