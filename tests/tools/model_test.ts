import assert from "node:assert/strict";
import { join } from "../../core/work/path.ts";
import { tinyCheckpointBytes, tinyModel } from "../inference/twoktwok/_tiny.ts";
import { writeCheckpoint } from "../inference/twoktwok/_checkpoint.ts";
import { cli, inFolder } from "./_cli.ts";

Deno.test("model info and verify say what a model is and what is wrong with it", () =>
  inFolder(async (cwd) => {
    await tinyModel(join(cwd, "tiny"));
    const info = await cli(["model", "info", "tiny"], { cwd });
    assert.equal(info.code, 0, info.stderr);
    assert.match(info.stdout, /^tiny: 2K2K, [\d.]+ M parameters/);
    assert.match(info.stdout, /weights +unknown: 0 training steps counted/);
    assert.match(info.stderr, /warning: nothing says that these weights were trained/);
    const json = JSON.parse((await cli(["model", "info", "tiny", "--json"], { cwd })).stdout);
    assert.equal(json.weights, "unknown");
    assert.equal(json.nets.length, 8);

    const good = await cli(["model", "verify", "tiny"], { cwd });
    assert.equal(good.code, 0, good.stderr);
    assert.equal(good.stdout.trim().split("\n").filter((line) => /\bok$/.test(line)).length, 8);
    const file = join(cwd, "tiny", "face.onnx"), bytes = await Deno.readFile(file);
    bytes[bytes.length >> 1] ^= 4;
    await Deno.writeFile(file, bytes);
    const bad = await cli(["model", "verify", "tiny", "--json"], { cwd });
    assert.equal(bad.code, 1);
    const { ok, nets } = JSON.parse(bad.stdout);
    assert.equal(ok, false);
    assert.deepEqual(
      nets.filter((net: { ok: boolean }) => !net.ok).map((net: { net: string }) => net.net),
      ["face"],
    );

    const none = await cli(["model", "info", "nowhere"], { cwd });
    assert.equal(none.code, 1);
    assert.match(none.stderr, /Cannot read the model: no such file.*\nhint: .*model import/s);
  }));

Deno.test("model import refuses what is no 2K2K checkpoint, names the fault and leaves nothing", () =>
  inFolder(async (cwd) => {
    const write = (name: string, bytes: Uint8Array) => Deno.writeFile(join(cwd, name), bytes);
    // A checkpoint of the same design with other widths, cut short, with code, and no checkpoint.
    const tiny = tinyCheckpointBytes();
    await write("tiny.pth.tar", tiny);
    await write("short.pth.tar", tiny.slice(0, tiny.length >> 1));
    const spec = { storages: { "0": new Float32Array(4) }, tensors: {} };
    await write("evil.pth.tar", writeCheckpoint({ ...spec, evil: "os system" }));
    await write("text.pth.tar", new TextEncoder().encode("no checkpoint"));
    const cases = [
      ["tiny.pth.tar", /img2normal_\w+\.\S+.*expected/],
      ["short.pth.tar", /Cannot/],
      ["evil.pth.tar", /os\W+system/],
      ["text.pth.tar", /Cannot/],
      ["none.pth.tar", /no such file/],
    ] as const;
    for (const [name, fault] of cases) {
      const { code, stderr, stdout } = await cli(["model", "import", name, "-o", "m"], { cwd });
      assert.equal(code, 1, name);
      assert.match(stderr, fault, name);
      assert.doesNotMatch(stderr, /^ +at /m, name);
      assert.equal(stdout, "");
    }
    assert.deepEqual((await Array.fromAsync(Deno.readDir(cwd))).some((e) => e.name === "m"), false);
    const usage = await cli(["model", "import", "tiny.pth.tar"], { cwd });
    assert.equal(usage.code, 2);
    assert.match(usage.stderr, /-o, --out/);
  }));
