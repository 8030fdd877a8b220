/** What a user sees when the input is bad: one clear error or row, an exit code, nothing lost. */
import assert from "node:assert/strict";
import { join } from "../../core/work/path.ts";
import { FIXTURES } from "../../core/work/paths.ts";
import { cli, hashesOf, inFolder } from "./_cli.ts";

const SUBJECTS = join(FIXTURES, "humans", "subjects");

/** A data set with people of the fixtures: `ids` and their fits, and the body model. */
async function dataset(folder: string, ids: readonly string[]): Promise<string> {
  const subjects = join(folder, "scans", "subjects");
  await Deno.mkdir(subjects, { recursive: true });
  for (const id of ids) {
    await Deno.copyFile(join(SUBJECTS, `${id}.glb`), join(subjects, `${id}.glb`));
    await Deno.copyFile(join(SUBJECTS, `${id}.json`), join(subjects, `${id}.json`));
  }
  await Deno.copyFile(
    join(FIXTURES, "humans", "open_body.npz"),
    join(folder, "scans", "open_body.npz"),
  );
  return subjects;
}

const RENDER = ["render", "scans", "-o", "views", "--yaws=0", "--size", "128"];

Deno.test("render of damaged scans: each is a row with a reason, the good one is done", async () => {
  await inFolder(async (cwd) => {
    const subjects = await dataset(cwd, ["h02", "h04"]);
    const glb = await Deno.readFile(join(SUBJECTS, "h02.glb"));
    await Deno.writeFile(join(subjects, "cut_glb.glb"), glb.subarray(0, glb.length >> 1));
    const describe = (name: string) => {
      const id = name.replace(/\.\w+$/, "");
      return Deno.writeTextFile(join(subjects, `${id}.json`), JSON.stringify({ id, scan: name }));
    };
    await describe("cut_glb.glb");
    await describe("gone.glb");
    const text = async (name: string, lines: string[]) => {
      await Deno.writeTextFile(join(subjects, name), lines.join("\n") + "\n");
      await describe(name);
    };
    await text("cut_ply.ply", [
      ...["ply", "format ascii 1.0", "element vertex 3", "property float x", "property float y"],
      ...["property float z", "element face 1", "property list uchar int vertex_indices"],
      ...["end_header", "0 0 0", "1 0 0"],
    ]);
    await text("nan.obj", ["v 0 0 0", "v 1 0 nan", "v 0 1 0", "f 1 2 3"]);
    await text("empty.obj", ["# nothing here"]);
    await text("far_index.obj", ["v 0 0 0", "v 1 0 0", "v 0 1 0", "f 1 2 9"]);
    await text("not_a_mesh.ply", ["this is a letter"]);
    await Deno.copyFile(join(SUBJECTS, "h02.glb"), join(subjects, "lonely.glb"));
    await Deno.writeTextFile(join(subjects, "letter.json"), '{"id": "letter", "glb": 7}');
    const { code, stderr, stdout } = await cli(RENDER, { cwd });
    assert.equal(code, 1, stderr);
    const reasons: [string, RegExp][] = [
      ["cut_glb", /cut_glb.*(truncated|ends|bytes)/i],
      ["cut_ply", /cut_ply.*(truncated|ends|lines|expected)/i],
      ["nan", /nan.*(finite|not a number|NaN)/i],
      ["empty", /empty.*(no |empty|0 )/i],
      ["far_index", /far_index.*(9|index)/i],
      ["not_a_mesh", /not_a_mesh/i],
      ["gone", /its mesh "gone\.glb" is missing/],
      ["lonely", /found no lonely\.json/],
      ["letter", /glb is 7, expected/],
    ];
    for (const [id, wanted] of reasons) {
      const line = stderr.split("\n").find((l) => /^(failed|broken)/.test(l) && l.includes(id));
      assert.match(line ?? `no line about ${id}: ${stderr}`, wanted);
    }
    assert.match(stdout, /render: 4 done, 0 were done before/); // h02, h04 and their views
    const manifest = JSON.parse(await Deno.readTextFile(join(cwd, "views", "manifest.json")));
    const ok = manifest.items.filter((item: { status: string }) => item.status === "ok");
    assert.deepEqual(ok.map((item: { id: string }) => item.id), [
      "h02",
      "h02/y000",
      "h04",
      "h04/y000",
    ]);
  });
});

Deno.test("a scan in another unit is refused with the unit that would fit, and read with --unit", async () => {
  await inFolder(async (cwd) => {
    const subjects = await dataset(cwd, ["h02"]);
    const file = join(subjects, "h02.json");
    const json = JSON.parse(await Deno.readTextFile(file));
    await Deno.writeTextFile(file, JSON.stringify({ ...json, units: "cm" }));
    const { code, stderr } = await cli(RENDER, { cwd });
    assert.equal(code, 1);
    assert.match(stderr, /failed h02: Cannot use scan "h02": it is 0\.01\d+ m long, expected/);
    assert.match(stderr, /hint: the file looks like metres; pass --unit m/);
    const again = await cli([...RENDER, "--unit", "m"], { cwd });
    assert.equal(again.code, 0, again.stderr);
  });
});

