import assert from "node:assert/strict";
import fc from "fast-check";
import {
  encodeNpy,
  isNpy,
  type NpyArray,
  type NpyDtype,
  readNpy,
  readNpyHeader,
  readNpyText,
  toFloat64,
} from "../../../core/files/npy.ts";
import { encodeNpz, openNpz } from "../../../core/files/npz.ts";
import { encodeZip } from "../../../core/files/zip_write.ts";
import { bytesOf, damaged, refuses, SEED, source, typed } from "./_help.ts";

/** A file as NumPy would write it, with any header. */
function file(header: string, values: Uint8Array | number[], version = 1): Uint8Array {
  const text = bytesOf(header.padEnd(117) + "\n");
  const length = version === 1
    ? [text.length & 255, text.length >> 8]
    : [text.length & 255, text.length >> 8, 0, 0];
  return Uint8Array.from([0x93, ...bytesOf("NUMPY"), version, 0, ...length, ...text, ...values]);
}

const describe = (descr: string, shape: string, fortran = "False") =>
  `{'descr': '${descr}', 'fortran_order': ${fortran}, 'shape': (${shape}), }`;

const KINDS: Record<NpyDtype, (length: number) => NpyArray["data"]> = {
  f2: (n) => Float16Array.from({ length: n }, (_, i) => i / 4 - 1),
  f4: (n) => Float32Array.from({ length: n }, (_, i) => Math.fround(Math.PI * i)),
  f8: (n) => Float64Array.from({ length: n }, (_, i) => Math.E * i - 7),
  i1: (n) => Int8Array.from({ length: n }, (_, i) => i - 100),
  i2: (n) => Int16Array.from({ length: n }, (_, i) => 300 * i - 1000),
  i4: (n) => Int32Array.from({ length: n }, (_, i) => 100000 * i - 5),
  i8: (n) => BigInt64Array.from({ length: n }, (_, i) => -(2n ** 40n) * BigInt(i)),
  u1: (n) => Uint8Array.from({ length: n }, (_, i) => i * 11),
  u2: (n) => Uint16Array.from({ length: n }, (_, i) => i * 1111),
  u4: (n) => Uint32Array.from({ length: n }, (_, i) => i * 222222222),
  u8: (n) => BigUint64Array.from({ length: n }, (_, i) => 2n ** 60n + BigInt(i)),
  b1: (n) => Uint8Array.from({ length: n }, (_, i) => i % 2),
};

Deno.test("readNpy() gives back what encodeNpy() wrote, for every kind of number", async () => {
  for (const dtype of Object.keys(KINDS) as NpyDtype[]) {
    for (const shape of [[], [5], [2, 3], [0, 4], [2, 1, 3]]) {
      const count = shape.reduce((a, b) => a * b, 1);
      const array: NpyArray = { shape, dtype, data: KINDS[dtype](count) };
      const bytes = encodeNpy(array);
      assert.ok(isNpy(bytes));
      assert.equal(bytes.length % 64, (count * array.data.BYTES_PER_ELEMENT) % 64, "aligned");
      assert.deepEqual(await readNpy(source(bytes)), array, `${dtype} ${shape}`);
    }
  }
});

Deno.test("readNpy() turns big-endian values round", async () => {
  const bytes = file(describe(">f4", "2,"), [0x3f, 0x80, 0, 0, 0xc0, 0x20, 0, 0]);
  assert.deepEqual(await readNpy(source(bytes)), {
    shape: [2],
    dtype: "f4",
    data: Float32Array.of(1, -2.5),
  });
  const wide = file(describe(">u8", "1,"), [0, 0, 0, 0, 0, 0, 1, 2]);
  assert.deepEqual((await readNpy(source(wide))).data, BigUint64Array.of(258n));
});

Deno.test("readNpy() brings Fortran order to C order", async () => {
  //  0 1 2
  //  3 4 5   is stored as 0 3 1 4 2 5
  const bytes = file(describe("|u1", "2, 3", "True"), [0, 3, 1, 4, 2, 5]);
  assert.deepEqual([...(await readNpy(source(bytes))).data], [0, 1, 2, 3, 4, 5]);
  const deep = file(describe("|u1", "2, 3, 2", "True"), [0, 6, 2, 8, 4, 10, 1, 7, 3, 9, 5, 11]);
  assert.deepEqual([...(await readNpy(source(deep))).data], [...Array(12).keys()]);
});

Deno.test("readNpy() reads header versions 2 and 3 and Python 2's long numbers", async () => {
  for (const version of [1, 2, 3]) {
    const bytes = file(describe("<i2", "1L, 2L"), [1, 0, 255, 255], version);
    assert.deepEqual([...(await readNpy(source(bytes))).data], [1, -1]);
  }
  const header = await readNpyHeader(source(file(describe("<i2", "2,"), [1, 0, 2, 0], 2)));
  assert.deepEqual(header.shape, [2]);
  assert.equal(header.dtype, "i2");
});

