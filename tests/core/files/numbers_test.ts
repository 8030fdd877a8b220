import assert from "node:assert/strict";
import fc from "fast-check";
import { NumberCursor } from "../../../core/files/_numbers.ts";
import { bytesOf, SEED } from "./_help.ts";

/** Reads one number from text that goes on with a newline. */
function float(text: string): { value: number; bad: boolean; at: number } {
  const cursor = new NumberCursor();
  cursor.bytes = bytesOf(text + "\n");
  const value = cursor.float();
  return { value, bad: cursor.bad, at: cursor.at };
}

function agrees(text: string): void {
  const { value, bad, at } = float(text);
  const wanted = Math.fround(Number(text));
  assert.ok(!bad && at === text.length, `"${text}" was not read whole`);
  assert.ok(Object.is(Math.fround(value), wanted), `"${text}": ${value}, expected ${wanted}`);
}

Deno.test("float() agrees with Number() to float32 on the ways to write a number", () => {
  const texts = [
    ..."0 -0 +0 1 -1 .5 5. -.5 00012 1e3 1E+3 1e-3 1.5e2 -2.5E-2 0.1 0.2 0.3".split(" "),
    ..."9007199254740991 9007199254740992 9007199254740993 123456789012345678901234".split(" "),
    ..."0.000000000000000000000000000000000000000000000000000001 1e-45 1.4e-45 7e-46".split(" "),
    ..."3.4028234663852886e38 3.4028235e38 3.4028236e38 1e39 1e400 -1e400 1e-400".split(" "),
    ..."1e22 1e23 8.5e22 1.00000005960464477539 1.0000000596046447 0.99999997019767761".split(" "),
    // Halfway between two float32: the digits beyond decide.
    ..."16777217 16777217.0000000000000000001 16777216.9999999999999999999".split(" "),
    "0." + "0".repeat(500) + "1",
    "1" + "0".repeat(300),
    "1".repeat(400),
  ];
  for (const text of texts) agrees(text);
});

Deno.test("float() agrees with Number() to float32 on any digits", () => {
  const digits = (max: number) =>
    fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: max }).map((list) => list.join(""));
  const sign = fc.constantFrom("", "-", "+");
  const exponent = fc.option(fc.integer({ min: -60, max: 60 }), { nil: undefined });
  fc.assert(
    fc.property(sign, digits(25), digits(30), exponent, (sign, whole, part, power) => {
      fc.pre(whole.length + part.length > 0);
      agrees(`${sign}${whole}.${part}${power === undefined ? "" : `e${power}`}`);
    }),
    { seed: SEED, numRuns: 5000 },
  );
});

Deno.test("float() gives back float32 values from their text at any length", () => {
  fc.assert(
    fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => {
      for (const text of [String(value), value.toPrecision(9), value.toExponential(18)]) {
        assert.ok(Object.is(Math.fround(float(text).value), Math.fround(Number(text))), text);
      }
    }),
    { seed: SEED, numRuns: 2000 },
  );
});

Deno.test("float() reads NaN and infinity as C prints them, and nothing else", () => {
  for (const text of ["nan", "NaN", "-nan", "-nan(ind)", "1.#QNAN", "-1.#IND", "1.#IND00"]) {
    const { value, bad } = float(text);
    assert.ok(Number.isNaN(value) && !bad, text);
  }
  for (const [text, value] of [["inf", Infinity], ["-Infinity", -Infinity], ["1.#INF", Infinity]]) {
    assert.equal(float(text as string).value, value);
  }
  for (
    const text of ["", "-", ".", "e5", "1e", "1e+", "1,5", "0x10", "1.2.3", "--1", "abc", "1_0"]
  ) {
    assert.ok(float(text).bad, `"${text}" is no number`);
  }
});

Deno.test("int() reads whole numbers and marks what is none", () => {
  const int = (text: string) => {
    const cursor = new NumberCursor();
    cursor.bytes = bytesOf(text + "\n");
    return { value: cursor.int(), bad: cursor.bad };
  };
  assert.deepEqual(int("12"), { value: 12, bad: false });
  assert.deepEqual(int("-3/4"), { value: -3, bad: false });
  for (const text of ["", "x", "-", "1234567890123456"]) assert.ok(int(text).bad, text);
});
