import assert from "node:assert/strict";
import type { Mesh } from "../../core/geometry/mesh.ts";
import { similarityMatrix } from "../../core/geometry/similarity.ts";
import { determinant, fromRows, multiply, transformPoints } from "../../core/geometry/transform.ts";
import { InputError } from "../../core/work/errors.ts";
import { withConstants } from "../../eval/protocols/protocol.ts";
import { SUITE_1 } from "../../eval/protocols/suite_1.ts";
import { preparePrediction, prepareTruth, type ScoreOptions, scorePair } from "../../eval/score.ts";
import {
  blob,
  cube,
  flipped,
  icosphere,
  join,
  meshOf,
  moved,
  shuffled,
} from "../core/geometry/_shapes.ts";

/** `suite-1` with fewer samples and smaller pictures, for speed. */
const QUICK = withConstants(SUITE_1, {
  samples: 4000,
  alignSamples: 1500,
  viewSizePx: 96,
  detailSizePx: 96,
});

const score = (truth: Mesh, prediction: Mesh, options: ScoreOptions = {}) =>
  scorePair(prepareTruth(truth, { subject: "s" }), prediction, { protocol: QUICK, ...options });

const unaligned = { alignments: ["none"] };

const scaled = (mesh: Mesh, factor: number) => moved(mesh, (p) => p.map((v) => factor * v));

/** Distance of the nearest triangle's plane from the centre: how far a sphere's mesh dips. */
function inradius({ positions: p, indices }: Mesh): number {
  let least = Infinity;
  for (let i = 0; i < indices.length; i += 3) {
    const [a, b, c] = [0, 1, 2].map((k) => p.subarray(3 * indices[i + k], 3 * indices[i + k] + 3));
    const u = b.map((v, k) => v - a[k]), w = c.map((v, k) => v - a[k]);
    const n = [u[1] * w[2] - u[2] * w[1], u[2] * w[0] - u[0] * w[2], u[0] * w[1] - u[1] * w[0]];
    least = Math.min(least, Math.abs(n[0] * a[0] + n[1] * a[1] + n[2] * a[2]) / Math.hypot(...n));
  }
  return least;
}

Deno.test("scorePair() of a mesh and itself is 0, under both alignments", async () => {
  for (const mesh of [blob(4), join(blob(3), cube(0.1))]) {
    const { scores, warnings, transforms } = await score(mesh, mesh);
    for (const alignment of ["none", "aligned"]) {
      const found = scores[alignment];
      for (const key of ["p2s_max_cm", "s2p_max_cm", "s2p_all_max_cm", "chamfer_cm"]) {
        assert.ok(found[key]! < 1e-7 * 100, `${key} = ${found[key]}`); // 1e-7 m
      }
      assert.deepEqual([found.f_0p5cm, found.f_1cm, found.f_2cm], [100, 100, 100]);
      assert.ok(Math.abs(found.nc! - 1) < 1e-12 && Math.abs(found.nc_signed! - 1) < 1e-12);
      assert.equal(found.iou, 1);
      assert.ok(found.normal_deg_visible! < 0.01);
    }
    assert.deepEqual(warnings, []);
    assert.ok(Math.abs(transforms.aligned.scale as number - 1) < 1e-9);
  }
});

Deno.test("scorePair() of concentric spheres is R − r, to what tessellation allows", async () => {
  const [r, R] = [0.5, 0.51], errors: number[] = [];
  for (const level of [3, 4, 5]) {
    const dip = 1 - inradius(icosphere(level)); // meshes lie between (1 − dip) radius and radius
    const { scores: { none } } = await score(icosphere(level, R), icosphere(level, r), unaligned);
    for (
      const key of ["p2s_cm", "s2p_cm", "s2p_all_cm", "chamfer_cm", "p2s_max_cm", "s2p_rms_cm"]
    ) {
      const error = Math.abs(none[key]! - 100 * (R - r));
      assert.ok(error <= 100 * dip * R, `${key}: ${error} cm, bound ${100 * dip * R} cm`);
    }
    errors.push(Math.abs(none.chamfer_cm! - 1));
    assert.ok(1 - none.nc! < 2 * dip, `${none.nc}`);
    assert.equal(none.f_2cm, 100);
    assert.equal(none.f_0p5cm, 0);
    assert.equal(none.outer_share, 1);
  }
  // Finer meshes are nearer to spheres: errors fall by four a level.
  assert.ok(errors[2] < errors[0] / 8, `${errors}`);
});

