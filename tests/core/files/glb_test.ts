import assert from "node:assert/strict";
import { type Document, Logger, WebIO } from "@gltf-transform/core";
import { ALL_EXTENSIONS } from "@gltf-transform/extensions";
import { meshopt, quantize } from "@gltf-transform/functions";
import { MeshoptEncoder } from "meshoptimizer";
import fc from "fast-check";
import { encodeGlb, isGlb, readGltf } from "../../../core/files/glb.ts";
import { encodePng } from "../../../core/files/image.ts";
import { MemoryFolder } from "../../../core/files/source.ts";
import { faceCount, type Mesh, vertexCount } from "../../../core/geometry/mesh.ts";
import { glb, packed, triangle } from "./_gltf.ts";
import { codes, damaged, refuses, SEED, tetrahedron, typed } from "./_help.ts";

const SILENT = new Logger(Logger.Verbosity.SILENT);

const read = (bytes: Uint8Array, textures: "decode" | "skip" = "decode") =>
  readGltf(new MemoryFolder({ "a.glb": bytes }), "a.glb", { textures });

/** Reads the hand-made triangle after a change to it. */
// deno-lint-ignore no-explicit-any
function changed(change: (json: any) => void, buffer?: Uint8Array) {
  const made = triangle();
  change(made.json);
  return read(glb(made.json, buffer ?? made.buffer));
}

Deno.test("readGltf() reads a triangle", async () => {
  const { mesh, notes, format, files } = await changed(() => {});
  assert.deepEqual([...mesh.positions], [0, 0, 0, 1, 0, 0, 0, 1, 0]);
  assert.deepEqual([...mesh.indices], [0, 1, 2]);
  assert.deepEqual(Object.keys(mesh).sort(), ["indices", "positions"]);
  assert.deepEqual({ notes, format, files }, { notes: [], format: "glb", files: ["a.glb"] });
});

Deno.test("readGltf() reads indices of 8, 16 and 32 bits, and none", async () => {
  for (
    const [Type, code] of [[Uint8Array, 5121], [Uint16Array, 5123], [Uint32Array, 5125]] as const
  ) {
    const made = triangle();
    const positions = made.buffer.slice(0, 36);
    const { buffer, bufferViews } = packed([positions, Type.of(2, 1, 0)]);
    const { mesh } = await changed((json) => {
      json.bufferViews = bufferViews;
      json.buffers[0].byteLength = buffer.length;
      json.accessors[1].componentType = code;
    }, buffer);
    assert.deepEqual([...mesh.indices], [2, 1, 0]);
  }
  const { mesh } = await changed((json) => delete json.meshes[0].primitives[0].indices);
  assert.deepEqual([...mesh.indices], [0, 1, 2]);
});

Deno.test("readGltf() turns strips and fans into triangles of the same side", async () => {
  // Strip 0 1 2 3: triangles 0 1 2 and 1 3 2. Fan 0 1 2 3: 1 2 0 and 2 3 0.
  //   2 -- 3
  //   | \  |
  //   0 -- 1
  const positions = Float32Array.of(0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 1, 0);
  const { buffer, bufferViews } = packed([positions, Uint16Array.of(0, 1, 2, 3)]);
  for (const [mode, wanted] of [[5, [0, 1, 2, 1, 3, 2]], [6, [1, 2, 0, 2, 3, 0]]] as const) {
    const { mesh } = await changed((json) => {
      json.bufferViews = bufferViews;
      json.buffers[0].byteLength = buffer.length;
      json.accessors[0].count = json.accessors[1].count = 4;
      json.meshes[0].primitives[0].mode = mode;
    }, buffer);
    assert.deepEqual([...mesh.indices], [...wanted]);
  }
  const lines = await changed((json) => json.meshes[0].primitives[0].mode = 1);
  assert.equal(lines.mesh.indices.length, 0);
  assert.deepEqual(codes(lines.notes), ["primitive-skipped"]);
});

