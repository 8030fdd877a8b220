import assert from "node:assert/strict";
import fc from "fast-check";
import { type DoubleDepth, solidFromDepth } from "../../../inference/meshing/solid.ts";
import type { Camera } from "../../../core/geometry/camera.ts";
import type { Mesh } from "../../../core/geometry/mesh.ts";
import { multiply, rotationY, translation } from "../../../core/geometry/transform.ts";
import { random } from "../../../core/work/random.ts";

/** Parallel rays over 2 m × 2 m at a distance of 5 m. */
function orthographic(width: number, height = width): Camera {
  return {
    projection: "orthographic",
    width,
    height,
    halfWidthM: 1,
    camFromScan: translation(0, 0, -5),
    yawDeg: 0,
    pitchDeg: 0,
  };
}

/** Depths of a ball of 0.8 m round the origin. */
function ball(size: number): DoubleDepth {
  const front = new Float32Array(size * size), back = new Float32Array(size * size);
  for (let j = 0; j < size; j++) {
    for (let i = 0; i < size; i++) {
      const x = 2 * (i + 0.5) / size - 1, y = 1 - 2 * (j + 0.5) / size;
      const z2 = 0.64 - x * x - y * y;
      if (z2 <= 0) continue;
      front[j * size + i] = 5 - Math.sqrt(z2), back[j * size + i] = 5 + Math.sqrt(z2);
    }
  }
  return { camera: orthographic(size), front, back };
}

function volume({ positions: p, indices }: Mesh): number {
  let sum = 0;
  for (let i = 0; i < indices.length; i += 3) {
    const a = 3 * indices[i], b = 3 * indices[i + 1], c = 3 * indices[i + 2];
    sum += p[a] * (p[b + 1] * p[c + 2] - p[b + 2] * p[c + 1]) -
      p[a + 1] * (p[b] * p[c + 2] - p[b + 2] * p[c]) +
      p[a + 2] * (p[b] * p[c + 1] - p[b + 1] * p[c]);
  }
  return sum / 6;
}

/** Every directed edge once, and its opposite once: closed, manifold along edges, oriented. */
function assertClosed(mesh: Mesh): void {
  const edges = new Set<string>();
  for (let i = 0; i < mesh.indices.length; i += 3) {
    for (let k = 0; k < 3; k++) {
      const edge = `${mesh.indices[i + k]},${mesh.indices[i + (k + 1) % 3]}`;
      assert.ok(!edges.has(edge), `edge ${edge} has two faces on one side`);
      edges.add(edge);
    }
  }
  for (const edge of edges) {
    assert.ok(edges.has(edge.split(",").reverse().join(",")), `edge ${edge} is open`);
  }
}

Deno.test("solidFromDepth() of a ball is closed, outward and has the ball's volume and surface", () => {
  const { mesh, report } = solidFromDepth(ball(128));
  assertClosed(mesh);
  // The rim loses up to a pixel's ring: 2π r · (2/128) · thin walls, about 1 %.
  const expected = 4 / 3 * Math.PI * 0.512;
  assert.ok(Math.abs(volume(mesh) / expected - 1) < 0.01, `volume ${volume(mesh)} of ${expected}`);
  for (let i = 0; i < mesh.positions.length; i += 3) {
    const r = Math.hypot(...mesh.positions.subarray(i, i + 3));
    assert.ok(Math.abs(r - 0.8) < 1e-6, `vertex at ${r} m from the centre`);
  }
  assert.equal(report.isolated, 0);
  assert.equal(report.faces, mesh.indices.length / 3);
  assert.equal(report.inferred, mesh.faceInferred!.reduce((n, label) => n + label, 0));
});

/**
 * Two pixels of mask that touch at a corner, each with room for a cell:
 *
 *     ##.
 *     ###      the middle pixel joins two parts that share nothing else
 *     .##
 */
Deno.test("solidFromDepth() keeps edges with two faces where parts touch in a pixel", () => {
  const size = 5, mask = ["##...", "##...", "..##.", "..##.", "....."];
  const diagonal = ["##...", "###..", ".###.", "..##.", "....."];
  for (const rows of [mask, diagonal]) {
    const front = Float32Array.from(rows.join(""), (c) => c === "#" ? 1 : 0);
    const { mesh } = solidFromDepth({
      camera: orthographic(size),
      front,
      back: front.map((d) => 1.5 * d),
    });
    assertClosed(mesh);
    assert.ok(volume(mesh) > 0);
  }
});

