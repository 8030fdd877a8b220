import assert from "node:assert/strict";
import { join } from "../../core/work/path.ts";
import { FIXTURES } from "../../core/work/paths.ts";
import { tinyModel } from "../inference/twoktwok/_tiny.ts";
import { cli, inFolder } from "./_cli.ts";

Deno.test("infer --method 2k2k writes stages and ends with 0, and says that weights are unknown", () =>
  inFolder(async (cwd) => {
    await tinyModel(join(cwd, "model"));
    const render = ["render", join(FIXTURES, "humans"), "-o", "views", "--only", "h02"];
    const rendered = await cli([...render, "--yaws=0", "--size", "192", "--quiet"], { cwd });
    assert.equal(rendered.code, 0, rendered.stderr);
    const args = ["infer", "views/h02/y000", "-o", "out", "--method", "2k2k", "--model", "model"];
    const run = [...args, "--mesher", "none", "--stages", "s", "--memory", "low", "--threads", "1"];
    const { code, stdout, stderr } = await cli([...run, "--tile", "64", "--outputs", "none"], {
      cwd,
    });
    assert.equal(code, 0, stderr);
    assert.match(stdout, /1 done/);
    assert.match(stderr, /note: nothing says that the model "tiny" was trained/);
    assert.match(stderr, /infer h02\/y000: refine/);
    assert.ok((await Deno.stat(join(cwd, "s", "network_input.npy"))).size > 0);

    const usage: [string[], RegExp][] = [
      [[...args, "--tile", "100"], /multiple of 8/],
      [[...args, "--mesher", "magic"], /poisson.*stitch.*none/],
      [[...args, "--outputs", "all"], /--outputs takes/],
      [["infer", "views", "-o", "o", "--method", "inflate", "--stages", "s"], /option of 2k2k/],
      [
        ["infer", "views", "-o", "o", "--method", "inflate", "--faces", "9"],
        /of 2k2k, oracle-depth/,
      ],
      [["infer", "views", "-o", "o", "--method", "body", "--open-jumps", "9"], /2k2k.*inflate/],
      [[...args, "--open-jumps", "9"], /does not go with the mesher "poisson"/],
      [[...args, "--mesher", "none", "--faces", "99"], /"faces" without a mesh/],
      [[...args, "--color", "texture"], /PLY files hold none/],
      [[...args, "--mesh-format", "stl"], /ply, glb, obj/],
    ];
    for (const [words, fault] of usage) {
      const ended = await cli(words, { cwd });
      assert.equal(ended.code, 2, words.join(" "));
      assert.match(ended.stderr, fault);
    }
    const lost = await cli([...args, "--provider", "abacus"], { cwd });
    assert.equal(lost.code, 1);
    assert.match(lost.stderr, /Cannot run on "abacus".*\nhint: .*doctor/s);
  }));

Deno.test("infer takes the open model where neither method nor model is named", () =>
  inFolder(async (cwd) => {
    const render = ["render", join(FIXTURES, "humans"), "-o", "views", "--only", "h01"];
    const rendered = await cli([...render, "--yaws=0", "--size", "256", "--quiet"], { cwd });
    assert.equal(rendered.code, 0, rendered.stderr);
    const args = ["infer", "views", "-o", "out", "--mesher", "none", "--threads", "1"];
    const { code, stderr } = await cli([...args, "--outputs", "none"], { cwd });
    assert.equal(code, 0, stderr);
    const file = join(cwd, "out", "predictions.json");
    assert.equal(JSON.parse(await Deno.readTextFile(file)).method.name, "open-2k");
  }));
