import assert from "node:assert/strict";
import fc from "fast-check";
import { encodePng } from "../../../core/files/image.ts";
import { encodePly, isPly, readPly } from "../../../core/files/ply.ts";
import { MemoryFolder } from "../../../core/files/source.ts";
import { bytesOf, codes, damaged, meshes, refuses, SEED, tetrahedron, typed } from "./_help.ts";

const read = (data: string | Uint8Array, files: Record<string, Uint8Array> = {}) =>
  readPly(new MemoryFolder({ "a.ply": data, ...files }), "a.ply");

const header = (format: string, ...lines: string[]) =>
  ["ply", `format ${format} 1.0`, ...lines, "end_header\n"].join("\n");

//   3 --- 2
//   |   / |
//   | /   |
//   0 --- 1
const XYZ = ["property float x", "property float y", "property float z"];
const SQUARE = "0 0 0\n1 0 0\n1 1 0\n0 1 0\n";
const LIST = "property list uchar int vertex_indices";

/** A binary file: numbers by type letter (b byte, h short, i int, f float, d double). */
function binary(head: string, little: boolean, values: [string, number][]): Uint8Array {
  const view = new DataView(new ArrayBuffer(8 * values.length));
  let at = 0;
  for (const [type, value] of values) {
    if (type === "b") view.setUint8(at, value), at += 1;
    if (type === "h") view.setInt16(at, value, little), at += 2;
    if (type === "i") view.setInt32(at, value, little), at += 4;
    if (type === "f") view.setFloat32(at, value, little), at += 4;
    if (type === "d") view.setFloat64(at, value, little), at += 8;
  }
  return Uint8Array.from([...bytesOf(head), ...new Uint8Array(view.buffer, 0, at)]);
}

Deno.test("readPly() reads a text file", async () => {
  const head = header("ascii", "comment x", "element vertex 4", ...XYZ, "element face 2", LIST);
  const { mesh, notes } = await read(head + SQUARE + "3 0 1 2\n3 0 2 3\n");
  assert.deepEqual([...mesh.positions], [0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0]);
  assert.deepEqual([...mesh.indices], [0, 1, 2, 0, 2, 3]);
  assert.deepEqual(Object.keys(mesh).sort(), ["indices", "positions"]);
  assert.deepEqual(notes, []);
});

Deno.test("readPly() reads both byte orders, types and orders of properties alike", async () => {
  for (const little of [true, false]) {
    const head = header(
      `binary_${little ? "little" : "big"}_endian`,
      "element face 2",
      "property uchar flags",
      "property list ushort short vertex_index",
      "property double quality",
      "element vertex 3",
      "property uint8 blue",
      "property float64 z",
      "property uchar red",
      "property short x",
      "property uint8 green",
      "property int y",
    );
    const values: [string, number][] = [];
    for (const corners of [[0, 1, 2], [2, 1, 0]]) {
      values.push(["b", 9], ["h", 3], ...corners.map((c) => ["h", c] as [string, number]), [
        "d",
        1,
      ]);
    }
    for (const [x, y, z] of [[0, 0, 0.5], [1, 0, 0], [-2, 70000, 0]]) {
      values.push(["b", 3], ["d", z], ["b", 1], ["h", x], ["b", 2], ["i", y]);
    }
    const { mesh, notes } = await read(binary(head, little, values));
    assert.deepEqual([...mesh.positions], [0, 0, 0.5, 1, 0, 0, -2, 70000, 0]);
    assert.deepEqual([...mesh.indices], [0, 1, 2, 2, 1, 0]);
    assert.deepEqual([...mesh.colors!], [1, 2, 3, 255, 1, 2, 3, 255, 1, 2, 3, 255]);
    assert.match(notes[0].text, /of each face was skipped: flags, quality/);
  }
});