Deno.test("readNpyText() reads Unicode and byte strings", async () => {
  const word = [...bytesOf("male\0\0")].flatMap((byte) => [byte, 0, 0, 0]);
  const text = await readNpyText(source(file(describe("<U6", ""), word)));
  assert.deepEqual(text, { shape: [], data: ["male"] });
  const bytes = await readNpyText(source(file(describe("|S2", "2,"), bytesOf("abc\0"))));
  assert.deepEqual(bytes, { shape: [2], data: ["ab", "c"] });
  await refuses(readNpy(source(file(describe("|S2", "1,"), bytesOf("ab")))), /found text/);
  await refuses(readNpyText(source(file(describe("|u1", "1,"), [1]))), /found numbers/);
});

Deno.test("readNpy() refuses Python objects, records and other kinds by name", async () => {
  await refuses(readNpy(source(file(describe("|O", "1,"), [0]))), /Python objects \(pickled\)/);
  await refuses(readNpy(source(file(describe("<c8", "1,"), Array(8).fill(0)))), /dtype "<c8"/);
  await refuses(readNpy(source(file(describe("<M8[ns]", "1,"), Array(8).fill(0)))), /dtype/);
  const records = "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }";
  await refuses(readNpy(source(file(records, [0, 0, 0, 0]))), /records/);
});

Deno.test("readNpy() compares the length with the shape before it allocates", async () => {
  const short = file(describe("<f8", "1000000000000, 3"), [0, 0, 0, 0]);
  await refuses(readNpy(source(short)), /found 4 bytes of values, expected 24000000000000/);
  await refuses(readNpy(source(file(describe("|u1", "2,"), [1, 2, 3]))), /found 3 bytes/);
  await refuses(readNpy(source(file(describe("|u1", "-2,"), [1, 2]))), /header is|whole numbers/);
  await refuses(readNpy(source(file(describe("|S0", "99999999999,"), []))), /expected 0/);
  await refuses(readNpy(source(bytesOf("\x93NUMPY"))), /does not begin/);
  await refuses(readNpy(source(file("", [], 9))), /version 9/);
});

Deno.test("encodeNpy() refuses data that does not fit its shape or kind", () => {
  assert.throws(
    () => encodeNpy({ shape: [3], dtype: "f4", data: new Float32Array(2) }),
    RangeError,
  );
  assert.throws(() => encodeNpy({ shape: [2], dtype: "f4", data: new Int32Array(2) }), RangeError);
});

Deno.test("toFloat64() takes 64-bit integers too", () => {
  const data = BigInt64Array.of(-3n, 2n ** 40n);
  assert.deepEqual([...toFloat64({ shape: [2], dtype: "i8", data })], [-3, 2 ** 40]);
});

Deno.test("openNpz() finds arrays by name and reads what encodeNpz() wrote", async () => {
  const arrays = {
    v_template: { shape: [2, 3], dtype: "f4", data: Float32Array.of(1, 2, 3, 4, 5, 6) },
    f: { shape: [1, 3], dtype: "u4", data: Uint32Array.of(0, 1, 2) },
  } satisfies Record<string, NpyArray>;
  for (const level of [0, 6]) {
    const npz = await openNpz(source(encodeNpz(arrays, { level }), "body.npz"));
    assert.deepEqual(npz.names, ["f", "v_template"]);
    assert.deepEqual(await npz.read("v_template"), arrays.v_template);
    assert.deepEqual((await npz.header("f")).shape, [1, 3]);
    await refuses(npz.read("weights"), /"weights": the file has f, v_template/);
  }
});

Deno.test("an error in an archive names the file and the array", async () => {
  const bytes = encodeZip([["pose.npy", file(describe("|O", "1,"), [0])]]);
  const npz = await openNpz(source(bytes, "fit.npz"));
  await refuses(npz.read("pose"), /fit\.npz\/pose\.npy/);
});

Deno.test("readNpy() meets damage with an InputError or an array of the right length", async () => {
  const sound = encodeNpy({ shape: [2, 3], dtype: "f4", data: new Float32Array(6) });
  await fc.assert(
    fc.asyncProperty(damaged(sound), async (bytes) => {
      await typed(
        readNpy(source(bytes)).then(({ shape, data }) =>
          assert.equal(data.length, shape.reduce((a, b) => a * b, 1))
        ),
      );
      await typed(readNpyText(source(bytes)));
    }),
    { seed: SEED, numRuns: 500 },
  );
});
