import assert from "node:assert/strict";
import fc from "fast-check";
import { bytesSource } from "../../../core/files/source.ts";
import { encodeZip } from "../../../core/files/zip_write.ts";
import { openCheckpoint } from "../../../inference/twoktwok/checkpoint.ts";
import { importCheckpoint } from "../../../inference/twoktwok/import_checkpoint.ts";
import { damaged, refuses, typed } from "../../core/files/_help.ts";
import { writeCheckpoint, type WrittenCheckpoint } from "./_checkpoint.ts";
import {
  filesBelow,
  TINY_PIPELINE,
  TINY_WIDTHS,
  tinyCheckpointBytes,
  withFolder,
} from "./_tiny.ts";

const SPEC: WrittenCheckpoint = {
  storages: { "0": new Float32Array(300), "1": BigInt64Array.of(5n) },
  tensors: {
    "module.net.weight": { storage: "0", shape: [10, 10] },
    "module.net.other": { storage: "0", offset: 100, shape: [20, 5], strides: [1, 20] },
    "module.net.count": { storage: "1", shape: [] },
  },
};

/** Opens a file and reads every tensor of it. */
async function readWhole(bytes: Uint8Array): Promise<void> {
  const checkpoint = await openCheckpoint(bytesSource("fuzzed.pth.tar", bytes));
  for (const [key, { storage }] of checkpoint.tensors) {
    await (storage.dtype === "int64" ? checkpoint.readScalar(key) : checkpoint.read(key));
  }
}

Deno.test("openCheckpoint() reads or refuses any damaged file", async () => {
  const whole = writeCheckpoint(SPEC);
  await readWhole(whole);
  await fc.assert(
    fc.asyncProperty(damaged(whole), async (bytes) => {
      await typed(readWhole(bytes));
    }),
    { seed: 5, numRuns: 2000 },
  );
});

Deno.test("openCheckpoint() refuses any damaged pickle that it cannot read", async () => {
  // The archive is whole, its checksums are right, so that the damage reaches the pickle's reader.
  const whole = writeCheckpoint(SPEC);
  const pickle = pickleOf(whole);
  await fc.assert(
    fc.asyncProperty(damaged(pickle), async (bytes) => {
      const files = [
        ["made/data.pkl", bytes],
        ["made/data/0", new Uint8Array(1200)],
        ["made/data/1", new Uint8Array(8)],
      ] as const;
      await typed(readWhole(encodeZip(files)));
    }),
    { seed: 6, numRuns: 2000 },
  );
});

/** The pickle inside an archive of `writeCheckpoint`, which stores it first. */
function pickleOf(archive: Uint8Array): Uint8Array {
  const view = new DataView(archive.buffer, archive.byteOffset);
  const start = 30 + view.getUint16(26, true) + view.getUint16(28, true);
  return archive.slice(start, start + view.getUint32(18, true));
}

Deno.test("importCheckpoint() refuses PyTorch's file cut short or changed, and leaves nothing", async () => {
  const whole = tinyCheckpointBytes();
  await withFolder(async (folder) => {
    for (const share of [0.01, 0.3, 0.7, 0.999]) {
      const bytes = whole.slice(0, Math.floor(share * whole.length));
      await assert.rejects(importTo(folder, bytes), { name: "InputError" });
      assert.deepEqual(await filesBelow(folder), []);
    }
    // A bit in the middle of a storage: the archive's checksum tells.
    const flipped = whole.slice();
    flipped[Math.floor(whole.length / 2)] ^= 64;
    await refuses(importTo(folder, flipped), /Cannot (unpack|read|import)/);
    assert.deepEqual(await filesBelow(folder), []);
  });
});

async function importTo(folder: string, bytes: Uint8Array): Promise<void> {
  await importCheckpoint(bytesSource("x.pth.tar", bytes), folder, {
    widths: TINY_WIDTHS,
    pipeline: TINY_PIPELINE,
    parity: "none",
  });
}

for (
  const evil of ["os system", "posix system", "builtins eval", "builtins exec", "subprocess Popen"]
) {
  Deno.test(`openCheckpoint() refuses a pickle that asks for ${evil}`, async () => {
    const [module, name] = evil.split(" ");
    await refuses(
      readWhole(writeCheckpoint({ ...SPEC, evil })),
      new RegExp(`${module}\\.?.*${name}`),
    );
  });
}

Deno.test("openCheckpoint() refuses archives with paths that lead out", async () => {
  // `encodeZip` refuses to write such names, so one is written over a name of the same length.
  const good = "made/data/0", archive = writeCheckpoint(SPEC);
  for (const bad of ["../../etc/x", "/etc/passwd", "C:\\evil.txt"]) {
    const bytes = archive.slice();
    const from = new TextEncoder().encode(good), to = new TextEncoder().encode(bad.slice(0, 11));
    for (let at = 0; at + from.length <= bytes.length; at++) {
      if (from.every((byte, i) => bytes[at + i] === byte)) bytes.set(to.subarray(0, 11), at);
    }
    await refuses(readWhole(bytes), /it holds the name/);
  }
});

Deno.test("openCheckpoint() refuses zip bombs before they unpack", async () => {
  // 200 MB of zeros as a pickle deflate to 200 kB.
  const bomb = encodeZip([["made/data.pkl", new Uint8Array(2e8)]], { level: 9 });
  assert.ok(bomb.length < 1e6);
  await refuses(readWhole(bomb), /its pickle has 200000000 bytes, expected at most/);
});

Deno.test("openCheckpoint() refuses a storage that unpacks to more than its archive may", async () => {
  const spec = { ...SPEC, storages: { ...SPEC.storages, "0": new Float32Array(5e7) }, level: 9 };
  await refuses(
    readWhole(writeCheckpoint(spec)),
    /it would take 200000000 bytes, expected at most/,
  );
});

Deno.test("openCheckpoint() refuses a pickle that grows in memory", async () => {
  // A list put into itself's successor, doubled each time: 2^40 items if it were a tree.
  const doubling = [0x80, 2, 0x5d];
  for (let i = 0; i < 40; i++) doubling.push(0x32, 0x86);
  doubling.push(0x2e);
  const archive = encodeZip([["made/data.pkl", Uint8Array.from(doubling)]]);
  await refuses(readWhole(archive), /is no tensor|holds no tensors|is no dictionary/);
});