Deno.test("readGltf() applies the transforms of nodes and their parents", async () => {
  const { mesh } = await changed((json) => {
    // Scale 2 in the child, then a quarter turn about z, then a shift: (1 0 0) → (2 0 0) → (0 2 0).
    const half = Math.SQRT1_2;
    json.nodes = [
      { children: [1], translation: [10, 0, 0], rotation: [0, 0, half, half] },
      { mesh: 0, scale: [2, 2, 2] },
    ];
  });
  const wanted = [10, 0, 0, 10, 2, 0, 8, 0, 0];
  mesh.positions.forEach((value, i) => assert.ok(Math.abs(value - wanted[i]) < 1e-6));
  // A matrix with shear, by columns: x' = x + 3 y.
  const sheared = await changed((json) => {
    json.nodes[0].matrix = [1, 0, 0, 0, 3, 1, 0, 0, 0, 0, 1, 0, 5, 6, 7, 1];
  });
  assert.deepEqual([...sheared.mesh.positions], [5, 6, 7, 6, 6, 7, 8, 7, 7]);
});

Deno.test("readGltf() keeps the outside out under mirroring nodes, and turns normals rightly", async () => {
  const mesh: Mesh = {
    ...tetrahedron(),
    normals: Float32Array.from(
      tetrahedron().positions,
      (value) => (value * 2 - 0.5) / Math.hypot(0.5, 0.5, 1.5),
    ),
  };
  const volume = ({ positions: p, indices }: Mesh) => {
    let six = 0;
    for (let i = 0; i < indices.length; i += 3) {
      const [a, b, c] = [indices[i], indices[i + 1], indices[i + 2]].map((v) => 3 * v);
      six += p[a] * (p[b + 1] * p[c + 2] - p[b + 2] * p[c + 1]) -
        p[a + 1] * (p[b] * p[c + 2] - p[b + 2] * p[c]) +
        p[a + 2] * (p[b] * p[c + 1] - p[b + 1] * p[c]);
    }
    return six / 6;
  };
  const document = await new WebIO().readBinary(await encodeGlb(mesh) as Uint8Array<ArrayBuffer>);
  document.getRoot().listNodes()[0].setScale([-2, 1, 0.5]);
  const back = (await read(await new WebIO().writeBinary(document))).mesh;
  assert.ok(Math.abs(volume(back) - volume(mesh)) < 1e-6, "volume keeps its sign");
  // A normal goes by the inverse: (nx / −2, ny, nz / 0.5), made unit.
  for (let v = 0; v < 4; v++) {
    const n = [...mesh.normals!.subarray(3 * v, 3 * v + 3)];
    const wanted = [n[0] / -2, n[1], n[2] / 0.5];
    const size = Math.hypot(...wanted);
    wanted.forEach((w, k) => assert.ok(Math.abs(back.normals![3 * v + k] - w / size) < 1e-6));
  }
});

Deno.test("readGltf() reads sparse accessors, with and without a base", async () => {
  const made = triangle();
  for (const base of [true, false]) {
    const { buffer, bufferViews } = packed([
      made.buffer.slice(0, 36),
      Uint16Array.of(0, 1, 2),
      Uint8Array.of(1),
      Float32Array.of(7, 8, 9),
    ]);
    const { mesh } = await changed((json) => {
      json.bufferViews = bufferViews;
      json.buffers[0].byteLength = buffer.length;
      json.accessors[0].sparse = {
        count: 1,
        indices: { bufferView: 2, componentType: 5121 },
        values: { bufferView: 3 },
      };
      if (!base) delete json.accessors[0].bufferView;
    }, buffer);
    const rest = base ? [0, 1, 0] : [0, 0, 0];
    assert.deepEqual([...mesh.positions], [0, 0, 0, 7, 8, 9, ...rest]);
  }
});

