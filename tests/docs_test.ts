import assert from "node:assert/strict";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const FOLDERS = ["core", "body", "datasets", "render", "inference", "eval", "tools"];

async function files(folder: string, pattern: RegExp): Promise<string[]> {
  const found: string[] = [];
  for await (const entry of Deno.readDir(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory) found.push(...await files(path, pattern));
    else if (pattern.test(entry.name)) found.push(path);
  }
  return found.sort();
}

Deno.test("every source file and every exported function or class says what it is", async () => {
  const silent: string[] = [];
  for (const folder of FOLDERS) {
    for (const file of await files(join(ROOT, folder), /\.tsx?$/)) {
      const name = relative(ROOT, file), text = await Deno.readTextFile(file);
      if (/\/generated\/|\/assembly\/|_wasm\.ts$/.test(name)) continue;
      const first = text.search(/^export /m);
      if (!text.slice(0, first < 0 ? undefined : first).includes("/**")) {
        silent.push(`${name}: says nothing before its first export`);
      }
      const pattern =
        /(\*\/\s*)?\n(?:\/\/[^\n]*\n)*export (?:default )?(?:async )?(?:function|class) (\w+)/g;
      for (const [, comment, symbol] of text.matchAll(pattern)) {
        if (comment === undefined) silent.push(`${name}: ${symbol}`);
      }
    }
  }
  assert.deepEqual(silent, []);
});

Deno.test("links between the documents lead somewhere", async () => {
  const broken: string[] = [];
  const documents = [...await files(join(ROOT, "docs"), /\.md$/)];
  for (const name of ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"]) {
    documents.push(join(ROOT, name));
  }
  for (const file of documents) {
    const text = await Deno.readTextFile(file);
    for (const [, target] of text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      const path = join(file, "..", decodeURIComponent(target));
      if (!(await Deno.stat(path).catch(() => undefined))) {
        broken.push(`${relative(ROOT, file)} → ${target}`);
      }
    }
  }
  assert.deepEqual(broken, []);
});

Deno.test("README gives the two commands and names every command and folder", async () => {
  const readme = await Deno.readTextFile(join(ROOT, "README.md"));
  assert.ok(readme.includes("npx -y deno@2.9.6 task demo"));
  assert.ok(readme.includes("npx -y deno@2.9.6 task test"));
  const { COMMANDS } = await import("../tools/commands.ts");
  for (const make of COMMANDS) {
    const name = make(() => {}).name();
    assert.ok(readme.includes(`\`${name}\``), `the README does not name the command ${name}`);
  }
  for (const folder of [...FOLDERS, "fixtures", "tests", "docs"]) {
    assert.ok(readme.includes(`\`${folder}/\``), `the README does not name the folder ${folder}/`);
  }
});

Deno.test("nothing names a machine's folder, a registry host or a tool that users do not have", async () => {
  const found: string[] = [];
  const words =
    /\/work\/(?:main|shared)|\/root\/|\.library\/|farm-(?:studio|bench)|registry\.npmjs|\/tmp\/venv/;
  const texts = [...await files(join(ROOT, "docs"), /\.(md|jsonc?)$/)];
  for (const folder of [...FOLDERS, "tests"]) {
    texts.push(...await files(join(ROOT, folder), /\.(tsx?|py)$/));
  }
  for (const file of [...texts, join(ROOT, "README.md"), join(ROOT, "CONTRIBUTING.md")]) {
    if (file.endsWith("docs_test.ts")) continue;
    const match = words.exec(await Deno.readTextFile(file));
    if (match !== null) found.push(`${relative(ROOT, file)}: ${match[0]}`);
  }
  assert.deepEqual(found, []);
});
