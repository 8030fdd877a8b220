import assert from "node:assert/strict";
import fc from "fast-check";
import { z } from "zod";
import { InputError } from "../../../core/work/errors.ts";
import { jsonSchemaOf, open, parseJson, parseWith, readJson } from "../../../core/work/schema.ts";

const camera = open({
  projection: z.enum(["perspective", "orthographic"]),
  width: z.int().positive(),
  matrix: z.array(z.array(z.number()).length(4)).length(4).optional(),
  unit: z.union([z.literal("m"), z.number()]).optional(),
  parts: z.record(z.string(), z.number().nullable()).optional(),
});

function messageFor(value: unknown): string {
  try {
    parseWith(camera, value, { what: "camera.json", file: "a/camera.json" });
  } catch (error) {
    assert.ok(error instanceof InputError);
    return error.message;
  }
  assert.fail("expected an error");
}

Deno.test("parseWith() returns the value with keys it does not know", () => {
  const value = { projection: "perspective", width: 4, future: { deep: [1] } };
  assert.deepEqual(parseWith(camera, value, { what: "camera.json" }), value);
});

Deno.test("parseWith() names path, found, expected and file in one line", () => {
  assert.equal(
    messageFor({ projection: "perspective", width: "wide" }),
    'Cannot read camera.json: width is "wide", expected a number (a/camera.json)',
  );
  assert.equal(
    messageFor({ width: 4 }),
    'Cannot read camera.json: projection is missing, expected "perspective" or "orthographic" ' +
      "(a/camera.json)",
  );
  assert.equal(
    messageFor({ projection: "orthographic", width: 0 }),
    "Cannot read camera.json: width is 0, expected more than 0 (a/camera.json)",
  );
  assert.equal(
    messageFor({
      projection: "orthographic",
      width: 1,
      matrix: [[1, 0, 0, 0], [0, 1, 0], [0, 0, 1, 0], [
        0,
        0,
        0,
        1,
      ]],
    }),
    "Cannot read camera.json: matrix[1] is a list of 3, expected exactly 4 entries (a/camera.json)",
  );
  assert.equal(
    messageFor({ projection: "orthographic", width: 1, unit: "feet" }),
    'Cannot read camera.json: unit is "feet", expected "m" or a number (a/camera.json)',
  );
  assert.equal(
    messageFor({ projection: "orthographic", width: 1, parts: { "left arm": "x" } }),
    'Cannot read camera.json: parts["left arm"] is "x", expected a number (a/camera.json)',
  );
  assert.equal(
    messageFor(12),
    "Cannot read camera.json: it is 12, expected an object (a/camera.json)",
  );
});

Deno.test("parseWith() counts the faults after the first", () => {
  assert.match(messageFor({}), /\(and 1 more\)/);
});

Deno.test("parseJson() refuses numbers that are not finite", () => {
  const text = '{"projection": "perspective", "width": 4, "parts": {"head": 1e999}}';
  assert.throws(
    () => parseJson(camera, text, { what: "camera.json" }),
    { name: "InputError", message: /parts\.head is Infinity, expected a number/ },
  );
});

Deno.test("parseJson() says that text is not JSON, with the file and the hint", () => {
  assert.throws(
    () =>
      parseJson(camera, "{width: 4}", { what: "camera.json", file: "c.json", hint: "quote it" }),
    { name: "InputError", message: /Cannot read camera\.json: .*expected JSON/, hint: "quote it" },
  );
});

Deno.test("readJson() says that a file is not there", async () => {
  await assert.rejects(
    readJson(camera, "no/such/camera.json", { what: "camera.json" }),
    { name: "InputError", message: /no such file or folder \(no\/such\/camera\.json\)/ },
  );
});

Deno.test("parseWith() ends in a value or an InputError of one line, whatever it is given", () => {
  fc.assert(fc.property(fc.anything(), (value) => {
    try {
      parseWith(camera, value, { what: "camera.json" });
    } catch (error) {
      assert.ok(error instanceof InputError, String(error));
      assert.ok(!error.message.includes("\n"), error.message);
    }
  }));
});

Deno.test("jsonSchemaOf() allows keys that are not listed and requires those that are", () => {
  const schema = jsonSchemaOf(camera, "camera");
  assert.equal(schema.title, "camera");
  assert.deepEqual(schema.required, ["projection", "width"]);
  assert.deepEqual(schema.additionalProperties, {});
});
