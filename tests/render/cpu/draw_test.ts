/** Maps of shapes whose pictures are known, and what must not change them. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { type Camera, pixelSizeM } from "../../../core/geometry/camera.ts";
import type { Mesh } from "../../../core/geometry/mesh.ts";
import {
  affine,
  invert,
  type Matrix4,
  multiply,
  rotationOfAxisAngle,
  rotationY,
  transformPoints,
  translation,
} from "../../../core/geometry/transform.ts";
import { random } from "../../../core/work/random.ts";
import { RASTER_MAPS, type RasterMapName, type RasterMaps } from "../../../render/backend.ts";
import { framingOf, suiteCamera } from "../../../render/cameras.ts";
import { cpuBackend } from "../../../render/cpu/cpu_backend.ts";
import { drawScene } from "../../../render/cpu/draw.ts";
import { prepareScene } from "../../../render/cpu/scene.ts";
import { studioLight } from "../../../render/light.ts";
import { cube, meshOf, pinhole, pixelCamera, sphere, square } from "../_shapes.ts";

function draw(mesh: Mesh, camera: Camera, maps: readonly RasterMapName[]): RasterMaps {
  return drawScene(prepareScene(mesh), camera, { maps, light: studioLight(1, "test") });
}

const ALL_BUT_FACES = RASTER_MAPS.filter((name) => !name.startsWith("face"));

Deno.test("drawScene() gives a plane's depth: constant head-on, 1/z linear when tilted", () => {
  // 90° pinhole, plane at distance 2: the picture is 4 wide, the square ±1 fills its middle half.
  const { depth, depth_back, mask } = draw(square(1), pinhole(64, translation(0, 0, -2)), [
    "depth",
    "depth_back",
    "mask",
  ]);
  for (let at = 0; at < 64 * 64; at++) {
    const x = at % 64, y = Math.floor(at / 64);
    const inside = x >= 16 && x < 48 && y >= 16 && y < 48;
    assert.equal(mask![at], inside ? 255 : 0);
    assert.equal(depth![at], inside ? 2 : 0);
    assert.equal(depth_back![at], inside ? 2 : 0);
  }

  // Turned by 50° about y: the plane n · p = −2 n_z, met by the ray (dx, dy, −1) at t = −2 n_z/(n · d).
  const angle = 50 * Math.PI / 180;
  const tilted = draw(
    square(1),
    pinhole(64, multiply(translation(0, 0, -2), rotationY(angle))),
    ["depth"],
  ).depth!;
  let covered = 0;
  for (let at = 0; at < 64 * 64; at++) {
    if (tilted[at] === 0) continue;
    covered++;
    const dx = (at % 64 + 0.5 - 32) / 32;
    const expected = 2 * Math.cos(angle) / (Math.cos(angle) - Math.sin(angle) * dx);
    assert.ok(Math.abs(tilted[at] / expected - 1) < 1e-6, `${tilted[at]} is not ${expected}`);
  }
  assert.ok(covered > 500);
});

Deno.test("drawScene() gives a cube's near face in front and its far face behind", () => {
  // Orthographic, 0.1 m a pixel; cube ±1 covers the 20 × 20 pixels in the middle.
  const camera = { ...pixelCamera(32, translation(0, 0, -5)), halfWidthM: 1.6 };
  const maps = draw(cube(1), camera, ["depth", "depth_back", "normal", "normal_back", "mask"]);
  const [half, full] = [32768, 65535];
  for (let at = 0; at < 32 * 32; at++) {
    const x = at % 32, y = Math.floor(at / 32);
    const inside = x >= 6 && x < 26 && y >= 6 && y < 26;
    assert.equal(maps.mask![at], inside ? 255 : 0);
    assert.equal(maps.depth![at], inside ? 4 : 0);
    assert.equal(maps.depth_back![at], inside ? 6 : 0);
  }
  // A cube's smooth normals lean; in the middle of a face they stand up by symmetry.
  const flat = drawScene(prepareScene(cube(1), { normals: "face" }), camera, {
    maps: ["normal", "normal_back"],
  });
  const middle = 3 * (16 * 32 + 15);
  assert.deepEqual([...flat.normal!.subarray(middle, middle + 3)], [half, half, full]);
  assert.deepEqual([...flat.normal_back!.subarray(middle, middle + 3)], [half, half, 0]);
  assert.deepEqual([...flat.normal!.subarray(0, 3)], [0, 0, 0]);
});

Deno.test("drawScene() puts right to the right and up above, in pictures and in normals", () => {
  const camera = suiteCamera(framingOf(sphere(1, 32)), { yawDeg: 0, pitchDeg: 0 }, { size: 128 });
  const { normal, mask } = draw(sphere(1, 32), camera, ["normal", "mask"]);
  const component = (x: number, y: number, k: number) =>
    normal![3 * (128 * y + x) + k] / 65535 * 2 - 1;
  const middle = 64;
  const right = Array.from({ length: 128 }, (_, x) => x).findLast((x) => mask![128 * middle + x])!;
  const top = Array.from({ length: 128 }, (_, y) => y).find((y) => mask![128 * y + middle])!;
  assert.ok(component(right - 1, middle, 0) > 0.8, "+x at the right rim");
  assert.ok(component(middle, top + 1, 1) > 0.8, "+y at the top rim");
  assert.ok(component(middle, middle, 2) > 0.99, "+z in the middle");
});

Deno.test("drawScene() turns the subject's +z towards +x for yaw > 0 and looks down for pitch > 0", () => {
  // A small marker before the subject's chest, a sphere for the body.
  const body = sphere(0.5, 24), marker = sphere(0.05, 8);
  const join = (offset: readonly number[]) => {
    const moved = marker.positions.map((value, i) => value + offset[i % 3]);
    const indices = marker.indices.map((vertex) => vertex + body.positions.length / 3);
    return meshOf([...body.positions, ...moved], [...body.indices, ...indices]);
  };
  const where = (mesh: Mesh, yawDeg: number, pitchDeg: number) => {
    const camera = suiteCamera(framingOf(mesh), { yawDeg, pitchDeg }, { size: 256 });
    const { face } = draw(mesh, camera, ["face"]);
    let sumX = 0, sumY = 0, count = 0;
    face!.forEach((value, at) => {
      if (value <= body.indices.length / 3) return;
      sumX += at % 256, sumY += Math.floor(at / 256), count++;
    });
    return { x: sumX / count, y: sumY / count };
  };
  const chest = join([0, 0, 0.6]);
  assert.ok(where(chest, 30, 0).x > 150, "yaw 30 moves the chest to the right");
  assert.ok(where(chest, -30, 0).x < 106, "yaw −30 moves it to the left");
  assert.ok(where(chest, 0, 30).y > 150, "seen from above, the chest sinks in the picture");
});

Deno.test("drawScene() cuts at the near plane as a ray does", () => {
  // A floor 1 m below the eye that runs from 50 m before it to 50 m behind it: below the horizon,
  // the ray (·, dy, −1) meets it at 1/−dy.
  const floor = meshOf([-80, -1, 50, 80, -1, 50, 80, -1, -50, -80, -1, -50], [0, 1, 2, 0, 2, 3]);
  const { depth, mask, normal, color } = draw(floor, pinhole(64), [
    "depth",
    "mask",
    "normal",
    "color",
  ]);
  for (let at = 0; at < 64 * 64; at++) {
    const dy = (32 - Math.floor(at / 64) - 0.5) / 32;
    const expected = dy < 0 && -1 / dy <= 50 ? -1 / dy : 0;
    assert.equal(mask![at], expected > 0 ? 255 : 0);
    if (expected === 0) assert.equal(depth![at], 0);
    else assert.ok(Math.abs(depth![at] / expected - 1) < 1e-6, `${depth![at]} for ${expected}`);
    if (expected === 0) continue;
    assert.deepEqual([...normal!.subarray(3 * at, 3 * at + 3)], [32768, 65535, 32768]);
    assert.deepEqual([...color!.subarray(4 * at, 4 * at + 4)], [188, 188, 188, 255]);
  }
});

Deno.test("drawScene() starts 1 cm before the eye", () => {
  // A wall 5 mm to the right, along the view: the ray (dx, ·, −1) meets it at 0.005/dx.
  const wall = meshOf([0.005, -9, 1, 0.005, 9, 1, 0.005, 9, -9, 0.005, -9, -9], [0, 1, 2, 0, 2, 3]);
  const { depth } = draw(wall, pinhole(64), ["depth"]);
  for (let at = 0; at < 64 * 64; at++) {
    const dx = (at % 64 + 0.5 - 32) / 32, expected = 0.005 / dx;
    const isSeen = dx > 0 && expected >= 0.01 && expected <= 9;
    if (!isSeen) assert.equal(depth![at], 0);
    else assert.ok(Math.abs(depth![at] / expected - 1) < 1e-6, `${depth![at]} for ${expected}`);
  }
});

Deno.test("drawScene() draws nothing behind the camera", () => {
  for (const camera of [pinhole(16), pixelCamera(16)]) {
    const { mask, stats } = draw(square(3, 2), camera, ["mask"]);
    assert.ok(mask!.every((value) => value === 0));
    assert.equal(stats.covered, 0);
  }
});

Deno.test("drawScene() meets a soup that crosses the near plane as rays do", () => {
  const { float } = random(5, "near soup");
  for (let round = 0; round < 20; round++) {
    const mesh = soup(8, () => [4 * float() - 2, 4 * float() - 2, 3 * float() - 2]);
    const { depth } = draw(mesh, pinhole(32), ["depth"]);
    const reference = nearestHits(mesh, 32);
    let differing = 0;
    depth!.forEach((value, at) => {
      if (Math.abs(value - reference[at]) > 1e-6 * Math.max(1, reference[at])) differing++;
    });
    // Pixels whose centre lies within the snap of an edge: a handful in a thousand at most.
    assert.ok(differing <= 2, `${differing} pixels differ in round ${round}`);
  }
});

/** Nearest hit beyond 1 cm of each pixel's ray, by solving for the plane and the three sides. */
function nearestHits(mesh: Mesh, size: number): Float64Array {
  const hits = new Float64Array(size * size);
  const { positions: p, indices } = mesh;
  for (let at = 0; at < hits.length; at++) {
    const d = [
      (at % size + 0.5) / (size / 2) - 1,
      1 - (Math.floor(at / size) + 0.5) / (size / 2),
      -1,
    ];
    for (let i = 0; i < indices.length; i += 3) {
      const [a, b, c] = [0, 1, 2].map((
        k,
      ) => [...p.subarray(3 * indices[i + k], 3 * indices[i + k] + 3)]);
      const det = (u: number[], v: number[], w: number[]) =>
        u[0] * (v[1] * w[2] - v[2] * w[1]) - u[1] * (v[0] * w[2] - v[2] * w[0]) +
        u[2] * (v[0] * w[1] - v[1] * w[0]);
      // d t = wa a + wb b + wc c with weights of one sign: homogeneous weights are determinants.
      const wa = det(d, b, c), wb = det(a, d, c), wc = det(a, b, d);
      const t = det(a, b, c) / (wa + wb + wc);
      const isInside = wa >= 0 && wb >= 0 && wc >= 0 || wa <= 0 && wb <= 0 && wc <= 0;
      if (isInside && t >= 0.01 && (hits[at] === 0 || t < hits[at])) hits[at] = t;
    }
  }
  return hits;
}

