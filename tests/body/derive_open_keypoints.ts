/**
 * Derives `body/open_keypoints.json`: which vertices of the open body give the keypoints that are no
 * joints of it. The keypoints of the training figures (`fixtures/humans/train.txt`) are known; each is
 * written as a mean of few nearby vertices with weights ≥ 0 by non-negative least squares over all
 * training figures at once (Lawson and Hanson 1974), left and right together as mirror images are not
 * assumed. Prints the errors on the training and the test figures, mm. Run by hand:
 *
 *     deno run --allow-read --allow-write tests/body/derive_open_keypoints.ts
 */
import { readBodyFile } from "../../body/body_file.ts";
import { poseBody } from "../../body/forward.ts";
import { BODY_25 } from "../../body/keypoints.ts";
import { sha256 } from "../../core/work/hash.ts";

const HUMANS = new URL("../../fixtures/humans/", import.meta.url);
/** Vertices within this of a keypoint on average, metres. */
const RADIUS_M = 0.03;
/** Weight of the equation "weights sum to 1" against the metres of the others. */
const SUM_WEIGHT = 10;

const model = await readBodyFile(new URL("open_body.npz", HUMANS).pathname);

/** A posed figure and its keypoints by name. */
export interface Figure {
  vertices: Float64Array;
  joints: Float64Array;
  points: Map<string, readonly number[]>;
}

/** Reads the figures of a list file. */
export async function figuresOf(list: string): Promise<Figure[]> {
  const ids = (await Deno.readTextFile(new URL(list, HUMANS))).trim().split(/\s+/);
  return await Promise.all(ids.map(async (id) => {
    const json = JSON.parse(await Deno.readTextFile(new URL(`subjects/${id}.json`, HUMANS)));
    const { betas, pose, transl, scale } = json.body;
    const posed = poseBody(model, {
      kind: "smpl",
      betas: Float64Array.from(betas),
      globalOrient: Float64Array.from(pose[0]),
      bodyPose: Float64Array.from(pose.slice(1).flat()),
      transl: Float64Array.from(transl),
      scale,
    });
    const points = new Map<string, readonly number[]>();
    BODY_25.forEach((name, i) => points.set(name, json.body25.positions[i]));
    for (let i = 1; i < 21; i++) {
      points.set(`left${i}`, json.hand_left[i]);
      points.set(`right${i}`, json.hand_right[i]);
    }
    return { vertices: posed.vertices, joints: posed.joints, points };
  }));
}

function distance(figure: Figure, v: number, point: readonly number[]): number {
  const at = 3 * v, p = figure.vertices;
  return Math.hypot(p[at] - point[0], p[at + 1] - point[1], p[at + 2] - point[2]);
}

/** The weights of one keypoint. */
function derive(figures: Figure[], name: string): { vertices: number[]; weights: number[] } {
  const count = figures[0].vertices.length / 3;
  const near: number[] = [];
  for (let v = 0; v < count; v++) {
    let sum = 0;
    for (const figure of figures) sum += distance(figure, v, figure.points.get(name)!);
    if (sum < RADIUS_M * figures.length) near.push(v);
  }
  // Rows: Σ w (vertex − keypoint) = 0 a figure and axis, and Σ w = 1.
  const rows: Float64Array[] = [];
  for (const figure of figures) {
    const point = figure.points.get(name)!;
    for (let k = 0; k < 3; k++) {
      rows.push(Float64Array.from(near, (v) => figure.vertices[3 * v + k] - point[k]));
    }
  }
  rows.push(new Float64Array(near.length).fill(SUM_WEIGHT));
  const right = new Float64Array(rows.length);
  right[rows.length - 1] = SUM_WEIGHT;
  const weights = nonNegative(rows, right);
  const used = [...near.keys()].filter((i) => weights[i] > 1e-3);
  const sum = used.reduce((total, i) => total + weights[i], 0);
  const rounded = used.map((i) => Math.round(1e5 * weights[i] / sum) / 1e5);
  return { vertices: used.map((i) => near[i]), weights: rounded };
}

