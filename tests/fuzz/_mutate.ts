/** Changes valid files into ones that no honest program writes. All choices come from the generator. */
import type { Random } from "../../core/work/random.ts";

/** Changes a file; `others` are further files of the same kind to take pieces from. */
export type Mutator = (bytes: Uint8Array, rng: Random, others: readonly Uint8Array[]) => Uint8Array;

/** Numbers at which programs break: as counts, lengths, offsets, widths. */
const EDGES = [
  0,
  1,
  2,
  3,
  7,
  8,
  0x7f,
  0x80,
  0xff,
  0x100,
  0x7fff,
  0x8000,
  0xffff,
  0x10000,
  0xffffff,
  0x7fffffff,
  0x80000000,
  0xfffffffe,
  0xffffffff,
];

/** Words that mean something in one of the formats, or to a careless parser. */
const WORDS = [
  "99999999999",
  "-1",
  "0",
  "4294967296",
  "9007199254740993",
  "1e400",
  "-1e-400",
  "nan",
  "inf",
  "1/2/3",
  "-2147483648",
  "\n",
  "\r",
  "\0",
  " ",
  "\\\n",
  "../../x",
  "/etc/passwd",
  "__proto__",
  "constructor",
  "é𝄞",
  '"',
  "{",
  "[",
  "}",
  "]",
  ",",
  "(",
  ")",
  "'",
  "element vertex 1000000000",
  "property list uchar int vertex_indices",
  "end_header",
  "usemtl",
  "mtllib",
  "f 1 2 3",
  "f -1 -2 -3",
  "(1000000, 1000000, 1000000)",
  "|O",
  ">f8",
  "<U9",
  "cos\nsystem\n",
  "c__builtin__\neval\n",
];

/** Deep enough to overflow a parser that calls itself. */
const DEEP = 200_000;

const encoder = new TextEncoder();

/** Flips bits, cuts, doubles, splices, and puts edge values where a number may stand. */
export const mutateBytes: Mutator = (bytes, rng, others) => {
  let out: Uint8Array = bytes.slice();
  const rounds = 1 + rng.below(rng.below(4) === 0 ? 12 : 3);
  for (let round = 0; round < rounds; round++) {
    out = BYTE_CHANGES[rng.below(BYTE_CHANGES.length)](out, rng, others);
  }
  return out;
};

const BYTE_CHANGES: readonly Mutator[] = [
  // One bit.
  inPlace((bytes, at, rng) => bytes[at] ^= 1 << rng.below(8)),
  // One byte.
  inPlace((bytes, at, rng) => bytes[at] = rng.below(256)),
  // A number of 2, 4 or 8 bytes, either order: a count, a length, an offset.
  inPlace((bytes, at, rng) => {
    const width = [2, 4, 8][rng.below(3)], little = rng.below(4) > 0;
    if (at + width > bytes.length) return;
    const view = new DataView(bytes.buffer, bytes.byteOffset + at, width);
    const value = EDGES[rng.below(EDGES.length)];
    if (width === 2) view.setUint16(0, value, little);
    else if (width === 4) view.setUint32(0, value, little);
    else view.setBigUint64(0, BigInt(value) << BigInt(rng.below(33)), little);
  }),
  // A number a little off.
  inPlace((bytes, at, rng) => bytes[at] += rng.below(2) === 0 ? 1 : 255),
  // Cut short.
  (bytes, rng) => bytes.slice(0, place(bytes, rng)),
  // A piece left out.
  (bytes, rng) => {
    const from = place(bytes, rng), to = Math.min(bytes.length, from + 1 + rng.below(64));
    return joined(bytes.subarray(0, from), bytes.subarray(to));
  },
  // A piece again.
  (bytes, rng) => {
    const from = place(bytes, rng), length = Math.min(bytes.length - from, 1 + rng.below(4096));
    const to = place(bytes, rng);
    return joined(
      bytes.subarray(0, to),
      bytes.subarray(from, from + length),
      bytes.subarray(to),
    );
  },
  // The head of this and the tail of another.
  (bytes, rng, others) => {
    const other = others.length === 0 ? bytes : others[rng.below(others.length)];
    return joined(bytes.subarray(0, place(bytes, rng)), other.subarray(place(other, rng)));
  },
  // A word over or between the bytes.
  (bytes, rng) => {
    const word = encoder.encode(WORDS[rng.below(WORDS.length)]), at = place(bytes, rng);
    const skip = rng.below(2) === 0 ? 0 : word.length;
    return joined(bytes.subarray(0, at), word, bytes.subarray(Math.min(bytes.length, at + skip)));
  },
  // A number in a text.
  (bytes, rng) => {
    const digits: number[] = [], from = place(bytes, rng);
    for (let at = from; at < Math.min(bytes.length, from + 2048); at++) {
      if (bytes[at] >= 0x30 && bytes[at] <= 0x39) digits.push(at);
    }
    if (digits.length === 0) return bytes;
    const start = digits[rng.below(digits.length)];
    let end = start;
    while (end < bytes.length && bytes[end] >= 0x30 && bytes[end] <= 0x39) end++;
    const word = encoder.encode(WORDS[rng.below(11)]);
    return joined(bytes.subarray(0, start), word, bytes.subarray(end));
  },
  // A run of one byte.
  (bytes, rng) => {
    const at = place(bytes, rng);
    const run = new Uint8Array(1 + rng.below(rng.below(16) === 0 ? DEEP : 64)).fill(rng.below(256));
    return joined(bytes.subarray(0, at), run, bytes.subarray(at));
  },
];

