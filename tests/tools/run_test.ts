/** The whole path through the command line, small: same bytes, resume, shards, verify. */
import assert from "node:assert/strict";
import { join } from "../../core/work/path.ts";
import { cli, hashesOf, inFolder, SMALL } from "./_cli.ts";

async function experiment(folder: string): Promise<void> {
  await Deno.writeTextFile(join(folder, "small.jsonc"), JSON.stringify(SMALL));
}

async function flipByte(
  path: string,
  at: (bytes: Uint8Array) => number,
): Promise<() => Promise<void>> {
  const bytes = await Deno.readFile(path), changed = bytes.slice();
  changed[at(bytes)] ^= 1;
  await Deno.writeFile(path, changed);
  return () => Deno.writeFile(path, bytes);
}

Deno.test("run", async (t) => {
  await inFolder(async (cwd) => {
    await experiment(cwd);
    let bytes = "";

    await t.step("writes the whole path and prints the board", async () => {
      const { code, stdout, stderr } = await cli(["run", "small.jsonc", "-o", "a"], { cwd });
      assert.equal(code, 0, stderr);
      assert.match(stdout, /oracle-depth \(uses truth\)/);
      for (const name of ["results.json", "leaderboard.json", "report.html"]) {
        assert.ok((await Deno.stat(join(cwd, "a", name))).size > 1000, name);
      }
      bytes = await hashesOf(join(cwd, "a"));
      assert.ok(bytes.split("\n").length > 30, bytes);
      assert.doesNotMatch(await Deno.readTextFile(join(cwd, "a", "report.html")), /s2s_cli_/);
      assert.doesNotMatch(await Deno.readTextFile(join(cwd, "a", "results.json")), /s2s_cli_/);
    });

    await t.step("does nothing again", async () => {
      const before = (await Deno.stat(join(cwd, "a/dataset/h02/y000/depth.exr"))).mtime;
      const { code, stdout } = await cli(["run", "small.jsonc", "-o", "a"], { cwd });
      assert.equal(code, 0);
      assert.match(stdout, /render: 0 done, 4 were done before/);
      assert.deepEqual((await Deno.stat(join(cwd, "a/dataset/h02/y000/depth.exr"))).mtime, before);
      assert.equal(await hashesOf(join(cwd, "a")), bytes);
    });

    await t.step("writes the same bytes from two shards and one worker", async () => {
      const args = ["run", "small.jsonc", "-o", "b", "--workers", "1"];
      // A step that needs the other shard's items waits for the next call.
      for (const shard of ["1/2", "2/2", "1/2", "2/2", "1/2"]) {
        const { code, stderr } = await cli([...args, "--shard", shard], { cwd });
        assert.equal(code, 0, stderr);
      }
      assert.equal(await hashesOf(join(cwd, "b")), bytes);
    });

    await t.step("killed again and again, ends with the same bytes", async () => {
      let killed = 0;
      for (const killAfterMs of [900, 1500, 2200, 3000]) {
        const { code } = await cli(["run", "small.jsonc", "-o", "c"], { cwd, killAfterMs });
        if (code !== 0) killed++;
      }
      assert.ok(killed > 0);
      const { code, stderr } = await cli(["run", "small.jsonc", "-o", "c"], { cwd });
      assert.equal(code, 0, stderr);
      assert.equal(await hashesOf(join(cwd, "c")), bytes);
    });

    await t.step("verify passes, also where the folder was moved", async () => {
      await Deno.mkdir(join(cwd, "elsewhere"));
      await Deno.rename(join(cwd, "c"), join(cwd, "elsewhere", "d"));
      const { code, stdout } = await cli(["verify", "elsewhere/d"], { cwd });
      assert.equal(code, 0, stdout);
      assert.match(stdout, /ok .*results\.json: \d+ files, \d{3} scores/);
    });

    const faults: [string, string, (bytes: Uint8Array) => number, RegExp][] = [
      ["mesh", "predictions/inflate/h02/y000.ply", (b) => b.length - 9, /inflate\/h02\/y000\.ply/],
      ["map", "dataset/h04/y000/normal.png", (b) => b.length >> 1, /h04\/y000\/normal\.png/],
      [
        "score",
        "results.json",
        lastDigitOfAScore,
        /results\.json: changed results\.json: its (content|bytes) changed/,
      ],
      [
        "mean",
        "leaderboard.json",
        lastDigitOfAScore,
        /leaderboard\.json: changed leaderboard\.json: its (content|bytes) changed/,
      ],
    ];
    for (const [what, path, at, wanted] of faults) {
      await t.step(`verify names one flipped byte in a ${what}`, async () => {
        const restore = await flipByte(join(cwd, "elsewhere/d", path), at);
        const { code, stdout } = await cli(["verify", "elsewhere/d", "--hashes-only"], { cwd });
        assert.equal(code, 1);
        assert.match(stdout, wanted);
        await restore();
      });
    }

    await t.step("verify recomputes a score that was made up", async () => {
      const file = join(cwd, "elsewhere/d/results.json");
      const text = await Deno.readTextFile(file);
      const changed = JSON.parse(text);
      const row = changed.rows.find((r: { subject: string }) => r.subject === "h04");
      row.scores.aligned.p2s_cm *= 0.99;
      delete changed.seal; // a forger would leave it out
      await Deno.writeTextFile(file, JSON.stringify(changed));
      const { code, stdout } = await cli(["verify", "elsewhere/d/results.json"], { cwd });
      await Deno.writeTextFile(file, text);
      assert.equal(code, 1);
      assert.match(stdout, /score suite-1 inflate h04\/y000 aligned p2s_cm|oracle-depth h04/);
    });

    await t.step("redoes what an option changed, and says so", async () => {
      const changed = { ...SMALL, render: { ...SMALL.render, size: 200 } };
      await Deno.writeTextFile(join(cwd, "small.jsonc"), JSON.stringify(changed));
      const { code, stderr } = await cli(["run", "small.jsonc", "-o", "a"], { cwd });
      assert.equal(code, 0, stderr);
      assert.match(stderr, /h02\/y000: made from other inputs or options, redone/);
      assert.notEqual(await hashesOf(join(cwd, "a")), bytes);
    });
  });
});

/** Where the last digit of the first `"chamfer_cm"` below the rows or boards stands. */
function lastDigitOfAScore(bytes: Uint8Array): number {
  const text = new TextDecoder().decode(bytes);
  const match = /"chamfer_cm": (?:\{[^}]*"mean": )?\d+\.\d+/.exec(text);
  assert.ok(match, "the file holds a score");
  return new TextEncoder().encode(text.slice(0, match.index + match[0].length)).length - 1;
}
