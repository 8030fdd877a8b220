/**
 * A fit of one kind of body as a fit of another: SMPL ↔ SMPL-H ↔ SMPL-X. Joints and shape spaces
 * differ between the kinds, so parameters cannot be copied: the target body is fitted to the source
 * body's posed surface, vertex by vertex, by least squares over rotations, betas and translation
 * (Gauss–Newton with analytic derivatives), starting from the rotations of the joints that both have.
 */
import { withDefaults } from "../core/work/options.ts";
import type { Note } from "../core/files/note.ts";
import type { BodyFit } from "./fit.ts";
import { poseBody } from "./forward.ts";
import { HAND_START, JOINT_NAMES } from "./joints.ts";
import { type BodyModel, bodyVertexCount, jointCount } from "./model.ts";
import { fullPose } from "./pose.ts";
import { BodyDerivatives } from "./solve/derivatives.ts";
import { NormalEquations } from "./solve/normal_equations.ts";
import { type BodyState, fitOfState, freeColumns, layoutOf, stepped } from "./solve/state.ts";
import { sameVertices, transferVertices, type VertexTransfer } from "./transfer.ts";

/** How a fit is converted. */
export interface ConvertOptions {
  /** Correspondence of the two surfaces. Default: vertex by vertex, where both have as many. */
  transfer?: VertexTransfer;
  /** How many betas the new fit has. Default: 10, at most the model's. */
  betas?: number;
  /** Most steps. Default: 20. */
  iterations?: number;
  /** Vertices used, spread evenly over the numbering. Default: 2500. */
  vertices?: number;
}

/** Defaults of {@linkcode ConvertOptions}; `transfer` has none. */
export const CONVERT_DEFAULTS: Required<Omit<ConvertOptions, "transfer">> = Object.freeze({
  betas: 10,
  iterations: 20,
  vertices: 2500,
});

/** A converted fit and how well it holds. */
export interface Conversion {
  fit: BodyFit;
  iterations: number;
  /** Distances between corresponding vertices of all matched ones, in metres of the body. */
  residual: { meanM: number; p95M: number; maxM: number; vertices: number };
  notes: Note[];
}

/** Pull of every rotation (radian) and beta towards the start against one vertex at 1 m. */
const ANCHOR = 1e-9;
const DAMPING = 1e-6;
/** Stop when no vertex used gains more than this on average, metres. */
const STOP_M = 1e-7;

/**
 * Converts a fit.
 *
 * @throws {RangeError} If the fit does not go with `from`, the bodies have different vertices and no
 *   `transfer` is given, or it is one for other bodies.
 */
export function convertFit(
  fit: BodyFit,
  { from, to }: { from: BodyModel; to: BodyModel },
  options: ConvertOptions = {},
): Conversion {
  const { transfer: given, ...rest } = options;
  const { betas, iterations, vertices } = withDefaults(CONVERT_DEFAULTS, rest);
  const transfer = given ?? identicalVertices(from, to);
  if (
    transfer.source !== bodyVertexCount(from) || transfer.matched.length !== bodyVertexCount(to)
  ) {
    throw new RangeError(
      `Cannot convert the fit: the transfer goes from ${transfer.source} to ` +
        `${transfer.matched.length} vertices, expected ${bodyVertexCount(from)} to ` +
        `${bodyVertexCount(to)}`,
    );
  }
  // In metres of the body: scale and translation are put back at the end.
  const still: BodyFit = { ...fit, scale: 1, transl: new Float64Array(3) };
  const wanted = transferVertices(transfer, poseBody(from, still).vertices);
  const used = spread(transfer.matched, vertices);
  const { start, notes } = startOf(fit, { from, to }, betas);
  const { state, steps } = solve(to, start, { wanted, used, iterations });
  const { vertices: found } = poseBody(to, fitOfState(to, state));
  const made = fitOfState(to, state);
  return {
    fit: {
      ...made,
      gender: to.gender,
      scale: fit.scale,
      transl: fit.transl.map((t, k) => t + fit.scale * made.transl[k]),
    },
    iterations: steps,
    residual: residualOf(found, wanted, transfer.matched),
    notes,
  };
}

function identicalVertices(from: BodyModel, to: BodyModel): VertexTransfer {
  const count = bodyVertexCount(from);
  if (count !== bodyVertexCount(to)) {
    throw new RangeError(
      `Cannot convert the fit: "${from.name}" has ${count} vertices and "${to.name}" ` +
        `${bodyVertexCount(to)}, expected the same or a transfer file`,
    );
  }
  return sameVertices(count);
}