Deno.test("readPly() skips elements it does not know, exactly", async () => {
  const head = header(
    "binary_little_endian",
    "element camera 1",
    "property float view_px",
    "property list int double weights",
    "element nothing 1000000000",
    "element vertex 3",
    ...XYZ,
    "element edge 2",
    "property int a",
    "property uchar b",
    "element face 1",
    LIST,
  );
  const values: [string, number][] = [["f", 1], ["i", 2], ["d", 5], ["d", 6]];
  for (let i = 0; i < 9; i++) values.push(["f", i]);
  for (let i = 0; i < 2; i++) values.push(["i", 7], ["b", 8]);
  values.push(["b", 3], ["i", 2], ["i", 1], ["i", 0]);
  const { mesh, notes } = await read(binary(head, true, values));
  assert.deepEqual([...mesh.positions], [0, 1, 2, 3, 4, 5, 6, 7, 8]);
  assert.deepEqual([...mesh.indices], [2, 1, 0]);
  assert.deepEqual(codes(notes), ["element-skipped", "element-skipped", "element-skipped"]);
  const text = header(
    "ascii",
    "element x 1",
    "property list uchar float y",
    "element vertex 1",
    ...XYZ,
  );
  assert.deepEqual([...(await read(text + "2 1 1\n7 8 9\n")).mesh.positions], [7, 8, 9]);
});

Deno.test("readPly() takes colours as sRGB in every type", async () => {
  const colours = (type: string, row: string) =>
    read(
      header(
        "ascii",
        "element vertex 1",
        ...XYZ,
        ...["red", "green", "blue"].map((c) => `property ${type} ${c}`),
      ) + `0 0 0 ${row}\n`,
    );
  const bytes = (await colours("uchar", "255 128 1")).mesh.colors!;
  assert.deepEqual([...bytes], [255, 128, 1, 255]);
  assert.deepEqual([...(await colours("ushort", "65535 32896 257")).mesh.colors!], [...bytes]);
  assert.deepEqual([...(await colours("float", "1 0.5 0.004")).mesh.colors!], [...bytes]);
  assert.deepEqual([...(await colours("int", "255 128 1")).mesh.colors!], [...bytes]);
  const wide = await colours("float", "255 128 1");
  assert.deepEqual([...wide.mesh.colors!], [...bytes]);
  assert.ok(codes(wide.notes).includes("colors-255"));
  await refuses(colours("uchar", "256 0 0"), /line \d+ holds something else, expected a number/);
});

Deno.test("readPly() reads normals and texture coordinates of vertices, v turned down", async () => {
  for (const [u, v] of [["s", "t"], ["u", "v"], ["texture_u", "texture_v"]]) {
    const head = header(
      "ascii",
      "element vertex 3",
      ...XYZ,
      ...["nx", "ny", "nz", u, v].map((name) => `property float ${name}`),
      "element face 1",
      LIST,
    );
    const text = head + "0 0 0 0 0 1 0 0\n1 0 0 0 0 1 1 0\n0 1 0 0 0 1 0.5 0.75\n3 2 0 1\n";
    const { mesh, notes } = await read(text);
    assert.deepEqual([...mesh.normals!], [0, 0, 1, 0, 0, 1, 0, 0, 1]);
    assert.deepEqual([...mesh.uvs!], [0.5, 0.25, 0, 1, 1, 1]);
    assert.deepEqual(notes, []);
  }
});

Deno.test("readPly() reads texture coordinates and pictures of faces", async () => {
  const png = encodePng({ width: 1, height: 1, channels: 1, data: Uint8Array.of(5) });
  const head = header(
    "ascii",
    "comment TextureFile my skin.png",
    "comment TextureFile coat.png",
    "element vertex 4",
    ...XYZ,
    "element face 3",
    LIST,
    "property list uchar float texcoord",
    "property int texnumber",
  );
  const rows = "3 0 1 2 6 0 0 1 0 1 1 0\n4 0 1 2 3 8 0 0 0.25 0 0.25 0.25 0 0.25 1\n3 0 1 2 0 1\n";
  const { mesh, notes, files } = await read(head + SQUARE + rows, { "my skin.png": png });
  assert.deepEqual([...mesh.indices], [0, 1, 2, 0, 1, 2, 0, 2, 3, 0, 1, 2]);
  assert.deepEqual([...mesh.uvs!.subarray(0, 6)], [0, 1, 1, 1, 1, 0]);
  assert.deepEqual([...mesh.uvs!.subarray(12, 18)], [0, 1, 0.25, 0.75, 0, 0.75]);
  assert.deepEqual([...mesh.faceMaterials!], [0, 1, 1, 1]);
  assert.deepEqual(mesh.materials!.map(({ name }) => name), ["my skin.png", "coat.png"]);
  assert.deepEqual([...mesh.materials![0].texture!.data], [5, 5, 5, 255]);
  assert.deepEqual(codes(notes), ["polygons", "texture-missing", "uv-missing"]);
  assert.deepEqual(files, ["a.ply", "my skin.png"]);
  await refuses(
    read(head + SQUARE + rows.replace("6 0 0 1 0 1 1", "5 0 0 1 0 1")),
    /face 0 has 5 texture coordinates, expected 6/,
  );
  await refuses(read(head + SQUARE + rows.replace("1 1 0\n", "1 1 7\n")), /picture 7 of 2/);
});