Deno.test("readGltf() reads .gltf with files beside it and inside", async () => {
  const { json, buffer } = triangle();
  const png = encodePng({ width: 1, height: 1, channels: 3, data: Uint8Array.of(1, 2, 3) });
  json.buffers[0].uri = "data%20files/geometry.bin";
  json.images = [{ uri: "skin.png" }, { uri: `data:image/png;base64,${png.toBase64()}` }];
  json.textures = [{ source: 0 }, { source: 1 }];
  json.materials = [0, 1].map((index) => ({
    pbrMetallicRoughness: { baseColorTexture: { index } },
  }));
  const [primitive] = json.meshes[0].primitives;
  json.meshes[0].primitives = [{ ...primitive, material: 1 }, { ...primitive, material: 0 }];
  const files = {
    "scans/a.gltf": JSON.stringify(json),
    "scans/data files/geometry.bin": buffer,
    "scans/skin.png": png,
  };
  const { mesh, format, files: found, notes } = await readGltf(
    new MemoryFolder(files),
    "scans/a.gltf",
  );
  assert.equal(format, "gltf");
  assert.deepEqual(found, ["scans/a.gltf", "scans/data files/geometry.bin", "scans/skin.png"]);
  assert.deepEqual([...mesh.positions], [0, 0, 0, 1, 0, 0, 0, 1, 0], "shared by both primitives");
  assert.deepEqual([...mesh.indices], [0, 1, 2, 0, 1, 2]);
  assert.deepEqual([...mesh.faceMaterials!], [0, 1]);
  for (const { texture } of mesh.materials!) assert.deepEqual([...texture!.data], [1, 2, 3, 255]);
  assert.deepEqual(codes(notes), ["uv-missing"]);
  await refuses(
    readGltf(new MemoryFolder({ "a.gltf": JSON.stringify(json) }), "a.gltf"),
    /its buffer "data%20files\/geometry.bin" is missing/,
  );
  const bare = { "a.gltf": files["scans/a.gltf"], "data files/geometry.bin": buffer };
  const without = await readGltf(new MemoryFolder(bare), "a.gltf");
  assert.deepEqual(codes(without.notes), ["texture-missing", "uv-missing"]);
});

/** A wavy sheet of n² quads with normals and texture coordinates. */
function sheet(n: number): Mesh {
  const positions: number[] = [],
    normals: number[] = [],
    indices: number[] = [],
    uvs: number[] = [];
  const at = (i: number, j: number) => j * (n + 1) + i;
  for (let j = 0; j <= n; j++) {
    for (let i = 0; i <= n; i++) {
      const slope = Math.cos(3 * i / n) * 0.3;
      const size = Math.hypot(slope, 1);
      positions.push(i / n, j / n, 0.1 * Math.sin(3 * i / n));
      normals.push(-slope / size, 0, 1 / size);
    }
  }
  for (let j = 0; j < n; j++) {
    for (let i = 0; i < n; i++) {
      const quad = [[i, j], [i + 1, j], [i + 1, j + 1], [i, j + 1]];
      for (const k of [0, 1, 2, 0, 2, 3]) {
        indices.push(at(quad[k][0], quad[k][1]));
        uvs.push(quad[k][0] / n, quad[k][1] / n);
      }
    }
  }
  return {
    positions: Float32Array.from(positions),
    normals: Float32Array.from(normals),
    indices: Uint32Array.from(indices),
    uvs: Float32Array.from(uvs),
  };
}

/** Corner positions of all faces, which no re-ordering of vertices changes. */
function corners(mesh: Mesh): number[] {
  return [...mesh.indices].flatMap((v) => [...mesh.positions.subarray(3 * v, 3 * v + 3)]);
}

