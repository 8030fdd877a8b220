import assert from "node:assert/strict";
import { InputError } from "../../core/work/errors.ts";
import { type Results, resultsJson, writeResults } from "../../eval/results.ts";
import { readLongResults, readResults } from "../../eval/write_report.ts";
import { syntheticResults } from "./_synthetic.ts";

async function inFile<T>(use: (file: string) => Promise<T>): Promise<T> {
  const file = await Deno.makeTempFile({ suffix: ".json" });
  try {
    return await use(file);
  } finally {
    await Deno.remove(file);
  }
}

Deno.test("writeResults() writes the bytes of resultsJson()", async () => {
  const results = syntheticResults({ subjects: ["b", "a"], views: ["y030", "y000"] });
  await inFile(async (file) => {
    await writeResults(file, results);
    assert.equal(await Deno.readTextFile(file), resultsJson(results));
  });
});

Deno.test("readLongResults() reads what readResults() reads", async () => {
  await inFile(async (file) => {
    await writeResults(file, syntheticResults());
    assert.deepEqual(await readLongResults(file), await readResults(file));
  });
});

Deno.test("writeResults() and readLongResults() refuse what the schema refuses", async () => {
  const good = syntheticResults(), [row] = good.rows;
  const bad: Record<string, Results> = {
    twice: { ...good, rows: [...good.rows, row] },
    "method nobody": { ...good, rows: [{ ...row, method: "nobody" }] },
    "failed without reason": { ...good, rows: [{ ...row, status: "failed" }] },
    "no method": { ...good, rows: [{ ...row, method: 1 as unknown as string }] },
    "no protocols": { ...good, protocols: [] },
  };
  for (const [what, results] of Object.entries(bad)) {
    await inFile(async (file) => {
      await assert.rejects(writeResults(file, results), InputError, what);
      await Deno.writeTextFile(file, JSON.stringify(results));
      await assert.rejects(readLongResults(file), InputError, what);
    });
  }
});

Deno.test("readLongResults() wants the rows once", async () => {
  const text = resultsJson(syntheticResults());
  for (const other of [text.replace('"rows"', '"lines"'), text.replace("{", '{"rows": [{}],')]) {
    await inFile(async (file) => {
      await Deno.writeTextFile(file, other);
      await assert.rejects(readLongResults(file), InputError);
    });
  }
});
