import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { readBodyFile, readBodyModel } from "../../body/body_file.ts";
import { poseBody } from "../../body/forward.ts";
import { jointCount } from "../../body/model.ts";
import { encodeNpz } from "../../core/files/npz.ts";
import type { NpyArray } from "../../core/files/npy.ts";
import { encodePickle } from "../../core/files/pickle_write.ts";
import { bytesSource } from "../../core/files/source.ts";
import { InputError } from "../../core/work/errors.ts";
import { fitOfCase, officialArrays, type SmplxCase, worstOf } from "./_official.ts";

const GOLDEN = new URL("./golden/", import.meta.url);
const SMALL = { v: 40, f: 60, betas: 10 };

/** A small model file as Python wrote it: see tests/crosscheck/body_make_models.py. */
async function smallFile(name: string): Promise<Uint8Array> {
  return gunzipSync(await Deno.readFile(new URL(`small_${name}.gz`, GOLDEN)));
}

const small = JSON.parse(await Deno.readTextFile(new URL("small.json", GOLDEN)));

// 40 vertices in the Python objects, dtypes and protocols of the official files; smplx's numbers.
for (const golden of small.cases as (SmplxCase & { file: string })[]) {
  Deno.test(`readBodyModel() reads ${golden.file} as Python wrote it; smplx agrees`, async () => {
    const model = await readBodyModel(bytesSource(golden.file, await smallFile(golden.file)));
    assert.equal(model.kind, golden.kind);
    const posed = poseBody(model, fitOfCase(golden));
    const joints = golden.joints.slice(0, 3 * jointCount(model));
    const worst = worstOf({ ...golden, joints }, posed);
    assert.ok(worst < 1e-7, `off by ${worst} m`);
  });
}

Deno.test("readBodyModel() takes the gender from the content and nowhere else", async () => {
  const read = async (name: string) =>
    (await readBodyModel(bytesSource("SMPLX_FEMALE.npz", await smallFile(name)))).gender;
  assert.equal(await read("smplh.npz"), "male"); // an array of text
  assert.equal(await read("smplx_protocol3.pkl"), "female"); // a string
  assert.equal(await read("smplx.npz"), "unknown"); // whatever the file is called
});

Deno.test("readBodyModel() splits SMPL-X's directions 300 + 100 or 10 + 10, as smplx does", async () => {
  const count = async (betas: number) => {
    const arrays = officialArrays("smplx", { ...SMALL, betas });
    const model = await readBodyModel(bytesSource("x.npz", encodeNpz(arrays)));
    return [model.betaCount, model.expressionCount ?? 0, model.notes?.map((n) => n.code)];
  };
  assert.deepEqual(await count(400), [300, 100, []]);
  assert.deepEqual(await count(20), [10, 10, []]);
  assert.deepEqual(await count(16), [10, 6, []]);
  assert.deepEqual(await count(10), [10, 0, []]);
  assert.deepEqual(await count(110), [10, 10, ["shapedirs-unused"]]);
});

Deno.test("readBodyModel() keeps every shape direction of SMPL and SMPL-H", async () => {
  for (const [kind, betas] of [["smpl", 300], ["smplh", 16]] as const) {
    const arrays = officialArrays(kind, { ...SMALL, betas });
    assert.equal((await readBodyModel(bytesSource("x", encodeNpz(arrays)))).betaCount, betas);
  }
});

Deno.test("readBodyModel() reads the open body with its texture coordinates", async () => {
  const path = new URL("../../fixtures/humans/open_body.npz", import.meta.url).pathname;
  const model = await readBodyFile(path);
  assert.equal(model.template.length, 3 * 13380);
  assert.equal(model.uv?.coordinates.length, 2 * 21334);
  assert.deepEqual(model.notes, []);
});

Deno.test("readBodyModel() says that SMPL-H without hand components poses joint by joint", async () => {
  const { hands_meanl: _, ...arrays } = officialArrays("smplh", SMALL);
  const model = await readBodyModel(bytesSource("x.npz", encodeNpz(arrays)));
  assert.equal(model.hands, undefined);
  assert.deepEqual(model.notes?.map((n) => n.code), ["hands-missing"]);
});

const floats = (shape: number[], fill = 0): NpyArray => ({
  shape,
  dtype: "f8",
  data: new Float64Array(shape.reduce((a, b) => a * b, 1)).fill(fill),
});