Deno.test("readGltf() reads quantized and meshopt-compressed files to their precision", async () => {
  await MeshoptEncoder.ready;
  const mesh = sheet(20);
  const original = await encodeGlb(mesh) as Uint8Array<ArrayBuffer>;
  const io = new WebIO().setLogger(SILENT).registerExtensions(ALL_EXTENSIONS)
    .registerDependencies({ "meshopt.encoder": MeshoptEncoder });
  const kinds = {
    quantized: (document: Document) => document.transform(quantize({ quantizePosition: 14 })),
    meshopt: (document: Document) =>
      document.transform(meshopt({ encoder: MeshoptEncoder, quantizePosition: 14 })),
  };
  for (const [kind, compress] of Object.entries(kinds)) {
    const document = await io.readBinary(original);
    await compress(document);
    const bytes = await io.writeBinary(document);
    const text = new TextDecoder("latin1").decode(bytes);
    const extension = kind === "meshopt" ? "EXT_meshopt_compression" : "KHR_mesh_quantization";
    assert.ok(text.includes(`"extensionsRequired":["${extension}`), `${kind} is what it says`);
    const back = (await read(bytes)).mesh;
    assert.equal(faceCount(back), faceCount(mesh));
    assert.equal(vertexCount(back), vertexCount(mesh));
    // Triangles may come in another order: compare sets of corners by their sums.
    const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);
    const [found, wanted] = [corners(back), corners(mesh)];
    assert.ok(Math.abs(sum(found) - sum(wanted)) / wanted.length < 1e-4, kind);
    // On the sheet z is a function of x, and u of x: 14 bits and a bit of slack.
    for (let i = 0; i < back.indices.length; i++) {
      const [x, y, z] = back.positions.subarray(3 * back.indices[i], 3 * back.indices[i] + 3);
      assert.ok(Math.abs(z - 0.1 * Math.sin(3 * x)) < 2e-4, `${kind}: off the sheet at ${x}`);
      assert.ok(Math.abs(back.uvs![2 * i] - x) < 1e-3 && Math.abs(back.uvs![2 * i + 1] - y) < 1e-3);
    }
    for (let v = 0; v < vertexCount(back); v++) {
      const n = back.normals!.subarray(3 * v, 3 * v + 3);
      assert.ok(Math.abs(Math.hypot(...n) - 1) < 1e-6, "unit after decoding");
      const slope = Math.cos(3 * back.positions[3 * v]) * 0.3;
      assert.ok((-slope * n[0] + n[2]) / Math.hypot(slope, 1) > 0.999);
    }
  }
});

Deno.test("readGltf() takes COLOR_0 as linear light", async () => {
  const made = triangle();
  const { buffer, bufferViews } = packed([
    made.buffer.slice(0, 36),
    Uint16Array.of(0, 1, 2),
    Float32Array.of(0, 0.21404114, 1, 1, 0, 0, 2, -1, 0.5),
  ]);
  const { mesh } = await changed((json) => {
    json.bufferViews = bufferViews;
    json.buffers[0].byteLength = buffer.length;
    json.accessors.push({ bufferView: 2, componentType: 5126, count: 3, type: "VEC3" });
    json.meshes[0].primitives[0].attributes.COLOR_0 = 2;
  }, buffer);
  assert.deepEqual([...mesh.colors!], [0, 128, 255, 255, 255, 0, 0, 255, 255, 0, 188, 255]);
});

