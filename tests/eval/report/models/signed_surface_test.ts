import assert from "node:assert/strict";
import fc from "fast-check";
import { distanceSummary, PERCENTILES } from "../../../../eval/report/models/distance_summary.ts";
import { SignedSurface } from "../../../../eval/report/models/signed_surface.ts";
import { cube, icosphere } from "../../../core/geometry/_shapes.ts";

Deno.test("SignedSurface is positive outside and negative inside a cube, at corners and edges too", () => {
  using surface = new SignedSurface(cube(0.5));
  const inside = (p: number[]) => Math.max(...p.map((v) => Math.abs(v))) - 0.5;
  fc.assert(fc.property(
    fc.tuple(...Array.from({ length: 3 }, () => fc.double({ min: -1.5, max: 1.5, noNaN: true }))),
    (point) => {
      const depth = inside(point);
      fc.pre(Math.abs(depth) > 1e-3);
      const [d] = surface.distances(Float64Array.from(point));
      // Exact distance: to the nearest face inside, past faces, edges and corners outside.
      const wanted = depth < 0
        ? depth
        : Math.hypot(...point.map((v) => Math.max(0, Math.abs(v) - 0.5)));
      assert.ok(Math.abs(d - wanted) < 1e-6, `${d}, wanted ${wanted}`);
    },
  ));
});

Deno.test("distanceSummary() puts a sphere 10 mm larger into the bin at +10 mm", () => {
  const scan = icosphere(5, 0.5);
  const larger = { ...scan, positions: scan.positions.map((v) => 1.02 * v) };
  using surface = new SignedSurface(scan);
  const { p2s, s2p, percentilesMm } = distanceSummary(larger, { scan, surface, subject: "s" });
  const total = p2s.reduce((sum, n) => sum + n, 0);
  // Bin 0 is below −60 mm; +9 … +11 mm are bins 1 + 60 + 9 and the next.
  assert.ok(p2s[70] + p2s[71] > 0.999 * total);
  assert.ok(s2p[9] + s2p[10] > 0.999 * total);
  for (const direction of [percentilesMm.p2s, percentilesMm.s2p]) {
    assert.equal(direction.length, PERCENTILES.length);
    for (const mm of direction) assert.ok(Math.abs(mm - 10) < 0.1, `${mm} mm`);
  }
});

Deno.test("distanceSummary() counts what lies beyond its bins", () => {
  const scan = icosphere(3, 0.5), far = { ...scan, positions: scan.positions.map((v) => 1.4 * v) };
  using surface = new SignedSurface(scan);
  const { p2s, s2p } = distanceSummary(far, { scan, surface, subject: "s" });
  assert.equal(p2s.at(-1), p2s.reduce((sum, n) => sum + n, 0));
  assert.equal(s2p.at(-1), s2p.reduce((sum, n) => sum + n, 0));
});
