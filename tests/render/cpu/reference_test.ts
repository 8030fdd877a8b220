/** Every pixel against float64 ray–triangle intersection of the same mesh. */
import assert from "node:assert/strict";
import type { Camera } from "../../../core/geometry/camera.ts";
import type { Mesh } from "../../../core/geometry/mesh.ts";
import { project } from "../../../core/geometry/camera.ts";
import { framingOf, suiteCamera } from "../../../render/cameras.ts";
import { drawScene } from "../../../render/cpu/draw.ts";
import { pixelGrid } from "../../../render/cpu/pixel_grid.ts";
import { prepareScene } from "../../../render/cpu/scene.ts";
import { readFixture } from "../_fixture.ts";
import { referencePicture } from "../_reference.ts";
import { sphere } from "../_shapes.ts";

interface Agreement {
  covered: number;
  /** Pixels where a border passes within the snap's reach: judged by range. */
  nearBorder: number;
}

function assertAgrees(mesh: Mesh, camera: Camera): Agreement {
  // A corner moves by half a sub-pixel along each axis at most.
  const reachPx = 1 / pixelGrid(camera.width, camera.height).subpixels;
  const reference = referencePicture(mesh, camera, reachPx);
  const maps = drawScene(prepareScene(mesh), camera, {
    maps: ["depth", "depth_back", "mask", "face", "face_back"],
  });
  let covered = 0, nearBorder = 0;
  for (let at = 0; at < maps.mask!.length; at++) {
    const where = `pixel ${at % camera.width}, ${Math.floor(at / camera.width)}`;
    const isCovered = maps.mask![at] === 255;
    for (const side of ["", "_back"] as const) {
      const depth = maps[`depth${side}`]![at], face = maps[`face${side}`]![at] - 1;
      assert.equal(depth > 0, isCovered, `${where}: depth${side} ${depth} and mask disagree`);
      assert.equal(face >= 0, isCovered, `${where}: face${side} ${face} and mask disagree`);
      const wanted = (side === "" ? reference.depth : reference.depthBack)[at];
      const isNear = reference.nearBorder[at] === 1;
      if (!isNear) {
        assert.equal(isCovered, wanted > 0, `${where}: covered ${isCovered}, ray meets ${wanted}`);
      }
      if (!isCovered) continue;
      assert.ok(reference.candidates[at]!.includes(face), `${where}: face ${face} is not there`);
      if (Math.abs(depth / wanted - 1) <= 1e-6) continue;
      // The snap put the pixel into, or out of, a triangle whose border it is next to.
      assert.ok(isNear, `${where}: depth${side} ${depth}, ray meets ${wanted}`);
      const depths = [0, 1, 2].map((k) => {
        const vertex = 3 * mesh.indices[3 * face + k];
        const [x, y, z] = mesh.positions.subarray(vertex, vertex + 3);
        return project(camera, [x, y, z])[2];
      });
      assert.ok(
        depth >= Math.min(...depths) * (1 - 1e-6),
        `${where}: ${depth} before its triangle`,
      );
      assert.ok(
        depth <= Math.max(...depths) * (1 + 1e-6),
        `${where}: ${depth} behind its triangle`,
      );
    }
    if (isCovered) {
      covered++;
      nearBorder += reference.nearBorder[at];
      assert.ok(maps.depth![at] <= maps.depth_back![at], `${where}: front is behind back`);
    }
  }
  return { covered, nearBorder };
}

Deno.test("drawScene() agrees with rays on every pixel of a sphere, perspective", () => {
  const mesh = sphere(0.9, 48);
  const camera = suiteCamera(framingOf(mesh), { yawDeg: 13, pitchDeg: 7 }, { size: 512 });
  const { covered, nearBorder } = assertAgrees(mesh, camera);
  assert.ok(covered > 45_000, `covered ${covered}`);
  assert.ok(nearBorder < 0.01 * covered, `judged by range: ${nearBorder} of ${covered}`);
});

Deno.test("drawScene() agrees with rays on every pixel of a sphere, orthographic", () => {
  const mesh = sphere(0.9, 32);
  const camera = suiteCamera(framingOf(mesh), { yawDeg: -40, pitchDeg: 0 }, {
    size: 256,
    camera: "ortho",
  });
  const { covered, nearBorder } = assertAgrees(mesh, camera);
  assert.ok(covered > 11_000, `covered ${covered}`);
  assert.ok(nearBorder < 0.01 * covered, `judged by range: ${nearBorder} of ${covered}`);
});

Deno.test("drawScene() agrees with rays where the principal point and the pixels are not even", () => {
  // A wide crop of a picture whose middle lies outside of it.
  const mesh = sphere(0.9, 24);
  const whole = suiteCamera(framingOf(mesh), { yawDeg: 100, pitchDeg: -20 }, { size: 512 });
  const crop = { ...whole, width: 220, height: 90, cx: -9.3, cy: 101.7, fx: 450, fy: 391 };
  const { covered } = assertAgrees(mesh, crop as Camera);
  assert.ok(covered > 2_000 && covered < 220 * 90, `covered ${covered}`);
});

for (const [id, yawDeg] of [["h04", 20], ["h13", 150]] as const) {
  Deno.test(`drawScene() agrees with rays on every pixel of ${id} at yaw ${yawDeg}`, async () => {
    const mesh = await readFixture(id);
    const camera = suiteCamera(framingOf(mesh), { yawDeg, pitchDeg: 0 }, { size: 512 });
    const { covered, nearBorder } = assertAgrees(mesh, camera);
    assert.ok(covered > 15_000, `covered ${covered}`);
    assert.ok(nearBorder < 0.01 * covered, `judged by range: ${nearBorder} of ${covered}`);
  });
}
