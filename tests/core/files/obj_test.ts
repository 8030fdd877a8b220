import assert from "node:assert/strict";
import fc from "fast-check";
import { readObj } from "../../../core/files/obj.ts";
import { encodeObj } from "../../../core/files/obj_write.ts";
import { encodePng } from "../../../core/files/image.ts";
import { MemoryFolder } from "../../../core/files/source.ts";
import { bytesOf, codes, damaged, meshes, refuses, SEED, tetrahedron, typed } from "./_help.ts";

const read = (text: string, files: Record<string, Uint8Array | string> = {}) =>
  readObj(new MemoryFolder({ "a.obj": text, ...files }), "a.obj");

//   3 --- 2
//   |   / |
//   | /   |
//   0 --- 1
const SQUARE = "v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\n";

Deno.test("readObj() reads vertices and faces in the file's order", async () => {
  const { mesh, notes } = await read(SQUARE + "f 1 2 3\nf 1 3 4\n");
  assert.deepEqual([...mesh.positions], [0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0]);
  assert.deepEqual([...mesh.indices], [0, 1, 2, 0, 2, 3]);
  assert.deepEqual(Object.keys(mesh).sort(), ["indices", "positions"]);
  assert.deepEqual(notes, []);
});

Deno.test("readObj() keeps negative indices relative to the line they stand on", async () => {
  const { mesh } = await read(`${SQUARE}f -4 -3 -2\nv 9 9 9\nf -5 -3 -2\n`);
  assert.deepEqual([...mesh.indices], [0, 1, 2, 0, 2, 3]);
});

Deno.test("readObj() takes every mix of v, v/vt, v//vn and v/vt/vn", async () => {
  const text = SQUARE + "vt 0.25 0.25\nvt 1 0\nvn 0 0 1\n" +
    "f 1 2 3\nf 1/1 2/2 3/1\nf 1//1 2//1 3//1\nf 1/1/1 2/2/1 3/-1/-1\nf 1/ 2/ 4//\n";
  const { mesh, notes } = await read(text);
  assert.equal(mesh.indices.length, 15);
  assert.deepEqual([...mesh.uvs!.subarray(6, 12)], [0.25, 0.75, 1, 1, 0.25, 0.75], "v is down");
  assert.deepEqual([...mesh.uvs!.subarray(0, 6)], [0, 1, 0, 1, 0, 1], "none is (0, 0) with v up");
  assert.deepEqual([...mesh.uvs!.subarray(18, 24)], [0.25, 0.75, 1, 1, 1, 1]);
  assert.equal(mesh.normals, undefined);
  assert.deepEqual(codes(notes), ["normals-incomplete", "uv-missing"]);
  assert.match(notes.find(({ code }) => code === "uv-missing")!.text, /^9 corners/);
});

Deno.test("readObj() keeps normals a vertex, and their mean where a vertex has several", async () => {
  const same = SQUARE + "vn 0 0 1\nvn 0 0 1\nf 1//1 2//1 3//1\nf 1//2 3//2 4//2\n";
  const one = await read(same);
  assert.deepEqual([...one.mesh.normals!], [0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1]);
  assert.deepEqual(one.notes, []);
  const split = await read(SQUARE + "vn 0 0 1\nvn 1 0 0\nf 1//1 2//1 3//1\nf 1//2 3//2 4//2\n");
  const half = Math.fround(Math.SQRT1_2);
  assert.deepEqual([...split.mesh.normals!.subarray(0, 3)], [half, 0, half]);
  assert.deepEqual([...split.mesh.normals!.subarray(9)], [1, 0, 0]);
  assert.match(split.notes[0].text, /^2 vertices have several normals/);
});

Deno.test("readObj() understands continued lines, CRLF, comments, tabs and exponents", async () => {
  const { mesh } = await read(
    "# made by hand \\\r\nv\t1e-1 \\\r\n  -2.5E+1\t.5 # a comment\r\n" +
      "v 1 0 0\r\n\r\n  v 0 1 0  \r\no thing\r\ng a b\r\ns off\r\nf 1 \\\n 2 \\\n 3",
  );
  assert.deepEqual([...mesh.positions], [...Float32Array.of(0.1, -25, 0.5, 1, 0, 0, 0, 1, 0)]);
  assert.deepEqual([...mesh.indices], [0, 1, 2]);
});

Deno.test("readObj() cuts polygons into triangles and says so", async () => {
  const { mesh, notes } = await read(SQUARE + "v 0.5 0.5 0\nf 1 2 3 4\nf 2 3 5 1\n");
  assert.deepEqual([...mesh.indices.subarray(0, 6)], [0, 1, 2, 0, 2, 3]);
  assert.equal(mesh.indices.length, 12);
  assert.match(notes[0].text, /^2 faces with more than three corners/);
});

