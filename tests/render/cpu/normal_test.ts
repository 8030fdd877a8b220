/** Normal maps: frames, sides, sources, and what happens at silhouettes and in single sheets. */
import assert from "node:assert/strict";
import type { Camera } from "../../../core/geometry/camera.ts";
import type { Mesh } from "../../../core/geometry/mesh.ts";
import { multiply, rotationY, translation } from "../../../core/geometry/transform.ts";
import { framingOf, suiteCamera } from "../../../render/cameras.ts";
import { drawScene } from "../../../render/cpu/draw.ts";
import { prepareScene } from "../../../render/cpu/scene.ts";
import { readFixture } from "../_fixture.ts";
import { cube, meshOf, pinhole, sphere, square } from "../_shapes.ts";

const MAPS = ["normal", "normal_back", "mask", "depth", "depth_back"] as const;

const decode = (map: Uint16Array, at: number) =>
  [0, 1, 2].map((k) => map[3 * at + k] / 65535 * 2 - 1);

/** The direction of a pixel's ray, unit. */
function rayOf(camera: Camera, at: number): number[] {
  if (camera.projection === "orthographic") return [0, 0, -1];
  const x = (at % camera.width + 0.5 - camera.cx) / camera.fx;
  const y = (camera.cy - Math.floor(at / camera.width) - 0.5) / camera.fy;
  const length = Math.hypot(x, y, 1);
  return [x / length, y / length, -1 / length];
}

const dot = (a: readonly number[], b: readonly number[]) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

Deno.test("drawScene() gives a sphere's normals: the direction from its centre", () => {
  const mesh = sphere(1, 96);
  for (const kind of ["persp50", "ortho"] as const) {
    const camera = suiteCamera(framingOf(mesh), { yawDeg: 25, pitchDeg: 0 }, {
      size: 192,
      camera: kind,
    });
    const maps = drawScene(prepareScene(mesh), camera, { maps: MAPS });
    for (let at = 0; at < 192 * 192; at++) {
      if (maps.mask![at] === 0) continue;
      for (const side of ["", "_back"] as const) {
        const depth = maps[`depth${side}`]![at], ray = rayOf(camera, at);
        const point = camera.projection === "perspective"
          ? ray.map((value) => value / -ray[2] * depth)
          : [
            (at % 192 + 0.5 - 96) * camera.halfWidthM / 96,
            (96 - Math.floor(at / 192) - 0.5) * camera.halfWidthM / 96,
            -depth,
          ];
        const normal = decode(maps[`normal${side}`]!, at);
        // Facets of 1.9° by 1.9°; the interpolated normal is within a fraction of that.
        const wanted = [point[0], point[1], point[2] + 2.8];
        const cosine = dot(normal, wanted) / Math.hypot(...wanted);
        assert.ok(cosine > Math.cos(0.6 * Math.PI / 180), `${Math.acos(cosine) * 180 / Math.PI}°`);
      }
    }
  }
});

Deno.test("drawScene() turns normals towards the camera in front and away behind", async () => {
  const mesh = await readFixture("h04");
  const camera = suiteCamera(framingOf(mesh), { yawDeg: 150, pitchDeg: 10 }, { size: 256 });
  for (const normals of ["smooth", "face", "file"] as const) {
    const maps = drawScene(prepareScene(mesh, { normals }), camera, { maps: MAPS });
    let covered = 0;
    for (let at = 0; at < 256 * 256; at++) {
      const front = decode(maps.normal!, at), back = decode(maps.normal_back!, at);
      if (maps.mask![at] === 0) {
        assert.deepEqual([...front, ...back], [-1, -1, -1, -1, -1, -1]);
        continue;
      }
      covered++;
      assert.ok(
        Math.abs(Math.hypot(...front) - 1) < 1e-4 && Math.abs(Math.hypot(...back) - 1) < 1e-4,
      );
      assert.ok(dot(front, rayOf(camera, at)) < 1e-4, `${normals}: front looks away`);
      assert.ok(dot(back, rayOf(camera, at)) > -1e-4, `${normals}: back looks at the camera`);
    }
    assert.equal(maps.stats.covered, covered);
    for (const { turned, bent, flat } of [maps.stats.normal, maps.stats.normal_back]) {
      // Little of a person is the inside of a sheet, or a silhouette.
      assert.ok(
        turned < 0.02 * covered && bent < 0.03 * covered,
        `${turned}, ${bent} of ${covered}`,
      );
      assert.equal(flat, 0);
    }
  }
});

