/** `--backend` on a machine without an adapter: none is found where WebGPU may use a foreign driver only. */
import assert from "node:assert/strict";
import { parse } from "jsonc-parser";
import { join } from "../../core/work/path.ts";
import { SUITE_ROOT } from "../../core/work/paths.ts";
import { inFolder, TASK_ARGS } from "./_cli.ts";

/** Deno's name for a family of drivers that this system cannot have. */
const FOREIGN = Deno.build.os === "windows" ? "metal" : "dx12";

/** Runs `deno <args>` where there is no adapter. */
async function withoutAdapter(args: readonly string[], cwd: string) {
  const { code, stdout, stderr } = await new Deno.Command("deno", {
    args: [...args],
    cwd: SUITE_ROOT,
    env: { INIT_CWD: cwd, NO_COLOR: "1", DENO_WEBGPU_BACKEND: FOREIGN },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

const RENDER = [
  ...TASK_ARGS,
  "render",
  "fixtures:humans",
  "-o",
  "views",
  "--only",
  "h02",
  "--yaws=0",
  "--size",
  "32",
];

Deno.test("render --backend webgpu without an adapter ends with one clear error and no map", async () => {
  await inFolder(async (cwd) => {
    const { code, stderr } = await withoutAdapter([...RENDER, "--backend", "webgpu"], cwd);
    assert.equal(code, 1, stderr);
    assert.equal(stderr.match(/^error: /gm)?.length, 1, stderr);
    assert.match(stderr, /^error: Cannot draw with WebGPU: found no graphics adapter, expected/m);
    assert.match(stderr, /^hint: --backend cpu/m);
    await assert.rejects(Deno.stat(join(cwd, "views", "manifest.json")), Deno.errors.NotFound);
    await assert.rejects(Deno.stat(join(cwd, "views", "h02", "y000")), Deno.errors.NotFound);
  });
});

Deno.test("render --backend auto without an adapter draws on the CPU, and says so", async () => {
  await inFolder(async (cwd) => {
    const { code, stderr } = await withoutAdapter([...RENDER, "--backend", "auto"], cwd);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /backend auto: cpu; Cannot draw with WebGPU: found no graphics adapter/);
    const manifest = JSON.parse(await Deno.readTextFile(join(cwd, "views", "manifest.json")));
    assert.equal(manifest.options.backend, "cpu");
    const refused = await withoutAdapter(
      [...RENDER, "--backend", "auto", "--shard", "1/2"],
      cwd,
    );
    assert.equal(refused.code, 2, refused.stderr);
    assert.match(refused.stderr, /found backend "auto", expected "cpu" or "webgpu"/);
  });
});

Deno.test("task test:gpu says in capitals that it did not run; with --require that is an error", async () => {
  const { tasks } = parse(await Deno.readTextFile(join(SUITE_ROOT, "deno.json"))) as {
    tasks: Record<string, { command: string }>;
  };
  const args = tasks["test:gpu"].command.split(" ").slice(1);
  const ended = await withoutAdapter(args, SUITE_ROOT);
  assert.equal(ended.code, 0, ended.stderr);
  assert.match(ended.stdout, /^NOT RUN: .*found no graphics adapter/m);
  assert.equal((await withoutAdapter([...args, "--require"], SUITE_ROOT)).code, 1);
});
