/**
 * Where a scan's person stands, and how: keypoints in space from the pose networks' answers on
 * pictures all round, whatever the scan's axes are.
 */
import type { Matrix4 } from "../../core/geometry/transform.ts";
import { BODY_25 } from "../../body/keypoints.ts";
import { POINTS_33 } from "../photo/landmarks.ts";
import { type KnownPlace, type Looker, type SeenView, turnOfAxes, yawed } from "./look_around.ts";
import { triangulate, type Triangulated } from "./triangulate.ts";
import { cross, unit } from "./_vectors.ts";

/** A person found in a scan. */
export interface FoundPerson {
  /** BODY_25 in the scan's frame, metres; undefined where too few pictures agree. */
  body25: (Triangulated | undefined)[];
  /** Unit vectors of the scan: towards the head, and out of the chest. */
  up: [number, number, number];
  front: [number, number, number];
  /** Pictures taken in all, and of the last round those that agreed with the consensus. */
  pictures: number;
  agreed: number;
}

/** Pictures of the last round, evenly round the person. */
const ROUND = 8;

/**
 * Skeletons agree when their body points are this near on average, metres. On the training people
 * views of one person are 0.1 to 0.35 apart, views that take front for back 0.6 and more.
 */
const AGREE_M = 0.32;

/** The least share of the last round's pictures that must agree. */
const MIN_AGREED = 0.5;

/** Body points of the network: shoulders to toes. */
const FIRST = POINTS_33.indexOf("l_shoulder"), LAST = POINTS_33.indexOf("r_toe");

/**
 * Finds the person. Where the axes of the scan are known, one round about the vertical is enough;
 * otherwise, or where its pictures do not agree, the scan is first looked at from fourteen sides.
 *
 * @param upright Turns the scan upright and to the front, where that is known.
 * @returns Undefined where no consensus is found.
 */
export async function findPerson(
  looker: Looker,
  { upright }: { upright?: Matrix4 | undefined },
): Promise<FoundPerson | undefined> {
  let pictures = 0;
  if (upright !== undefined) {
    const found = await goRound(looker, upright);
    pictures += found.pictures;
    if (found.agreed.length >= MIN_AGREED * ROUND) return personOf(found.agreed, pictures);
  }
  const views: (SeenView | undefined)[] = [];
  for (const turn of sides()) views.push(await looker.from(turn));
  pictures += views.length;
  const first = consensus(views);
  if (first.length < 2) return undefined;
  const { up, front } = axesOf(meanSkeleton(first));
  const found = await goRound(looker, turnOfAxes(up, front));
  if (found.agreed.length < MIN_AGREED * ROUND) return undefined;
  return personOf(found.agreed, pictures + found.pictures);
}

/**
 * Takes eight pictures about the vertical of an upright turn. Those that do not agree with the others
 * are looked at once more, where the others saw the person.
 */
async function goRound(
  looker: Looker,
  upright: Matrix4,
): Promise<{ agreed: SeenView[]; pictures: number }> {
  const turns = Array.from({ length: ROUND }, (_, i) => yawed(upright, 2 * Math.PI * i / ROUND));
  const views: (SeenView | undefined)[] = [];
  for (const turn of turns) views.push(await looker.from(turn));
  const agreed = consensus(views);
  const place = agreed.length >= 2 && agreed.length < ROUND ? placeOf(agreed) : undefined;
  if (place === undefined) return { agreed, pictures: ROUND };
  let pictures = ROUND;
  for (let i = 0; i < ROUND; i++) {
    const view = views[i];
    if (view !== undefined && agreed.includes(view)) continue;
    views[i] = await looker.from(turns[i], place);
    pictures++;
  }
  return { agreed: consensus(views), pictures };
}

/** Where agreeing views see the person. */
function placeOf(views: readonly SeenView[]): KnownPlace | undefined {
  const { body25, up } = personOf(views, 0);
  const hips = body25[BODY_25.indexOf("mid_hip")]?.at;
  if (hips === undefined) return undefined;
  const far = body25.map((point) =>
    point === undefined ? 0 : Math.hypot(...point.at.map((value, k) => value - hips[k]))
  );
  // The network's circle holds the whole body: hands and the top of the head are beyond keypoints.
  return { hips, up, radiusM: 1.1 * Math.max(...far) };
}

/** Turns that show a scan from the six faces and eight corners of a cube. */
function sides(): Matrix4[] {
  const turns: Matrix4[] = [];
  for (const x of [-1, 0, 1]) {
    for (const y of [-1, 0, 1]) {
      for (const z of [-1, 0, 1]) {
        const count = Math.abs(x) + Math.abs(y) + Math.abs(z);
        if (count !== 1 && count !== 3) continue;
        turns.push(turnOfAxes(y !== 0 && x === 0 && z === 0 ? [0, 0, 1] : [0, 1, 0], [x, y, z]));
      }
    }
  }
  return turns;
}

/** The largest set of views whose skeletons agree with one of them. */
function consensus(looked: readonly (SeenView | undefined)[]): SeenView[] {
  const views = looked.filter((view) => view !== undefined);
  let best: SeenView[] = [];
  for (const view of views) {
    const agreed = views.filter((other) => distance(view.skeletonM, other.skeletonM) < AGREE_M);
    if (agreed.length > best.length) best = agreed;
  }
  return best;
}

/** Mean distance of the body points of two skeletons, metres. */
function distance(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 3 * FIRST; i <= 3 * LAST; i += 3) {
    sum += Math.hypot(a[i] - b[i], a[i + 1] - b[i + 1], a[i + 2] - b[i + 2]);
  }
  return sum / (LAST - FIRST + 1);
}

function meanSkeleton(views: readonly SeenView[]): Float64Array {
  const mean = new Float64Array(views[0].skeletonM.length);
  for (const { skeletonM } of views) skeletonM.forEach((v, i) => mean[i] += v / views.length);
  return mean;
}

/** Up from the hips to the shoulders, front square to that and to the hips and shoulders. */
function axesOf(skeleton: Float64Array): Pick<FoundPerson, "up" | "front"> {
  const p = (name: (typeof POINTS_33)[number]) => {
    const i = 3 * POINTS_33.indexOf(name);
    return [skeleton[i], skeleton[i + 1], skeleton[i + 2]];
  };
  const mix = (...terms: [number, number[]][]) =>
    [0, 1, 2].map((k) => terms.reduce((sum, [w, v]) => sum + w * v[k], 0));
  const rise = mix(
    [0.5, p("l_shoulder")],
    [0.5, p("r_shoulder")],
    [-0.5, p("l_hip")],
    [-0.5, p("r_hip")],
  );
  const left = mix(
    [1, p("l_shoulder")],
    [-1, p("r_shoulder")],
    [1, p("l_hip")],
    [-1, p("r_hip")],
  );
  const up = unit(rise), front = unit(cross(left, up));
  return { up, front };
}

function personOf(views: readonly SeenView[], pictures: number): FoundPerson {
  const body25 = BODY_25.map((_, i) =>
    triangulate(views.map(({ camera, body25 }) => ({
      camera,
      u: body25[3 * i],
      v: body25[3 * i + 1],
      confidence: body25[3 * i + 2],
    })))
  );
  return { body25, ...axesOf(meanSkeleton(views)), pictures, agreed: views.length };
}
