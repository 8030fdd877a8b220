import assert from "node:assert/strict";
import { encodePng } from "../../../core/files/image.ts";
import { parseMtl } from "../../../core/files/mtl.ts";
import { readObj } from "../../../core/files/obj.ts";
import { MemoryFolder } from "../../../core/files/source.ts";
import { codes } from "./_help.ts";

const PNG = encodePng({ width: 1, height: 1, channels: 3, data: Uint8Array.of(9, 8, 7) });
const OBJ = "v 0 0 0\nv 1 0 0\nv 0 1 0\nvt 0 0\n";

Deno.test("parseMtl() reads colours, opacity and pictures with options and spaces", () => {
  const text = `# exported
newmtl skin
Ka 0 0 0
Kd 0.8 0.7 0.6
d 0.5
map_Kd -s 1 1 1 -o 0 0 0 -clamp off my skin v2.png
newmtl two words
\tKd 0.1 0.2 0.3
Tr 0.25
map_Kd -o 0.5 0.25 tex\\b c.jpg\r
newmtl plain
map_kd "quoted name.png"
newmtl strange
Kd spectral file.rfl
map_Kd -unknown x.png
`;
  assert.deepEqual(parseMtl(text), [
    { name: "skin", diffuse: [0.8, 0.7, 0.6, 0.5], map: "my skin v2.png" },
    {
      name: "two words",
      diffuse: [0.1, 0.2, 0.3, 0.75],
      map: "tex\\b c.jpg",
      mapOptions: "-o 0.5 0.25",
    },
    { name: "plain", diffuse: [1, 1, 1, 1], map: "quoted name.png" },
    { name: "strange", diffuse: [1, 1, 1, 1], map: "-unknown x.png" },
  ]);
});

Deno.test("parseMtl() reads a name that begins with a digit behind an option's numbers", () => {
  assert.equal(parseMtl("newmtl a\nmap_Kd -s 1 1 2k_skin.png")[0].map, "2k_skin.png");
  assert.equal(parseMtl("newmtl a\nmap_Kd -bm 1 0.png")[0].map, "0.png");
});

Deno.test("parseMtl() is not slowed down by hostile lines", () => {
  const text = `newmtl a\nKd ${" ".repeat(1 << 20)}x\nmap_Kd ${"-cc on ".repeat(50000)}t.png\n`;
  assert.equal(parseMtl(text)[0].map, "t.png");
});

Deno.test("readObj() finds materials and pictures beside the file that names them", async () => {
  const folder = new MemoryFolder({
    "scans/a.obj": `mtllib ../materials/all of it.mtl\nusemtl skin\n${OBJ}f 1/1 2/1 3/1\n`,
    "materials/all of it.mtl": "newmtl skin\nmap_Kd ../pictures/skin.png\n",
    "pictures/skin.png": PNG,
  });
  const { mesh, notes, files } = await readObj(folder, "scans/a.obj");
  assert.deepEqual(notes, []);
  assert.deepEqual(files, ["scans/a.obj", "materials/all of it.mtl", "pictures/skin.png"]);
  assert.deepEqual([...mesh.materials![0].texture!.data], [9, 8, 7, 255]);
  const skipped = await readObj(folder, "scans/a.obj", { textures: "skip" });
  assert.equal(skipped.mesh.materials![0].texture, undefined);
  assert.deepEqual(skipped.files, files, "still looked for");
});

Deno.test("readObj() takes the bare name beside the file where the path is someone else's", async () => {
  const folder = new MemoryFolder({
    "a.obj": `mtllib a.mtl b.mtl\nusemtl skin\n${OBJ}f 1/1 2/1 3/1\n`,
    "a.mtl": "newmtl skin\nmap_Kd C:\\Users\\me\\skin.png\n",
    "b.mtl": "newmtl other\n",
    "skin.png": PNG,
  });
  const { mesh, notes, files } = await readObj(folder, "a.obj");
  assert.equal(mesh.materials![0].texture!.name, "skin.png");
  assert.deepEqual(codes(notes), ["texture-moved"]);
  assert.deepEqual(files, ["a.obj", "a.mtl", "b.mtl", "skin.png"]);
});

Deno.test("a missing library, material or picture is a note, and the mesh is there", async () => {
  const text = `mtllib a.mtl\nusemtl skin\n${OBJ}f 1/1 2/1 3/1\nusemtl coat\nf 1/1 2/1 3/1\n`;
  const none = await readObj(new MemoryFolder({ "a.obj": text }), "a.obj");
  assert.deepEqual(codes(none.notes), ["mtl-missing"]);
  assert.deepEqual(none.mesh.materials!.map(({ name }) => name), ["skin", "coat"]);
  assert.deepEqual([...none.mesh.faceMaterials!], [0, 1]);

  const library = "newmtl skin\nKd 0.5 0.5 0.5\nmap_Kd skin.png\n";
  const bare = await readObj(new MemoryFolder({ "a.obj": text, "a.mtl": library }), "a.obj");
  assert.deepEqual(codes(bare.notes), ["material-missing", "texture-missing"]);
  assert.match(bare.notes[0].text, /the picture "skin.png" is not in the folder/);
  assert.deepEqual(bare.mesh.materials![0].baseColor, [0.5, 0.5, 0.5, 1], "its colour stands in");

  const broken = await readObj(
    new MemoryFolder({ "a.obj": text, "a.mtl": library, "skin.png": PNG.slice(0, 40) }),
    "a.obj",
  );
  assert.ok(codes(broken.notes).includes("texture-unreadable"));
});

Deno.test("faces before the first usemtl get a white material of their own", async () => {
  const folder = new MemoryFolder({
    "a.obj": `mtllib a.mtl\n${OBJ}f 1 2 3\nusemtl red\nf 1 2 3\nusemtl red\nf 1 2 3\n`,
    "a.mtl": "newmtl red\nKd 1 0 0\n",
  });
  const { mesh, notes } = await readObj(folder, "a.obj");
  assert.deepEqual(mesh.materials, [
    { name: "", baseColor: [1, 1, 1, 1] },
    { name: "red", baseColor: [1, 0, 0, 1] },
  ]);
  assert.deepEqual([...mesh.faceMaterials!], [0, 1, 1]);
  assert.deepEqual(notes, []);
});

Deno.test("a picture outside the folder is not opened", async () => {
  const folder = new MemoryFolder({
    "a.obj": `mtllib a.mtl\nusemtl skin\n${OBJ}f 1/1 2/1 3/1\n`,
    "a.mtl": "newmtl skin\nmap_Kd ../../etc/skin.png\n",
  });
  assert.deepEqual(codes((await readObj(folder, "a.obj")).notes), ["texture-missing"]);
});