Deno.test("solidFromDepth() of any mask and depths is closed, outward and without loose vertices", () => {
  fc.assert(
    fc.property(fc.integer(), fc.double({ min: 0.2, max: 0.95, noNaN: true }), (seed, share) => {
      const width = 9, height = 11, draw = random(seed, "mask");
      const front = new Float32Array(width * height), back = new Float32Array(width * height);
      for (let p = 0; p < front.length; p++) {
        if (draw.float() > share) continue;
        front[p] = 1 + draw.float(), back[p] = front[p] + draw.float() + 1e-3;
      }
      let mesh: Mesh;
      try {
        ({ mesh } = solidFromDepth({ camera: orthographic(width, height), front, back }));
      } catch (error) {
        assert.match((error as Error).message, /covers no 2 × 2 pixels/);
        return;
      }
      assertClosed(mesh);
      assert.ok(volume(mesh) > 0);
      assert.equal(new Set(mesh.indices).size, mesh.positions.length / 3);
    }),
    { numRuns: 200 },
  );
});

/** A plate at depth 4 in front of a larger one at depth 5, both 0.1 thick. */
function plates(): DoubleDepth {
  const size = 16;
  const front = new Float32Array(size * size), back = new Float32Array(size * size).fill(5.1);
  front.fill(5);
  for (let j = 4; j < 12; j++) for (let i = 4; i < 12; i++) front[j * size + i] = 4;
  return { camera: orthographic(size), front, back };
}

Deno.test("solidFromDepth() labels walls at jumps and the silhouette, and leaves walls out when asked", () => {
  const { mesh } = solidFromDepth(plates());
  assertClosed(mesh);
  const { positions, indices, faceInferred } = mesh;
  for (let f = 0; f < faceInferred!.length; f++) {
    const z = [0, 1, 2].map((k) => positions[3 * indices[3 * f + k] + 2]);
    const flat = Math.max(...z) - Math.min(...z) < 1e-6;
    assert.equal(faceInferred![f], flat ? 0 : 1);
  }
  const open = solidFromDepth(plates(), { openJumpsM: 0.5 }).mesh;
  // Cells across the rim of the 8 × 8 plate: 4 sides of 7 with two walls each; of the two triangles
  // at each corner one lies flat on the larger plate, since the cell is cut along that diagonal.
  assert.equal(indices.length / 3 - open.indices.length / 3, 2 * 28 + 4);
  assert.throws(() => assertClosed(open), /open/);
  assert.equal(solidFromDepth(plates(), { openJumpsM: 2 }).mesh.indices.length, indices.length);
});

Deno.test("solidFromDepth() moves with the camera", () => {
  const still = solidFromDepth(ball(32)).mesh;
  const maps = ball(32);
  const motion = multiply(translation(3, -2, 1), rotationY(0.7));
  const camera = { ...maps.camera, camFromScan: multiply(maps.camera.camFromScan, motion) };
  const moved = solidFromDepth({ ...maps, camera }).mesh;
  assert.deepEqual(moved.indices, still.indices);
  // scan' = motion⁻¹ scan
  const [x, y, z] = moved.positions.subarray(0, 3), m = motion;
  assert.ok(Math.abs(m[0] * x + m[1] * y + m[2] * z + m[3] - still.positions[0]) < 1e-6);
});

Deno.test("solidFromDepth() colours the front from one picture and the back from the other", () => {
  const maps = ball(16), pixels = 16 * 16;
  const red = new Uint8Array(3 * pixels).map((_, i) => i % 3 === 0 ? 200 : 0);
  const blue = new Uint8Array(4 * pixels).map((_, i) => i % 4 === 2 ? 100 : 0);
  const { mesh } = solidFromDepth(maps, {
    frontColor: { data: red, channels: 3 },
    backColor: { data: blue, channels: 4 },
  });
  const half = mesh.colors!.length / 2;
  assert.deepEqual([...mesh.colors!.subarray(0, 4)], [200, 0, 0, 255]);
  assert.deepEqual([...mesh.colors!.subarray(half, half + 4)], [0, 0, 100, 255]);
});

Deno.test("solidFromDepth() refuses empty maps, NaN and maps that cover different pixels", () => {
  const camera = orthographic(4), empty = new Float32Array(16);
  assert.throws(() => solidFromDepth({ camera, front: empty, back: empty }), /covers no 2 × 2/);
  const one = empty.slice();
  one[5] = 1;
  assert.throws(() => solidFromDepth({ camera, front: one, back: empty }), /pixel \(1, 1\)/);
  const bad = empty.slice();
  bad[6] = NaN;
  assert.throws(() => solidFromDepth({ camera, front: bad, back: bad }), /front depth NaN/);
});
