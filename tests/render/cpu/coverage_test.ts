/** Which pixels a triangle covers: the top-left rule, exactly. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Mesh } from "../../../core/geometry/mesh.ts";
import { translation } from "../../../core/geometry/transform.ts";
import { drawScene } from "../../../render/cpu/draw.ts";
import { pixelGrid } from "../../../render/cpu/pixel_grid.ts";
import { prepareScene } from "../../../render/cpu/scene.ts";
import { meshOf, pinhole, pixelCamera, square } from "../_shapes.ts";

const SIZE = 32;
/** Ten metres before the mesh; one pixel a metre. */
const camera = pixelCamera(SIZE, translation(0, 0, -10));

/** Corners in pixels from the top left, y down. */
type Corners = readonly (readonly [number, number])[];

function onPicture(corners: Corners): Mesh {
  const half = SIZE / 2;
  return meshOf(
    corners.flatMap(([x, y]) => [x - half, half - y, 0]),
    Array.from({ length: corners.length }, (_, i) => i),
  );
}

function maskOf(mesh: Mesh): boolean[] {
  const { mask } = drawScene(prepareScene(mesh), camera, { maps: ["mask"] });
  return Array.from(mask!, (value) => value === 255);
}

/** The top-left rule on whole numbers: corners and centres in units of 1/`per` px. */
function exactMask(corners: Corners, per: number): boolean[] {
  const unit = BigInt(2 * per); // pixel centres are whole too
  let points = corners.map(([x, y]) => [BigInt(2 * per * x), BigInt(2 * per * y)] as const);
  const edge = (
    [ax, ay]: readonly [bigint, bigint],
    [bx, by]: readonly [bigint, bigint],
    [x, y]: readonly [bigint, bigint],
  ) => (bx - ax) * (y - ay) - (by - ay) * (x - ax);
  const area = edge(points[0], points[1], points[2]);
  if (area < 0n) points = [points[0], points[2], points[1]];
  return Array.from({ length: SIZE * SIZE }, (_, at) => {
    const centre = [
      BigInt(at % SIZE) * unit + unit / 2n,
      BigInt(Math.floor(at / SIZE)) * unit + unit / 2n,
    ] as const;
    return area !== 0n && [0, 1, 2].every((k) => {
      const a = points[k], b = points[(k + 1) % 3];
      const value = edge(a, b, centre);
      const isTop = a[1] === b[1] && b[0] > a[0], isLeft = b[1] < a[1];
      return value > 0n || (value === 0n && (isTop || isLeft));
    });
  });
}

Deno.test("drawScene() covers exactly what the top-left rule says, centres on edges included", () => {
  // Corners on halves and quarters of pixels, inside and outside of the picture: many pixel centres
  // lie exactly on an edge or a corner.
  const coordinate = fc.integer({ min: -40, max: 4 * SIZE + 40 }).map((n) => n / 4);
  const corner = fc.tuple(coordinate, coordinate);
  fc.assert(
    fc.property(fc.tuple(corner, corner, corner), (corners) => {
      assert.deepEqual(maskOf(onPicture(corners)), exactMask(corners, 4));
    }),
    { numRuns: 2000, seed: 1 },
  );
});

Deno.test("drawScene() covers exactly what the rule says of the snapped triangle", () => {
  const { subpixels } = pixelGrid(SIZE, SIZE);
  const coordinate = fc.double({ min: -3, max: SIZE + 3, noNaN: true }).map(Math.fround);
  const corner = fc.tuple(coordinate, coordinate);
  fc.assert(
    fc.property(fc.tuple(corner, corner, corner), (corners) => {
      const mesh = onPicture(corners);
      const snapped = corners.map((_, k) => {
        const x = mesh.positions[3 * k], y = mesh.positions[3 * k + 1];
        const snap = (value: number) => Math.floor(value * subpixels + 0.5) / subpixels + SIZE / 2;
        return [snap(x), snap(-y)] as const;
      });
      assert.deepEqual(maskOf(mesh), exactMask(snapped, subpixels));
    }),
    { numRuns: 1000, seed: 2 },
  );
});