Deno.test("scorePair(): a floater of the scan changes S2P and not P2S", async () => {
  const body = blob(4), prediction = scaled(body, 1.01);
  const far = moved(icosphere(2, 0.05), ([x, y, z]) => [x + 4, y, z]);
  const without = (await score(body, prediction, unaligned)).scores.none;
  const withIt = (await score(join(body, far), prediction, unaligned)).scores.none;
  for (const key of ["p2s_cm", "p2s_median_cm", "p2s_rms_cm", "p2s_p95_cm", "p2s_max_cm"]) {
    assert.equal(withIt[key], without[key], key);
  }
  assert.ok(withIt.s2p_max_cm! > 200 && withIt.s2p_cm! > without.s2p_cm!);
  assert.ok(withIt.chamfer_cm! > without.chamfer_cm!);
});

Deno.test("scorePair(): a floater of the prediction changes P2S and not S2P", async () => {
  const body = blob(4), far = moved(icosphere(2, 0.05), ([x, y, z]) => [x + 4, y, z]);
  const without = (await score(body, scaled(body, 1.01), unaligned)).scores.none;
  const withIt = (await score(body, join(scaled(body, 1.01), far), unaligned)).scores.none;
  for (const key of ["s2p_cm", "s2p_max_cm", "s2p_all_cm"]) assert.equal(withIt[key], without[key]);
  assert.ok(withIt.p2s_max_cm! > 200 && withIt.f_1cm! <= without.f_1cm!);
  assert.deepEqual([without.components, withIt.components], [1, 2]);
});

Deno.test("scorePair() counts hidden sheets in s2p_all and not in s2p", async () => {
  // The scan has a shell 10 cm inside its skin; the prediction is the skin.
  const skin = icosphere(4, 1), scan = join(skin, icosphere(4, 0.9));
  const { none } = (await score(scan, skin, unaligned)).scores;
  assert.ok(none.s2p_max_cm! < 1e-5);
  const share = 0.81 / 1.81; // of the scan's area
  // 4,000 samples of which 45 % are hidden, drawn a little more evenly than by lot (deviation 0.008).
  assert.ok(Math.abs(none.outer_share! - (1 - share)) < 0.02, `${none.outer_share}`);
  assert.ok(Math.abs(none.s2p_all_cm! - 10 * (1 - none.outer_share!)) < 0.02);
  assert.ok(Math.abs(none.chamfer_all_cm! - none.s2p_all_cm! / 2) < 1e-6);
});

Deno.test("scorePair() does not depend on the order of triangles and corners", async () => {
  const scan = join(blob(3), moved(icosphere(2, 0.2), ([x, y, z]) => [x + 0.7, y, z]));
  const prediction = scaled(blob(3, 1), 1.05);
  const before = await score(scan, prediction);
  const after = await score(shuffled(scan, 1), shuffled(prediction, 2));
  for (const alignment of ["none", "aligned"]) {
    for (const [key, value] of Object.entries(before.scores[alignment])) {
      const again = after.scores[alignment][key];
      if (value === null) assert.equal(again, null);
      else assert.ok(Math.abs(again! - value) <= 1e-9 * Math.max(1, Math.abs(value)), key);
    }
  }
});

/** Keys that no rigid motion changes: all but those that look from the sides. */
const SURFACE_KEYS = /^(p2s|s2p|chamfer|f_|nc|outer|watertight|components|genus)/;