/** Values that JSON can say and that a reader may not expect. */
const VALUES: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  1e308,
  -1e308,
  5e-324,
  2 ** 53,
  4294967296,
  1e9,
  "",
  "../..",
  "/",
  "a\0b",
  "__proto__",
  "x".repeat(10_000),
  [],
  {},
  [[]],
  [null],
  { __proto__x: 1 },
  "NaN",
];

/** Changes what a JSON text says, or the text itself. */
export const mutateJson: Mutator = (bytes, rng, others) => {
  if (rng.below(4) === 0) return mutateBytes(bytes, rng, others);
  let root: unknown;
  try {
    root = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return mutateBytes(bytes, rng, others);
  }
  for (let round = 1 + rng.below(3); round > 0; round--) root = changedJson(root, rng);
  if (rng.below(64) === 0) root = VALUES[rng.below(VALUES.length)];
  const text = JSON.stringify(root) ?? "null";
  if (rng.below(64) > 0) return encoder.encode(text);
  // So deep that whoever calls itself falls.
  const [open, close] = [["[", "]"], ['{"a":', "}"]][rng.below(2)];
  const hole = text.indexOf(":") + 1;
  const deep = open.repeat(DEEP) + "0" + close.repeat(DEEP);
  return encoder.encode(hole > 0 ? text.slice(0, hole) + deep + text.slice(hole + 1) : deep);
};

function changedJson(root: unknown, rng: Random): unknown {
  const holders: { holder: Record<string, unknown>; key: string }[] = [];
  const walk = (value: unknown, depth: number) => {
    if (typeof value !== "object" || value === null || depth > 12) return;
    for (const key of Object.keys(value)) {
      holders.push({ holder: value as Record<string, unknown>, key });
      walk((value as Record<string, unknown>)[key], depth + 1);
    }
  };
  walk(root, 0);
  if (holders.length === 0) return VALUES[rng.below(VALUES.length)];
  const { holder, key } = holders[rng.below(holders.length)], value = holder[key];
  switch (rng.below(6)) {
    case 0:
      delete holder[key];
      break;
    case 1:
      if (Array.isArray(holder)) holder.push(structuredClone(value));
      else {
        // Defined, not assigned: `__proto__` is to stand in the text.
        Object.defineProperty(holder, WORDS[rng.below(WORDS.length)], {
          value: structuredClone(value),
          enumerable: true,
          configurable: true,
          writable: true,
        });
      }
      break;
    case 2:
      if (Array.isArray(value)) holder[key] = value.slice(0, rng.below(value.length + 1));
      else if (typeof value === "number") holder[key] = value * [-1, 0, 1e6, 1e-6][rng.below(4)];
      else holder[key] = [value];
      break;
    case 3:
      if (Array.isArray(value) && value.length > 0 && value.length < 1000 && rng.below(8) === 0) {
        holder[key] = Array.from({ length: 20_000 }, (_, i) => value[i % value.length]);
      } else if (typeof value === "string") holder[key] = value + WORDS[rng.below(WORDS.length)];
      break;
    default:
      holder[key] = structuredClone(VALUES[rng.below(VALUES.length)]);
  }
  return root;
}

/** Joins pieces. */
export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** A place in the bytes: of every second, one near the beginning, where heads are. */
function place(bytes: Uint8Array, rng: Random): number {
  if (rng.below(2) === 0) return rng.below(Math.min(bytes.length, 256) + 1);
  return rng.below(bytes.length + 1);
}

function inPlace(change: (bytes: Uint8Array, at: number, rng: Random) => void): Mutator {
  return (bytes, rng) => {
    if (bytes.length > 0) change(bytes, Math.min(place(bytes, rng), bytes.length - 1), rng);
    return bytes;
  };
}