Deno.test("readGltf() lays pictures on by the material's own coordinates and transform", async () => {
  const made = triangle();
  const { buffer, bufferViews } = packed([
    made.buffer.slice(0, 36),
    Uint16Array.of(0, 1, 2),
    Float32Array.of(0, 0, 1, 0, 0, 1),
    Float32Array.of(0.5, 0.5, 0.5, 0.5, 0.5, 0.5),
    encodePng({ width: 1, height: 1, channels: 1, data: new Uint8Array(1) }),
  ]);
  const rules = { offset: [0.5, 0.25], scale: [0.5, 0.125], texCoord: 0 };
  const { mesh, notes } = await changed((json) => {
    json.bufferViews = bufferViews;
    json.buffers[0].byteLength = buffer.length;
    for (const bufferView of [2, 3]) {
      json.accessors.push({ bufferView, componentType: 5126, count: 3, type: "VEC2" });
    }
    Object.assign(json.meshes[0].primitives[0].attributes, { TEXCOORD_0: 2, TEXCOORD_1: 3 });
    json.meshes[0].primitives[0].material = 0;
    json.images = [{ bufferView: 4, mimeType: "image/png", name: "skin" }];
    json.textures = [{ source: 0 }];
    json.extensionsUsed = ["KHR_texture_transform"];
    json.materials = [{
      name: "m",
      pbrMetallicRoughness: {
        baseColorFactor: [0.5, 0.25, 1, 1],
        baseColorTexture: { index: 0, texCoord: 1, extensions: { KHR_texture_transform: rules } },
      },
    }];
  }, buffer);
  assert.deepEqual([...mesh.uvs!], [0.5, 0.25, 1, 0.25, 0.5, 0.375]);
  assert.deepEqual(mesh.materials![0].baseColor, [0.5, 0.25, 1, 1]);
  assert.equal(mesh.materials![0].texture!.name, "a.glb#skin");
  assert.deepEqual(notes, []);
});

Deno.test("readGltf() without textures looks at none of their bytes", async () => {
  const texture = { name: "t", width: 2, height: 2, data: new Uint8Array(16).fill(200) };
  const mesh = {
    ...sheet(1),
    materials: [{ name: "m", baseColor: [1, 1, 1, 1] as const, texture }],
  };
  const bytes = await encodeGlb(mesh);
  const at = new TextDecoder("latin1").decode(bytes).indexOf("IHDR");
  bytes.fill(0, at, at + 12);
  const decoded = await read(bytes);
  assert.deepEqual(codes(decoded.notes), ["texture-unreadable"]);
  const skipped = await read(bytes, "skip");
  assert.deepEqual(skipped.notes, []);
  assert.deepEqual(skipped.mesh.uvs, decoded.mesh.uvs);
});

Deno.test("readGltf() notes skins, morph targets and further scenes", async () => {
  const { mesh, notes } = await changed((json) => {
    json.skins = [{ joints: [0] }];
    json.nodes[0].skin = 0;
    json.meshes[0].primitives[0].targets = [{ POSITION: 0 }];
    json.scenes.push({ nodes: [] });
    json.animations = [{ channels: [{ broken: true }] }];
  });
  assert.equal(mesh.indices.length, 3);
  assert.deepEqual(codes(notes), ["morph-ignored", "scenes-ignored", "skin-ignored"]);
});

Deno.test("readGltf() refuses Draco and other required extensions by name", async () => {
  const draco = "KHR_draco_mesh_compression";
  await refuses(changed((json) => json.extensionsRequired = [draco]), /compressed with Draco/);
  await refuses(
    changed((json) => json.meshes[0].primitives[0].extensions = { [draco]: { bufferView: 0 } }),
    /compressed with Draco/,
  );
  await refuses(changed((json) => json.extensionsRequired = ["X_y"]), /needs the extension X_y/);
});

