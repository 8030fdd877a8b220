import assert from "node:assert/strict";
import { parse } from "jsonc-parser";
import { join } from "../../core/work/path.ts";
import { SUITE_ROOT } from "../../core/work/paths.ts";
import { entryFor, mayBeUsed, OTHERS } from "../../tools/_licences.ts";
import { readLock } from "../../tools/_lock.ts";

const INTEGRITY = `sha512-${"A".repeat(86)}==`;

Deno.test("readLock() finds nothing wrong with the suite's own lock", async () => {
  const text = await Deno.readTextFile(join(SUITE_ROOT, "deno.lock"));
  const { imports } = parse(await Deno.readTextFile(join(SUITE_ROOT, "deno.json")));
  const { packages, faults } = readLock(text, imports);
  assert.deepEqual(faults, []);
  assert.ok(packages.length > 50);
});

Deno.test("readLock() names packages without hashes, ranges, other sources and what is not locked", () => {
  const lock = {
    version: "5",
    specifiers: {},
    npm: {
      "a@1.0.0_b@2.0.0": { integrity: INTEGRITY },
      "@x/y@1.2": { integrity: INTEGRITY },
      "c@3.0.0": { integrity: "sha1-AAAA" },
      "d@4.0.0": {},
    },
    remote: { "https://example.org/x.ts": "0" },
  };
  const imports = { a: "npm:a@1.0.0", b: "npm:b@2.0.0/sub", e: "npm:e@^5.0.0", f: "./f.ts" };
  assert.deepEqual(readLock(JSON.stringify(lock), imports).faults, [
    'the lock holds "remote": packages are npm\'s only',
    '@x/y@1.2: "1.2" is no exact version',
    "c@3.0.0: no SHA-512 integrity",
    "d@4.0.0: no SHA-512 integrity",
    "deno.json: b@2.0.0 is not in the lock",
    'deno.json: "e" is npm:e@^5.0.0, expected an exact version',
  ]);
});

Deno.test("mayBeUsed() takes licences that ask for a notice, and reads OR and AND", () => {
  for (const good of ["MIT", "(MIT OR GPL-3.0)", "ISC AND (GPL-2.0 OR BSD-3-Clause)"]) {
    assert.ok(mayBeUsed(good), good);
  }
  for (const bad of ["GPL-3.0-only", "AGPL-3.0", "MIT AND GPL-2.0", "none stated", "", "(MIT"]) {
    assert.ok(!mayBeUsed(bad), bad);
  }
});

Deno.test("entryFor() finds names and beginnings of names", () => {
  assert.equal(entryFor(OTHERS, "@img/sharp-libvips-linux-x64")?.licence, "LGPL-3.0-or-later");
  assert.equal(entryFor(OTHERS, "@img/sharp-linux-x64"), undefined);
});