Deno.test("readBodyModel() names the array at fault, what was found and what was expected", async () => {
  const good = officialArrays("smpl", SMALL);
  const tree = (at: number, value: number): NpyArray => {
    const data = (good.kintree_table.data as BigInt64Array).slice();
    data[at] = BigInt(value);
    return { ...good.kintree_table, data };
  };
  const { v_template: _, ...headless } = good;
  const faults: [Record<string, NpyArray>, RegExp][] = [
    [headless, /array "v_template" is missing/],
    [{ ...good, shapedirs: floats([40, 30]) }, /"shapedirs" is 40 × 30, expected 40 × 3 × n/],
    [
      { ...good, posedirs: floats([40, 3, 206]) },
      /"posedirs" is 40 × 3 × 206, expected 40 × 3 × 207/,
    ],
    [{ ...good, weights: floats([40, 24]) }, /weights of vertex 0 sum to 0, expected 1/],
    [{ ...good, v_template: floats([40, 3], NaN) }, /"v_template" holds NaN or infinity/],
    [{ ...good, posedirs: floats([40, 3, 207], Infinity) }, /"posedirs" holds NaN or infinity/],
    [{ ...good, shapedirs: floats([40, 3, 10], -Infinity) }, /"shapedirs" holds NaN/],
    [{ ...good, f: floats([60, 3], 40) }, /"f" holds 40, expected whole numbers from 0 to 39/],
    [{ ...good, f: floats([60, 3], 0.5) }, /"f" holds 0.5/],
    [{ ...good, kintree_table: tree(3, 7) }, /joint 3 has parent 7, expected a joint before it/],
    [{ ...good, kintree_table: tree(0, 5) }, /joint 0 has parent 5, expected none/],
    [{ ...good, kintree_table: tree(27, 2) }, /has parent/],
    [
      { ...good, kintree_table: floats([2, 16]) },
      /16 joints like a MANO hand, expected 24, 52 or 55/,
    ],
    [{ ...good, kintree_table: floats([2, 33]) }, /33 joints, expected 24, 52 or 55/],
  ];
  for (const [arrays, wanted] of faults) {
    await assert.rejects(
      readBodyModel(bytesSource("body.npz", encodeNpz(arrays))),
      (error: Error) => {
        assert.ok(error instanceof InputError);
        assert.match(error.message, wanted);
        assert.match(error.message, /body\.npz/);
        return true;
      },
    );
  }
});

Deno.test("readBodyModel() tells fits, meshes and hostile pickles from models", async () => {
  const fit = encodePickle({ betas: [[1, 2]], body_pose: [[0]] });
  await assert.rejects(
    readBodyModel(bytesSource("fit.pkl", fit)),
    (error: InputError) => /a fit/.test(error.hint!),
  );
  const text = new TextEncoder().encode("v 0 0 0\n");
  await assert.rejects(readBodyModel(bytesSource("a.obj", text)), /neither an .npz nor a pickle/);
  await assert.rejects(
    readBodyModel(bytesSource("list.pkl", encodePickle([1]))),
    /holds list, expected a dictionary/,
  );
  const attack = new TextEncoder().encode("cos\nsystem\n(S'echo'\ntR.");
  await assert.rejects(
    readBodyModel(bytesSource("SMPL_NEUTRAL.pkl", attack)),
    /asks for os.system, which is not allowed/,
  );
});

Deno.test("readBodyModel() ends in a model or an InputError whatever the bytes", async () => {
  const names = ["smpl_python2.pkl", "smplh.npz"];
  const seeds = await Promise.all(names.map(smallFile));
  const change = fc.record({ at: fc.nat(), value: fc.nat(255), cut: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(
      fc.nat(seeds.length - 1),
      fc.array(change, { minLength: 1, maxLength: 6 }),
      async (which, changes) => {
        let data = seeds[which].slice();
        // Most of a file is numbers: aim at the first and last kilobytes, where its form is.
        for (const { at, value, cut } of changes) {
          const near = at % 3 === 0 ? at : at % 3 === 1 ? at % 2000 : data.length - 1 - at % 2000;
          data[Math.abs(near) % data.length] = value;
          if (cut && at % 7 === 0) data = data.subarray(0, at % data.length);
        }
        try {
          await readBodyModel(bytesSource(names[which], data));
        } catch (error) {
          assert.ok(error instanceof InputError, String((error as Error).stack));
        }
      },
    ),
    { numRuns: 500, seed: 7 },
  );
});
