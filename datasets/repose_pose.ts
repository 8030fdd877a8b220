/**
 * New poses for people that one has: limbs of known poses put together, varied within joint limits,
 * and refused where the body would pass through itself.
 */
import { buildTree } from "../core/geometry/bvh.ts";
import { closestPoints } from "../core/geometry/closest.ts";
import type { Random } from "../core/work/random.ts";
import type { PosedBody } from "../body/forward.ts";
import type { BodyModel } from "../body/model.ts";
import { BODY_PARTS, type BodyPart, vertexParts } from "../body/parts.ts";

/**
 * Least and greatest axis-angle components (radians) of the joints that SMPL's 24 share, for the
 * person's left side and the middle: x, y, z. What the bundled figures show, both sides mirrored into
 * one, widened by about 10°. Right joints have y and z negated.
 */
// deno-fmt-ignore
export const JOINT_LIMITS_RAD: Readonly<Record<string, readonly (readonly [number, number])[]>> = {
  pelvis: [[-0.35, 0.70], [-0.40, 0.40], [-0.25, 0.25]],
  hip: [[-1.90, 0.60], [-0.45, 0.45], [-0.35, 0.60]],
  spine: [[-0.30, 0.45], [-0.40, 0.40], [-0.30, 0.30]],
  knee: [[-0.05, 1.90], [-0.25, 0.25], [-0.25, 0.25]],
  ankle: [[-0.40, 0.65], [-0.20, 0.20], [-0.20, 0.20]],
  foot: [[-0.10, 0.10], [-0.05, 0.05], [-0.05, 0.05]],
  neck: [[-0.35, 0.40], [-0.65, 0.65], [-0.30, 0.30]],
  collar: [[-0.25, 0.25], [-0.25, 0.25], [-0.30, 0.45]],
  head: [[-0.45, 0.50], [-0.70, 0.70], [-0.40, 0.40]],
  shoulder: [[-1.80, 2.40], [-1.75, 0.80], [-1.65, 1.55]],
  elbow: [[-0.40, 0.40], [-2.15, 0.10], [-0.40, 0.30]],
  wrist: [[-0.50, 0.50], [-0.50, 0.50], [-0.50, 0.90]],
  hand: [[-0.30, 0.30], [-0.35, 0.35], [-0.40, 0.40]],
};

/** SMPL's joints by what moves together: one known pose gives each group. */
const GROUPS: readonly (readonly number[])[] = [
  [0, 1, 2, 4, 5, 7, 8, 10, 11], // root and legs
  [3, 6, 9], // spine
  [12, 15], // neck and head
  [13, 16, 18, 20, 22], // left arm
  [14, 17, 19, 21, 23], // right arm
];

/** Joints of the other side; the middle ones stand for themselves. */
// deno-fmt-ignore
const MIRROR: readonly number[] = [
  0, 2, 1, 3, 5, 4, 6, 8, 7, 9, 11, 10, 12, 14, 13, 15, 17, 16, 19, 18, 21, 20, 23, 22,
];

/** Which row of the limits holds for each joint. */
// deno-fmt-ignore
const KINDS: readonly string[] = [
  "pelvis", "hip", "hip", "spine", "knee", "knee", "spine", "ankle", "ankle", "spine", "foot",
  "foot", "neck", "collar", "collar", "head", "shoulder", "shoulder", "elbow", "elbow", "wrist",
  "wrist", "hand", "hand",
];
const RIGHT = new Set([2, 5, 8, 11, 14, 17, 19, 21, 23]);

/** Deviation of the variation of each joint, radians; arms also get a larger one now and then. */
const VARIATION_RAD = 0.12;
const ARM_VARIATION_RAD = 0.35;

/**
 * Draws a pose: each group of limbs from a known pose, mirrored half of the time, each joint varied
 * within its limits (values outside are drawn again, at most 20 times, then the known one stands).
 *
 * @param known Rotations of SMPL's 24 joints, axis-angle, each of length 72.
 * @returns As the known ones; the root keeps the known one's tilt.
 * @throws {RangeError} If no pose is known.
 */
