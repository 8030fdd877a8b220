import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { bytesSource, readAll } from "../../../core/files/source.ts";
import { isTar, openTar } from "../../../core/files/tar.ts";
import { encodeTar, TAR_END, tarHeader } from "../../../core/files/tar_write.ts";
import { InputError } from "../../../core/work/errors.ts";

const text = (value: string) => new TextEncoder().encode(value);
const long = `${"deep/".repeat(30)}file.txt`;
const FILES: [string, Uint8Array][] = [
  ["a.txt", text("alpha")],
  ["empty", new Uint8Array(0)],
  ["sub/b.bin", new Uint8Array(1300).map((_, i) => i)],
  [long, text("far down")],
  ["日本.txt", text("name in UTF-8")],
];

/** A header whose name, size text or type is replaced, with its sum made right again. */
function header(change: (bytes: Uint8Array) => void, size = 4): Uint8Array {
  const bytes = tarHeader("plain.txt", size);
  change(bytes);
  bytes.fill(32, 148, 156);
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  bytes.set(text(sum.toString(8).padStart(6, "0") + "\0 "), 148);
  return bytes;
}

const archive = (...parts: Uint8Array[]) =>
  bytesSource("x.tar", Uint8Array.from(parts.flatMap((part) => [...part])));
const block = (value: string) => {
  const out = new Uint8Array(512);
  out.set(text(value));
  return out;
};

Deno.test("openTar() gives back what encodeTar() wrote, long and foreign names too", async () => {
  const bytes = encodeTar(FILES);
  assert.deepEqual(encodeTar(FILES), bytes, "the same files must give the same bytes");
  assert.equal(bytes.length % 512, 0);
  assert.ok(isTar(bytes));
  for (const packed of [bytes, new Uint8Array(gzipSync(bytes))]) {
    const folder = await openTar(bytesSource("x.tar", packed));
    assert.deepEqual(await folder.list(), FILES.map(([path]) => path).sort());
    for (const [path, data] of FILES) {
      assert.deepEqual(new Uint8Array(await readAll(await folder.open(path))), data, path);
    }
    const part = await (await folder.open("sub/b.bin")).slice(256, 259);
    assert.deepEqual([...part], [0, 1, 2]);
    assert.ok(await folder.has("sub/b.bin") && !await folder.has("sub") && !await folder.has("no"));
    await assert.rejects(folder.open("no"), InputError);
  }
});

Deno.test("openTar() reads GNU long names and leaves links and folders out", async () => {
  const source = archive(
    header((b) => (b[156] = 0x4c), 9),
    block("long/name"),
    header((b) => (b[156] = 0x30)),
    block("data"),
    header((b) => (b[156] = 0x32), 0), // a link
    header((b) => (b[156] = 0x35), 0), // a folder
    TAR_END,
  );
  const folder = await openTar(source);
  assert.deepEqual(await folder.list(), ["long/name"]);
  assert.equal(new TextDecoder().decode(await readAll(await folder.open("long/name"))), "data");
});

Deno.test("openTar() takes the last of members with one name, as tar does", async () => {
  const folder = await openTar(
    archive(header(() => {}), block("old."), header(() => {}), block("new."), TAR_END),
  );
  assert.equal(new TextDecoder().decode(await readAll(await folder.open("plain.txt"))), "new.");
});

Deno.test("openTar() refuses what climbs out, is cut short, is damaged or too large", async () => {
  const name = (value: string) => (b: Uint8Array) => {
    b.fill(0, 0, 100);
    b.set(text(value));
  };
  const bad: [string, Uint8Array[], RegExp][] = [
    ["climbs", [header(name("../up")), block("data")], /leads out/],
    ["absolute", [header(name("/etc/x")), block("data")], /leads out/],
    ["cut", [header(() => {}, 5000), block("data")], /5000 bytes, beyond its end/],
    ["sparse", [header((b) => (b[156] = 0x53))], /beyond its end|sparse/],
    [
      "sum",
      [tarHeader("a", 4).map((byte, i) => i === 0 ? 0x62 : byte), block("data")],
      /wrong sum/,
    ],
    ["nothing", [new Uint8Array(100)], /before its first member/],
  ];
  for (const [what, parts, message] of bad) {
    await assert.rejects(openTar(archive(...parts, TAR_END.subarray(0, 0))), (error) => {
      assert.ok(error instanceof InputError, what);
      assert.match(error.message, message, what);
      return true;
    });
  }
  const bomb = new Uint8Array(gzipSync(new Uint8Array(1 << 20)));
  await assert.rejects(
    openTar(bytesSource("x.tgz", bomb), { maxUnpackedBytes: 1 << 16 }),
    /unpacks to more than 65536 bytes/,
  );
});

Deno.test("tarHeader() refuses paths that leave the folder", () => {
  for (const path of ["", "/a", "../a", "a//b", "a/./b"]) {
    assert.throws(() => tarHeader(path, 1), RangeError, path);
  }
});
