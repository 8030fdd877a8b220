import assert from "node:assert/strict";
import fc from "fast-check";
import { jsonOfFit } from "../../../body/fit_json.ts";
import { bytesSource } from "../../../core/files/source.ts";
import { InputError } from "../../../core/work/errors.ts";
import { FIXTURES } from "../../../core/work/paths.ts";
import { openDataset } from "../../../datasets/open.ts";
import { describeBodyFile } from "../../../datasets/fits/describe.ts";
import { readFitFile, readFits } from "../../../datasets/fits/read.ts";

const SUBJECT = `${FIXTURES}/humans/subjects/h02.json`;
const text = await Deno.readTextFile(SUBJECT);

Deno.test("readFits() reads a subject of the suite as its data set does", async () => {
  const { subjects } = await openDataset(`${FIXTURES}/humans`);
  const { format, frame } = await readFitFile(SUBJECT);
  assert.equal(format, "suite-subject");
  const [{ fit, convention }] = frame(0).candidates;
  assert.deepEqual(fit, subjects.find(({ id }) => id === "h02")!.fit!.fit);
  assert.equal(convention.scale, "before-translation");
  assert.throws(() => frame(1), RangeError);
});

Deno.test("readFits() reads a fit that the suite wrote", async () => {
  const [{ fit }] = (await readFitFile(SUBJECT)).frame(0).candidates;
  const written = new TextEncoder().encode(JSON.stringify(jsonOfFit(fit)));
  const read = await readFits(bytesSource("fit.json", written));
  assert.equal(read.format, "suite-fit");
  assert.deepEqual(read.frame(0).candidates[0].fit, fit);
});

Deno.test("describeBody() says what a subject of the suite is", async () => {
  const { fit, fault } = await describeBodyFile(SUBJECT);
  assert.equal(fault, undefined);
  assert.deepEqual([fit?.format, fit?.kinds, fit?.rotations], ["suite-subject", ["smpl"], 23]);
});

Deno.test("readFits() refuses damaged subjects by name and never breaks", async () => {
  const bytes = new TextEncoder().encode(text);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 12 }),
      fc.nat(bytes.length),
      async (changes, length) => {
        const damaged = bytes.slice(0, length);
        for (const [at, value] of changes) if (at < length) damaged[at] = value;
        try {
          const { frame } = await readFits(bytesSource("h.json", damaged));
          const [{ fit }] = frame(0).candidates;
          assert.ok(fit.scale > 0 && fit.transl.every(Number.isFinite));
        } catch (error) {
          assert.ok(error instanceof InputError, `expected an InputError, got ${error}`);
        }
      },
    ),
    { numRuns: 150 },
  );
});
