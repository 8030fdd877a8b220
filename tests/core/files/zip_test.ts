import assert from "node:assert/strict";
import { crc32, deflateRawSync } from "node:zlib";
import fc from "fast-check";
import { readAll } from "../../../core/files/source.ts";
import { isZip, openZip } from "../../../core/files/zip.ts";
import { encodeZip } from "../../../core/files/zip_write.ts";
import { bytesOf, damaged, refuses, SEED, source, typed } from "./_help.ts";

interface Member {
  name: string;
  data: Uint8Array;
  /** Overrides of what the archive says about it. */
  method?: number;
  packed?: Uint8Array;
  size?: number;
  crc?: number;
  flags?: number;
  zip64?: boolean;
  localStart?: number;
}

/** An archive written by hand, so that it can lie. */
function archive(members: readonly Member[], zip64End = false): Uint8Array {
  const bytes: number[] = [];
  const u16 = (v: number) => bytes.push(v & 255, v >> 8 & 255);
  const u32 = (v: number) => bytes.push(v & 255, v >> 8 & 255, v >> 16 & 255, v >>> 24);
  const u64 = (v: number) => (u32(v), u32(0));
  const starts: number[] = [];
  for (const { name, data, method = 0, packed = data } of members) {
    starts.push(bytes.length);
    u32(0x04034b50), u16(20), u16(0), u16(method), u32(0), u32(0), u32(0), u32(0);
    u16(name.length), u16(4);
    bytes.push(...bytesOf(name), 1, 2, 3, 4, ...packed); // a local extra field of its own
  }
  const directory = bytes.length;
  members.forEach((member, i) => {
    const { name, data, method = 0, packed = data, size = data.length, zip64 = false } = member;
    const start = member.localStart ?? starts[i];
    u32(0x02014b50), u16(20), u16(20), u16(member.flags ?? 0), u16(method), u32(0);
    u32(member.crc ?? crc32(data));
    u32(zip64 ? 0xffffffff : packed.length), u32(zip64 ? 0xffffffff : size);
    u16(name.length), u16(zip64 ? 28 : 0), u16(0), u16(0), u16(0), u32(0);
    u32(zip64 ? 0xffffffff : start);
    bytes.push(...bytesOf(name));
    if (zip64) u16(1), u16(24), u64(size), u64(packed.length), u64(start);
  });
  const end = bytes.length;
  if (zip64End) {
    u32(0x06064b50), u64(44), u16(45), u16(45), u32(0), u32(0);
    u64(members.length), u64(members.length), u64(end - directory), u64(directory);
    u32(0x07064b50), u32(0), u64(end), u32(1);
  }
  u32(0x06054b50), u16(0), u16(0);
  u16(zip64End ? 0xffff : members.length), u16(zip64End ? 0xffff : members.length);
  u32(zip64End ? 0xffffffff : end - directory), u32(zip64End ? 0xffffffff : directory), u16(0);
  return Uint8Array.from(bytes);
}

const hello = bytesOf("hello ".repeat(20));
const open = (bytes: Uint8Array) => openZip(source(bytes, "a.zip"));

Deno.test("openZip() reads stored and deflated members, also with zip64 fields", async () => {
  const members = [
    { name: "stored.txt", data: hello },
    { name: "in/deflated.txt", data: hello, method: 8, packed: deflateRawSync(hello) },
    { name: "in/", data: new Uint8Array(0) },
  ];
  for (const zip64 of [false, true]) {
    const bytes = archive(members.map((member) => ({ ...member, zip64 })), zip64);
    const folder = await open(bytes);
    assert.deepEqual(await folder.list(), ["in/deflated.txt", "stored.txt"]);
    for (const name of await folder.list()) {
      assert.deepEqual([...await readAll(await folder.open(name))], [...hello]);
      await folder.verify(name);
    }
    assert.equal(await folder.has("in"), false);
  }
});

Deno.test("openZip() reads a piece of a stored member without the rest", async () => {
  const bytes = archive([{ name: "a.bin", data: new Uint8Array(100000).fill(7) }]);
  let read = 0;
  const counting = {
    name: "a.zip",
    byteLength: bytes.length,
    slice(start: number, end: number) {
      read += end - start;
      return Promise.resolve(bytes.subarray(start, end));
    },
  };
  const folder = await openZip(counting);
  read = 0;
  const member = await folder.open("a.bin");
  assert.deepEqual([...await member.slice(50000, 50004)], [7, 7, 7, 7]);
  assert.ok(read < 100, `read ${read} bytes for 4`);
});

