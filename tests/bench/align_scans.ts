// deno-lint-ignore-file no-console
/**
 * How well `align` finds the bodies of the open people, whose true bodies are known.
 *
 * ```text
 * deno run -A tests/bench/align_scans.ts test|train [none|refine] [only these ids]
 * ```
 */
import { readBodyFile } from "../../body/body_file.ts";
import type { BodyFit } from "../../body/fit.ts";
import { poseBody } from "../../body/forward.ts";
import type { BodyModel } from "../../body/model.ts";
import { transformFit } from "../../body/place.ts";
import { affine, rotationOfAxisAngle } from "../../core/geometry/transform.ts";
import { join } from "../../core/work/path.ts";
import { FIXTURES } from "../../core/work/paths.ts";
import { random } from "../../core/work/random.ts";
import { loadScan } from "../../datasets/load.ts";
import { openDataset } from "../../datasets/open.ts";
import { alignFromFit, alignFromNothing } from "../../inference/align/align_scan.ts";
import { openPoseNetworks } from "../../inference/photo/networks.ts";

const [split = "train", mode = "none", ids = ""] = Deno.args;
const humans = join(FIXTURES, "humans");
const listed = ids !== ""
  ? ids.split(",")
  : (await Deno.readTextFile(join(humans, `${split}.txt`))).trim().split(/\s+/);
const { subjects } = await openDataset(humans);
const model = await readBodyFile(join(humans, "open_body.npz"));
await using networks = await openPoseNetworks();
const errors: [number, number][] = [];
for (const subject of subjects.filter(({ id }) => listed.includes(id))) {
  const { mesh } = await loadScan(subject);
  const truth = subject.fit!.fit, seconds: string[] = [];
  let begun = performance.now();
  const stage = (name: string) => {
    const now = performance.now();
    if (seconds.length > 0) seconds.push(`${((now - begun) / 1000).toFixed(1)}`);
    seconds.push(name);
    begun = now;
  };
  const result = mode === "refine"
    ? alignFromFit(mesh, { model, fit: perturbed(model, truth, subject.id) }, { stage })
    : await alignFromNothing(mesh, model, { networks, upright: subject.upright, stage });
  stage("");
  if (result === undefined) {
    console.log(`${subject.id}  nobody found`);
    continue;
  }
  const [medianM, mpjpeM, meanM] = errorsOf(model, truth, result.fit);
  errors.push([medianM, mpjpeM]);
  console.log(
    `${subject.id}  ${mode}  vertices ${mm(medianM)} (mean ${mm(meanM)}), joints ${mm(mpjpeM)}  ` +
      `misfit ${result.measure.misfit.toFixed(3)}, outside ${
        (100 * result.measure.outsideShare).toFixed(1)
      } %` +
      (result.person === undefined
        ? ""
        : `, ${result.person.agreed} of ${result.person.pictures} pictures`) +
      `  ${seconds.join(" ")}`,
  );
}
const share = (k: 0 | 1, limit: number) => errors.filter((e) => e[k] <= limit).length;
console.log(
  `${errors.length}: vertices ≤ 15 mm ${share(0, 0.015)}, ≤ 8 mm ${share(0, 0.008)}, ` +
    `joints ≤ 20 mm ${share(1, 0.02)}, ≤ 8 mm ${share(1, 0.008)}`,
);

function mm(metres: number): string {
  return `${(1000 * metres).toFixed(1)} mm`;
}

/** Median and mean distance of vertices, mean distance of joints. */
function errorsOf(model: BodyModel, truth: BodyFit, found: BodyFit): [number, number, number] {
  const a = poseBody(model, truth), b = poseBody(model, found);
  const gaps = (p: Float64Array, q: Float64Array) =>
    Float64Array.from(
      { length: p.length / 3 },
      (_, i) => Math.hypot(...[0, 1, 2].map((k) => p[3 * i + k] - q[3 * i + k])),
    ).sort();
  const vertices = gaps(a.vertices, b.vertices), joints = gaps(a.joints, b.joints);
  const mean = (values: Float64Array) => values.reduce((sum, v) => sum + v, 0) / values.length;
  return [vertices[vertices.length >> 1], mean(joints), mean(vertices)];
}

/** 10 cm, 15° and betas ± 2, in seeded directions. */
function perturbed(model: BodyModel, fit: BodyFit, id: string): BodyFit {
  const draw = random(1, "perturb", id);
  const direction = () => {
    const v = [draw.normal(), draw.normal(), draw.normal()], length = Math.hypot(...v);
    return v.map((x) => x / length);
  };
  const axis = direction().map((x) => x * 15 * Math.PI / 180), shift = direction();
  const turn = rotationOfAxisAngle(axis[0], axis[1], axis[2]);
  const { joints: [x, y, z] } = poseBody(model, fit);
  const pelvis = [x, y, z];
  // About the pelvis, so that the fit is 10 cm off and no more.
  const t = pelvis.map((v, r) =>
    v - [0, 1, 2].reduce((sum, k) => sum + turn[3 * r + k] * pelvis[k], 0) + 0.1 * shift[r]
  );
  const moved = transformFit(model, fit, affine(turn, t));
  return { ...moved, betas: moved.betas.map((b) => b + (draw.float() < 0.5 ? -2 : 2)) };
}
