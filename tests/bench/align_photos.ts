// deno-lint-ignore-file no-console
/**
 * How well `body-photo` poses the open people from one rendered view: joints after Procrustes.
 *
 * ```text
 * deno run -A tests/bench/align_photos.ts test|train VIEWS [view, as y000] [only these ids]
 * ```
 */
import { readBodyFile } from "../../body/body_file.ts";
import { poseBody } from "../../body/forward.ts";
import { applySimilarity, fitSimilarity } from "../../core/geometry/similarity.ts";
import { join } from "../../core/work/path.ts";
import { FIXTURES } from "../../core/work/paths.ts";
import { alignPhoto } from "../../inference/align/align_photo.ts";
import { pictureOf } from "../../inference/baselines/body_photo.ts";
import { openView } from "../../inference/view_input.ts";

const [split, root, view = "y000", ids = ""] = Deno.args;
const humans = join(FIXTURES, "humans");
const listed = ids !== ""
  ? ids.split(",")
  : (await Deno.readTextFile(join(humans, `${split}.txt`))).trim().split(/\s+/);
const model = await readBodyFile(join(humans, "open_body.npz"));
const errors: number[] = [];
for (const subject of listed) {
  const input = await openView({ root, subject, view });
  const { fit: truth } = await input.body();
  const begun = performance.now(), picture = await pictureOf(input);
  const seen = performance.now(), found = alignPhoto(model, picture);
  const ended = performance.now();
  const a = poseBody(model, truth).joints, b = poseBody(model, found.fit).joints;
  const mpjpe = meanApart(a, b), pa = meanApart(a, laidOn(b, a));
  errors.push(pa);
  console.log(
    `${subject}  PA-MPJPE ${mm(pa)}, MPJPE ${mm(mpjpe)}, residual ${
      found.residualPx.toFixed(1)
    } px, cost ${found.cost.toFixed(2)}; ${((seen - begun) / 1000).toFixed(1)} s seen, ${
      ((ended - seen) / 1000).toFixed(1)
    } s fitted`,
  );
}
console.log(
  `mean PA-MPJPE ${mm(errors.reduce((sum, e) => sum + e, 0) / errors.length)}, worst ${
    mm(Math.max(...errors))
  }`,
);

function mm(metres: number): string {
  return `${(1000 * metres).toFixed(1)} mm`;
}

/** Points after the similarity that lays them best on others (Procrustes). */
function laidOn(points: Float64Array, on: Float64Array): Float64Array {
  const similarity = fitSimilarity(points, on), out = new Float64Array(points.length);
  for (let i = 0; i < points.length; i += 3) {
    out.set(applySimilarity(similarity, points.subarray(i, i + 3)), i);
  }
  return out;
}

function meanApart(a: Float64Array, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i += 3) {
    sum += Math.hypot(a[i] - b[i], a[i + 1] - b[i + 1], a[i + 2] - b[i + 2]);
  }
  return sum / (a.length / 3);
}
