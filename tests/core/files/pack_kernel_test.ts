import assert from "node:assert/strict";
import { inflateSync } from "node:zlib";
import fc from "fast-check";
import { PACK_KERNEL_BUILD } from "../../../core/files/pack_kernel/build_kernel.ts";
import { KERNEL_FINGERPRINT } from "../../../core/files/pack_kernel/kernel_wasm.ts";
import { packBytes, type PackBytesOptions } from "../../../core/files/pack_kernel/pack_kernel.ts";
import { wasmFingerprint } from "../../../core/work/wasm_build.ts";
import { joined, SEED } from "./_help.ts";

Deno.test("the committed pack kernel is made of the sources beside it", async () => {
  assert.equal(
    KERNEL_FINGERPRINT,
    await wasmFingerprint(PACK_KERNEL_BUILD),
    "run core/files/pack_kernel/build_kernel.ts",
  );
});

/** Packs, and has zlib unpack it and check the sum of the bytes. */
function packed(bytes: Uint8Array, options: PackBytesOptions = {}): Uint8Array {
  const stream = joined(packBytes(bytes, options));
  assert.deepEqual(new Uint8Array(inflateSync(stream)), bytes);
  return stream;
}

/** Noise of a few values: 1 is a single one, 256 cannot be packed. */
function noise(length: number, values: number): Uint8Array {
  let state = SEED;
  return Uint8Array.from({ length }, () => {
    state = Math.imul(state, 1664525) + 1013904223 >>> 0;
    return (state >>> 16) % values;
  });
}

Deno.test("packBytes() is undone by zlib, whatever the bytes", () => {
  // Pieces of noise of some values and of runs, of all lengths.
  const piece = fc.record({
    values: fc.constantFrom(1, 2, 3, 10, 256),
    length: fc.oneof(
      fc.integer({ min: 0, max: 40 }),
      fc.constantFrom(257, 258, 259, 260, 261, 262, 516, 517, 5552, 5553, 32767, 32768, 65536),
    ),
  });
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      packed(joined(pieces.map(({ length, values }) => noise(length, values))));
    }),
    { seed: SEED, numRuns: 300 },
  );
});

Deno.test("packBytes() is undone by zlib for every short run between two others", () => {
  for (let length = 0; length < 600; length++) {
    const bytes = new Uint8Array(length + 14).fill(7);
    bytes.fill(9, 7, 7 + length);
    packed(bytes);
  }
});

Deno.test("packBytes() packs nothing, one byte, and all bytes", () => {
  assert.equal(packed(new Uint8Array(0)).length, 8);
  packed(Uint8Array.of(200));
  packed(Uint8Array.from({ length: 256 }, (_, i) => i));
});

Deno.test("packBytes() stores what cannot be packed: 5 bytes more for each 32,768", () => {
  const bytes = noise(1 << 18, 256);
  assert.equal(packed(bytes).length, bytes.length + 8 * 5 + 6 + 2); // and an empty last block
});

Deno.test("packBytes() packs runs longer than a match, a block and a piece", () => {
  for (const length of [1 << 16, (1 << 22) - 1, (1 << 22) + 3, (1 << 23) + (1 << 22) + 5]) {
    const stream = packed(new Uint8Array(length).fill(128));
    assert.ok(stream.length < 40 + length / 900, `${length} take ${stream.length}`);
  }
});

Deno.test("packBytes() takes fewer bits for what occurs more often", () => {
  // 15 of 16 are one value, the rest one of 16: 1.25 bits a byte for prefix codes, less with runs.
  const bytes = noise(1 << 16, 256).map((value) => value < 240 ? 0 : value);
  const { length } = packed(bytes);
  assert.ok(length < 1.25 * bytes.length / 8, `${length}`);
});

Deno.test("packBytes() survives counts whose codes would be too wide", () => {
  // Fibonacci's numbers: the rarest byte would get a code of 20 bits.
  const parts: Uint8Array[] = [];
  for (let value = 0, a = 1, b = 1; value < 21; value++, [a, b] = [b, a + b]) {
    // Never two alike in a row: those would be runs.
    for (let i = 0; i < a; i++) parts.push(Uint8Array.of(value, 255));
  }
  packed(joined(parts));
});

Deno.test("packBytes() does not depend on the pieces it works in", () => {
  const piece = fc.record({
    values: fc.constantFrom(1, 2, 256),
    length: fc.integer({ min: 0, max: 70 }),
  });
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 30 }),
      fc.integer({ min: 1, max: 50 }),
      (pieces, step) => {
        const bytes = joined(pieces.map(({ length, values }) => noise(length, values)));
        assert.deepEqual(packed(bytes, { pieceBytes: step }), packed(bytes));
      },
    ),
    { seed: SEED, numRuns: 300 },
  );
});
