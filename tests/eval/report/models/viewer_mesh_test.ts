import assert from "node:assert/strict";
import { NodeIO } from "@gltf-transform/core";
import { EXTMeshoptCompression, KHRMeshQuantization } from "@gltf-transform/extensions";
import validator from "gltf-validator";
import { MeshoptDecoder, MeshoptEncoder } from "meshoptimizer";
import type { Mesh } from "../../../../core/geometry/mesh.ts";
import { InputError } from "../../../../core/work/errors.ts";
import { readCompactGlb } from "../../../../eval/report/client/viewer/glb.ts";
import { SignedSurface } from "../../../../eval/report/models/signed_surface.ts";
import { viewerMesh, type ViewerMeshOptions } from "../../../../eval/report/models/viewer_mesh.ts";
import { icosphere } from "../../../core/geometry/_shapes.ts";

const SCAN = icosphere(5, 0.5);

/** The sphere 10 mm larger, with a cap pushed 30 mm inwards. */
const PREDICTION: Mesh = {
  ...SCAN,
  positions: SCAN.positions.map((v, i, all) => all[i - i % 3 + 1] > 0.4 ? v * 0.94 : v * 1.02),
};

function distancesTo(scan: Mesh): ViewerMeshOptions["distances"] {
  return (points) => {
    using surface = new SignedSurface(scan);
    return surface.distances(points);
  };
}

async function small(mesh: Mesh, options: Partial<ViewerMeshOptions> = {}) {
  const made = await viewerMesh(mesh, { maxBytes: 20_000, ...options });
  return { ...made, geometry: readCompactGlb(made.glb, MeshoptDecoder) };
}

Deno.test("viewerMesh() fits the size asked for and states how far it is off", async () => {
  for (const maxBytes of [6_000, 20_000, 60_000]) {
    const { glb, geometry, deviationMm, triangles, fullTriangles } = await small(SCAN, {
      maxBytes,
    });
    assert.ok(glb.length <= maxBytes, `${glb.length} bytes`);
    assert.equal(geometry.indices.length, 3 * triangles);
    assert.equal(fullTriangles, SCAN.indices.length / 3);
    // A sphere of triangles whose corners lie on it: the middle of an edge of length e is
    // e²/(8 r) inside. Vertices of the full mesh lie at most that far, and a rounding, away.
    let longest = 0;
    for (let i = 0; i < geometry.indices.length; i += 3) {
      for (let k = 0; k < 3; k++) {
        const a = 3 * geometry.indices[i + k], b = 3 * geometry.indices[i + (k + 1) % 3];
        const p = geometry.positions;
        longest = Math.max(
          longest,
          Math.hypot(p[a] - p[b], p[a + 1] - p[b + 1], p[a + 2] - p[b + 2]),
        );
      }
    }
    const sagMm = 1000 * longest ** 2 / (8 * 0.5);
    assert.ok(deviationMm > 0 && deviationMm < 1.5 * sagMm + 0.2, `${deviationMm} of ${sagMm} mm`);
  }
});

Deno.test("viewerMesh() carries the full mesh's signed distances to the vertices that are left", async () => {
  const { geometry } = await small(PREDICTION, { distances: distancesTo(SCAN) });
  const { positions, distancesMm } = geometry;
  let inside = 0, outside = 0;
  for (const [i, mm] of distancesMm!.entries()) {
    const radius = Math.hypot(positions[3 * i], positions[3 * i + 1], positions[3 * i + 2]);
    // Facets of the scan lie up to 0.2 mm inside the sphere; positions are rounded to 0.06 mm,
    // distances to 0.05 mm.
    assert.ok(Math.abs(mm - 1000 * (radius - 0.5)) < 0.6, `${mm} mm at radius ${radius}`);
    if (mm < -25) inside++;
    if (mm > 9) outside++;
  }
  assert.ok(inside > 10 && outside > 100, `${inside} inside, ${outside} outside`);
});

Deno.test("viewerMesh() keeps normals and parts", async () => {
  const { geometry } = await small(SCAN, {
    parts: (points) =>
      Uint8Array.from({ length: points.length / 3 }, (_, i) => points[3 * i] > 0 ? 1 : 0),
  });
  const { positions, normals, parts } = geometry;
  for (let i = 0; i < parts!.length; i++) {
    const radius = Math.hypot(...positions.subarray(3 * i, 3 * i + 3));
    const dot = [0, 1, 2].reduce((sum, k) => sum + normals[3 * i + k] * positions[3 * i + k], 0);
    // Normals are rounded to 8 bits.
    assert.ok(dot / radius > 0.99, `${dot / radius}`);
    if (Math.abs(positions[3 * i]) > 1e-3) assert.equal(parts![i], positions[3 * i] > 0 ? 1 : 0);
  }
});

Deno.test("viewerMesh() writes files that glTF's validator accepts, packed and unpacked", async () => {
  const parts = (points: Float32Array) => new Uint8Array(points.length / 3).fill(13);
  for (const options of [{}, { distances: distancesTo(SCAN) }, { parts }]) {
    const { glb } = await small(PREDICTION, options);
    await assertClean(glb);
    // The validator cannot look into packed data: once more without.
    await Promise.all([MeshoptDecoder.ready, MeshoptEncoder.ready]);
    const io = new NodeIO().registerExtensions([EXTMeshoptCompression, KHRMeshQuantization])
      .registerDependencies({
        "meshopt.decoder": MeshoptDecoder,
        "meshopt.encoder": MeshoptEncoder,
      });
    const document = await io.readBinary(glb);
    for (const extension of document.getRoot().listExtensionsUsed()) {
      if (extension instanceof EXTMeshoptCompression) extension.dispose();
    }
    await assertClean(await io.writeBinary(document));
  }
});

async function assertClean(glb: Uint8Array): Promise<void> {
  const { issues } = await validator.validateBytes(glb);
  assert.deepEqual(
    issues.messages.filter(({ severity }: { severity: number }) => severity <= 1),
    [],
  );
}

Deno.test("viewerMesh() takes seams, loose pieces and vertices that nothing uses", async () => {
  // Two triangles that share an edge by position alone, and a vertex far away.
  const mesh: Mesh = {
    positions: Float32Array.of(0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0, 50, 50, 50),
    indices: Uint32Array.of(0, 1, 2, 3, 4, 5, 0, 0, 1),
  };
  const { geometry, deviationMm } = await small(mesh);
  assert.equal(geometry.indices.length, 6);
  assert.equal(geometry.positions.length, 12);
  assert.ok(deviationMm < 0.2, `${deviationMm} mm`);
});

Deno.test("viewerMesh() refuses a mesh without triangles", async () => {
  const mesh: Mesh = { positions: Float32Array.of(0, 0, 0), indices: Uint32Array.of(0, 0, 0) };
  await assert.rejects(
    small(mesh),
    (error: Error) => error instanceof InputError && /it has no triangle/.test(error.message),
  );
});

Deno.test("viewerMesh() gives equal bytes twice", async () => {
  const [a, b] = [await small(PREDICTION), await small(PREDICTION)];
  assert.deepEqual(a.glb, b.glb);
});
