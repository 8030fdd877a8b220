/**
 * The parameters that fit files share under various names, and the candidates that follow: one for
 * each way in which the same numbers are used.
 */
import { InputError } from "../../core/work/errors.ts";
import type { BodyFit, HandPose } from "../../body/fit.ts";
import type { BodyGender, BodyKind } from "../../body/model.ts";
import type { FitConvention, FitFrame, FitReadOptions } from "./types.ts";
import type { FitValues } from "./values.ts";

/** Names under which files hold the same thing. */
export const PARAM_NAMES = {
  pose: ["poses", "pose", "full_pose", "thetas"],
  bodyPose: ["body_pose"],
  globalOrient: ["global_orient", "root_orient"],
  betas: ["betas", "shape", "beta"],
  expression: ["expression"],
  leftHand: ["left_hand_pose", "lhand_pose"],
  rightHand: ["right_hand_pose", "rhand_pose"],
  jaw: ["jaw_pose"],
  leftEye: ["leye_pose"],
  rightEye: ["reye_pose"],
  transl: ["transl", "translation", "trans", "global_body_translation"],
  scale: ["scale", "body_scale"],
} as const;

/** Every name above, to be read from a file. */
export const ALL_PARAM_NAMES: readonly string[] = Object.values(PARAM_NAMES).flat();

/** What a format's authors say, and what else is met in files of that form. */
export interface FormatConventions {
  /** Documented first. */
  scale: readonly ("before-translation" | "after-translation")[];
  origin: readonly ("model" | "pelvis")[];
  hands: readonly ("flat" | "mean")[];
  gender: readonly BodyGender[];
  /** What 45 values a hand are; fewer are always PCA coefficients. */
  fullHands: readonly ("rotations" | "pca")[];
  /** Where the root's rotation is. */
  root: readonly ("global_orient" | "body_pose" | "none")[];
}

/** What is assumed of a format that says nothing: what smplx does, and the usual variants. */
export const PLAIN_CONVENTIONS: FormatConventions = Object.freeze(
  {
    scale: ["before-translation", "after-translation"],
    origin: ["model"],
    hands: ["mean", "flat"],
    gender: ["unknown"],
    fullHands: ["rotations"],
    root: ["global_orient"],
  } as const,
);

/** How a pose of so many values is divided. */
const POSE_FORMS: ReadonlyMap<number, { root: boolean; kind: BodyKind | "hands" }> = new Map([
  [63, { root: false, kind: "hands" }],
  [66, { root: true, kind: "hands" }],
  [69, { root: false, kind: "smpl" }],
  [72, { root: true, kind: "smpl" }],
  [153, { root: false, kind: "smplh" }],
  [156, { root: true, kind: "smplh" }],
  [162, { root: false, kind: "smplx" }],
  [165, { root: true, kind: "smplx" }],
]);

/** The first of the names that the file has. */
export function nameOf(values: FitValues, key: keyof typeof PARAM_NAMES): string | undefined {
  return PARAM_NAMES[key].find((name) => values.has(name));
}

/** How many frames the pose array holds. */
export function frameCount(values: FitValues): number {
  const name = nameOf(values, "bodyPose") ?? nameOf(values, "pose");
  const shape = name === undefined ? undefined : values.shape(name);
  if (shape === undefined || shape.length < 2) return 1;
  const matrices = shape.at(-1) === 3 && shape.at(-2) === 3;
  const rest = shape.slice(1).reduce((a, b) => a * b, 1) / (matrices ? 3 : 1);
  const whole = shape[0] * rest;
  // (1, 69), (1, 23, 3, 3) and (23, 3, 3) are one frame; (N, 69) are N.
  return POSE_FORMS.has(rest) && !(POSE_FORMS.has(whole) && shape[0] !== 1) ? shape[0] : 1;
}