/** Triangles with corners from a source. */
function soup(triangles: number, corner: () => number[]): Mesh {
  return meshOf(
    Array.from({ length: 3 * triangles }, corner).flat(),
    Array.from({ length: 3 * triangles }, (_, i) => i),
  );
}

const soups = fc.record({ seed: fc.nat(), triangles: fc.integer({ min: 1, max: 40 }) }).map(
  ({ seed, triangles }) => {
    const { float } = random(seed, "soup");
    return soup(triangles, () => [2 * float() - 1, 2 * float() - 1, 2 * float() - 1]);
  },
);

Deno.test("drawScene() never puts the front behind the back", () => {
  fc.assert(
    fc.property(soups, fc.boolean(), (mesh, parallel) => {
      const camera = suiteCamera(framingOf(mesh), { yawDeg: 33, pitchDeg: 0 }, {
        size: 48,
        camera: parallel ? "ortho" : "persp50",
      });
      const { depth, depth_back, mask } = draw(mesh, camera, ["depth", "depth_back", "mask"]);
      mask!.forEach((value, at) => {
        assert.equal(depth![at] > 0, value === 255);
        assert.ok(depth![at] <= depth_back![at]);
      });
    }),
    { numRuns: 100, seed: 4 },
  );
});

Deno.test("drawScene() gives the same maps whatever the order of the triangles", () => {
  fc.assert(
    fc.property(soups, fc.nat(), (mesh, seed) => {
      const order = shuffled(mesh.indices.length / 3, seed);
      const indices = order.flatMap((f) => [...mesh.indices.subarray(3 * f, 3 * f + 3)]);
      const camera = suiteCamera(framingOf(mesh), { yawDeg: 0, pitchDeg: 0 }, { size: 48 });
      const before = draw(mesh, camera, ALL_BUT_FACES);
      const after = draw({ ...mesh, indices: Uint32Array.from(indices) }, camera, ALL_BUT_FACES);
      assert.deepEqual(after, before);
    }),
    { numRuns: 60, seed: 5 },
  );
});

