import assert from "node:assert/strict";
import fc from "fast-check";
import { InputError } from "../../../core/work/errors.ts";
import { type Json, stableJson, stableParts } from "../../../core/work/json.ts";
import { readJsonList } from "../../../core/work/json_list.ts";
import { sealedJson, sealedParts } from "../../../core/work/seal.ts";

type JsonObject = { readonly [key: string]: Json };

async function read(text: string): Promise<{ rest: unknown; items: unknown[] }> {
  const file = await Deno.makeTempFile(), items: unknown[] = [];
  try {
    await Deno.writeTextFile(file, text);
    const take = (item: unknown, index: number) => {
      assert.equal(index, items.length);
      items.push(item);
    };
    return { rest: await readJsonList(file, "rows", { what: "it", take }), items };
  } finally {
    await Deno.remove(file);
  }
}

const object = fc.dictionary(fc.string(), fc.jsonValue()) as fc.Arbitrary<JsonObject>;

Deno.test("readJsonList() reads what JSON.parse() reads, in any layout", async () => {
  await fc.assert(
    fc.asyncProperty(object, fc.array(object), fc.boolean(), async (head, rows, indented) => {
      const text = JSON.stringify({ ...head, rows }, null, indented ? 2 : 0);
      const { rest, items } = await read(text);
      const whole = JSON.parse(text);
      assert.deepEqual(items, whole.rows);
      assert.deepEqual(rest, { ...whole, rows: [] });
    }),
    { numRuns: 60 },
  );
});

Deno.test("readJsonList() takes items that lie across the blocks in which it reads", async () => {
  const rows = Array.from({ length: 40 }, (_, i) => ({ i, text: 'x}]"\\é'.repeat(20_000) }));
  const { rest, items } = await read(JSON.stringify({ a: [{ rows: [1] }], rows, z: "rows" }));
  assert.deepEqual(items, rows);
  assert.deepEqual(rest, { a: [{ rows: [1] }], rows: [], z: "rows" });
});

Deno.test("readJsonList() refuses what is no JSON, or no list of objects", async () => {
  const bad = [
    "",
    "{",
    '{"rows": [{"a": 1}',
    '{"rows": [{"a": 1},]}',
    '{"rows": [{"a": 1} {"a": 2}]}',
    '{"rows": [,{"a": 1}]}',
    '{"rows": [1]}',
    '{"rows": [[{}]]}',
    '{"rows": ["{}"]}',
    '{"rows": [{"a": [}]}',
    '{"rows": [{"a": 1}}',
    '{"rows": [{"a": 1}]} x',
  ];
  for (const text of bad) {
    await assert.rejects(read(text), InputError, text);
  }
  await assert.rejects(readJsonList("/no/such", "rows", { what: "it", take() {} }), InputError);
});

Deno.test("stableParts() and sealedParts() make the text at once's bytes", () => {
  const decoder = new TextDecoder();
  fc.assert(
    fc.property(object, fc.array(object), (head, rows) => {
      const value = JSON.parse(JSON.stringify({ ...head, rows })) as JsonObject;
      assert.equal([...stableParts(value)].join(""), stableJson(value));
      const parts = [...sealedParts(value)].map((part) => decoder.decode(part));
      assert.equal(parts.join(""), sealedJson(value));
    }),
    { numRuns: 100 },
  );
  assert.equal([...stableParts({})].join(""), stableJson({}));
});