/** Reads one frame with all candidates of a format. @throws {InputError} If its numbers are unsound. */
export function readFrame(
  values: FitValues,
  conventions: FormatConventions,
  { frame, frames, options }: { frame: number; frames: number; options: FitReadOptions },
): FitFrame {
  const params = readParams(values, frame, frames, options);
  const candidates = params.kinds.flatMap((kind) =>
    conventionsOf(params, conventions, options).map((convention) => ({
      fit: fitOf(params, kind, convention),
      convention,
    }))
  );
  return {
    id: String(frame),
    candidates: candidates.map((candidate, i) => ({
      ...candidate,
      standing: i === 0 ? "documented" : "variant",
    })),
  };
}

/** Every combination that makes a difference for these numbers, documented choices first. */
function conventionsOf(
  params: Params,
  conventions: FormatConventions,
  options: FitReadOptions,
): FitConvention[] {
  const { scale, transl, left, right, handValues } = params;
  const hands = left !== undefined || right !== undefined;
  const moved = transl.some((t) => t !== 0);
  const forms = handValues < 45 ? ["pca" as const] : conventions.fullHands;
  const choices = {
    root: rootsOf(params, conventions),
    origin: conventions.origin,
    scale: scale === 1 ? ["none" as const] : conventions.scale.slice(0, moved ? undefined : 1),
    handPca: hands ? forms.map((form) => form === "pca" ? handValues : null) : [null],
    hands: hands ? conventions.hands : [null],
    gender: options.gender === undefined ? conventions.gender : [options.gender],
  };
  let all: Partial<FitConvention>[] = [{}];
  for (const [key, values] of Object.entries(choices)) {
    all = all.flatMap((sofar) => values.map((value) => ({ ...sofar, [key]: value })));
  }
  return all as FitConvention[];
}

/** The fields that can hold the root's rotation; one of two that agree is enough. */
function rootsOf(params: Params, conventions: FormatConventions): FitConvention["root"][] {
  const { orient, poseRoot } = params;
  const same = orient !== undefined && poseRoot !== undefined &&
    orient.every((value, k) => Math.abs(value - poseRoot[k]) < 1e-5);
  const roots = conventions.root.filter((root) =>
    root === "none" || (root === "global_orient" ? orient : poseRoot) !== undefined
  );
  if (roots.length === 0) return [orient ? "global_orient" : poseRoot ? "body_pose" : "none"];
  return same ? roots.filter((root, i) => root === "none" || i === 0) : roots;
}

interface Params {
  kinds: BodyKind[];
  betas: Float64Array;
  expression: Float64Array | undefined;
  orient: Float64Array | undefined;
  /** The root's rotation where the pose array begins with it. */
  poseRoot: Float64Array | undefined;
  bodyPose: Float64Array;
  left: Float64Array | undefined;
  right: Float64Array | undefined;
  handValues: number;
  face: Partial<Pick<BodyFit, "jawPose" | "leftEyePose" | "rightEyePose">>;
  transl: Float64Array;
  scale: number;
  restShape: Float64Array | undefined;
}