Deno.test("scorePair() does not change when both move together", async () => {
  // Coordinates in steps of 2^-12 and a motion that keeps them: no vertex is rounded.
  const steps = (mesh: Mesh) => moved(mesh, (p) => p.map((v) => Math.round(v * 4096) / 4096));
  const scan = steps(join(blob(3), scaled(blob(2), 0.5))),
    prediction = steps(scaled(blob(3, 1), 1.05));
  const move = (mesh: Mesh) => moved(mesh, ([x, y, z]) => [z + 2, x - 1, y + 4]);
  const before = await score(scan, prediction), after = await score(move(scan), move(prediction));
  for (const alignment of ["none", "aligned"]) {
    for (const [key, value] of Object.entries(before.scores[alignment])) {
      if (!SURFACE_KEYS.test(key) || value === null) continue;
      const again = after.scores[alignment][key]!;
      assert.ok(Math.abs(again - value) <= 1e-7 * Math.max(1, Math.abs(value)), `${key} ${again}`);
    }
  }
});

Deno.test("scorePair() changes little when moving both rounds their vertices", async () => {
  const scan = blob(4),
    prediction = scaled(blob(4, 1), 1.05),
    [c, s] = [Math.cos(0.7), Math.sin(0.7)];
  const move = (mesh: Mesh) =>
    moved(mesh, ([x, y, z]) => [c * x + s * z + 0.37, y - 1.3, -s * x + c * z]);
  const before = (await score(scan, prediction)).scores;
  const after = (await score(move(scan), move(prediction))).scores;
  for (const alignment of ["none", "aligned"]) {
    for (const key of ["p2s_cm", "s2p_cm", "chamfer_cm", "nc"]) {
      const [a, b] = [before[alignment][key]!, after[alignment][key]!];
      // A triangle near a border of the curve's cells may change places: some samples shift. (On
      // people, with all samples, the change is 2e-5, a tenth of what another seed makes.)
      assert.ok(Math.abs(a / b - 1) < 2e-3, `${key}: ${a}, ${b}`);
    }
  }
});

Deno.test("scorePair() scales with the surfaces", async () => {
  const scan = blob(3), prediction = blob(3, 1);
  const once = (await score(scan, prediction, unaligned)).scores.none;
  const twice = (await score(scaled(scan, 2), scaled(prediction, 2), unaligned)).scores.none;
  // Rays start 0.2 mm off whatever the size, so only keys without them scale exactly.
  for (const key of ["p2s_cm", "p2s_p95_cm", "s2p_all_cm", "chamfer_all_cm"]) {
    assert.ok(Math.abs(twice[key]! / once[key]! - 2) < 1e-9, key);
  }
  assert.ok(Math.abs(twice.nc! - once.nc!) < 1e-9);
});

Deno.test("scorePair() finds a small similarity again, and records it", async () => {
  const scan = blob(4), half = 4 * Math.PI / 180;
  const by = similarityMatrix({
    scale: 1.08,
    rotation: [Math.cos(half), 0, Math.sin(half), 0],
    shift: [0.05, -0.1, 0.02],
  });
  const prediction = { ...scan, positions: transformPoints(by, scan.positions) };
  const { scores, transforms, warnings } = await score(scan, prediction);
  assert.ok(scores.none.chamfer_cm! > 3);
  assert.ok(scores.aligned.chamfer_cm! < 0.01, `${scores.aligned.chamfer_cm}`);
  assert.ok(scores.aligned.nc! > 0.9999);
  const { matrix, scale, rotationDeg, bounds } = transforms.aligned;
  const rest = multiply(fromRows(matrix!), by);
  const off = rest.map((value, i) => Math.abs(value - (i % 5 === 0 ? 1 : 0)));
  assert.ok(Math.max(...off) < 2e-4, `${off}`);
  assert.ok(Math.abs(scale as number * 1.08 - 1) < 1e-4);
  assert.ok(Math.abs(rotationDeg as number - 8) < 0.01);
  assert.deepEqual(bounds, []);
  assert.deepEqual(warnings.filter((text) => text.includes("bound")), []);
  assert.equal(transforms.none, undefined);
});

