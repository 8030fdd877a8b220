/**
 * What the pickle writer is tried on. Run as a program it writes golden/pickles_written.json, which
 * `python tests/crosscheck/pickle_written.py` then reads with Python and NumPy:
 *
 *     deno run --allow-read --allow-write tests/core/files/_written_pickles.ts
 */
import {
  encodeObjectNpy,
  encodePickle,
  PickleFloat,
  PickleTuple,
} from "../../../core/files/pickle_write.ts";
import type { NpyArray } from "../../../core/files/npy.ts";

const array = (shape: number[], dtype: NpyArray["dtype"], data: NpyArray["data"]): NpyArray => ({
  shape,
  dtype,
  data,
});

/** One value with every kind that can be written. */
export const WRITTEN: Record<string, unknown> = {
  ints: [0, 255, 256, -1, 65536, 2147483647, -2147483648, 2147483648, -2147483649, 2 ** 53 - 1],
  longs: [2n ** 64n, -(2n ** 64n), 127n, 128n, -128n, -129n, 255n, 0n, -1n],
  floats: [0.5, -0, new PickleFloat(3), 1e300, Infinity, -Infinity],
  texts: ["", "é 日本 𝄞", "x".repeat(300)],
  none: null,
  flags: [true, false],
  tuple: new PickleTuple([1, new PickleTuple([])]),
  bytes: [new Uint8Array(0), Uint8Array.of(0, 128, 255), new Uint8Array(300).fill(200)],
  long_list: Array.from({ length: 1200 }, (_, i) => i),
  map: new Map<unknown, unknown>([[1, "one"], ["two", 2]]),
  f8: array([2, 3], "f8", Float64Array.of(1, 2, 3, 4, 5, 0.1)),
  f4: array([3], "f4", Float32Array.of(1.5, -2, 0.1)),
  i8: array([1], "i8", BigInt64Array.of(-(2n ** 62n))),
  u1: array([0, 4], "u1", new Uint8Array(0)),
  b1: array([2], "b1", Uint8Array.of(1, 0)),
  scalar: array([], "f8", Float64Array.of(7)),
};

/** A dictionary as PIFu's `PARAM/*.npy` holds it. */
export const PARAM: Record<string, unknown> = {
  ortho_ratio: 0.4,
  scale: 1.25,
  center: array([3], "f8", Float64Array.of(0, 90, 0)),
  R: array([3, 3], "f8", Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1)),
};

/** The bytes, by name. */
export function written(): Record<string, Uint8Array> {
  return {
    "protocol 2": encodePickle(WRITTEN, { protocol: 2 }),
    "protocol 3": encodePickle(WRITTEN),
    "param.npy": encodeObjectNpy(PARAM),
  };
}

if (import.meta.main) {
  const url = new URL("./golden/pickles_written.json", import.meta.url);
  const entries = Object.entries(written()).map(([name, bytes]) => [name, bytes.toBase64()]);
  await Deno.writeTextFile(url, JSON.stringify(Object.fromEntries(entries)) + "\n");
}