/** Least squares with all unknowns ≥ 0, by Lawson and Hanson's active sets. */
function nonNegative(rows: Float64Array[], right: Float64Array): Float64Array {
  const n = rows[0].length;
  const x = new Float64Array(n);
  const passive = new Set<number>();
  for (let round = 0; round < 200; round++) {
    const rest = right.map((b, r) => b - rows[r].reduce((sum, a, i) => sum + a * x[i], 0));
    let best = -1, steepest = 1e-10;
    for (let i = 0; i < n; i++) {
      if (passive.has(i)) continue;
      const slope = rows.reduce((sum, row, r) => sum + row[i] * rest[r], 0);
      if (slope > steepest) steepest = slope, best = i;
    }
    if (best < 0) return x;
    passive.add(best);
    for (;;) {
      const at = [...passive];
      const z = solve(rows, right, at);
      if (z.every((value) => value > 0)) {
        at.forEach((i, k) => x[i] = z[k]);
        break;
      }
      // Step towards z until the first unknown reaches 0, which leaves the set.
      let step = 1;
      at.forEach((i, k) => {
        if (z[k] <= 0) step = Math.min(step, x[i] / (x[i] - z[k]));
      });
      at.forEach((i, k) => {
        x[i] += step * (z[k] - x[i]);
        if (x[i] <= 1e-12) x[i] = 0, passive.delete(i);
      });
      if (passive.size === 0) return x;
    }
  }
  return x;
}

/** Least squares on some columns, by the normal equations with a trace of damping. */
function solve(rows: Float64Array[], right: Float64Array, at: number[]): number[] {
  const m = at.length;
  const a = Array.from({ length: m }, (_, i) =>
    Array.from({ length: m + 1 }, (_, j) =>
      rows.reduce(
        (sum, row, r) => sum + row[at[i]] * (j === m ? right[r] : row[at[j]]),
        i === j ? 1e-12 : 0,
      )));
  for (let i = 0; i < m; i++) {
    let pivot = i;
    for (let r = i + 1; r < m; r++) if (Math.abs(a[r][i]) > Math.abs(a[pivot][i])) pivot = r;
    [a[i], a[pivot]] = [a[pivot], a[i]];
    for (let r = 0; r < m; r++) {
      if (r === i) continue;
      const f = a[r][i] / a[i][i];
      for (let c = i; c <= m; c++) a[r][c] -= f * a[i][c];
    }
  }
  return a.map((row, i) => row[m] / row[i]);
}

if (import.meta.main) {
  const train = await figuresOf("train.txt"), test = await figuresOf("test.txt");
  const surface = BODY_25.filter((name) => /nose|eye|ear|toe|heel/.test(name));
  const fingers = ["left", "right"].flatMap((side) =>
    Array.from({ length: 20 }, (_, i) => `${side}${i + 1}`)
  );
  const points: Record<string, { vertices: number[]; weights: number[] }> = {};
  for (const name of [...surface, ...fingers]) {
    const rule = points[name] = derive(train, name);
    const errors = (figures: Figure[]) =>
      figures.map((figure) => {
        const wanted = figure.points.get(name)!;
        return 1000 * Math.hypot(...wanted.map((w, k) =>
          rule.vertices.reduce((sum, v, i) =>
            sum + rule.weights[i] * figure.vertices[3 * v + k], 0) - w
        ));
      });
    const mean = (list: number[]) => list.reduce((a, b) => a + b, 0) / list.length;
    const a = errors(train), b = errors(test);
    // deno-lint-ignore no-console
    console.log(
      name.padEnd(12),
      `${rule.vertices.length} vertices, train mean ${mean(a).toFixed(2)}, ` +
        `test mean ${mean(b).toFixed(2)} max ${Math.max(...b).toFixed(2)} mm`,
    );
  }
  const { faces } = model;
  const lines = Object.entries(points).map(([name, rule]) =>
    `    ${JSON.stringify(name)}: ${JSON.stringify(rule)}`
  );
  const bytes = new Uint8Array(faces.buffer, faces.byteOffset, faces.byteLength);
  await Deno.writeTextFile(
    new URL("../../body/open_keypoints.json", import.meta.url),
    `{\n  "vertices": ${model.template.length / 3},\n  "facesSha256": "${sha256(bytes)}",\n` +
      `  "points": {\n${lines.join(",\n")}\n  }\n}\n`,
  );
}