function readParams(
  values: FitValues,
  frame: number,
  frames: number,
  options: FitReadOptions,
): Params {
  const { file } = values;
  const rotations = (key: keyof typeof PARAM_NAMES): Float64Array | undefined => {
    const name = nameOf(values, key);
    return name === undefined ? undefined : values.rotations(name, frame, frames);
  };
  const vector = (key: keyof typeof PARAM_NAMES): Float64Array | undefined => {
    const name = nameOf(values, key);
    return name === undefined ? undefined : values.vector(name, frame, frames);
  };
  const pose = rotations("bodyPose") ?? rotations("pose");
  if (pose === undefined) {
    throw new InputError("Cannot read the fit: it has no body_pose, pose or poses", { file });
  }
  const form = POSE_FORMS.get(pose.length);
  if (form === undefined) {
    throw new InputError(
      `Cannot read the fit: its pose has ${pose.length} values, ` +
        `expected ${[...POSE_FORMS.keys()].join(", ")}`,
      { file },
    );
  }
  const jaw = rotations("jaw"), leftEye = rotations("leftEye"), rightEye = rotations("rightEye");
  const expression = vector("expression");
  const hasFace = [jaw, leftEye, rightEye, expression].some((field) => field !== undefined);
  const left = rotations("leftHand"), right = rotations("rightHand");
  const full = form.kind !== "hands";
  const params: Params = {
    kinds: form.kind !== "hands" ? [form.kind] : hasFace ? ["smplx"] : ["smplx", "smplh"],
    betas: options.restShape !== undefined
      ? new Float64Array(0)
      : options.betas ?? vector("betas") ?? new Float64Array(0),
    expression: form.kind === "smpl" || form.kind === "smplh" ? undefined : expression,
    orient: rotations("globalOrient"),
    poseRoot: form.root ? pose.slice(0, 3) : undefined,
    bodyPose: form.root ? pose.slice(3) : pose,
    left: full ? undefined : left,
    right: full ? undefined : right,
    handValues: Math.max(left?.length ?? 0, right?.length ?? 0),
    face: full ? {} : {
      ...(jaw && { jawPose: jaw }),
      ...(leftEye && { leftEyePose: leftEye }),
      ...(rightEye && { rightEyePose: rightEye }),
    },
    transl: vector("transl") ?? new Float64Array(3),
    scale: scaleOf(vector("scale"), file),
    restShape: options.restShape,
  };
  checkLengths(params, file);
  return params;
}

function scaleOf(scale: Float64Array | undefined, file: string): number {
  if (scale === undefined) return 1;
  if (scale.length !== 1 || !(scale[0] > 0)) {
    throw new InputError(
      `Cannot read the fit: its scale is ${scale.join(", ")}, expected above 0`,
      {
        file,
      },
    );
  }
  return scale[0];
}

function checkLengths(params: Params, file: string): void {
  const wanted: [string, Float64Array | undefined, number][] = [
    ["global_orient", params.orient, 3],
    ["transl", params.transl, 3],
    ["jaw_pose", params.face.jawPose, 3],
    ["leye_pose", params.face.leftEyePose, 3],
    ["reye_pose", params.face.rightEyePose, 3],
  ];
  for (const [name, found, length] of wanted) {
    if (found !== undefined && found.length !== length) {
      throw new InputError(
        `Cannot read the fit: "${name}" has ${found.length} values, expected ${length}`,
        { file },
      );
    }
  }
  for (const hand of [params.left, params.right]) {
    if (hand !== undefined && (hand.length < 1 || hand.length > 45)) {
      throw new InputError(
        `Cannot read the fit: a hand has ${hand.length} values, expected 1 to 45`,
        { file },
      );
    }
  }
}

/** The fit under one convention, in the suite's own: `scan = scale · (body − origin) + transl`. */
function fitOf(params: Params, kind: BodyKind, convention: FitConvention): BodyFit {
  const { scale, root, hands, handPca, origin, gender } = convention;
  const after = scale === "after-translation";
  const rooted = root === "body_pose" ? params.poseRoot : params.orient;
  const hand = (values: Float64Array | undefined): HandPose | undefined =>
    values === undefined ? undefined : handPca === null ? { axisAngle: values } : { pca: values };
  const left = hand(params.left), right = hand(params.right);
  return {
    kind,
    gender,
    betas: params.betas,
    globalOrient: root === "none" ? new Float64Array(3) : rooted!.slice(),
    bodyPose: params.bodyPose,
    transl: after ? params.transl.map((t) => t * params.scale) : params.transl,
    scale: params.scale,
    origin,
    ...(params.expression && kind === "smplx" && { expression: params.expression }),
    ...(kind === "smplx" && params.face),
    ...(left && { leftHand: left }),
    ...(right && { rightHand: right }),
    ...(hands !== null && { flatHandMean: hands === "flat" }),
    ...(params.restShape && { restShape: params.restShape }),
  };
}
