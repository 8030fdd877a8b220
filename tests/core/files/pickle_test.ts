import assert from "node:assert/strict";
import { deflateSync } from "node:zlib";
import fc from "fast-check";
import { InputError } from "../../../core/work/errors.ts";
import { isPickle, readPickle, readPicklePart } from "../../../core/files/pickle.ts";
import { isNumberArray, NumpyArray } from "../../../core/files/pickle_numpy.ts";
import { DATA_GLOBALS as ALL, readDataPickle } from "../../../core/files/pickle_data.ts";
import { SparseMatrix } from "../../../core/files/pickle_scipy.ts";

const ascii = (text: string) => new TextEncoder().encode(text);

/** Joins opcodes, lengths and text: `bytes("\x80\x02", 5, "abc")`. */
function bytes(...parts: (string | number | number[])[]): Uint8Array {
  return Uint8Array.from(
    parts.flatMap((part) =>
      typeof part === "number"
        ? [part]
        : typeof part === "string"
        ? [...part].map((letter) => letter.charCodeAt(0))
        : part
    ),
  );
}

// ---- what Python writes, byte for byte -------------------------------------------------------

interface Case {
  name: string;
  pickle: string;
  content: unknown;
}

/** The value in the JSON of tests/crosscheck/pickle_cases.py. */
function content(value: unknown): unknown {
  if (value instanceof NumpyArray) {
    const numbers = isNumberArray(value);
    const values = Array.from(value.data as ArrayLike<unknown>, (v) => {
      if (value.dtype === "b1") return v === 1;
      return numbers && typeof v === "bigint" ? wide(v) : content(v);
    });
    return { array: { shape: value.shape, dtype: value.dtype, values } };
  }
  if (value instanceof SparseMatrix) {
    const dense = new Array<number>(value.rows * value.columns).fill(0);
    value.forEach((row, column, v) => dense[row * value.columns + column] = v);
    return { sparse: { shape: [value.rows, value.columns], dense } };
  }
  if (value instanceof Uint8Array) return { bytes: value.toHex() };
  if (value instanceof Set) return { set: [...value].sort() };
  if (value instanceof Map) {
    return { dict: [...value].map(([key, item]) => [content(key), content(item)]) };
  }
  if (Array.isArray(value)) return value.map(content);
  if (typeof value === "bigint") return wide(value);
  if (Object.is(value, -0)) return { float: "-0.0" };
  if (typeof value === "number" && !Number.isFinite(value)) {
    return { float: `${value}`.toLowerCase().replace("infinity", "inf") };
  }
  return value;
}

/** JSON has one kind of number: up to 2^53 they are compared as such. */
function wide(value: bigint): unknown {
  return Number.isSafeInteger(Number(value)) ? Number(value) : { int: `${value}` };
}

for (const major of [1, 2]) {
  const url = new URL(`./golden/pickles_numpy${major}.json`, import.meta.url);
  const { cases, python, numpy } = JSON.parse(await Deno.readTextFile(url));
  Deno.test(`readPickle() reads what Python ${python} and NumPy ${numpy} write`, async (t) => {
    for (const { name, pickle, content: expected } of cases as Case[]) {
      await t.step(name, () => {
        const data = Uint8Array.fromBase64(pickle);
        assert.ok(isPickle(data), "isPickle()");
        assert.deepEqual(content(readPickle(data, { globals: ALL })), expected);
      });
    }
  });
}

Deno.test("readPickle() keeps an object that is mentioned twice one object", () => {
  const [first, second] = readPickle(ascii("(lp0\n(lp1\nag1\na.")) as unknown[];
  assert.equal(first, second);
  const itself = readPickle(ascii("(lp0\ng0\na.")) as unknown[];
  assert.equal(itself[0], itself);
});