Deno.test("readPly() reads a file without faces as points", async () => {
  const { mesh, notes } = await read(
    header("ascii", "element vertex 2", ...XYZ) + "0 0 0\n1 2 3\n",
  );
  assert.equal(mesh.indices.length, 0);
  assert.deepEqual([...mesh.positions], [0, 0, 0, 1, 2, 3]);
  assert.deepEqual(codes(notes), ["no-faces"]);
});

Deno.test("readPly() reads headers with CRLF and bodies that begin with a line end", async () => {
  const head = header(
    "binary_little_endian",
    "element vertex 1",
    "property uchar x",
    ...XYZ.slice(1),
  );
  const body: [string, number][] = [["b", 10], ["f", 2], ["f", 3]];
  for (const text of [head, head.replaceAll("\n", "\r\n"), head.replaceAll("\n", "\r")]) {
    assert.deepEqual([...(await read(binary(text, true, body))).mesh.positions], [10, 2, 3]);
  }
});

Deno.test("readPly() says how many bytes it found and expected where a file is cut", async () => {
  const whole = encodePly(tetrahedron());
  // 4 × 12 bytes of vertices, 4 × 13 of faces.
  await refuses(read(whole.slice(0, -60)), /found 40 bytes .* expected at least 52 for 4 × vertex/);
  await refuses(
    read(whole.slice(0, -5)),
    /row 3 of "face" has a list of 3 values: found 7 bytes, expected at least 12/,
  );
  const points = encodePly({ ...tetrahedron(), indices: new Uint32Array(0) });
  await refuses(read(points.slice(0, -5)), /found 43 bytes .* expected at least 48/);
  const labelled = encodePly({ ...tetrahedron(), faceInferred: new Uint8Array(4) });
  await refuses(
    read(labelled.slice(0, -1)),
    /ends in row 3 of 4 of "face", found 103 bytes after its header, expected at least 104/,
  );
  for (let length = 0; length < whole.length; length++) {
    assert.equal(await typed(read(whole.slice(0, length))), "refused", `${length}`);
  }
});

Deno.test("readPly() refuses counts that the file cannot hold before it allocates", async () => {
  const head = header("binary_little_endian", "element vertex 4000000000", ...XYZ);
  await refuses(read(head), /found 0 bytes after its header, expected at least 48000000000/);
  const list = header(
    "binary_little_endian",
    "element vertex 1",
    ...XYZ,
    "element face 1",
    "property list uint uchar vertex_indices",
  );
  const values: [string, number][] = [["f", 0], ["f", 0], ["f", 0], ["i", 0x7fffffff], ["i", 0]];
  await refuses(
    read(binary(list, true, values)),
    /row 0 of "face" has a list of 2147483647 values/,
  );
});

Deno.test("readPly() refuses indices without a vertex and malformed headers", async () => {
  const faces = ["element vertex 4", ...XYZ, "element face 1", LIST];
  for (const index of [4, -1]) {
    const text = header("ascii", ...faces) + SQUARE + `3 0 1 ${index}\n`;
    await refuses(read(text), new RegExp(`face 0 uses vertex ${index} of 4`));
    const values: [string, number][] = Array.from({ length: 12 }, () => ["f", 0]);
    values.push(["b", 3], ["i", 0], ["i", 1], ["i", index]);
    const bytes = binary(header("binary_big_endian", ...faces), false, values);
    await refuses(read(bytes), new RegExp(`face 0 uses vertex ${index} of 4`));
  }
  await refuses(read("ply\nformat ascii 1.0\nelement vertex 1\n"), /no line "end_header"/);
  await refuses(read(header("binary", "element vertex 1")), /format is "binary 1.0"/);
  await refuses(read(header("ascii", "property float x")), /before any element/);
  await refuses(read(header("ascii", "element vertex x")), /header has the line/);
  await refuses(
    read(header("ascii", "element vertex 1", "property half x") + "1\n"),
    /property half/,
  );
  await refuses(read(header("ascii", "element vertex 0", ...XYZ.slice(1))), /vertices have no x/);
  await refuses(read(header("ascii", "element face 0", LIST)), /no element "vertex"/);
  assert.equal(isPly(bytesOf("plyx\n")), false);
});

