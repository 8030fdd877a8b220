import assert from "node:assert/strict";
import fc from "fast-check";
import validator from "gltf-validator";
import { encodeGlb, readGltf } from "../../../core/files/glb.ts";
import { splitCorners } from "../../../core/files/_corner_vertices.ts";
import { MemoryFolder } from "../../../core/files/source.ts";
import type { Mesh } from "../../../core/geometry/mesh.ts";
import { codes, meshes, SEED, tetrahedron } from "./_help.ts";

const read = async (bytes: Uint8Array) =>
  await readGltf(new MemoryFolder({ "a.glb": bytes }), "a.glb");

/** A picture, two materials, a seam: vertex 0 has another u in the last face. */
function textured(): Mesh {
  const texture = {
    name: "skin",
    width: 2,
    height: 2,
    data: Uint8Array.from({ length: 16 }, (_, i) => i % 4 === 3 ? 255 : 17 * i),
  };
  const uvs = Float32Array.from({ length: 24 }, (_, i) => tetrahedron().indices[i >> 1] / 4);
  uvs[18] = 0.9;
  return {
    ...tetrahedron(),
    uvs,
    faceMaterials: Uint16Array.of(1, 0, 0, 1),
    materials: [
      { name: "skin", baseColor: [1, 1, 1, 1], texture },
      { name: "coat", baseColor: [0.5, 0.25, 0.125, 1] },
    ],
  };
}

Deno.test("encodeGlb() writes files that the Khronos validator has nothing to say about", async () => {
  const normals = Float32Array.from(tetrahedron().positions, (value) => value * 2 - 0.5);
  const colors = Uint8Array.from({ length: 16 }, (_, i) => 15 * i);
  const kinds: Record<string, Mesh> = {
    plain: tetrahedron(),
    normals: { ...tetrahedron(), normals },
    colors: { ...tetrahedron(), colors },
    textured: textured(),
    all: { ...textured(), normals, colors },
  };
  for (const [kind, mesh] of Object.entries(kinds)) {
    for (const pictures of ["png", "jpeg"] as const) {
      const { issues } = await validator.validateBytes(await encodeGlb(mesh, { pictures }));
      const { numErrors, numWarnings, messages } = issues;
      assert.deepEqual(
        { numErrors, numWarnings },
        { numErrors: 0, numWarnings: 0 },
        `${kind} ${JSON.stringify(messages)}`,
      );
    }
  }
});

Deno.test("encodeGlb() gives the same bytes again, and readGltf() the mesh", async () => {
  await fc.assert(
    fc.asyncProperty(meshes({ colors: true }), async (mesh) => {
      const bytes = await encodeGlb(mesh);
      assert.deepEqual(await encodeGlb(mesh), bytes);
      assert.deepEqual(
        (await read(bytes)).mesh,
        mesh,
        "colours come back exactly through linear light",
      );
    }),
    { seed: SEED, numRuns: 100 },
  );
});

Deno.test("encodeGlb() splits vertices at seams and keeps what each corner sees", async () => {
  await fc.assert(
    fc.asyncProperty(meshes({ uvs: true }), async (mesh) => {
      const back = (await read(await encodeGlb(mesh))).mesh;
      assert.deepEqual(back.uvs, mesh.uvs);
      for (let i = 0; i < mesh.indices.length; i++) {
        const [found, wanted] = [back, mesh].map((
          { positions, indices },
        ) => [...positions.subarray(3 * indices[i], 3 * indices[i] + 3)]);
        assert.deepEqual(found, wanted);
      }
    }),
    { seed: SEED, numRuns: 100 },
  );
});

Deno.test("encodeGlb() keeps materials and pictures", async () => {
  const mesh = textured();
  const { mesh: back, notes } = await read(await encodeGlb(mesh));
  assert.deepEqual(notes, []);
  // One primitive a material, in their order: faces 1 2, then 0 3.
  assert.deepEqual([...back.faceMaterials!], [0, 0, 1, 1]);
  assert.deepEqual(back.materials!.map(({ name, baseColor }) => ({ name, baseColor })), [
    { name: "skin", baseColor: [1, 1, 1, 1] },
    { name: "coat", baseColor: [0.5, 0.25, 0.125, 1] },
  ]);
  assert.deepEqual(back.materials![0].texture!.data, mesh.materials![0].texture!.data);
});

Deno.test("encodeGlb() refuses what the format cannot hold", async () => {
  await assert.rejects(encodeGlb({ ...tetrahedron(), indices: new Uint32Array(0) }), RangeError);
  const broken = tetrahedron();
  broken.positions[4] = NaN;
  await assert.rejects(encodeGlb(broken), RangeError);
});

Deno.test("splitCorners() makes one vertex for each vertex and pair of coordinates", () => {
  const split = splitCorners(
    Uint32Array.of(5, 6, 7, 5, 7, 6),
    Float32Array.of(0, 0, 1, 0, 1, 1, 0, 0, 1, 1, 0.5, 0),
    8,
  );
  assert.deepEqual([...split.source], [5, 6, 7, 6]);
  assert.deepEqual([...split.indices], [0, 1, 2, 0, 2, 3]);
  assert.deepEqual([...split.uvs], [0, 0, 1, 0, 1, 1, 0.5, 0]);
});

Deno.test("codes of notes stay what callers test for", async () => {
  const mesh = { ...textured(), uvs: undefined } as unknown as Mesh;
  delete mesh.uvs;
  assert.deepEqual(codes((await read(await encodeGlb(mesh))).notes), ["uv-missing"]);
});
