import assert from "node:assert/strict";
import { join } from "node:path";
import { checkMesh } from "../../../core/files/check_mesh.ts";
import { readMesh, readMeshFile, writeMesh } from "../../../core/files/mesh_file.ts";
import { encodeGlb } from "../../../core/files/glb.ts";
import { encodePng } from "../../../core/files/image.ts";
import { encodeNpy } from "../../../core/files/npy.ts";
import { encodeObj } from "../../../core/files/obj_write.ts";
import { encodePly } from "../../../core/files/ply.ts";
import { MemoryFolder } from "../../../core/files/source.ts";
import { openZip } from "../../../core/files/zip.ts";
import { encodeZip } from "../../../core/files/zip_write.ts";
import { boundsOf, faceCount, vertexCount } from "../../../core/geometry/mesh.ts";
import { FIXTURES } from "../../../core/work/paths.ts";
import { bytesOf, codes, refuses, source, tetrahedron } from "./_help.ts";

const OBJ = encodeObj(tetrahedron(), "a").get("a.obj")!;

Deno.test("readMesh() goes by the content and notes a name that says otherwise", async () => {
  const contents = {
    obj: OBJ,
    ply: encodePly(tetrahedron()),
    glb: await encodeGlb(tetrahedron()),
  };
  for (const [format, bytes] of Object.entries(contents)) {
    for (const suffix of ["obj", "ply", "glb", "GLB", "dat"]) {
      const path = `a.${suffix}`;
      const { mesh, notes, format: found } = await readMesh(
        new MemoryFolder({ [path]: bytes }),
        path,
      );
      assert.equal(found, format);
      assert.deepEqual(mesh.positions, tetrahedron().positions);
      assert.deepEqual(mesh.indices, tetrahedron().indices);
      const right = suffix === "dat" || suffix.toLowerCase() === format;
      assert.deepEqual(codes(notes), right ? [] : ["misnamed"], `${format} named ${path}`);
    }
  }
});

Deno.test("readMesh() knows an OBJ with a long comment or a byte order mark in front", async () => {
  const comment = bytesOf("\ufeff" + "# nothing yet\r\n\r\n".repeat(300));
  const bytes = Uint8Array.from([...comment, ...OBJ]);
  assert.equal((await readMesh(new MemoryFolder({ "a.txt": bytes }), "a.txt")).format, "obj");
});

Deno.test("readMesh() says what a file is that is no mesh", async () => {
  const cases: [Uint8Array | string, RegExp][] = [
    ["", /it is empty, expected OBJ, PLY or GLB/],
    [encodeZip([["a", OBJ]]), /it is a zip archive/],
    [encodePng({ width: 1, height: 1, channels: 1, data: new Uint8Array(1) }), /a picture \(png\)/],
    [encodeNpy({ shape: [1], dtype: "f4", data: new Float32Array(1) }), /a NumPy array/],
    ["solid cube\nfacet normal 0 0 1\n", /an STL mesh/],
    ["version https://git-lfs.github.com/spec/v1\n", /a Git LFS pointer/],
    ["<!DOCTYPE html><html>", /a web page/],
    [Uint8Array.of(0x80, 4, 0x95), /a Python pickle/],
    [new Uint8Array(100), /none of these/],
    ["Once upon a time", /none of these/],
  ];
  for (const [data, message] of cases) {
    await refuses(readMesh(new MemoryFolder({ "a.obj": data }), "a.obj"), message);
  }
});

Deno.test("readMesh() refuses what no one can use, or notes it when asked", async () => {
  const nan = tetrahedron();
  nan.positions[4] = NaN;
  nan.positions[5] = NaN;
  nan.positions[9] = Infinity;
  const folder = new MemoryFolder({
    "nan.ply": encodePly(nan),
    "points.ply": encodePly({ ...tetrahedron(), indices: new Uint32Array(0) }),
    "none.obj": "# nothing\n",
  });
  await refuses(readMesh(folder, "nan.ply"), /2 of 4 vertices are not finite, the first is 1/);
  await refuses(readMesh(folder, "points.ply"), /4 vertices and 0 faces, expected a surface/);
  await refuses(readMesh(folder, "none.obj"), /0 vertices and 0 faces/);
  const noted = await readMesh(folder, "nan.ply", { faults: "note" });
  assert.ok(codes(noted.notes).includes("mesh-nan"));
  const points = await readMesh(folder, "points.ply", { kind: "points" });
  assert.equal(vertexCount(points.mesh), 4);
  assert.deepEqual(codes(points.notes), ["no-faces"]);
  await refuses(readMesh(folder, "none.obj", { kind: "points" }), /0 vertices/);
});

