import assert from "node:assert/strict";
import { join } from "node:path";
import type { Json } from "../../../core/work/json.ts";
import { type ItemRecord, writeRecord } from "../../../core/work/records.ts";
import { readPartialResults, writePlan } from "../../../eval/partial_results.ts";
import { ReportServer } from "../../../eval/report/serve.tsx";
import { resultsJson } from "../../../eval/results.ts";
import { readResults } from "../../../eval/write_report.ts";
import { writeDataset } from "./_dataset.ts";

const ORIGIN = "http://127.0.0.1:8377";

async function withServer(
  body: (server: ReportServer, folder: string) => Promise<void>,
  { results = true }: { results?: boolean } = {},
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const made = await writeDataset(folder);
    const file = join(folder, "results.json");
    if (results) await Deno.writeTextFile(file, resultsJson(made));
    await Deno.writeTextFile(join(folder, "secret.txt"), "secret");
    await body(
      new ReportServer([file], { read: readResults, pollMs: 20, pictures: { heightPx: 48 } }),
      folder,
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("ReportServer answers with tables at once and a subject when it is asked for", async () => {
  await withServer(async (server) => {
    const page = await server.handle(new Request(`${ORIGIN}/`));
    assert.equal(page.status, 200);
    const html = await page.text();
    assert.match(html, /connect-src 'self'/);
    assert.match(html, /<html lang="en" data-events="\/events">/);
    assert.ok(!html.includes("data:image/webp"), "nothing is drawn yet");
    const subject = await server.handle(new Request(`${ORIGIN}/subject/s-0.json`));
    const json = await subject.json();
    assert.ok(json.methods[0].model.data.length > 1000);
    assert.ok(json.methods[0].distances !== undefined);
    assert.deepEqual(json.scan.pictures, {}, "they take longer");
    const pictures = await server.handle(new Request(`${ORIGIN}/subject/s-0.pictures.json`));
    const later = await pictures.json();
    assert.match(later.scan.pictures.normal, /^data:image\/webp/);
    assert.match(later.methods[0].pictures.errorBack, /^data:image\/webp/);
    assert.equal(later.methods[0].model, undefined, "they came before");
  });
});

Deno.test("ReportServer reaches no file by its name, and nothing but GET", async () => {
  await withServer(async (server) => {
    for (
      const path of [
        "/secret.txt",
        "/../secret.txt",
        "/..%2fsecret.txt",
        "/subject/../secret.txt",
        "/subject/..%2f..%2fsecret.json",
        "/subject/s-99.json",
        "/subject/s-99.pictures.json",
        "/subject/s-0.secret.json",
        "/subject/s-0.json/../../secret.txt",
        "/subject/%2e%2e/secret.txt",
        "/results.json",
        "//etc/passwd",
      ]
    ) {
      const answer = await server.handle(new Request(`${ORIGIN}${path}`));
      assert.equal(answer.status, 404, path);
      assert.ok(!(await answer.text()).includes("secret\n"), path);
    }
    const posted = await server.handle(new Request(`${ORIGIN}/`, { method: "POST" }));
    assert.equal(posted.status, 405);
  });
});

Deno.test("ReportServer refuses names that only point at this machine", async () => {
  await withServer(async (server) => {
    const answer = await server.handle(new Request("http://evil.example/"));
    assert.equal(answer.status, 403);
  });
});

Deno.test("ReportServer shows what a running evaluation has done, under the keys of its plan", async () => {
  await withServer(async (server, folder) => {
    const { rows, ...head } = await writeDataset(folder);
    const work = join(folder, ".work", "results.json"), key = "k";
    const names = [["tight", "round"], ["tight", "rounder"], ["loose", "round"]] as const;
    const items = names.map(([method, subject]) => ({
      id: `${subject}/${method}`,
      key,
      method,
      subject,
      views: ["y000"],
    }));
    await writePlan(work, { head: { ...head, rows: [] }, items });
    const record = (id: string, rest: Partial<ItemRecord>) =>
      writeRecord(join(work, "records"), {
        id,
        key,
        run: "r",
        status: "ok",
        warnings: [],
        inputs: [],
        outputs: [],
        ...rest,
      });
    const own = rows.filter(({ method, subject }) => method === "tight" && subject === "round");
    await Deno.mkdir(join(work, "records"), { recursive: true });
    await record("round/tight", { result: { rows: own } as unknown as Json });
    await record("rounder/tight", { status: "failed", reason: "the scan is gone" });
    await record("round/loose", { key: "older" }); // made from other inputs: still to be done
    const partial = (await readPartialResults(join(folder, "results.json")))!;
    assert.deepEqual([partial.done, partial.total], [2, 3]);
    const states = partial.results.rows.map(({ subject, status }) => `${subject} ${status}`);
    assert.deepEqual([...new Set(states)], ["round ok", "rounder failed"]);
    const html = await (await server.handle(new Request(`${ORIGIN}/`))).text();
    assert.match(html, /<h1>Leaderboard: spheres<\/h1>/);
    assert.ok(html.includes("the scan is gone"));
    const events = await server.handle(new Request(`${ORIGIN}/events`));
    const reader = events.body!.pipeThrough(new TextDecoderStream()).getReader();
    const next = async () => JSON.parse((await reader.read()).value!.slice("data: ".length));
    assert.deepEqual(await next(), { version: "part-2", done: 2, total: 3 });
    await record("round/loose", { result: { rows: [] } as unknown as Json });
    let told = await next();
    while (told.version === "part-2") told = await next();
    assert.deepEqual(told, { version: "part-3" });
    await reader.cancel();
  }, { results: false });
});

Deno.test("ReportServer tells of progress, then of results, and shows them", async () => {
  await withServer(async (server, folder) => {
    const waiting = await (await server.handle(new Request(`${ORIGIN}/`))).text();
    assert.match(waiting, /Waiting for results/);
    const records = join(folder, ".work", "results.json", "records");
    await Deno.mkdir(records, { recursive: true });
    await Deno.writeTextFile(join(records, "one.json"), "{}");
    const events = await server.handle(new Request(`${ORIGIN}/events`));
    const reader = events.body!.pipeThrough(new TextDecoderStream()).getReader();
    const next = async () => JSON.parse((await reader.read()).value!.slice("data: ".length));
    const first = await next();
    assert.deepEqual(first, { version: "none", done: 1 });
    await Deno.writeTextFile(join(folder, "results.json"), resultsJson(await writeDataset(folder)));
    let told = await next();
    while (told.version === "none") told = await next();
    assert.notEqual(told.version, "none");
    await reader.cancel();
    const page = await (await server.handle(new Request(`${ORIGIN}/`))).text();
    assert.match(page, /<h1>Leaderboard: spheres<\/h1>/);
  }, { results: false });
});