function shuffled(count: number, seed: number): number[] {
  const { below } = random(seed, "order");
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = below(i + 1);
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

Deno.test("drawScene() gives equal depths to the lowest triangle, front and back", () => {
  const twice = meshOf([...square(1).positions], [0, 1, 2, 0, 2, 3, 0, 1, 2, 0, 2, 3]);
  const { face, face_back } = draw(twice, pinhole(32, translation(0, 0, -2)), [
    "face",
    "face_back",
  ]);
  assert.deepEqual([...new Set(face)].sort(), [0, 1, 2]);
  assert.deepEqual([...new Set(face_back)].sort(), [0, 1, 2]);

  // Far from each other in memory: a small triangle up right inside a large one from below left.
  const corners = [4, 4, 0, 12, 4, 0, 4, 12, 0, -30, -30, 0, 90, -30, 0, -30, 90, 0];
  const camera = pixelCamera(32, translation(0, 0, -10));
  const count = (indices: number[]) => {
    const maps = draw(meshOf(corners, indices), camera, ["face", "face_back"]);
    return [maps.face!, maps.face_back!].map((map) => map.filter((value) => value === 1).length);
  };
  const alone = count([0, 1, 2])[0];
  assert.ok(alone > 20);
  assert.deepEqual(count([0, 1, 2, 3, 4, 5]), [alone, alone]);
  assert.deepEqual(count([3, 4, 5, 0, 1, 2]), [32 * 32, 32 * 32]);
});

Deno.test("drawScene() keeps to the triangle's edge where the snap let a pixel in", () => {
  // 1/256 px. The edge x = 0.001 px right of a pixel's centre snaps onto it; the plane falls 1000 m
  // a pixel, so following it to the centre would be 1 m off. The edge itself runs from 2 to 6 m.
  const width = 1 << 17;
  const camera = { ...pixelCamera(width), height: 4 };
  const x = 0.5 + 2 ** -10;
  const mesh = meshOf([x, 2, -2, x, -2, -6, x + 1, 0, -1004], [0, 1, 2]);
  const { depth, mask } = draw(mesh, camera, ["depth", "mask"]);
  const column = width / 2;
  for (let row = 0; row < 4; row++) {
    assert.equal(mask![row * width + column], 255);
    assert.ok(
      Math.abs(depth![row * width + column] - (2.5 + row)) < 1e-6,
      `${depth![row * width + column]}`,
    );
  }
});

Deno.test("drawScene() gives the same maps when scene and camera move together", () => {
  const mesh = sphere(0.8, 20);
  const camera = suiteCamera(framingOf(mesh), { yawDeg: 10, pitchDeg: 5 }, { size: 128 });
  const before = draw(mesh, camera, ALL_BUT_FACES);
  const motions: Matrix4[] = [
    affine([0, 0, 1, 1, 0, 0, 0, 1, 0], [0, 0, 0]), // x → y → z → x
    affine(rotationOfAxisAngle(0.3, -1.1, 0.7), [0.25, -3, 1.5]),
  ];
  for (const [i, motion] of motions.entries()) {
    const moved = { ...mesh, positions: transformPoints(motion, mesh.positions) };
    const after = draw(
      moved,
      { ...camera, camFromScan: multiply(camera.camFromScan, invert(motion)) },
      ALL_BUT_FACES,
    );
    const limit = i === 0 ? 0 : 0.003; // positions are float32: some edges move past a centre
    assert.ok(differing(before.mask!, after.mask!, 0) <= limit, "mask");
    assert.ok(differing(before.depth!, after.depth!, 2e-6) <= limit, "depth");
    assert.ok(differing(before.depth_back!, after.depth_back!, 2e-6) <= limit, "back depth");
    assert.ok(differing(before.normal!, after.normal!, 4) <= limit, "normals");
    assert.ok(differing(before.shaded!, after.shaded!, 1) <= limit, "shaded");
  }
});

/** Share of values that differ by more than a tolerance. */
function differing(a: ArrayLike<number>, b: ArrayLike<number>, tolerance: number): number {
  let count = 0;
  for (let i = 0; i < a.length; i++) if (Math.abs(a[i] - b[i]) > tolerance) count++;
  return count / a.length;
}

Deno.test("drawScene() puts unprojected depth on the sphere it drew, to the chord's depth", () => {
  const rings = 200;
  const mesh = sphere(0.9, rings);
  const camera = suiteCamera(framingOf(mesh), { yawDeg: 0, pitchDeg: 0 }, { size: 512 });
  const { depth } = draw(mesh, camera, ["depth"]);
  const sagitta = 0.9 * (1 - Math.cos(Math.PI / rings)); // a facet lies this far inside at most
  assert.ok(pixelSizeM(camera, 2.5) > 4 * sagitta);
  const c = camera as Extract<Camera, { projection: "perspective" }>;
  let covered = 0;
  depth!.forEach((d, at) => {
    if (d === 0) return;
    covered++;
    const x = (at % 512 + 0.5 - c.cx) / c.fx * d,
      y = (c.cy - Math.floor(at / 512) - 0.5) / c.fy * d;
    const r = Math.hypot(x, y, -d + 2.8 * 0.9);
    assert.ok(r <= 0.9 + 1e-6 && r >= 0.9 - 2 * sagitta, `radius ${r}`);
  });
  assert.ok(covered > 30_000);
});

Deno.test("drawScene() makes the same bytes again, with fresh and with used memory", async () => {
  const mesh = sphere(0.8, 20),
    camera = suiteCamera(framingOf(mesh), { yawDeg: 0, pitchDeg: 0 }, { size: 96 });
  const backend = cpuBackend();
  const scene = await backend.prepare(mesh);
  const request = { maps: RASTER_MAPS, light: studioLight(1, "test") };
  const first = await backend.draw(scene, camera, request);
  await backend.draw(
    scene,
    suiteCamera(framingOf(mesh), { yawDeg: 90, pitchDeg: 0 }, { size: 128 }),
    request,
  );
  assert.deepEqual(await backend.draw(scene, camera, request), first);
  assert.deepEqual(drawScene(structuredClone(scene), camera, request), first);
  backend.release(scene);
});

Deno.test("drawScene() leaves nothing of an earlier view in arrays it uses again", () => {
  const mesh = sphere(0.8, 20), scene = prepareScene(mesh), framing = framingOf(cube(2));
  const request = { maps: RASTER_MAPS, light: studioLight(1, "test") };
  const left = (x: number) =>
    suiteCamera({ ...framing, centroidM: [x, 0, 0] }, { yawDeg: 0, pitchDeg: 0 }, { size: 96 });
  for (const supersample of [1, 2]) {
    const wanted = drawScene(scene, left(1.5), { ...request, supersample });
    const first = drawScene(scene, left(-1.5), { ...request, supersample });
    const again = drawScene(scene, left(1.5), { ...request, supersample, reuse: first });
    assert.deepEqual(again, wanted);
    assert.equal(again.color, first.color);
    // Of another size, or not drawn before: fresh.
    const small = drawScene(scene, suiteCamera(framing, { yawDeg: 0, pitchDeg: 0 }, { size: 32 }), {
      maps: ["mask"],
      reuse: first,
    });
    assert.equal(small.mask!.length, 32 * 32);
    assert.equal(
      drawScene(scene, left(0), { maps: ["depth"], reuse: small }).depth!.length,
      96 * 96,
    );
  }
});

Deno.test("drawScene() says where its picture is background only", () => {
  const { window, mask } = draw(square(1), pinhole(64, translation(0, 0, -2)), ["mask"]);
  mask!.forEach((value, at) => {
    const x = at % 64, y = Math.floor(at / 64);
    const inside = x >= window.x0 && x < window.x1 && y >= window.y0 && y < window.y1;
    assert.ok(inside || value === 0);
  });
  assert.ok((window.x1 - window.x0) * (window.y1 - window.y0) < 36 * 36);
});

Deno.test("drawScene() refuses requests that make no sense", () => {
  const scene = prepareScene(square(1)), camera = pinhole(8);
  assert.throws(
    () => drawScene(scene, camera, { maps: ["shaded"] }),
    /Cannot draw shaded colour: found no light coefficients, expected 27/,
  );
  assert.throws(() => drawScene(scene, camera, { maps: ["color"], supersample: 0 }), RangeError);
  assert.throws(
    () => drawScene(scene, camera, { maps: ["colour" as "color"] }),
    /found map "colour"/,
  );
  assert.throws(() => drawScene(scene, { ...camera, width: 0 }, { maps: [] }), RangeError);
});

Deno.test("prepareScene() refuses what cannot be drawn, naming the first fault", () => {
  const mesh = square(1);
  const bad = (change: Partial<Mesh>) => () => prepareScene({ ...mesh, ...change });
  assert.throws(
    bad({ positions: Float32Array.of(0, 1, NaN, 0, 0, 0, 0, 0, 0, 0, 0, 0) }),
    /vertex 0 has NaN/,
  );
  assert.throws(
    bad({ indices: Uint32Array.of(0, 1, 4) }),
    /triangle 0 uses vertex 4, expected below 4/,
  );
  assert.throws(bad({ indices: Uint32Array.of(0, 1) }), /2 indices/);
  assert.throws(bad({ uvs: new Float32Array(3) }), /3 texture coordinates, expected 12/);
  assert.throws(() => prepareScene(mesh, { normals: "file" }), /no normals in the file/);
});