Deno.test("a fit of another size is drawn, and said", async () => {
  await inFolder(async (cwd) => {
    const subjects = await dataset(cwd, ["h02", "h04"]);
    const file = join(subjects, "h02.json");
    const json = JSON.parse(await Deno.readTextFile(file));
    json.body.scale /= 2.4;
    await Deno.writeTextFile(file, JSON.stringify(json));
    const { code, stderr } = await cli(RENDER, { cwd });
    assert.equal(code, 0, stderr);
    assert.match(stderr, /warning: the body's fit does not lie in the scan .*\(h02\/y000\)/);
    const inspected = await cli(["inspect", "scans", "--json"], { cwd });
    assert.equal(inspected.code, 1, inspected.stderr);
    const summary = JSON.parse(inspected.stdout);
    const faults = Object.fromEntries(
      summary.subjects.map((s: { id: string; faults: unknown[] }) => [s.id, s.faults]),
    );
    assert.deepEqual(faults.h04, []);
    assert.equal(faults.h02[0].code, "fit-scale");
    assert.ok(
      Math.abs(faults.h02[0].ratio - 1 / 2.4) < 0.01 || Math.abs(faults.h02[0].ratio - 2.4) < 0.05,
    );
  });
});

Deno.test("eval makes missing and extra subjects rows", async () => {
  await inFolder(async (cwd) => {
    await dataset(cwd, ["h02", "h04"]);
    assert.equal((await cli(RENDER, { cwd })).code, 0);
    const infer = ["infer", "views", "-o", "pred/inflate", "--method", "inflate"];
    assert.equal((await cli(infer, { cwd })).code, 0);
    await Deno.mkdir(join(cwd, "mine"));
    await Deno.copyFile(join(cwd, "pred/inflate/h02/y000.ply"), join(cwd, "mine/h02.ply"));
    await Deno.copyFile(join(cwd, "pred/inflate/h02/y000.ply"), join(cwd, "mine/stranger.ply"));
    await Deno.writeTextFile(
      join(cwd, "mine/predictions.json"),
      JSON.stringify({
        schema: "scan2score/predictions-1",
        method: { name: "mine", version: "1", trainedOn: [] },
        usesTruth: false,
        frame: "scan",
        unit: "m",
      }),
    );
    const args = ["eval", "mine", "--truth", "scans", "--samples", "500", "-o", "results.json"];
    const { code, stderr } = await cli(args, { cwd });
    assert.equal(code, 1);
    assert.match(stderr, /failed mine h04: no prediction for this target/);
    assert.match(stderr, /failed mine stranger: the truth has no subject of this name/);
    const { rows } = JSON.parse(await Deno.readTextFile(join(cwd, "results.json")));
    assert.deepEqual(
      rows.map((row: { subject: string; status: string }) => `${row.subject} ${row.status}`),
      ["h02 ok", "h04 failed", "stranger failed"],
    );
  });
});

Deno.test("an output folder that cannot be written is one error", async () => {
  await inFolder(async (cwd) => {
    await Deno.writeTextFile(join(cwd, "views"), "a file in the way");
    await dataset(cwd, ["h02"]);
    const { code, stderr } = await cli(RENDER, { cwd });
    assert.equal(code, 1);
    assert.match(stderr, /^error: Cannot make the output folder.*views/m);
    assert.equal(await Deno.readTextFile(join(cwd, "views")), "a file in the way");
  });
});

Deno.test("usage errors end with 2 and change nothing", async () => {
  await inFolder(async (cwd) => {
    const before = await hashesOf(cwd);
    const cases: [string[], RegExp][] = [
      [["rendr"], /unknown command 'rendr'/],
      [["render", "x"], /required option '-o, --out/],
      [["render", "x", "-o", "y", "--shard", "3/2"], /found "3\/2", expected i\/n/],
      [["render", "x", "-o", "y", "--size", "0"], /found "0", expected a whole number above 0/],
      [["render", "x", "-o", "y", "--yaws=left"], /yaws.*left/],
      [["infer", "x", "-o", "y", "--method", "magic"], /magic.*|oracle-depth/],
      [["eval", "x", "--truth", "y", "-o", "z.json", "--protocol", "icon"], /icon/],
    ];
    for (const [args, wanted] of cases) {
      const { code, stderr } = await cli(args, { cwd });
      assert.equal(code, 2, `${args.join(" ")}: ${code} ${stderr}`);
      assert.match(stderr, wanted);
    }
    assert.equal(await hashesOf(cwd), before);
  });
});

Deno.test("a data set that is not there is one error with exit code 1", async () => {
  await inFolder(async (cwd) => {
    const { code, stderr } = await cli(["render", "nowhere", "-o", "views"], { cwd });
    assert.equal(code, 1);
    assert.match(stderr, /^error: .*nowhere/m);
  });
});
