import assert from "node:assert/strict";
import fc from "fast-check";
import { readPickle } from "../../../core/files/pickle.ts";
import { NUMPY_GLOBALS, NumpyArray } from "../../../core/files/pickle_numpy.ts";
import { PYTHON_GLOBALS } from "../../../core/files/pickle_globals.ts";
import { encodeObjectNpy, encodePickle, PickleFloat } from "../../../core/files/pickle_write.ts";
import { PARAM, WRITTEN, written } from "./_written_pickles.ts";

const globals = { ...PYTHON_GLOBALS, ...NUMPY_GLOBALS };

// The bytes were read by Python 3.11 with NumPy 1.26 and 2.1: tests/crosscheck/pickle_written.py.
Deno.test("encodePickle() writes the bytes that Python was shown to read", async () => {
  const url = new URL("./golden/pickles_written.json", import.meta.url);
  const golden = JSON.parse(await Deno.readTextFile(url));
  const now = Object.entries(written()).map(([name, bytes]) => [name, bytes.toBase64()]);
  assert.deepEqual(Object.fromEntries(now), golden);
});

Deno.test("encodePickle() and readPickle() are inverse for plain data", () => {
  const leaf = fc.oneof(
    fc.constant(null),
    fc.boolean(),
    fc.double(),
    fc.integer(),
    fc.maxSafeInteger(),
    fc.string({ unit: "binary" }).filter((text) => text.isWellFormed()),
    fc.uint8Array({ maxLength: 300 }),
  );
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      leaf,
      fc.array(tie("tree"), { maxLength: 5 }),
      fc.array(fc.tuple(fc.string(), tie("tree")), { maxLength: 5 }).map((e) => new Map(e)),
    ),
  }));
  for (const protocol of [2, 3] as const) {
    fc.assert(
      fc.property(tree, (value) => {
        assert.deepEqual(readPickle(encodePickle(value, { protocol }), { globals }), value);
      }),
      { numRuns: 150, seed: 6 },
    );
  }
});

Deno.test("encodePickle() writes arrays that readPickle() gives back", () => {
  for (const protocol of [2, 3] as const) {
    const read = readPickle(encodePickle(WRITTEN, { protocol }), { globals }) as Map<
      string,
      unknown
    >;
    for (const name of ["f8", "f4", "i8", "u1", "b1", "scalar"]) {
      assert.deepEqual({ ...read.get(name) as NumpyArray }, WRITTEN[name]);
    }
    assert.deepEqual((read.get("longs") as number[]).map(BigInt), WRITTEN.longs);
  }
});

Deno.test("encodeObjectNpy() holds one dictionary behind an object header", () => {
  const file = encodeObjectNpy(PARAM);
  const length = file[8] | file[9] << 8;
  const header = new TextDecoder().decode(file.subarray(10, 10 + length));
  assert.match(header, /^\{'descr': '\|O', 'fortran_order': False, 'shape': \(\), \} *\n$/);
  assert.equal((10 + length) % 64, 0);
  const array = readPickle(file.subarray(10 + length), { globals }) as NumpyArray;
  assert.equal(array.dtype, "O");
  assert.deepEqual(array.shape, []);
  assert.equal((array.data[0] as Map<string, unknown>).get("scale"), 1.25);
});

Deno.test("encodePickle() refuses what is not plain data, and values that hold themselves", () => {
  assert.throws(() => encodePickle({ when: new Date(0) }), /found a Date, expected plain data/);
  assert.throws(() => encodePickle([() => 1]), TypeError);
  assert.throws(
    () => encodePickle({ shape: [2], dtype: "f8", data: new Float64Array(3) }),
    RangeError,
  );
  const itself: unknown[] = [];
  itself.push(itself);
  assert.throws(() => encodePickle(itself), /nested more than 200 deep/);
  assert.deepEqual(readPickle(encodePickle(new PickleFloat(2))), 2);
});