Deno.test("checkMesh() counts bad indices, faces without area and broken attributes", () => {
  assert.deepEqual(checkMesh(tetrahedron()), { errors: [], notes: [] });
  const outside = { ...tetrahedron(), indices: Uint32Array.of(0, 1, 2, 0, 1, 4) };
  assert.deepEqual(checkMesh(outside).errors.map(({ code }) => code), ["mesh-index"]);
  // Twice the same corner; three corners on a line.
  const flat = {
    positions: Float32Array.of(0, 0, 0, 1, 1, 1, 2, 2, 2, 0, 1, 0),
    indices: Uint32Array.of(0, 1, 3, 0, 0, 1, 0, 1, 2),
    normals: Float32Array.of(NaN, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 1),
    uvs: new Float32Array(18).fill(NaN, 0, 3),
  };
  const { errors, notes } = checkMesh(flat);
  assert.deepEqual(errors, []);
  assert.deepEqual(notes.map(({ text }) => text), [
    "2 of 3 faces have no area, the first is 1",
    "2 texture coordinates are not finite",
    "1 normals are not finite",
  ]);
});

Deno.test("writeMesh() writes what readMeshFile() reads, and says what a format leaves out", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const texture = { name: "t", width: 1, height: 1, data: Uint8Array.of(1, 2, 3, 255) };
    const mesh = {
      ...tetrahedron(),
      uvs: new Float32Array(24).fill(0.5),
      materials: [{ name: "m", baseColor: [1, 1, 1, 1] as const, texture }],
      faceInferred: Uint8Array.of(0, 1, 0, 1),
    };
    for (const format of ["obj", "ply", "glb"] as const) {
      const path = join(folder, "sub", `a.${format}`);
      const notes = await writeMesh(path, mesh);
      assert.deepEqual(codes(notes), ["not-written"], format);
      const back = await readMeshFile(path);
      assert.equal(back.format, format);
      assert.equal(faceCount(back.mesh), 4);
      assert.deepEqual(back.notes, []);
      if (format === "ply") assert.deepEqual(back.mesh.faceInferred, mesh.faceInferred);
      else assert.deepEqual([...back.mesh.materials![0].texture!.data], [1, 2, 3, 255]);
    }
    const names = (await Array.fromAsync(Deno.readDir(join(folder, "sub")))).map(({ name }) =>
      name
    );
    assert.deepEqual(names.sort(), ["a.glb", "a.mtl", "a.obj", "a.ply", "a_0.png"]);
    await writeMesh(join(folder, "b.bin"), mesh, { format: "ply" });
    assert.equal((await readMeshFile(join(folder, "b.bin"))).format, "ply");
    await assert.rejects(writeMesh(join(folder, "b.stl"), mesh), RangeError);
    await refuses(readMeshFile(join(folder, "none.ply")), /no such file/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("readMesh() finds materials and pictures inside a zip archive", async () => {
  const texture = { name: "t", width: 1, height: 1, data: Uint8Array.of(7, 8, 9, 255) };
  const mesh = {
    ...tetrahedron(),
    uvs: new Float32Array(24),
    materials: [{ name: "m", baseColor: [1, 1, 1, 1] as const, texture }],
  };
  const members = [...encodeObj(mesh, "a")].map(([name, data]) =>
    [`scans/01/${name}`, data] as const
  );
  for (const level of [0, 6]) {
    const folder = await openZip(source(encodeZip(members, { level }), "people.zip"));
    const read = await readMesh(folder, "scans/01/a.obj");
    assert.deepEqual(read.files, ["scans/01/a.obj", "scans/01/a.mtl", "scans/01/a_0.png"]);
    assert.deepEqual(read.mesh.materials![0].texture!.data, texture.data);
    assert.deepEqual(read.notes, []);
  }
});

Deno.test("readMeshFile() reads the bundled people as their notes describe them", async () => {
  for (const id of ["h01", "h13"]) {
    const path = join(FIXTURES, "humans", "subjects", id);
    const { mesh: wanted } = JSON.parse(await Deno.readTextFile(`${path}.json`));
    const { mesh, notes, format, files } = await readMeshFile(`${path}.glb`);
    assert.deepEqual({ notes, format, files }, { notes: [], format: "glb", files: [`${id}.glb`] });
    assert.equal(faceCount(mesh), wanted.triangles);
    assert.equal(vertexCount(mesh), wanted.vertices);
    const { min, max } = boundsOf(mesh);
    [...min, ...max].forEach((value, i) => {
      const [low, high] = [
        wanted.bounds?.min ?? wanted.bounds[0],
        wanted.bounds?.max ?? wanted.bounds[1],
      ];
      // The JSON has a few decimals.
      assert.ok(Math.abs(value - [...low, ...high][i]) < 1e-3, `bound ${i}: ${value}`);
    });
    assert.deepEqual(mesh.materials!.map(({ name }) => name), [
      "skin",
      "suit",
      "shoes",
      "eyes",
      "hair",
    ]);
    assert.deepEqual(
      mesh.materials!.map(({ texture }) => texture!.width),
      [1024, 1024, 512, 256, 512],
    );
    assert.ok(mesh.uvs!.every((value) => value >= -0.01 && value <= 1.01));
  }
});
