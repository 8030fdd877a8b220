import assert from "node:assert/strict";
import fc from "fast-check";
import { compactJson, stableJson } from "../../../core/work/json.ts";

Deno.test("stableJson() sorts keys, keeps rows of numbers together and ends with a newline", () => {
  assert.equal(
    stableJson({ b: [1, 2.5], a: { y: "ü", x: null }, empty: {}, list: [] }),
    '{\n  "a": {\n    "x": null,\n    "y": "ü"\n  },\n  "b": [1, 2.5],\n  "empty": {},\n  "list": []\n}\n',
  );
});

Deno.test("stableJson() and compactJson() mean the value, whatever the order of its keys", () => {
  fc.assert(fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
    const normal = JSON.parse(JSON.stringify(value));
    assert.deepEqual(JSON.parse(stableJson(normal)), normal);
    assert.deepEqual(JSON.parse(compactJson(normal)), normal);
  }));
  assert.equal(stableJson({ a: 1, b: 2 }), stableJson({ b: 2, a: 1 }));
  assert.equal(compactJson({ a: [{ d: 1, c: 2 }] }), '{"a":[{"c":2,"d":1}]}');
});

Deno.test("stableJson() refuses numbers that JSON cannot hold", () => {
  assert.throws(() => stableJson({ score: NaN }), /found the number NaN/);
  assert.throws(() => stableJson([Infinity]), RangeError);
});