Deno.test("readGltf() refuses ranges, counts and graphs that cannot be", async () => {
  // deno-lint-ignore no-explicit-any
  const cases: [(json: any) => void, RegExp][] = [
    [(json) => json.accessors[0].count = 4, /accessor 0 with 4 items lies outside/],
    [(json) => json.accessors[0].byteOffset = 4, /accessor 0 .* outside its buffer view/],
    [(json) => json.accessors[0].count = 1e15, /outside/],
    [(json) => json.accessors[0].type = "VEC9", /"accessors.0.type" is wrong/],
    [(json) => json.accessors[1].type = "VEC3", /outside|odd indices/],
    [(json) => json.accessors[0].type = "SCALAR", /POSITION as SCALAR/],
    [(json) => json.bufferViews[0].byteLength = 1e9, /buffer view 0 ends at byte/],
    [(json) => json.buffers[0].byteLength = 1e9, /buffer 0 has 44 bytes, expected 1000000000/],
    [(json) => json.nodes[0].children = [0], /cycle|several parents/],
    [(json) => json.nodes.push({ children: [2] }, { children: [1] }), /cycle/],
    [(json) => json.nodes[0].mesh = 5, /node 0 has mesh 5/],
    [(json) => json.scenes[0].nodes = [9], /a node that is none/],
    [(json) => json.meshes[0].primitives[0].material = 3, /no such material/],
    [(json) => json.asset.version = "1.0", /"asset.version" is wrong/],
    [(json) => delete json.asset, /"asset" is wrong/],
    [(json) => json.meshes = 7, /"meshes" is wrong/],
    [
      (json) => json.accessors.push({ componentType: 5126, count: 1e8, type: "VEC3" }),
      /accessors would take/,
    ],
    [
      (json) => {
        json.nodes = Array.from({ length: 1e6 }, () => ({ mesh: 0 }));
        json.scenes[0].nodes = [0];
      },
      /1000\d\d\d nodes, primitives, .* expected at most 10000/,
    ],
    [(json) => json.scenes[0].nodes = [0, 0], /names a node twice/],
    [
      (json) => {
        json.nodes.push({ children: [0] });
        json.scenes[0].nodes = [0];
      },
      /another's child/,
    ],
    [
      (json) => {
        json.accessors.push({ componentType: 5126, count: 4e4, type: "VEC3" });
        json.meshes[0].primitives[0] = { attributes: { POSITION: json.accessors.length - 1 } };
        json.nodes = Array.from({ length: 100 }, () => ({ mesh: 0 }));
        json.scenes[0].nodes = [0];
      },
      /instances would take/,
    ],
    [
      (json) => {
        json.extensionsRequired = json.extensionsUsed = ["EXT_meshopt_compression"];
        const packed = { buffer: 0, byteLength: 8, byteStride: 4, count: 1e9, mode: "ATTRIBUTES" };
        json.bufferViews[0].byteLength = 4e9;
        json.bufferViews[0].extensions = { EXT_meshopt_compression: packed };
      },
      /would unpack 8 bytes to 4000000000/,
    ],
  ];
  for (const [change, message] of cases) await refuses(changed(change), message);
  const wrong = triangle();
  new DataView(wrong.buffer.buffer).setUint16(36, 9, true);
  await refuses(read(glb(wrong.json, wrong.buffer)), /a triangle uses vertex 9 of 3/);
});

Deno.test("readGltf() refuses a file cut at any byte", async () => {
  const { json, buffer } = triangle();
  const bytes = glb(json, buffer);
  assert.ok(isGlb(bytes));
  for (let length = 0; length < bytes.length; length += 3) {
    assert.equal(await typed(read(bytes.slice(0, length))), "refused", `${length}`);
  }
  await refuses(read(bytes.slice(0, -1)), /found \d+ bytes, expected \d+/);
});

Deno.test("readGltf() meets damage with an InputError or reads the rest", async () => {
  const { json, buffer } = triangle();
  const compressed = await (async () => {
    await MeshoptEncoder.ready;
    const io = new WebIO().setLogger(SILENT).registerExtensions(ALL_EXTENSIONS)
      .registerDependencies({ "meshopt.encoder": MeshoptEncoder });
    const document = await io.readBinary(await encodeGlb(sheet(3)) as Uint8Array<ArrayBuffer>);
    await document.transform(meshopt({ encoder: MeshoptEncoder }));
    return await io.writeBinary(document);
  })();
  const any = fc.oneof(damaged(glb(json, buffer)), damaged(compressed));
  await fc.assert(
    fc.asyncProperty(any, async (bytes) => {
      await typed(read(bytes));
    }),
    { seed: SEED, numRuns: 1000 },
  );
});