Deno.test("readPicklePart() says where a pickle ends, for files that hold several", () => {
  const file = bytes("\x80\x02K\x07.", "\x80\x02K\x08.");
  const first = readPicklePart(file);
  assert.deepEqual(first, { value: 7, end: 5 });
  assert.deepEqual(readPicklePart(file, { start: first.end }), { value: 8, end: 10 });
  assert.throws(() => readPickle(file), /5 bytes follow its end/);
});

Deno.test("readPickle() hands persistent ids to the caller and refuses them otherwise", () => {
  const file = bytes("\x80\x02", "X", [3, 0, 0, 0], "abc", "Q.");
  assert.equal(readPickle(file, { persistentLoad: (id) => `${id}!` }), "abc!");
  assert.throws(() => readPickle(file), /persistent id/);
});

Deno.test("readDataPickle() unpacks what joblib compressed, within bounds", () => {
  const plain = bytes("\x80\x02", "X", [200, 0, 0, 0], "x".repeat(200), ".");
  assert.equal(readDataPickle(deflateSync(plain), "a.pkl"), "x".repeat(200));
  assert.equal(readDataPickle(plain, "a.pkl"), "x".repeat(200));
  const bomb = deflateSync(new Uint8Array(80 << 20));
  assert.throws(() => readDataPickle(bomb, "a.pkl"), /unpacks to more than/);
  assert.throws(() => readDataPickle(deflateSync(plain).subarray(0, 12), "a.pkl"), InputError);
});

// ---- what is refused --------------------------------------------------------------------------

Deno.test("readPickle() refuses names that are not on the list, by name, and calls nothing", () => {
  const attacks = [
    "cos\nsystem\n(S'echo hi'\ntR.",
    "cposix\nsystem\n(S'echo hi'\ntR.",
    "(S'echo hi'\nios\nsystem\n.",
    "(cos\nsystem\nS'echo hi'\no.",
    "c__builtin__\neval\n(S'1+1'\ntR.",
    "cbuiltins\ngetattr\n.",
  ];
  for (const attack of attacks) {
    const [, module, name] = /(?:c|i)([\w.]+)\n(\w+)\n/.exec(attack)!;
    assert.throws(
      () => readPickle(ascii(attack), { globals: ALL }),
      (error: Error) =>
        error instanceof InputError &&
        error.message.includes(`asks for ${module}.${name}, which is not allowed`),
    );
  }
  const stackGlobal = bytes("\x80\x04\x8c\x02os\x8c\x06system\x93.");
  assert.throws(() => readPickle(stackGlobal), /asks for os.system/);
});

Deno.test("readPickle() does not take names from JavaScript's object prototype", () => {
  for (const name of ["constructor", "toString", "__proto__"]) {
    assert.throws(() => readPickle(ascii(`c\n${name}\n.`)), /not allowed/);
    assert.throws(() => readPickle(ascii(`c${name}\n\n.`)), /not allowed/);
  }
  const map = readPickle(ascii("(dS'__proto__'\nI1\ns.")) as Map<string, number>;
  assert.equal(map.get("__proto__"), 1);
  assert.equal(({} as Record<string, unknown>)[1], undefined);
});

Deno.test("readPickle() refuses to call what may only be mentioned", () => {
  assert.throws(
    () => readPickle(ascii("c__builtin__\nobject\n(tR."), { globals: ALL }),
    /__builtin__.object is called, which is not allowed/,
  );
});

Deno.test("readPickle() bounds memory against bombs", () => {
  const small = { maxBytes: 1 << 20 };
  const dictionaries = new Uint8Array(100_000).fill("}".charCodeAt(0));
  assert.throws(() => readPickle(dictionaries, small), /more than 1048576 bytes of memory/);
  // One array of 64 KiB, made again and again from the same bytes in the memo.
  const data = new Array<number>(1 << 16).fill(0);
  const bomb = bytes(
    "\x80\x05",
    "B",
    [0, 0, 1, 0],
    data,
    "q\x000", // memo 0: the bytes
    "cnumpy\ndtype\nU\x02u1\x85Rq\x010", // memo 1: the dtype
    "J",
    [0, 0, 1, 0],
    "\x85q\x020", // memo 2: the shape
    "cnumpy.core.numeric\n_frombuffer\nq\x030",
    "](",
    "h\x03(h\x00h\x01h\x02U\x01CtR".repeat(100),
    "e.",
  );
  assert.throws(() => readPickle(bomb, { ...small, globals: ALL }), /of memory/);
  assert.equal((readPickle(bomb, { globals: ALL }) as unknown[]).length, 100);
});

