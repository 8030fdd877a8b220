import assert from "node:assert/strict";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** The product's folders: each may import from itself and from those before it. */
const FOLDERS = ["core", "body", "datasets", "render", "inference", "eval", "tools"];

async function sources(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const entry of Deno.readDir(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory) found.push(...await sources(path));
    else if (/\.tsx?$/.test(entry.name)) found.push(path);
  }
  return found;
}

/** Relative paths that a source imports, statically or not. */
function importsOf(text: string): string[] {
  const pattern = /(?:from\s+|import\s+|import\(\s*|new URL\(\s*)"(\.{1,2}\/[^"]+)"/g;
  return [...text.matchAll(pattern)].map((match) => match[1]);
}

Deno.test("imports point one way: core ← body ← datasets ← render ← inference ← eval ← tools", async () => {
  const wrong: string[] = [];
  let seen = 0;
  for (const [rank, folder] of FOLDERS.entries()) {
    for (const file of await sources(join(ROOT, folder))) {
      for (const path of importsOf(await Deno.readTextFile(file))) {
        const target = relative(ROOT, join(dirname(file), path)).split("/")[0];
        const other = FOLDERS.indexOf(target);
        if (other < 0) continue; // deno.json, fixtures
        seen++;
        if (other > rank) wrong.push(`${relative(ROOT, file)} imports ${path}`);
      }
    }
  }
  assert.ok(seen > 100, `only ${seen} imports were found: the pattern must be wrong`);
  assert.deepEqual(wrong, []);
});

Deno.test("files private to a folder (_x.ts) are imported from that folder only", async () => {
  const wrong: string[] = [];
  for (const folder of FOLDERS) {
    for (const file of await sources(join(ROOT, folder))) {
      for (const path of importsOf(await Deno.readTextFile(file))) {
        const inner = path.split("/").at(-1)!.startsWith("_");
        if (inner && !/^\.\/_[^/]+$/.test(path)) {
          wrong.push(`${relative(ROOT, file)} imports ${path}`);
        }
      }
    }
  }
  assert.deepEqual(wrong, []);
});

Deno.test("source files stay below 500 lines, so that each holds one concept", async () => {
  const long: string[] = [];
  for (const folder of FOLDERS) {
    for (const file of await sources(join(ROOT, folder))) {
      const lines = (await Deno.readTextFile(file)).split("\n").length;
      if (lines > 500 && !file.includes("/generated/")) {
        long.push(`${relative(ROOT, file)}: ${lines}`);
      }
    }
  }
  assert.deepEqual(long, []);
});
