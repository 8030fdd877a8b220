import assert from "node:assert/strict";
import fc from "fast-check";
import { readBodyFile } from "../../body/body_file.ts";
import type { BodyFit } from "../../body/fit.ts";
import { poseBody } from "../../body/forward.ts";
import { canonicalFit, canonicalFromScan, transformFit } from "../../body/place.ts";
import { reposePoints, unposePoints, vertexMotion } from "../../body/unpose.ts";
import { affine, rotationOfAxisAngle, transformPoints } from "../../core/geometry/transform.ts";
import { random } from "../../core/work/random.ts";

const HUMANS = new URL("../../fixtures/humans/", import.meta.url);
const model = await readBodyFile(new URL("open_body.npz", HUMANS).pathname);

async function figure(id: string): Promise<BodyFit> {
  const json = JSON.parse(await Deno.readTextFile(new URL(`subjects/${id}.json`, HUMANS)));
  const { betas, pose, transl, scale } = json.body;
  return {
    kind: "smpl",
    betas: Float64Array.from(betas),
    globalOrient: Float64Array.from(pose[0]),
    bodyPose: Float64Array.from(pose.slice(1).flat()),
    transl: Float64Array.from(transl),
    scale,
  };
}

/** A fit in general position, in a scan of its own unit. */
const turned: BodyFit = {
  ...await figure("h16"),
  globalOrient: Float64Array.of(0.7, -1.1, 0.4),
  transl: Float64Array.of(0.3, -1.2, 2),
  scale: 0.416,
};

function worst(a: ArrayLike<number>, b: ArrayLike<number>): number {
  assert.equal(a.length, b.length);
  let most = 0;
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs(a[i] - b[i]));
  return most;
}

Deno.test("transformFit() moves the posed body as the map moves points, for any similarity", () => {
  const number = fc.double({ min: -2, max: 2, noNaN: true });
  fc.assert(
    fc.property(
      fc.tuple(number, number, number),
      fc.tuple(number, number, number),
      fc.double({ min: 0.1, max: 10, noNaN: true }),
      fc.constantFrom("model" as const, "pelvis" as const),
      ([x, y, z], shift, scale, origin) => {
        const map = affine(rotationOfAxisAngle(x, y, z).map((v) => v * scale), shift);
        const fit: BodyFit = { ...turned, origin };
        const moved = poseBody(model, transformFit(model, fit, map)).vertices;
        assert.ok(
          worst(moved, transformPoints(map, poseBody(model, fit).vertices)) < 1e-9 * (1 + scale),
        );
      },
    ),
    { numRuns: 8, seed: 9 },
  );
});

Deno.test("transformFit() refuses maps that mirror or flatten", () => {
  const mirror = affine([-1, 0, 0, 0, 1, 0, 0, 0, 1], [0, 0, 0]);
  assert.throws(() => transformFit(model, turned, mirror), /determinant is -1, expected above 0/);
  assert.throws(() => transformFit(model, turned, new Float64Array(16)), RangeError);
});

Deno.test("canonicalFromScan() puts the pelvis at the origin, upright, in metres", () => {
  for (const origin of ["model", "pelvis"] as const) {
    const fit: BodyFit = { ...turned, origin };
    const map = canonicalFromScan(model, fit);
    const posed = poseBody(model, fit);
    const canonical = transformPoints(map, posed.vertices),
      joints = transformPoints(map, posed.joints);
    assert.ok(worst(joints.subarray(0, 3), [0, 0, 0]) < 1e-12);
    assert.ok(worst(canonical, poseBody(model, canonicalFit(fit)).vertices) < 1e-9);
  }
});

// SiTH's tools/align_thuman.py in its own words: R⁻¹((v − translation) / scale − J0).
Deno.test("canonicalFromScan() is SiTH's alignment", () => {
  const rest = poseBody(model, {
    ...turned,
    globalOrient: new Float64Array(3),
    transl: new Float64Array(3),
    scale: 1,
  });
  const [x, y, z] = turned.globalOrient;
  const undo = affine(rotationOfAxisAngle(-x, -y, -z), [0, 0, 0]);
  const points = poseBody(model, turned).vertices.subarray(0, 3000);
  const sith = transformPoints(
    undo,
    points.map((v, i) => (v - turned.transl[i % 3]) / turned.scale - rest.joints[i % 3]),
  );
  assert.ok(worst(transformPoints(canonicalFromScan(model, turned), points), sith) < 1e-12);
});

const every = Uint32Array.from({ length: model.template.length / 3 }, (_, v) => v);

Deno.test("unposePoints() takes the body's own vertices back to its rest shape", async () => {
  for (const fit of [turned, await figure("h13")]) {
    const posed = poseBody(model, fit);
    const { rest, lost } = unposePoints(vertexMotion(model, fit), {
      points: posed.vertices,
      vertex: every,
    });
    assert.equal(lost, 0);
    assert.ok(worst(rest, posed.restVertices) < 1e-9);
  }
});

Deno.test("reposePoints() undoes unposePoints(), also off the surface", () => {
  const draw = random(2, "cloth"), motion = vertexMotion(model, turned);
  const vertices = poseBody(model, turned).vertices;
  const points = vertices.map((v) => v + 0.02 * turned.scale * draw.normal());
  const { rest } = unposePoints(motion, { points, vertex: every });
  const back = reposePoints(motion, { points: rest, vertex: every });
  assert.ok(worst(back, points) < 1e-9);
});

Deno.test("reposePoints() takes the rest shape to the body of any other fit", async () => {
  const from = vertexMotion(model, turned);
  const other: BodyFit = { ...await figure("h17"), betas: turned.betas };
  const { rest } = unposePoints(from, { points: poseBody(model, turned).vertices, vertex: every });
  const moved = reposePoints(vertexMotion(model, other), { points: rest, vertex: every });
  assert.ok(worst(moved, poseBody(model, other).vertices) < 1e-6); // weights sum to 1 within 1e-7
});

Deno.test("unposePoints() says how many points cannot be taken back", () => {
  // A knee turned by 180° about the bone: vertices half on either side are squeezed flat.
  const bodyPose = new Float64Array(69);
  bodyPose[3 * 3 + 1] = Math.PI;
  const fit: BodyFit = { ...turned, bodyPose };
  const points = poseBody(model, fit).vertices;
  const { rest, lost } = unposePoints(vertexMotion(model, fit), { points, vertex: every });
  assert.ok(lost > 0 && lost < 500, `${lost}`);
  assert.equal(rest.filter(Number.isNaN).length, 3 * lost);
});