Deno.test("readPly() reads the same whatever the pieces it gets", async () => {
  // Over 9 MB of text, and of binary with a polygon here and there.
  const n = 300000;
  const rows: string[] = [];
  for (let i = 0; i < n; i++) rows.push(`${i} ${i % 7}.25 -${i}e-2 0.123456789012345678`);
  const head = header("ascii", `element vertex ${n}`, ...XYZ, "property double extra");
  const text = await read(head + rows.join("\n"));
  assert.deepEqual(
    [...text.mesh.positions.subarray(3 * 299999)],
    [...Float32Array.of(299999, 299999 % 7 + 0.25, -2999.99)],
  );
  const faces = 400000;
  const list = header(
    "binary_little_endian",
    "element vertex 5",
    ...XYZ,
    `element face ${faces}`,
    "property uchar a",
    LIST,
    "property uchar inferred",
  );
  const corners = (f: number) => f % 1000 === 7 ? [0, 1, 2, 4] : [f % 3, f % 3 + 1, 4];
  const size = Array.from({ length: faces }, (_, f) => 3 + 4 * corners(f).length)
    .reduce((a, b) => a + b, 60);
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  let at = 60;
  for (let f = 0; f < faces; f++) {
    const own = corners(f);
    view.setUint8(at, f & 255);
    view.setUint8(at + 1, own.length);
    own.forEach((c, k) => view.setInt32(at + 2 + 4 * k, c, true));
    view.setUint8(at + 2 + 4 * own.length, f % 2);
    at += 3 + 4 * own.length;
  }
  const { mesh } = await read(Uint8Array.from([...bytesOf(list), ...bytes]));
  let to = 0;
  for (let f = 0; f < faces; f++) {
    const own = corners(f);
    for (let k = 2; k < own.length; k++) {
      const found = mesh.indices.subarray(3 * to, 3 * to + 3);
      if (found[0] !== own[0] || found[1] !== own[k - 1] || found[2] !== own[k]) {
        assert.deepEqual([...found], [own[0], own[k - 1], own[k]], `face ${f}`);
      }
      assert.equal(mesh.faceInferred![to], f % 2);
      to++;
    }
  }
  assert.equal(mesh.indices.length, 3 * to);
});

Deno.test("readPly() gives back every bit that encodePly() wrote", async () => {
  const any = fc.oneof(
    meshes(),
    meshes({ normals: true, colors: true }),
    meshes({ inferred: true }),
    meshes({ normals: true, colors: true, inferred: true }),
  );
  await fc.assert(
    fc.asyncProperty(any, async (mesh) => {
      const bytes = encodePly(mesh);
      assert.deepEqual(encodePly(mesh), bytes);
      const { mesh: back, notes } = await read(bytes);
      assert.deepEqual(back, mesh);
      assert.deepEqual(notes, []);
    }),
    { seed: SEED, numRuns: 300 },
  );
});

Deno.test("readPly() meets damage with an InputError or reads the rest", async () => {
  const head = header("ascii", "element vertex 4", ...XYZ, "element face 2", LIST);
  const text = bytesOf(head + SQUARE + "3 0 1 2\n4 0 1 2 3\n");
  const bytes = encodePly({ ...tetrahedron(), faceInferred: new Uint8Array(4) });
  await fc.assert(
    fc.asyncProperty(fc.oneof(damaged(text), damaged(bytes)), async (data) => {
      await typed(read(data));
    }),
    { seed: SEED, numRuns: 1500 },
  );
});