/** Every so many matched vertices, about `count` of them. */
function spread(matched: Uint8Array, count: number): Uint32Array {
  const all = Uint32Array.from(matched.keys()).filter((v) => matched[v] === 1);
  const step = Math.max(1, Math.floor(all.length / count));
  return all.filter((_, i) => i % step === 0);
}

/** The target in the source's rotations, joint by joint of the same name. */
function startOf(
  fit: BodyFit,
  { from, to }: { from: BodyModel; to: BodyModel },
  betas: number,
): { start: BodyState; notes: Note[] } {
  const pose = new Float64Array(3 * jointCount(to)), source = fullPose(from, fit);
  const notes: Note[] = [];
  const names = JOINT_NAMES[from.kind];
  JOINT_NAMES[to.kind].forEach((name, j) => {
    const i = names.indexOf(name);
    if (i >= 0) pose.set(source.subarray(3 * i, 3 * i + 3), 3 * j);
  });
  const fingers = (kind: BodyModel["kind"]) => HAND_START[kind] !== undefined;
  if (fingers(from.kind) && !fingers(to.kind)) {
    notes.push({ code: "hands-lost", text: `${to.kind} has no fingers: their pose is left out` });
  }
  const expressive = fit.expression?.some((value) => value !== 0) ?? false;
  if (expressive) {
    notes.push({ code: "expression-lost", text: "the expression is not carried over" });
  }
  const start: BodyState = {
    pose,
    betas: new Float64Array(Math.min(betas, to.betaCount)),
    transl: new Float64Array(3),
    scale: 1,
    fixed: {},
  };
  return { start, notes };
}

function solve(
  model: BodyModel,
  start: BodyState,
  { wanted, used, iterations }: { wanted: Float64Array; used: Uint32Array; iterations: number },
): { state: BodyState; steps: number } {
  const derivatives = new BodyDerivatives(model);
  // SMPL-X's eyes turn nothing that tells of them and would only drift.
  const turning = [...JOINT_NAMES[model.kind].keys()].slice(1)
    .filter((j) => !/_eye$/.test(JOINT_NAMES[model.kind][j]));
  const equations = new NormalEquations(freeColumns(start, { pose: turning }));
  const layout = layoutOf(start);
  let state = start, { vertices } = derivatives.moveTo(state), damping = DAMPING;
  let error = meanSquare(vertices, wanted, used), steps = 0;
  while (steps < iterations) {
    equations.clear();
    const row = new Float64Array(layout.count);
    for (const v of used) {
      for (let k = 0; k < 3; k++) {
        row.fill(0);
        derivatives.addVertex(row, v, k === 0 ? 1 : 0, k === 1 ? 1 : 0, k === 2 ? 1 : 0);
        equations.add(row, vertices[3 * v + k] - wanted[3 * v + k], 1);
      }
    }
    for (let i = 0; i < state.pose.length; i++) {
      equations.addParameter(layout.pose + i, state.pose[i] - start.pose[i], ANCHOR * used.length);
    }
    for (let i = 0; i < state.betas.length; i++) {
      equations.addParameter(layout.betas + i, state.betas[i], ANCHOR * used.length);
    }
    const step = equations.solve(damping);
    if (step === undefined) break;
    steps++;
    const next = stepped(state, equations.columns, step);
    vertices = derivatives.moveTo(next).vertices;
    const better = meanSquare(vertices, wanted, used);
    if (better < error) {
      const gain = Math.sqrt(error) - Math.sqrt(better);
      state = next, error = better, damping = Math.max(DAMPING, damping / 10);
      if (gain < STOP_M) break;
    } else {
      vertices = derivatives.moveTo(state).vertices;
      damping *= 100;
      if (damping > 1e6) break;
    }
  }
  return { state, steps };
}

function meanSquare(found: Float64Array, wanted: Float64Array, used: Uint32Array): number {
  let sum = 0;
  for (const v of used) {
    for (let k = 0; k < 3; k++) sum += (found[3 * v + k] - wanted[3 * v + k]) ** 2;
  }
  return sum / used.length;
}

function residualOf(
  found: Float64Array,
  wanted: Float64Array,
  matched: Uint8Array,
): Conversion["residual"] {
  const distances: number[] = [];
  matched.forEach((yes, v) => {
    if (yes === 0) return;
    const at = 3 * v;
    distances.push(Math.hypot(
      found[at] - wanted[at],
      found[at + 1] - wanted[at + 1],
      found[at + 2] - wanted[at + 2],
    ));
  });
  const sorted = Float64Array.from(distances).sort();
  return {
    meanM: sorted.reduce((a, b) => a + b, 0) / sorted.length,
    p95M: sorted[Math.floor(0.95 * (sorted.length - 1))],
    maxM: sorted[sorted.length - 1],
    vertices: sorted.length,
  };
}