Deno.test("readObj() moves texture coordinates along when it cuts a concave polygon", async () => {
  // An arrow head with its notch at corner 4; u is the vertex number.
  const text = "v 0 0 0\nv 2 0 0\nv 1 3 0\nv 1 1 0\n" +
    "vt 0 0\nvt 1 0\nvt 2 0\nvt 3 0\nf 1/1 4/4 2/2 3/3\n";
  const { mesh, notes } = await read(text);
  assert.deepEqual(codes(notes), ["polygons", "polygons-concave"]);
  assert.deepEqual([...mesh.indices], [...mesh.uvs!].filter((_, i) => i % 2 === 0));
});

Deno.test("readObj() takes vertex colours from 0 to 1, or to 255, as sRGB", async () => {
  const face = "f 1 2 3\n";
  const unit = await read("v 0 0 0 1 0.5 0\nv 1 0 0 0 0 0\nv 0 1 0 0.2 0.4 0.6 0.5\n" + face);
  assert.deepEqual([...unit.mesh.colors!], [255, 128, 0, 255, 0, 0, 0, 255, 51, 102, 153, 128]);
  assert.deepEqual(unit.notes, []);
  const byte = await read("v 0 0 0 255 128 0\nv 1 0 0 0 0 0\nv 0 1 0 1 2 3\n" + face);
  assert.deepEqual([...byte.mesh.colors!], [255, 128, 0, 255, 0, 0, 0, 255, 1, 2, 3, 255]);
  assert.deepEqual(codes(byte.notes), ["colors-255"]);
  const some = await read("v 0 0 0\nv 1 0 0 0 0 0\nv 0 1 0\n" + face);
  assert.deepEqual([...some.mesh.colors!], [255, 255, 255, 255, 0, 0, 0, 255, 255, 255, 255, 255]);
  assert.match(some.notes[0].text, /^2 vertices have no colour/);
});

Deno.test("readObj() lets faces come before their vertices", async () => {
  const { mesh } = await read("f 1/1 2/1 3/1\n" + SQUARE + "vt 0 0\n");
  assert.deepEqual([...mesh.indices], [0, 1, 2]);
});

Deno.test("readObj() names the line of an index that has no vertex", async () => {
  await refuses(read(SQUARE + "f 1 2 3\nf 1 2 5\nf 1 2 9\n"), /line 6 uses index 5 of 4 vertices/);
  await refuses(read(SQUARE + "f 1 2 9\nf 1 2 5\n"), /line 5 uses index 9 of 4 vertices/);
  await refuses(read("f 1 2 3\n" + SQUARE + "f 1 2 7\n"), /line 6 uses index 7 of 4/);
  await refuses(read(SQUARE + "f 1 -5 2\n"), /line 5 uses index -5 of 4 vertices/);
  await refuses(read(SQUARE + "f 0 1 2\n"), /line 5 uses index 0 of 4 vertices/);
  await refuses(read(SQUARE + "vt 0 0\nf 1/1 2/2 3/1\n"), /line 6 uses index 2 of 1 texture/);
  await refuses(read(SQUARE + "f 1//1 2//1 3//1\n"), /line 5 uses index 1 of 0 normals/);
});

Deno.test("readObj() shows the line that it does not understand", async () => {
  await refuses(read("v 1 2\n"), /line 1 is "v 1 2", expected a vertex with three coordinates/);
  await refuses(read("v 1 2 3\nv 1 2,5 3\n"), /line 2 is "v 1 2,5 3"/);
  await refuses(read("v 1 2 3 4 5\n"), /3, 4, 6 or 7 values/);
  await refuses(read(SQUARE + "f 1/2/3/4 1 1\n"), /line 5 .* expected corners like/);
  await refuses(read(SQUARE + "f a b c\n"), /line 5 is "f a b c"/);
  await refuses(read("%PDF-1.7\n"), /line 1 is "%PDF-1.7", expected an OBJ statement/);
});

Deno.test("readObj() counts what it skips", async () => {
  const { notes } = await read(SQUARE + "l 1 2\nl 2 3\np 1\nf 1 2\nf 1 2 3\nv 0 0 0 2\n");
  assert.deepEqual(codes(notes), ["face-short", "obj-ignored", "obj-ignored", "vertex-weight"]);
});

