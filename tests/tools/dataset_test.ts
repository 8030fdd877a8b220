import assert from "node:assert/strict";
import { humman, thuman } from "../miniatures/layouts.ts";
import { archiveOf, writeFiles } from "../miniatures/files.ts";
import { cli, inFolder } from "./_cli.ts";

Deno.test("dataset info, split, describe and verify work on an archive, and their exit codes tell", async () => {
  const { files } = await thuman("smpl");
  await inFolder(async (cwd) => {
    await Deno.writeFile(`${cwd}/set.zip`, archiveOf(files, "zip", "THuman2.0"));
    const run = (...args: string[]) => cli(["dataset", ...args], { cwd });

    const info = await run("info", "set.zip", "--json");
    assert.equal(info.code, 0, info.stderr);
    const counts = JSON.parse(info.stdout);
    assert.deepEqual([counts.format, counts.subjects, counts.withFit], ["thuman2", 3, 3]);

    const split = await run("split", "set.zip", "-o", "split", "--published", "thuman2-gta");
    assert.equal(split.code, 0, split.stderr);
    assert.equal(await Deno.readTextFile(`${cwd}/split/train.txt`), "0000\n");
    assert.equal(await Deno.readTextFile(`${cwd}/split/test.txt`), "0525\n");
    assert.match(split.stderr, /1 subjects are in no part/);
    const unknown = await run("split", "set.zip", "-o", "split", "--published", "nobody");
    assert.equal(unknown.code, 2);
    assert.match(unknown.stderr, /hint: published lists: .*thuman2-gta/);

    const described = await run("describe", "set.zip", "-o", "croissant.json", "--quiet");
    assert.equal(described.code, 0, described.stderr);
    const croissant = JSON.parse(await Deno.readTextFile(`${cwd}/croissant.json`));
    assert.equal(croissant.distribution.length, 3 * 4);

    assert.equal((await run("verify", "set.zip", "--list", "sums", "--write", "--quiet")).code, 0);
    const fine = await run("verify", "set.zip", "--list", "sums", "--quiet");
    assert.deepEqual([fine.code, fine.stdout], [0, ""]);
    const other = { ...files, "data/0000/0000.obj": "v 0 0 0\n" };
    await Deno.writeFile(`${cwd}/set.zip`, archiveOf(other, "zip", "THuman2.0"));
    const changed = await run("verify", "set.zip", "--list", "sums", "--quiet");
    assert.equal(changed.code, 1);
    assert.equal(changed.stdout, "FAIL  THuman2.0/data/0000/0000.obj: its bytes are others\n");
  });
});

Deno.test("render --layout and dataset convert give a method its folder", async () => {
  const { files, subjects } = await humman();
  await inFolder(async (cwd) => {
    await writeFiles(`${cwd}/set`, files);
    const flags = ["--size", "32", "--yaws=0", "--workers", "1", "--quiet"];
    const icon = await cli(["render", "set", "-o", "icon", "--layout", "icon", ...flags], { cwd });
    assert.equal(icon.code, 0, icon.stderr);
    const list = await Deno.readTextFile(`${cwd}/icon/set/all.txt`);
    assert.deepEqual(list.trim().split("\n"), subjects);
    const half = ["render", "set", "-o", "x", "--layout", "icon", "--yaws=7.5", "--quiet"];
    const refused = await cli(half, { cwd });
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /expected a yaw of whole degrees/);

    assert.equal((await cli(["render", "set", "-o", "views", ...flags], { cwd })).code, 0);
    const args = ["dataset", "convert", "views", "-o", "tar", "--layout", "webdataset", "--quiet"];
    const converted = await cli(args, { cwd });
    assert.equal(converted.code, 0, converted.stderr);
    const shards = JSON.parse(await Deno.readTextFile(`${cwd}/tar/shards.json`));
    assert.deepEqual(shards.shards[0].subjects, subjects);
  });
});
