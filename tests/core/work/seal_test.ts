import assert from "node:assert/strict";
import fc from "fast-check";
import { faultOfSeal, sealedJson } from "../../../core/work/seal.ts";

const VALUE = { b: [1, 2.5, -1e-300], a: { text: "é\n", none: null }, c: [{ d: true }] };

Deno.test("sealedJson() does not depend on the order of keys", () => {
  assert.equal(sealedJson(VALUE), sealedJson({ c: VALUE.c, a: VALUE.a, b: VALUE.b }));
  assert.equal(faultOfSeal(sealedJson(VALUE)), undefined);
});

Deno.test("sealedJson() of a value with a seal seals the rest again", () => {
  assert.equal(sealedJson({ ...VALUE, seal: "of old" }), sealedJson(VALUE));
});

Deno.test("faultOfSeal() finds every flipped bit that leaves JSON", () => {
  const bytes = new TextEncoder().encode(sealedJson(VALUE));
  let judged = 0;
  for (let at = 0; at < bytes.length; at++) {
    for (let bit = 0; bit < 8; bit++) {
      const changed = bytes.slice();
      changed[at] ^= 1 << bit;
      const text = new TextDecoder().decode(changed);
      if (!text.includes('"seal"')) continue; // then it is no sealed file
      let fault: string | undefined;
      try {
        fault = faultOfSeal(text);
      } catch (error) {
        assert.ok(error instanceof SyntaxError);
        continue;
      }
      judged++;
      assert.notEqual(fault, undefined, `byte ${at}, bit ${bit}: ${text}`);
    }
  }
  assert.ok(judged > 200);
});

Deno.test("faultOfSeal() passes any JSON that sealedJson() wrote", () => {
  const value = fc.dictionary(fc.string(), fc.jsonValue({ noUnicodeString: false }));
  fc.assert(fc.property(value, (any) => {
    assert.equal(faultOfSeal(sealedJson(any as Parameters<typeof sealedJson>[0])), undefined);
  }));
});

Deno.test("faultOfSeal() does not judge files without a seal", () => {
  assert.equal(faultOfSeal('{"a": 1}'), undefined);
});