Deno.test("readPickle() refuses lengths beyond the file before taking memory for them", () => {
  const claims = [
    bytes("B", [255, 255, 255, 255], "x."),
    bytes("X", [255, 255, 255, 127], "x."),
    bytes("\x8d", [0, 0, 0, 0, 0, 0, 16, 0], "."),
    bytes("\x8e", [255, 255, 255, 255, 255, 255, 255, 255], "."),
    bytes("T", [255, 255, 255, 255], "x."),
    bytes("\x95", [0, 0, 0, 0, 1, 0, 0, 0], "N."),
    bytes("\x8b", [0, 0, 1, 0], new Array<number>(1 << 16).fill(1), "."),
    bytes("r", [255, 255, 255, 255], "N."),
    bytes("Nr", [255, 255, 255, 255], "."),
    ascii("I" + "9".repeat(10_000) + "\n."),
    ascii("Np99999999\n."),
  ];
  for (const claim of claims) assert.throws(() => readPickle(claim), InputError);
});

Deno.test("readPickle() is not upset by deep nesting or a billion laughs", () => {
  const deep = ascii("(".repeat(50_000) + "t".repeat(50_000) + ".");
  assert.ok(Array.isArray(readPickle(deep)));
  // Each list holds the one before ten times: ten to the thirty values, thirty lists.
  const laughs = "]q\0" + Array.from({ length: 30 }, (_, i) => {
    const use = `h${String.fromCharCode(i)}`;
    return `](${use.repeat(10)}eq${String.fromCharCode(i + 1)}`;
  }).join("") + ".";
  assert.equal((readPickle(bytes(laughs)) as unknown[]).length, 10);
});

Deno.test("readPickle() names what is wrong in damaged files", () => {
  const faults: [Uint8Array, RegExp][] = [
    [ascii(""), /1 bytes are announced and 0 are left/],
    [ascii("N"), /1 bytes are announced and 0 are left/],
    [ascii("."), /stack is empty/],
    [ascii("t."), /mark is missing/],
    [ascii("h\x05."), /memo entry 5 is read before it is written/],
    [ascii("NNa."), /appended to something that is no list/],
    [ascii("(NNNd."), /a key without a value/],
    [ascii("I12x\n."), /"12x" is no whole number/],
    [ascii("Fabc\n."), /"abc" is no number/],
    [ascii("S'x\n."), /a string has no quotes/],
    [bytes("\x80\x09N."), /protocol 9/],
    [bytes("\x82\x01."), /extension registry/],
    [bytes("\x97."), /out-of-band/],
    [bytes("\xff."), /the byte 0xff/],
    [bytes("X", [1, 0, 0, 0], "\xff."), /text is not UTF-8/],
    [ascii("NNb."), /takes no state/],
  ];
  for (const [file, wanted] of faults) {
    assert.throws(() => readPickle(file, { file: "a.pkl" }), (error: Error) => {
      assert.ok(error instanceof InputError, error.stack);
      assert.match(error.message, wanted);
      assert.match(error.message, /^Cannot read the pickle: .*\(a\.pkl\)$/);
      return true;
    });
  }
});

