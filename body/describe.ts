/** What a body model is and what it can be used for: the model's part of `body info FILE`. */
import { boundsOf } from "../core/geometry/mesh.ts";
import type { Note } from "../core/files/note.ts";
import { extraVertices } from "./extra_points.ts";
import { JOINT_NAMES } from "./joints.ts";
import { isOpenBody } from "./open_body.ts";
import { type BodyGender, type BodyKind, type BodyModel, bodyVertexCount } from "./model.ts";

/** Facts of a body model; JSON as it is. */
export interface BodyModelFacts {
  kind: BodyKind;
  /** `unknown` unless the file says it; never guessed from its name. */
  gender: BodyGender;
  vertices: number;
  faces: number;
  joints: number;
  betas: number;
  expressions: number;
  /** Whether the file has learnt hand poses, and how many components. */
  handComponents: number;
  /** Landmarks of the face: inner points and points of the jaw line. */
  landmarks: number;
  contour: number;
  textureCoordinates: boolean;
  /** Whose vertex numbers the model has: those tell where nose, toes and finger tips are. */
  topology: "smpl" | "smplx" | "open-body" | "other";
  /** Height of the mean body in the T-pose, metres. */
  heightM: number;
  jointNames: string[];
  /** What the suite can do with it, one line each. */
  uses: string[];
  notes: Note[];
}

/** Names of the family in words. */
export const KIND_TITLES: Readonly<Record<BodyKind, string>> = {
  smpl: "SMPL",
  smplh: "SMPL-H",
  smplx: "SMPL-X",
};

/** Describes a body model. */
export function describeBodyModel(model: BodyModel): BodyModelFacts {
  const { kind } = model;
  const { min, max } = boundsOf({ positions: Float32Array.from(model.template) });
  const official = extraVertices(model) !== undefined;
  const open = isOpenBody(model);
  return {
    kind,
    gender: model.gender,
    vertices: bodyVertexCount(model),
    faces: model.faces.length / 3,
    joints: model.parents.length,
    betas: model.betaCount,
    expressions: model.expressionCount ?? 0,
    handComponents: model.hands === undefined ? 0 : model.hands.left.components.length / 45,
    landmarks: model.landmarks?.face.length ?? 0,
    contour: model.contour === undefined ? 0 : 17,
    textureCoordinates: model.uv !== undefined,
    topology: open ? "open-body" : !official ? "other" : kind === "smplx" ? "smplx" : "smpl",
    heightM: max[1] - min[1],
    jointNames: [...JOINT_NAMES[kind]],
    uses: usesOf(model, official, open),
    notes: model.notes ?? [],
  };
}

function usesOf(model: BodyModel, official: boolean, open: boolean): string[] {
  const { kind, hands, landmarks, contour } = model;
  const uses = [
    `poses fits of kind ${kind}; part labels; body normals; align`,
    official || open
      ? "keypoints: BODY_25, COCO-17 and 2K2K's 31 complete"
      : "keypoints: joints only (nose, eyes, ears, toes and heels are unknown for this topology)",
  ];
  if (kind === "smpl") {
    uses.push(open ? "hands: 21 points each, rigid with the hand" : "hands: wrists only");
  }
  if (kind !== "smpl") {
    uses.push(
      `hands: 15 joints each${official ? " and finger tips" : ""}, posed by ` +
        (hands === undefined ? "rotations only" : "rotations or PCA coefficients, flat or mean"),
    );
  }
  if (kind === "smplx") {
    const points = (landmarks === undefined ? 0 : 51) + (contour === undefined ? 0 : 17);
    uses.push(points === 0 ? "face: no landmarks in the file" : `face: ${points} landmarks`);
  }
  return uses;
}
