import assert from "node:assert/strict";
import { join } from "node:path";
import { Dataset, File, Group, ready } from "h5wasm/node";
import { lookup3 } from "../../../core/files/_hdf5_messages.ts";
import { Hdf5Writer } from "../../../core/files/hdf5_write.ts";

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function writeSample(path: string): Promise<void> {
  using file = await Hdf5Writer.create(path);
  const points = Float32Array.from({ length: 300 }, (_, i) => i / 7);
  await file.array("0001/pts", { shape: [100, 3], dtype: "f4" }, [
    points.subarray(0, 120),
    points.subarray(120),
  ]);
  await file.array("0001/d", { shape: [2, 1], dtype: "f8" }, [Float64Array.of(Math.PI, -0)]);
  await file.array("0001/ids", { shape: [2], dtype: "i4" }, [Int32Array.of(-1, 2 ** 31 - 1)]);
  await file.array("0001/vis", { shape: [2, 3], dtype: "b1" }, [Uint8Array.of(0, 1, 1, 1, 0, 0)]);
  await file.array("0001/none", { shape: [0, 3], dtype: "f4" }, []);
  await file.byteLists("0001/img", [
    Uint8Array.of(1, 2, 3),
    new Uint8Array(9000).fill(7),
    new Uint8Array(0),
  ]);
  file.group("deep/er");
  await file.finish();
}

Deno.test("Hdf5Writer writes what the HDF5 library reads", async () => {
  await ready;
  await inFolder(async (folder) => {
    const path = join(folder, "a.h5");
    await writeSample(path);
    const file = new File(path, "r");
    try {
      assert.deepEqual(file.keys(), ["0001", "deep"]);
      const array = (name: string) => file.get(`0001/${name}`) as Dataset;
      assert.deepEqual(array("pts").shape, [100, 3]);
      assert.deepEqual(array("pts").dtype, "<f");
      const points = array("pts").value as Float32Array;
      assert.ok(points.every((value, i) => value === Math.fround(i / 7)));
      assert.deepEqual([...array("d").value as Float64Array], [Math.PI, -0]);
      assert.deepEqual([...array("ids").value as Int32Array], [-1, 2 ** 31 - 1]);
      assert.deepEqual(array("none").shape, [0, 3]);
      const vis = array("vis");
      assert.deepEqual([...vis.value as Int8Array].map(Number), [0, 1, 1, 1, 0, 0]);
      assert.deepEqual(vis.metadata.enum_type?.members, { FALSE: 0, TRUE: 1 });
      const images = array("img").value as Uint8Array[];
      assert.deepEqual(images.map(({ length }) => length), [3, 9000, 0]);
      assert.deepEqual([...images[0]], [1, 2, 3]);
      assert.deepEqual((file.get("deep/er") as Group).keys(), []);
    } finally {
      file.close();
    }
  });
});

Deno.test("Hdf5Writer writes the same bytes for the same calls", async () => {
  await inFolder(async (folder) => {
    await writeSample(join(folder, "a.h5"));
    await writeSample(join(folder, "b.h5"));
    assert.deepEqual(
      await Deno.readFile(join(folder, "a.h5")),
      await Deno.readFile(join(folder, "b.h5")),
    );
  });
});

Deno.test("Hdf5Writer links to other files, also to hundreds", async () => {
  await ready;
  await inFolder(async (folder) => {
    await writeSample(join(folder, "part.h5"));
    using writer = await Hdf5Writer.create(join(folder, "all.h5"));
    for (let i = 0; i < 600; i++) {
      writer.link(String(i).padStart(4, "0"), "part.h5", "/0001");
    }
    await writer.finish();
    const file = new File(join(folder, "all.h5"), "r");
    try {
      assert.equal(file.keys().length, 600);
      assert.deepEqual(file.get_external_link("0599"), { filename: "part.h5", obj_path: "/0001" });
      assert.deepEqual((file.get("0599/pts") as Dataset).shape, [100, 3]);
    } finally {
      file.close();
    }
  });
});

Deno.test("Hdf5Writer refuses arrays that do not fill their shape, and names that are taken", async () => {
  await inFolder(async (folder) => {
    using file = await Hdf5Writer.create(join(folder, "a.h5"));
    const shape = { shape: [2], dtype: "f4" } as const;
    await assert.rejects(file.array("x", shape, [new Float32Array(3)]), /found 12 bytes/);
    await file.array("y", shape, [new Float32Array(2)]);
    await assert.rejects(file.array("y", shape, [new Float32Array(2)]), /taken/);
    await assert.rejects(file.array("y/z", shape, [new Float32Array(2)]), /no group/);
  });
});

Deno.test("lookup3() agrees with Jenkins' published vectors", () => {
  // driver5 of lookup3.c: hashlittle of "" and of the four score sentence, initial value 0.
  assert.equal(lookup3(new Uint8Array(0)), 0xdeadbeef);
  const sentence = new TextEncoder().encode("Four score and seven years ago");
  assert.equal(lookup3(sentence), 0x17770551);
});
