import assert from "node:assert/strict";
import type { Mesh } from "../../../core/geometry/mesh.ts";
import { protocolRecord, withConstants } from "../../../eval/protocols/protocol.ts";
import { SUITE_VOLUME_1 } from "../../../eval/protocols/suite_volume_1.ts";
import { describeKey } from "../../../eval/keys.ts";
import { prepareTruth, scorePair } from "../../../eval/score.ts";
import {
  blob,
  cube,
  flipped,
  icosphere,
  join,
  meshOf,
  moved,
} from "../../core/geometry/_shapes.ts";

const QUICK = withConstants(SUITE_VOLUME_1, { samples: 8000, alignSamples: 500 });

async function score(prediction: Mesh, scan: Mesh, seed = 0, alignments = ["none"]) {
  const truth = prepareTruth(scan, { subject: "s", seed });
  return await scorePair(truth, prediction, { protocol: QUICK, alignments });
}
const near = (found: number | null, wanted: number, tolerance: number) =>
  assert.ok(Math.abs(found! - wanted) <= tolerance, `${found}, expected ${wanted}`);
const along = (mesh: Mesh, by: number) => moved(mesh, ([x, y, z]) => [x + by, y, z]);

Deno.test("suite-volume-1 has these constants", () => {
  // Changing one of these is another protocol, not an edit here.
  assert.deepEqual(protocolRecord(SUITE_VOLUME_1), {
    id: "suite-volume-1",
    version: "1",
    labels: { IoU: "volume_iou", "Self-intersections": "self_intersections" },
    rank: { alignment: "aligned", key: "volume_iou" },
    quirks: [...SUITE_VOLUME_1.quirks!],
    samples: 262144,
    windingReach: 2,
    alignSamples: 20000,
    alignKeep: 0.9,
    alignMaxIterations: 50,
    alignStopM: 1e-6,
    alignSparse: 8,
    alignMinScale: 0.8,
    alignMaxScale: 1.25,
    alignMaxRotationDeg: 30,
    alignMaxTranslationM: 0.5,
  });
});

Deno.test("suite-volume-1 of cubes that overlap by half: IoU 1/3, precision and recall 1/2", async () => {
  const { scores: { none }, warnings } = await score(along(cube(), 1), cube());
  near(none.volume_iou, 1 / 3, 0.01);
  near(none.volume_precision, 0.5, 0.01);
  near(none.volume_recall, 0.5, 0.01);
  near(none.volume_ratio, 1, 0.02);
  near(none.volume_iou_solids, 1 / 3, 1e-6);
  assert.deepEqual(warnings, []);
});

Deno.test("suite-volume-1 of spheres: the cube of the ratio of radii", async () => {
  const { scores: { none } } = await score(icosphere(3, 0.8), icosphere(3));
  near(none.volume_iou, 0.512, 0.01);
  near(none.volume_iou_solids, 0.512, 1e-5);
  near(none.volume_precision, 1, 0);
  near(none.volume_recall, 0.512, 0.01);
});

Deno.test("suite-volume-1 aligns: a moved copy fills its scan again", async () => {
  const scan = blob(3), small = moved(scan, (p) => p.map((v, k) => 0.9 * v + [0.1, 0, 0.05][k]));
  const { scores: { none, aligned }, transforms } = await score(small, scan, 0, [
    "none",
    "aligned",
  ]);
  assert.ok(none.volume_iou! < 0.8);
  near(aligned.volume_iou, 1, 0.01);
  near(aligned.volume_iou_solids, 1, 1e-3);
  near((transforms.aligned as { scale: number }).scale, 1 / 0.9, 1e-3);
});

Deno.test("suite-volume-1 scores open and inside-out surfaces by winding numbers, and says so", async () => {
  const sphere = icosphere(3);
  const turned = await score(flipped(sphere), sphere);
  near(turned.scores.none.volume_iou, 1, 0);
  assert.equal(turned.scores.none.volume_iou_solids, null);
  assert.ok(
    turned.warnings.includes(
      "none: the prediction is inside out: it was taken the other way round",
    ),
  );
  assert.ok(
    turned.warnings.includes("none: no volume_iou_solids: the prediction is inside out or empty"),
  );

  const holed = { positions: sphere.positions, indices: sphere.indices.slice(3 * 5) };
  const open = await score(holed, sphere);
  near(open.scores.none.volume_iou, 1, 0.02);
  assert.equal(open.scores.none.watertight, 0);
  assert.ok(open.scores.none.boundary_edges! > 0 && open.scores.none.genus === null);

  const half = {
    positions: sphere.positions,
    indices: sphere.indices.filter((_, i, all) =>
      [0, 1, 2].every((k) => sphere.positions[3 * all[i - i % 3 + k] + 1] <= 0)
    ),
  };
  const bowl = await score(half, sphere);
  assert.ok(bowl.scores.none.winding_unclear_percent! > 10);
  assert.ok(
    bowl.warnings.some((text) => /none: the prediction is open: \d+ % of its points/.test(text)),
  );
});

Deno.test("suite-volume-1 has no overlap of what encloses nothing", async () => {
  const sheet = meshOf([[0, 0, 0], [1, 0, 0], [0, 1, 0], [1, 1, 0]], [[0, 1, 2], [1, 3, 2]]);
  const { scores: { none }, warnings } = await score(sheet, sheet);
  assert.equal(none.volume_iou, null);
  assert.equal(none.volume_recall, null);
  assert.ok(warnings.includes("none: neither encloses a point"));
});

Deno.test("suite-volume-1 counts self-intersections of the prediction", async () => {
  const sphere = icosphere(2);
  const two = join(sphere, along(sphere, 0.7));
  const { scores: { none } } = await score(two, sphere);
  assert.ok(none.self_intersections! > 10 && none.self_intersecting_percent! < 50);
  assert.equal(none.components, 2);
  assert.equal((await score(sphere, two)).scores.none.self_intersections, 0);
});

Deno.test("suite-volume-1 agrees with the booleans within its own noise, over seeds", async () => {
  const found: number[] = [];
  let solids = 0;
  for (let seed = 0; seed < 10; seed++) {
    const { scores: { none } } = await score(blob(3, 1), blob(3), seed);
    found.push(none.volume_iou!);
    solids = none.volume_iou_solids!;
  }
  const mean = found.reduce((sum, value) => sum + value, 0) / found.length;
  const sd = Math.sqrt(found.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (found.length - 1));
  assert.ok(sd < 0.01, `standard deviation ${sd}`);
  near(mean, solids, 4 * sd / Math.sqrt(found.length));
});

Deno.test("suite-volume-1 has a formula and a meaning for every key it gives", async () => {
  const { scores } = await score(cube(), cube());
  const documented = Object.keys(SUITE_VOLUME_1.formulas).flatMap((keys) => keys.split(", "));
  for (const found of Object.values(scores)) {
    assert.deepEqual(Object.keys(found).sort(), documented.toSorted());
  }
  for (const key of documented.filter((key) => /^(volume|winding|self)_/.test(key))) {
    assert.notEqual(describeKey(key).text, "", key);
  }
  assert.deepEqual(Object.keys(SUITE_VOLUME_1.notes), Object.keys(SUITE_VOLUME_1.constants));
});