Deno.test("readObj() reads the same whatever the pieces it gets", async () => {
  // Longer than two pieces of 4 MiB, with continued lines all over.
  const lines: string[] = [];
  for (let i = 0; i < 60000; i++) lines.push(`v ${i}.${i % 7} \\\n ${i * 3 % 1001} -${i}e-3`);
  for (let i = 0; i < 60000; i++) lines.push(`vt 0.${i} 0.5`);
  for (let i = 1; i < 59998; i++) {
    const padding = i % 1000 === 0 ? " ".repeat(5000) : "";
    lines.push(`f ${i}/${i}${padding} \\\r\n${i + 1}/${i + 1} ${i + 2}/${i + 2}`);
  }
  const folder = new MemoryFolder({ "a.obj": lines.join("\n") + " ".repeat(5 << 20) });
  const { mesh } = await readObj(folder, "a.obj");
  assert.equal(mesh.positions.length, 180000);
  assert.equal(mesh.indices.length, 3 * 59997);
  for (const i of [0, 1, 29999, 59996]) {
    assert.deepEqual([...mesh.indices.subarray(3 * i, 3 * i + 3)], [i, i + 1, i + 2]);
    const wanted = Float32Array.of(Number(`${i}.${i % 7}`), i * 3 % 1001, -i / 1000);
    assert.deepEqual([...mesh.positions.subarray(3 * i, 3 * i + 3)], [...wanted]);
  }
});

Deno.test("readObj() gives back what encodeObj() wrote", async () => {
  await fc.assert(
    fc.asyncProperty(meshes({ colors: true, uvs: true, normals: true }), async (mesh) => {
      for (let i = 3; i < mesh.colors!.length; i += 4) mesh.colors![i] = 255;
      const folder = new MemoryFolder(Object.fromEntries(encodeObj(mesh, "a")));
      const back = (await readObj(folder, "a.obj")).mesh;
      assert.deepEqual(back.positions, mesh.positions);
      assert.deepEqual(back.indices, mesh.indices);
      assert.deepEqual(back.colors, mesh.colors);
      // v is turned up and down again: one rounding of 1 − v.
      back.uvs!.forEach((value, i) => assert.ok(Math.abs(value - mesh.uvs![i]) < 1e-7));
      for (const v of new Set(mesh.indices)) {
        for (let k = 0; k < 3; k++) {
          assert.equal(back.normals![3 * v + k], mesh.normals![3 * v + k]);
        }
      }
    }),
    { seed: SEED, numRuns: 200 },
  );
});

Deno.test("readObj() gives back materials and pictures that encodeObj() wrote", async () => {
  const texture = (value: number) => ({
    name: "t",
    width: 2,
    height: 1,
    data: Uint8Array.of(value, 2, 3, 255, 4, 5, 6, 7),
  });
  const shared = texture(1);
  const mesh = {
    ...tetrahedron(),
    uvs: new Float32Array(24).fill(0.5),
    faceMaterials: Uint16Array.of(0, 2, 1, 1),
    materials: [
      { name: "skin of h", baseColor: [1, 1, 1, 1] as const, texture: shared },
      { name: "", baseColor: [0.5, 0.25, 0, 0.5] as const },
      { name: "shoes", baseColor: [1, 1, 1, 1] as const, texture: shared },
    ],
  };
  const files = encodeObj(mesh, "body");
  assert.deepEqual([...files.keys()], ["body.obj", "body_0.png", "body.mtl"]);
  const back = await readObj(new MemoryFolder(Object.fromEntries(files)), "body.obj");
  // Materials are numbered as the faces use them.
  assert.deepEqual(back.mesh.materials!.map(({ name }) => name), [
    "skin of h",
    "shoes",
    "material_1",
  ]);
  assert.deepEqual([...back.mesh.faceMaterials!], [0, 1, 2, 2]);
  assert.deepEqual(back.mesh.materials![2].baseColor, [0.5, 0.25, 0, 0.5]);
  assert.equal(back.mesh.materials![0].texture, back.mesh.materials![1].texture, "decoded once");
  assert.deepEqual(back.mesh.materials![0].texture!.data, shared.data);
  assert.deepEqual(back.notes, []);
  assert.deepEqual(back.files, ["body.obj", "body.mtl", "body_0.png"]);
});

Deno.test("readObj() meets damage with an InputError or reads the rest", async () => {
  const text = "mtllib a.mtl\nusemtl x\n" + SQUARE +
    "vt 0 1\nvn 0 0 1\nf 1/1/1 2/1/1 3/1/1 4/1/1\nf -1//-1 \\\n 2//1 3//1\n";
  const files = { "a.mtl": "newmtl x\nmap_Kd a.png\n" };
  const png = encodePng({ width: 1, height: 1, channels: 1, data: new Uint8Array(1) });
  await fc.assert(
    fc.asyncProperty(damaged(bytesOf(text)), async (bytes) => {
      const folder = new MemoryFolder({ ...files, "a.png": png, "a.obj": bytes });
      await typed(readObj(folder, "a.obj"));
    }),
    { seed: SEED, numRuns: 800 },
  );
});