Deno.test("scorePair() does not mirror a prediction into place", async () => {
  const scan = blob(4), mirrored = flipped(moved(scan, ([x, y, z]) => [-x, y, z]));
  const { scores, transforms } = await score(scan, mirrored);
  assert.ok(determinant(fromRows(transforms.aligned.matrix!)) > 0);
  assert.ok(scores.aligned.chamfer_cm! > 1, "a mirrored body does not fit");
});

Deno.test("scorePair() says when the alignment reached a bound", async () => {
  const scan = blob(3),
    named = async (prediction: Mesh) =>
      (await score(scan, prediction, { alignments: ["aligned"] })).warnings.join("; ");
  assert.match(await named(scaled(scan, 1.6)), /scale reached its bound \(0.8 to 1.25\)/);
  assert.match(await named(scaled(scan, 0.6)), /scale reached its bound/);
  assert.match(
    await named(moved(scan, ([x, y, z]) => [x + 0.9, y, z])),
    /translation .* \(0.5 m\)/,
  );
  const [c, s] = [Math.cos(0.9), Math.sin(0.9)];
  const turned = moved(scan, ([x, y, z]) => [c * x - s * y, s * x + c * y, z]);
  assert.match(await named(turned), /rotation reached its bound \(30°\)/);
});

Deno.test("scorePair() suspects another unit when sizes are far apart", async () => {
  const { warnings, scores } = await score(blob(2), scaled(blob(2), 100), unaligned);
  assert.match(warnings.join(), /100 times as large as the scan: is it in another unit/);
  assert.ok(scores.none.chamfer_cm! > 1000);
});

Deno.test("scorePair() keeps |nc| and turns nc_signed when the prediction is inside out", async () => {
  const { none } = (await score(icosphere(3), flipped(icosphere(3)), unaligned)).scores;
  assert.ok(Math.abs(none.nc! - 1) < 1e-9 && Math.abs(none.nc_signed! + 1) < 1e-9);
  assert.ok(none.chamfer_cm! < 1e-5);
});

Deno.test("scorePair() gives P2S of the triangles that were seen, where they are labelled", async () => {
  // The prediction: the scan, and a patch 1 m away that is labelled inferred.
  const scan = blob(3), patch = moved(icosphere(1, 0.3), ([x, y, z]) => [x + 3, y, z]);
  const both = join(scan, patch);
  const faceInferred = Uint8Array.from(
    { length: both.indices.length / 3 },
    (_, face) => face < scan.indices.length / 3 ? 0 : 1,
  );
  const { none } = (await score(scan, { ...both, faceInferred }, unaligned)).scores;
  assert.ok(none.p2s_seen_cm! < 1e-5 && none.p2s_cm! > 1);
  assert.equal((await score(scan, both, unaligned)).scores.none.p2s_seen_cm, null);
  const again = shuffled(both, 4);
  const labels = again.original.map((face) => faceInferred[face]);
  const shuffledToo = { ...again, faceInferred: Uint8Array.from(labels) };
  assert.ok((await score(scan, shuffledToo, unaligned)).scores.none.p2s_seen_cm! < 1e-5);
});

Deno.test("scorePair() looks through the input camera when there is one", async () => {
  const camera = {
    projection: "orthographic" as const,
    width: 200,
    height: 100,
    halfWidthM: 4,
    camFromScan: Float64Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, -10, 0, 0, 0, 1),
    yawDeg: 0,
    pitchDeg: 0,
  };
  const mesh = blob(3), withCamera = await score(mesh, mesh, { ...unaligned, camera });
  assert.equal(withCamera.scores.none.normal_deg_input, 0);
  assert.equal((await score(mesh, mesh, unaligned)).scores.none.normal_deg_input, null);
});

