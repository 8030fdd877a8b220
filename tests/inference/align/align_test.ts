import assert from "node:assert/strict";
import { poseBody } from "../../../body/forward.ts";
import { transformFit } from "../../../body/place.ts";
import type { BodyFit } from "../../../body/fit.ts";
import { readBodyFile } from "../../../body/body_file.ts";
import { measureFit } from "../../../body/solve/measure.ts";
import { scanTarget } from "../../../body/solve/scan_target.ts";
import { isOpenBody } from "../../../body/open_body.ts";
import { applySimilarity, fitSimilarity } from "../../../core/geometry/similarity.ts";
import {
  affine,
  type Matrix4,
  multiply,
  rotationX,
  rotationY,
  transformPoints,
  translation,
} from "../../../core/geometry/transform.ts";
import { FIXTURES } from "../../../core/work/paths.ts";
import { loadScan } from "../../../datasets/load.ts";
import { openDataset } from "../../../datasets/open.ts";
import { framingOf, suiteCamera } from "../../../render/cameras.ts";
import { cpuBackend } from "../../../render/cpu/cpu_backend.ts";
import { alignPhoto } from "../../../inference/align/align_photo.ts";
import { alignFromFit, alignFromNothing } from "../../../inference/align/align_scan.ts";
import { judgeFit } from "../../../inference/align/judge.ts";
import { drawOverlay } from "../../../inference/align/picture.ts";
import { pictureOf } from "../../../inference/baselines/body_photo.ts";
import { openPoseNetworks } from "../../../inference/photo/networks.ts";

/** A waving woman of the train split. The benchmarks of `tests/bench` measure everybody. */
const { subjects } = await openDataset(`${FIXTURES}/humans`);
const subject = subjects.find(({ id }) => id === "h10")!;
const { mesh } = await loadScan(subject);
const model = await readBodyFile(`${FIXTURES}/humans/open_body.npz`);
const truth = subject.fit!.fit;

const jointsOf = (fit: BodyFit) => poseBody(model, fit).joints;

function medianApart(a: BodyFit, b: BodyFit): number {
  const p = poseBody(model, a).vertices, q = poseBody(model, b).vertices;
  return Float64Array.from(
    { length: p.length / 3 },
    (_, i) => Math.hypot(...[0, 1, 2].map((k) => p[3 * i + k] - q[3 * i + k])),
  ).sort()[p.length / 6 | 0];
}

function meanApart(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i += 3) {
    sum += Math.hypot(a[i] - b[i], a[i + 1] - b[i + 1], a[i + 2] - b[i + 2]);
  }
  return sum / (a.length / 3);
}

Deno.test("alignFromNothing() finds the body of a scan that lies anywhere", async () => {
  const map: Matrix4 = multiply(
    translation(0.4, -0.8, 1.5),
    multiply(rotationX(-Math.PI / 2), rotationY(2)),
  );
  const moved = { ...mesh, positions: transformPoints(map, mesh.positions) };
  await using networks = await openPoseNetworks();
  const found = await alignFromNothing(moved, model, { networks });
  assert.ok(found !== undefined, "nobody was found");
  const wanted = transformFit(model, truth, map);
  // 5.6 mm and 5.4 mm were measured upright; 15 and 20 mm are what is asked for.
  const vertexM = medianApart(found.fit, wanted);
  const jointM = meanApart(jointsOf(found.fit), jointsOf(wanted));
  assert.ok(vertexM < 0.015 && jointM < 0.02, `vertices ${vertexM} m, joints ${jointM} m off`);
  assert.equal(judgeFit(found.measure).verdict, "good");
});

Deno.test("alignFromFit() refines a fit that is 10 cm and 15° off, of another shape", () => {
  const [x, y, z] = jointsOf(truth), turn = rotationY(15 * Math.PI / 180);
  const about = multiply(
    translation(x + 0.06, y - 0.05, z + 0.06),
    multiply(turn, translation(-x, -y, -z)),
  );
  const off = transformFit(model, truth, about);
  const betas = off.betas.map((b, i) => b + (i % 2 === 0 ? 2 : -2));
  const { fit, measure } = alignFromFit(mesh, { model, fit: { ...off, betas } });
  const vertexM = medianApart(fit, truth);
  assert.ok(vertexM < 0.008, `vertices ${vertexM} m off`);
  assert.equal(judgeFit(measure).verdict, "good");
});

Deno.test("judgeFit() calls a body beside its scan, and one that faces away, bad", () => {
  const target = scanTarget(mesh, { samples: 3000 });
  using _tree = target.tree;
  const [x, y, z] = jointsOf(truth);
  const away = multiply(
    translation(x, y, z),
    multiply(rotationY(Math.PI), translation(-x, -y, -z)),
  );
  for (const map of [translation(0.08, 0, 0), away]) {
    const posed = poseBody(model, transformFit(model, truth, map));
    const { verdict, reasons } = judgeFit(measureFit({ model, posed }, target));
    assert.equal(verdict, "bad");
    assert.ok(reasons.length > 0);
  }
});

Deno.test("alignPhoto() finds the pose in one view, from the picture alone", async () => {
  assert.ok(isOpenBody(model));
  const backend = cpuBackend(), scene = await backend.prepare(mesh);
  const camera = suiteCamera(framingOf(mesh), { yawDeg: 0, pitchDeg: 0 }, { size: 512 });
  const maps = await backend.draw(scene, camera, { maps: ["color", "mask"] });
  const none = () => {
    throw new RangeError("truth was asked for");
  };
  const picture = await pictureOf({
    subject: "h10",
    view: "y000",
    camera: { camera, subjectDistanceM: -camera.camFromScan[11] },
    color: () => Promise.resolve({ data: maps.color!, channels: 4 as const }),
    mask: () => Promise.resolve({ width: 512, height: 512, data: maps.mask! }),
    keypoints: none,
  });
  const { fit } = alignPhoto(model, picture);
  const a = jointsOf(fit), b = jointsOf(truth), similarity = fitSimilarity(a, b);
  const laid = Array.from(
    { length: 24 },
    (_, j) => applySimilarity(similarity, a.subarray(3 * j, 3 * j + 3)),
  ).flat();
  const pa = meanApart(laid, b);
  // 54 mm was measured at 1024².
  assert.ok(pa < 0.08, `joints are ${pa} m off after Procrustes`);
});

Deno.test("drawOverlay() shows lines of a body inside its scan, and red ones of one beside it", async () => {
  const count = async (fit: BodyFit, [r, , b]: readonly number[]) => {
    const { data } = await drawOverlay(mesh, { model, posed: poseBody(model, fit) }, {
      heightPx: 160,
      yawsDeg: [0],
    });
    let found = 0;
    for (let i = 0; i < data.length; i += 3) {
      if (
        Math.sign(data[i] - data[i + 2]) === Math.sign(r - b) &&
        Math.abs(data[i] - data[i + 2]) > 60
      ) {
        found++;
      }
    }
    return found;
  };
  const blue = [0, 110, 255], red = [255, 60, 0];
  const within = await count(truth, blue), inRed = await count(truth, red);
  assert.ok(within > 300 && inRed < 0.1 * within, `${within} blue, ${inRed} red`);
  const beside = transformFit(model, truth, affine([1, 0, 0, 0, 1, 0, 0, 0, 1], [0.3, 0, 0]));
  assert.ok(await count(beside, red) > 200);
});