Deno.test("drawScene() covers each pixel of a cut-up polygon exactly once", () => {
  // A square larger than the picture, cut into triangles at random points: no pixel is missed and
  // none is hit twice, on whatever edge its centre lies.
  const inner = fc.tuple(
    fc.oneof(
      fc.integer({ min: 1, max: 2 * SIZE - 1 }).map((n) => n / 2),
      fc.double({ min: 0.1, max: 31.9, noNaN: true }),
    ),
    fc.oneof(
      fc.integer({ min: 1, max: 2 * SIZE - 1 }).map((n) => n / 2),
      fc.double({ min: 0.1, max: 31.9, noNaN: true }),
    ),
  );
  fc.assert(
    fc.property(fc.array(inner, { minLength: 1, maxLength: 12 }), (points) => {
      const outer: Corners = [[-5, -5], [37, -5], [37, 37], [-5, 37]];
      let triangles: Corners[] = [[outer[0], outer[1], outer[2]], [outer[0], outer[2], outer[3]]];
      for (const point of points) {
        // The triangle about the point becomes three; points on an edge of one are left out.
        const home = triangles.findIndex((corners) => contains(corners, point));
        if (home < 0) continue;
        const [a, b, c] = triangles[home];
        triangles = [...triangles.slice(0, home), ...triangles.slice(home + 1)];
        triangles.push([a, b, point], [b, c, point], [c, a, point]);
      }
      const hits = new Array(SIZE * SIZE).fill(0);
      for (const corners of triangles) {
        maskOf(onPicture(corners)).forEach((covered, at) => hits[at] += covered ? 1 : 0);
      }
      assert.ok(hits.every((count) => count === 1), `hits ${[...new Set(hits)]}`);
    }),
    { numRuns: 300, seed: 3 },
  );
});

function contains([a, b, c]: Corners, [x, y]: readonly [number, number]): boolean {
  const side = (p: readonly [number, number], q: readonly [number, number]) =>
    (q[0] - p[0]) * (y - p[1]) - (q[1] - p[1]) * (x - p[0]);
  return side(a, b) > 0 && side(b, c) > 0 && side(c, a) > 0;
}

Deno.test("drawScene() leaves no pinhole and no double hit in a fan seen in perspective", () => {
  // A tilted disc of many slivers that meet in one point; every ray of the picture meets it.
  const spokes = 301;
  const rim = Array.from({ length: spokes }, (_, k) => {
    const angle = 2 * Math.PI * k / spokes;
    return [40 * Math.cos(angle), 40 * Math.sin(angle), -10 + 3 * Math.cos(angle)];
  });
  const hits = new Uint8Array(64 * 64);
  for (let k = 0; k < spokes; k++) {
    const mesh = meshOf([0.3, 0.2, -10, ...rim[k], ...rim[(k + 1) % spokes]], [0, 1, 2]);
    const { mask } = drawScene(prepareScene(mesh), pinhole(64), { maps: ["mask"] });
    mask!.forEach((value, at) => hits[at] += value / 255);
  }
  assert.ok(hits.every((count) => count === 1), `hits ${[...new Set(hits)]}`);
});

Deno.test("drawScene() draws both windings and nothing of a triangle without area", () => {
  const corners: Corners = [[2, 3], [20, 5], [9, 28]];
  const forwards = maskOf(onPicture(corners)), backwards = maskOf(onPicture(corners.toReversed()));
  assert.deepEqual(forwards, backwards);
  assert.ok(forwards.some(Boolean));
  assert.ok(!maskOf(onPicture([[2, 3], [10, 7], [18, 11]])).some(Boolean));
});

Deno.test("pixelGrid() is as fine as the picture allows, 1/256 px at least", () => {
  assert.equal(pixelGrid(2048, 2048).subpixels, 2 ** 14);
  assert.equal(pixelGrid(100, 16384).subpixels, 2 ** 11);
  assert.equal(pixelGrid(131072, 1).subpixels, 256);
  assert.throws(() => pixelGrid(131073, 1), RangeError);
  assert.throws(() => pixelGrid(0, 4), RangeError);
  assert.throws(() => pixelGrid(4.5, 4), RangeError);
});

Deno.test("drawScene() covers the whole of a picture that its square exceeds a millionfold", () => {
  // Far beyond the guard band on all sides.
  const { mask, depth } = drawScene(prepareScene(square(3e7, -10)), pixelCamera(64), {
    maps: ["mask", "depth"],
  });
  assert.ok(mask!.every((value) => value === 255));
  assert.ok(depth!.every((value) => value === 10));
});