Deno.test("openZip() refuses names that leave the archive or occur twice", async () => {
  for (const name of ["/etc/x", "../x", "a/../../x", "a/../x", "C:\\x", "a\\b", "./x", "x\0y"]) {
    await refuses(open(archive([{ name, data: hello }])), /expected a plain path/);
  }
  const twice = archive([{ name: "a", data: hello }, { name: "a", data: hello }]);
  await refuses(open(twice), /"a" occurs twice/);
  const folded = archive([{ name: "b/a", data: hello }, { name: "b//a", data: hello }]);
  await refuses(open(folded), /occurs twice/);
});

Deno.test("openZip() refuses overlaps, encryption, other methods and foreign directories", async () => {
  const second = { name: "b", data: hello };
  await refuses(
    open(archive([{ name: "a", data: hello }, { ...second, localStart: 0 }])),
    /overlaps another member/,
  );
  await refuses(open(archive([{ ...second, flags: 1 }])), /is encrypted/);
  await refuses(open(archive([{ ...second, method: 12 }])), /packed by method 12/);
  await refuses(open(archive([{ ...second, size: 7 }])), /expected its size 7/);
  await refuses(open(archive([second]).slice(0, -30)), /directory at the end is missing/);
  await refuses(open(bytesOf("PK but not a zip")), /directory at the end is missing/);
  const cut = archive([second]);
  await refuses(open(cut.slice(20)), /missing|does not fit|overlaps/);
});

Deno.test("openZip() refuses members that unpack to more than they say or than is allowed", async () => {
  const zeros = new Uint8Array(1 << 20);
  const packed = deflateRawSync(zeros);
  const lying = archive([{ name: "bomb", data: zeros, method: 8, packed, size: 1000 }]);
  await refuses((await open(lying)).open("bomb"), /do not match the size and checksum/);
  const large = await openZip(
    source(archive([{ name: "bomb", data: zeros, method: 8, packed }])),
    { maxMemberBytes: 1000 },
  );
  await refuses(large.open("bomb"), /would take 1048576 bytes, expected at most 1000/);
  const huge = archive([{ name: "bomb", data: hello, method: 8, packed, size: 0x7fffffff }]);
  await refuses((await open(huge)).open("bomb"), /expected at most/);
});

Deno.test("ZipFolder checks the checksum of what it reads whole", async () => {
  const wrong = await open(archive([{ name: "a", data: hello, crc: 1 }]));
  const member = await wrong.open("a");
  await refuses(readAll(member), /do not match the size and checksum/);
  assert.equal((await member.slice(0, 4)).length, 4);
  await refuses(wrong.verify("a"), /do not match/);
});

Deno.test("encodeZip() gives the same bytes again, and openZip() the files", async () => {
  const files = fc.uniqueArray(
    fc.tuple(fc.stringMatching(/^[a-zé]{1,8}(\/[a-z]{1,8})?$/), fc.uint8Array({ maxLength: 300 })),
    { selector: ([name]) => name, maxLength: 6 },
  );
  await fc.assert(
    fc.asyncProperty(files, fc.integer({ min: 0, max: 9 }), async (list, level) => {
      const bytes = encodeZip(list, { level });
      assert.deepEqual(encodeZip(list, { level }), bytes);
      assert.ok(isZip(bytes));
      const folder = await open(bytes);
      assert.deepEqual(await folder.list(), list.map(([name]) => name).sort());
      for (const [name, data] of list) {
        assert.deepEqual([...await readAll(await folder.open(name))], [...data]);
      }
    }),
    { seed: SEED, numRuns: 100 },
  );
});

Deno.test("encodeZip() refuses names that its reader would refuse", () => {
  for (const name of ["/a", "../a", "a/", ""]) {
    assert.throws(() => encodeZip([[name, hello]]), RangeError);
  }
  assert.throws(() => encodeZip([["a", hello], ["a", hello]]), RangeError);
});

Deno.test("openZip() meets damage with an InputError or reads the rest", async () => {
  const sound = archive([
    { name: "a.txt", data: hello },
    { name: "b.txt", data: hello, method: 8, packed: deflateRawSync(hello) },
  ], true);
  await fc.assert(
    fc.asyncProperty(damaged(sound), async (bytes) => {
      await typed((async () => {
        const folder = await open(bytes);
        for (const name of await folder.list()) await readAll(await folder.open(name));
      })());
    }),
    { seed: SEED, numRuns: 600 },
  );
});
