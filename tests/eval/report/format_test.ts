import assert from "node:assert/strict";
import {
  bytesText,
  count,
  fixed,
  groupDigits,
  keyWords,
  pText,
  signed,
  valueText,
} from "../../../eval/report/format.ts";

Deno.test("fixed() prints fixed digits, a real minus and a dash for nothing", () => {
  assert.deepEqual([1.2345, -0.5, 0, null, undefined].map((x) => fixed(x, 2)), [
    "1.23",
    "−0.50",
    "0.00",
    "–",
    "–",
  ]);
  assert.equal(fixed(-0.0001, 2), "0.00", "no minus before a rounded zero");
});

Deno.test("signed() marks what is above zero, and only that", () => {
  assert.deepEqual([0.25, -0.25, 0, 0.0001].map((x) => signed(x, 2)), [
    "+0.25",
    "−0.25",
    "0.00",
    "0.00",
  ]);
});

Deno.test("pText() never prints 0", () => {
  assert.deepEqual([1, 0.5, 0.0391, 0.0012, 1e-9].map(pText), [
    "1.00",
    "0.50",
    "0.039",
    "0.001",
    "< 0.001",
  ]);
});

Deno.test("groupDigits() groups the whole part alone", () => {
  assert.deepEqual([100_000, 1234.5678, 999, -20_000].map(groupDigits), [
    "100\u2009000",
    "1\u2009234.5678",
    "999",
    "−20\u2009000",
  ]);
});

Deno.test("count(), bytesText(), valueText() and keyWords() read as words", () => {
  assert.deepEqual([count(1, "subject"), count(8, "subject")], ["1 subject", "8 subjects"]);
  assert.deepEqual([12, 1500, 2.5e6, 3e9].map(bytesText), ["12 B", "1.5 kB", "2.5 MB", "3.00 GB"]);
  assert.equal(valueText([0.8, 1.25]), "0.8, 1.25");
  assert.equal(valueText({ a: 1 }), '{"a":1}');
  assert.equal(valueText(true), "yes");
  assert.equal(keyWords("rotationDeg"), "rotation deg");
});