Deno.test("NUMPY_GLOBALS refuse arrays whose parts do not fit", () => {
  const array = (shape: string, dtype: string, data: string) =>
    ascii(
      "cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(I0\ntS'b'\ntR(I1\n" +
        `${shape}cnumpy\ndtype\n(S'${dtype}'\nI0\nI1\ntR(I3\nS'<'\nNNNI-1\nI-1\nI0\ntbI0\n${data}tb.`,
    );
  const faults: [Uint8Array, RegExp][] = [
    [array("(I2\nt", "f8", "S'12345678'\n"), /found 8 bytes of values, expected 16/],
    [array("(I-1\nt", "f8", "S''\n"), /shape of an array/],
    [array("(F1.5\nt", "f8", "S''\n"), /shape of an array/],
    [array("(I1\nt", "c16", "S''\n"), /dtype "c16"/],
    [array("(I1\nt", "V8", "S'12345678'\n"), /dtype "V8"/],
    [array("(I1\nt", "f8", "N"), /values of an array are no bytes/],
    [array("(I3\nt", "O8", "(lI1\na"), /3 objects does not hold as many/],
    [array("(I3\nt", "U0", "S''\n"), /text of dtype U0/],
    [array("(I1\nt", "U1", "S'\\xff\\xff\\xff\\xff'\n"), /no Unicode/],
  ];
  for (const [file, wanted] of faults) {
    assert.throws(() => readPickle(file, { globals: ALL }), wanted);
  }
});

// ---- anything else ----------------------------------------------------------------------------

Deno.test("readPickle() ends in a value or an InputError whatever the bytes", () => {
  const { cases } = JSON.parse(
    Deno.readTextFileSync(new URL("./golden/pickles_numpy1.json", import.meta.url)),
  );
  const seeds = (cases as Case[]).map(({ pickle }) => Uint8Array.fromBase64(pickle))
    .filter((seed) => seed.length < 6000);
  const change = fc.record({
    at: fc.nat(),
    kind: fc.constantFrom("set", "cut", "insert", "copy"),
    value: fc.nat(255),
    length: fc.nat(40),
  });
  let refused = 0;
  fc.assert(
    fc.property(fc.nat(seeds.length - 1), fc.array(change, { minLength: 1 }), (which, changes) => {
      let data: Uint8Array = seeds[which].slice();
      for (const { at, kind, value, length } of changes) {
        const i = at % Math.max(1, data.length);
        if (kind === "set") data[i] = value;
        else if (kind === "cut") data = data.slice(0, i);
        else {
          const extra = kind === "copy" ? data.slice(i, i + length) : Uint8Array.of(value);
          const longer = new Uint8Array(data.length + extra.length);
          longer.set(data.subarray(0, i));
          longer.set(extra, i);
          longer.set(data.subarray(i), i + extra.length);
          data = longer;
        }
      }
      try {
        readPickle(data, { globals: ALL });
      } catch (error) {
        assert.ok(error instanceof InputError, String((error as Error).stack));
        refused++;
      }
    }),
    { numRuns: 2000, seed: 4 },
  );
  assert.ok(refused > 500, `${refused} of 2000 refused`);
});

Deno.test("readPickle() ends in a value or an InputError for random opcodes", () => {
  const opcode = fc.constantFrom(
    ..."(.012FIJKLMNPQRSTUVXabcd}eghijl]opqrst)uGBC",
    ...Array.from({ length: 25 }, (_, i) => String.fromCharCode(0x80 + i)),
  );
  const piece = fc.oneof(
    opcode,
    fc.constantFrom(
      "h\0",
      "q\0",
      "K\x05",
      "U\x01a",
      "\x8c\x01b",
      "cnumpy\ndtype\n",
      ")R",
      "S'f8'\n",
    ),
    fc.constantFrom("ccollections\nOrderedDict\n", "cnumpy\nndarray\n", "c__builtin__\nset\n"),
    fc.constantFrom(
      "cscipy.sparse.csc\ncsc_matrix\n)\x81",
      "cchumpy.ch\nCh\n)\x81",
      "}b",
      "(lp1\n",
    ),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      try {
        readPickle(bytes(pieces.join("") + "."), { globals: ALL, persistentLoad: (id) => id });
      } catch (error) {
        assert.ok(error instanceof InputError, String((error as Error).stack));
      }
    }),
    { numRuns: 3000, seed: 5 },
  );
});
