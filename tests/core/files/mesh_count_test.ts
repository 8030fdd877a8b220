import assert from "node:assert/strict";
import { join } from "../../../core/work/path.ts";
import { FIXTURES } from "../../../core/work/paths.ts";
import { countMesh } from "../../../core/files/mesh_count.ts";
import { encodeGlb } from "../../../core/files/glb_write.ts";
import { encodeObj } from "../../../core/files/obj_write.ts";
import { encodePly } from "../../../core/files/ply_write.ts";
import { icosphere } from "../geometry/_shapes.ts";
import { readFixture } from "../../render/_fixture.ts";

const sphere = icosphere(3); // 20 · 4³ triangles

async function inFile<T>(bytes: Uint8Array, use: (file: string) => Promise<T>): Promise<T> {
  const file = await Deno.makeTempFile();
  try {
    await Deno.writeFile(file, bytes);
    return await use(file);
  } finally {
    await Deno.remove(file);
  }
}

Deno.test("countMesh() tells the triangles of PLY and GLB from their headers", async () => {
  for (const bytes of [encodePly(sphere), await encodeGlb(sphere)]) {
    assert.deepEqual(await inFile(bytes, countMesh), { faces: 1280, pictureBytes: 0 });
  }
});

Deno.test("countMesh() counts the faces of a small OBJ", async () => {
  const bytes = encodeObj(sphere, "sphere").get("sphere.obj")!;
  assert.equal((await inFile(bytes, countMesh)).faces, 1280);
});

Deno.test("countMesh() counts a polygon's triangles", async () => {
  const text = "v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\nf 1 2 3 4\nf 1//1 2//1 3//1\r\n";
  assert.equal((await inFile(new TextEncoder().encode(text), countMesh)).faces, 3);
});

Deno.test("countMesh() tells the faces of a long OBJ from samples, to a tenth", async () => {
  const long = icosphere(7); // 327,680 triangles in 14 MB
  const bytes = encodeObj(long, "long").get("long.obj")!;
  const { faces } = await inFile(bytes, countMesh);
  assert.ok(Math.abs(faces / 327_680 - 1) < 0.1, `${faces}`);
});

Deno.test("countMesh() counts a scan's triangles and its pictures' bytes", async () => {
  const { indices } = await readFixture("h01");
  const { faces, pictureBytes } = await countMesh(join(FIXTURES, "humans/subjects/h01.glb"));
  assert.equal(faces, indices.length / 3);
  assert.ok(pictureBytes > 1000);
});

Deno.test("countMesh() counts a clipped or senseless file by its length", async () => {
  const glb = await encodeGlb(sphere);
  for (const bytes of [glb.subarray(0, 60), new Uint8Array(320).fill(7), new Uint8Array(0)]) {
    const { faces } = await inFile(bytes, countMesh);
    assert.equal(faces, Math.ceil(bytes.length / 32));
  }
});