export function drawPose(known: readonly Float64Array[], random: Random): Float64Array {
  if (known.length === 0) throw new RangeError("Cannot draw a pose: no pose is known");
  const pose = new Float64Array(72);
  for (const group of GROUPS) {
    const from = known[random.below(known.length)], mirrored = random.float() < 0.5;
    const free = group.includes(13) || group.includes(14) ? random.float() < 0.4 : false;
    for (const j of group) {
      const source = mirrored ? MIRROR[j] : j, foot = KINDS[j] === "foot";
      const kind = KINDS[j];
      const large = free && (kind === "shoulder" || kind === "elbow");
      const sd = foot || kind === "pelvis" ? 0.03 : large ? ARM_VARIATION_RAD : VARIATION_RAD;
      for (let k = 0; k < 3; k++) {
        const base = from[3 * source + k] * (mirrored && k > 0 ? -1 : 1);
        const [low, high] = limitsOf(j, k);
        let value = base;
        // Knees and elbows turn about one axis; the others hardly vary.
        const hinge = (kind === "knee" && k !== 0) || (kind === "elbow" && k !== 1);
        for (let attempt = 0; attempt < 20; attempt++) {
          const drawn = base + (hinge ? 0.04 : sd) * random.normal();
          if (drawn < low || drawn > high) continue;
          value = drawn;
          break;
        }
        pose[3 * j + k] = value;
      }
    }
  }
  return pose;
}

/** Least and greatest component k of joint j. */
export function limitsOf(j: number, k: number): readonly [number, number] {
  const [low, high] = JOINT_LIMITS_RAD[KINDS[j]][k];
  return RIGHT.has(j) && k > 0 ? [-high, -low] : [low, high];
}

/** Limbs that may run into something, and the parts next to them, which they always touch. */
const LIMBS: readonly { own: readonly BodyPart[]; near: readonly BodyPart[] }[] = [
  { own: ["l_lower_arm", "l_hand"], near: ["l_upper_arm"] },
  { own: ["r_lower_arm", "r_hand"], near: ["r_upper_arm"] },
  { own: ["l_lower_leg", "l_foot"], near: ["l_upper_leg"] },
  { own: ["r_lower_leg", "r_foot"], near: ["r_upper_leg"] },
];

/** Vertices this far behind another part's surface are inside of it, metres. */
const INSIDE_M = 0.006;

/**
 * Measures how far a posed body passes through itself: the largest share of the vertices of a limb
 * (forearm with hand, shin with foot) that lie more than 6 mm inside of the rest of the body.
 */
export function selfIntersection(model: BodyModel, posed: PosedBody): number {
  const parts = vertexParts(model), { faces } = model;
  const positions = Float32Array.from(posed.vertices);
  let worst = 0;
  for (const { own, near } of LIMBS) {
    const ownIds = new Set(own.map((p) => BODY_PARTS.indexOf(p)));
    const nearIds = new Set(near.map((p) => BODY_PARTS.indexOf(p)));
    const others: number[] = [];
    for (let f = 0; f < faces.length; f += 3) {
      const out = [0, 1, 2].some((k) =>
        ownIds.has(parts[faces[f + k]]) || nearIds.has(parts[faces[f + k]])
      );
      if (!out) others.push(faces[f], faces[f + 1], faces[f + 2]);
    }
    const indices = Uint32Array.from(others), queries: number[] = [];
    for (let v = 0; v < parts.length; v += 2) {
      if (ownIds.has(parts[v])) queries.push(...positions.subarray(3 * v, 3 * v + 3));
    }
    using tree = buildTree({ positions, indices });
    const points = Float32Array.from(queries);
    const { distance, face, point } = closestPoints(tree, points, { withPoints: true });
    let inside = 0;
    for (let i = 0; i < distance.length; i++) {
      if (distance[i] > INSIDE_M && behind(positions, indices, [face[i], points, point!, i])) {
        inside++;
      }
    }
    worst = Math.max(worst, inside / distance.length);
  }
  return worst;
}

/** Whether a point is behind the triangle that holds its nearest point, and squarely so. */
function behind(
  p: Float32Array,
  indices: Uint32Array,
  [face, points, feet, i]: [number, Float32Array, Float64Array, number],
): boolean {
  const [a, b, c] = [0, 1, 2].map((k) => 3 * indices[3 * face + k]);
  const e1 = [0, 1, 2].map((k) => p[b + k] - p[a + k]);
  const e2 = [0, 1, 2].map((k) => p[c + k] - p[a + k]);
  const n = [
    e1[1] * e2[2] - e1[2] * e2[1],
    e1[2] * e2[0] - e1[0] * e2[2],
    e1[0] * e2[1] - e1[1] * e2[0],
  ];
  const d = [0, 1, 2].map((k) => points[3 * i + k] - feet[3 * i + k]);
  const along = d[0] * n[0] + d[1] * n[1] + d[2] * n[2];
  // On the border of the cut-out limb the foot of the perpendicular is no perpendicular.
  return along < -0.5 * Math.hypot(...n) * Math.hypot(...d);
}