Deno.test("scorePair() scores all methods on the same points of the scan, in any company", async () => {
  const truth = prepareTruth(blob(3), { subject: "s" }), options = { protocol: QUICK };
  const first = await scorePair(truth, scaled(blob(3), 1.05), options);
  await scorePair(truth, cube(), options);
  const again = await scorePair(truth, preparePrediction(scaled(blob(3), 1.05), truth), options);
  assert.deepEqual(again, first);
  const alone = await score(blob(3), scaled(blob(3), 1.05));
  assert.deepEqual(alone, first);
  const seed1 = prepareTruth(blob(3), { subject: "s", seed: 1 });
  assert.notDeepEqual(await scorePair(seed1, scaled(blob(3), 1.05), options), first);
});

Deno.test("scorePair() answers for two single triangles 1 cm apart", async () => {
  const triangle = meshOf([[0, 0, 0], [1, 0, 0], [0, 1, 0]], [[0, 1, 2]]);
  const lifted = moved(triangle, ([x, y, z]) => [x, y, z + 0.01]);
  const { none } = (await score(triangle, lifted, unaligned)).scores;
  for (const key of ["p2s_cm", "p2s_max_cm", "s2p_cm", "s2p_all_cm", "chamfer_cm"]) {
    assert.ok(Math.abs(none[key]! - 1) < 1e-6, `${key} = ${none[key]}`); // float32 holds 0.01 to 1e-9
  }
  assert.deepEqual([none.nc, none.outer_share, none.watertight, none.genus], [1, 1, 0, null]);
});

Deno.test("scorePair() ignores triangles without area among others, as points and as normals", async () => {
  const scan = blob(3), needle = meshOf([[9, 0, 0], [9, 1, 0], [9, 2, 0]], [[0, 1, 2]]);
  // On the scan itself they win no tie.
  const [a, b] = [scan.indices[0], scan.indices[1]];
  const indices = Uint32Array.of(a, b, a, ...scan.indices, b, b, b);
  const clean = (await score(scan, scan, unaligned)).scores.none;
  const dirty = await score({ ...scan, indices }, { ...scan, indices }, unaligned);
  assert.deepEqual(dirty.warnings, []);
  assert.equal(dirty.scores.none.nc, clean.nc);
  // Away from it they are part of the surface to measure against: a segment.
  const away = (await score(join(scan, needle), scan, unaligned)).scores.none;
  assert.ok(Math.abs(away.s2p_all_max_cm! - clean.s2p_all_max_cm!) < 1e-5);
});

Deno.test("scorePair() and prepareTruth() refuse by name what cannot be scored", async () => {
  const good = blob(2), nan = moved(good, ([x, y, z]) => [x > 0.5 ? NaN : x, y, z]);
  const cases: [Mesh, RegExp][] = [
    [meshOf([], []), /the prediction has no triangles, expected at least one/],
    [meshOf([[0, 0, 0]], [[0, 0, 1]]), /the prediction has a triangle with vertex 1, expected one/],
    [nan, /the prediction has vertex \d+ at \(NaN, .*\), expected finite coordinates/],
    [meshOf([[0, 0, 0], [1, 0, 0], [2, 0, 0]], [[0, 1, 2]]), /area is 0, expected a positive/],
    [{ ...good, faceInferred: new Uint8Array(3) }, /3 labels, expected one for each of its 320/],
  ];
  for (const [mesh, message] of cases) {
    const refused = (error: unknown) => error instanceof InputError && message.test(error.message);
    await assert.rejects(score(good, mesh, unaligned), refused, String(message));
  }
  assert.throws(() => prepareTruth(nan, { subject: "s" }), /the scan has vertex/);
  await assert.rejects(score(good, good, { alignments: ["procrustes"] }), RangeError);
});
