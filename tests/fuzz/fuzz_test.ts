/** A little of `deno task fuzz` at each run of the tests, and every file that was once read wrongly. */
import assert from "node:assert/strict";
import { InputError } from "../../core/work/errors.ts";
import { judge, watchAllocations } from "./_guard.ts";
import { inputOf } from "./input.ts";
import { removeFiles } from "./_jsons.ts";
import { TARGETS } from "./targets.ts";

/** Executions a reader. The bounded task does hundred thousands. */
const RUNS = 60;

const FILES = new URL("../repro/files/", import.meta.url);

watchAllocations();

for (const target of TARGETS) {
  Deno.test(`reader ${target.name}: reads sound files, reads or refuses changed ones`, async () => {
    const seeds = await target.seeds();
    assert.ok(seeds.length > 0);
    for (const [i, bytes] of seeds.entries()) {
      try {
        await target.read(bytes);
      } catch (error) {
        const allowed = target.refusesSeeds && error instanceof InputError;
        if (!allowed) assert.fail(`seed ${i} is refused: ${error}`);
      }
    }
    for (let index = 0; index < RUNS; index++) {
      const bytes = inputOf(target, seeds, { seed: 2026, index });
      const finding = await judge(target.read, bytes);
      assert.equal(finding, undefined, `execution ${index}: ${finding?.kind}, ${finding?.text}`);
    }
    removeFiles();
  });
}

Deno.test("files that were once read wrongly are read or refused", async (t) => {
  let count = 0;
  for await (const { name, isDirectory } of Deno.readDir(FILES)) {
    if (!isDirectory) continue;
    const target = TARGETS.find((one) => one.name === name);
    assert.ok(target, `tests/repro/files/${name} belongs to no reader`);
    for await (const file of Deno.readDir(new URL(`${name}/`, FILES))) {
      count++;
      await t.step(`${name}/${file.name}`, async () => {
        const bytes = await Deno.readFile(new URL(`${name}/${file.name}`, FILES));
        assert.equal(await judge(target.read, bytes), undefined);
      });
    }
  }
  removeFiles();
  assert.ok(count > 0);
});