Deno.test("drawScene() turns all normals of a sheet seen from its back, and counts them", () => {
  const camera = pinhole(32, multiply(translation(0, 0, -2), rotationY(Math.PI)));
  const { normal, normal_back, mask, stats } = drawScene(prepareScene(square(1)), camera, {
    maps: MAPS,
  });
  mask!.forEach((value, at) => {
    if (value === 0) return;
    const [x, y, z] = decode(normal!, at), [backX, backY, backZ] = decode(normal_back!, at);
    assert.ok(Math.hypot(x, y, backX, backY) < 4e-5);
    assert.deepEqual([z, backZ], [1, -1]);
  });
  assert.equal(stats.normal.turned, stats.covered);
  assert.equal(stats.normal_back.turned, 0);
});

Deno.test("drawScene() bends a normal that leans past the silhouette, rather than mirror it", () => {
  // One upright triangle towards the camera with vertex normals 100° off to the right.
  const lean = 100 * Math.PI / 180, n = [Math.sin(lean), 0, Math.cos(lean)];
  const mesh: Mesh = { ...square(1), normals: Float32Array.from([...n, ...n, ...n, ...n]) };
  const scene = prepareScene(mesh, { normals: "file" });
  const { normal, mask, stats } = drawScene(scene, {
    ...pinhole(32, translation(0, 0, -40)),
    fx: 600,
    fy: 600,
  }, { maps: MAPS });
  const at = mask!.findIndex((value) => value > 0) + 3;
  const [x, , z] = decode(normal!, at);
  assert.ok(x > 0.99 && Math.abs(z) < 0.03, `${x}, ${z}`);
  assert.equal(stats.normal.bent, stats.covered);
  assert.equal(stats.normal.turned, 0);
});

Deno.test("drawScene() believes neighbours where one triangle of a surface is wound wrongly", () => {
  const mesh = sphere(1, 24);
  const wrong = mesh.indices.slice();
  for (let f = 0; f < wrong.length; f += 3 * 40) {
    [wrong[f], wrong[f + 1]] = [wrong[f + 1], wrong[f]];
  }
  const camera = suiteCamera(framingOf(mesh), { yawDeg: 0, pitchDeg: 0 }, { size: 128 });
  const maps = (indices: Uint32Array) =>
    drawScene(prepareScene({ ...mesh, indices }), camera, { maps: MAPS });
  const right = maps(mesh.indices), found = maps(wrong);
  let far = 0;
  right.mask!.forEach((value, at) => {
    if (value && dot(decode(right.normal!, at), decode(found.normal!, at)) < Math.cos(0.6)) far++;
  });
  assert.ok(far < 0.01 * right.stats.covered, `${far} of ${right.stats.covered}`);
});

Deno.test("drawScene() takes the triangle's normal where vertex normals cancel, and counts it", () => {
  // Two sheets back to back: the smooth normals are 0.
  const mesh = meshOf([...square(1).positions], [0, 1, 2, 0, 2, 3, 0, 2, 1, 0, 3, 2]);
  const { normal, mask, stats } = drawScene(
    prepareScene(mesh),
    pinhole(16, translation(0, 0, -2)),
    { maps: MAPS },
  );
  mask!.forEach((value, at) => {
    if (value) assert.deepEqual([...normal!.subarray(3 * at, 3 * at + 3)], [32768, 32768, 65535]);
  });
  assert.equal(stats.normal.flat, stats.covered);
});

Deno.test("drawScene() gives face normals that are constant over a triangle, smooth ones that are not", () => {
  const camera = pinhole(64, multiply(translation(0, 0, -4), rotationY(0.6)));
  const kinds = (normals: "face" | "smooth") => {
    const { normal, mask } = drawScene(prepareScene(cube(1), { normals }), camera, { maps: MAPS });
    const seen = new Set<string>();
    mask!.forEach((value, at) =>
      value && seen.add([...normal!.subarray(3 * at, 3 * at + 3)].join())
    );
    return seen.size;
  };
  assert.equal(kinds("face"), 2);
  assert.ok(kinds("smooth") > 100);
});
