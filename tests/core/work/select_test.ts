import assert from "node:assert/strict";
import fc from "fast-check";
import { globRegex, select } from "../../../core/work/select.ts";

const IDS = ["h01", "h02", "h10", "t001", "a[b]"];
const pick = (only?: string[], limit?: number) => select(IDS, (id) => id, { only, limit });

Deno.test("select() takes ids, globs and a limit, in the list's order", () => {
  assert.deepEqual(pick(), IDS);
  assert.deepEqual(pick(["h10", "h01"]), ["h01", "h10"]);
  assert.deepEqual(pick(["h0?", "t*"]), ["h01", "h02", "t001"]);
  assert.deepEqual(pick(["h[0-0]*"], 1), ["h01"]);
  assert.deepEqual(pick(["h[!0]0"]), ["h10"]);
});

Deno.test("select() refuses a name that matches nothing", () => {
  assert.throws(() => pick(["h01", "h99"]), /Cannot select "h99": no such id among 5/);
});

Deno.test("globRegex() matches text without wildcards literally", () => {
  fc.assert(fc.property(fc.string().filter((s) => !/[*?[]/.test(s)), fc.string(), (text, other) => {
    assert.ok(globRegex(text).test(text));
    assert.equal(globRegex(text).test(other), other === text);
  }));
});
