/** Names of the family's joints, in the order of the files. "l" and "r" are the person's own sides. */
import type { BodyKind } from "./model.ts";

/** The 22 joints that the three kinds share, in order. */
const BODY_JOINTS = [
  "pelvis",
  "l_hip",
  "r_hip",
  "spine1",
  "l_knee",
  "r_knee",
  "spine2",
  "l_ankle",
  "r_ankle",
  "spine3",
  "l_foot",
  "r_foot",
  "neck",
  "l_collar",
  "r_collar",
  "head",
  "l_shoulder",
  "r_shoulder",
  "l_elbow",
  "r_elbow",
  "l_wrist",
  "r_wrist",
] as const;

/** The fingers in the order of the files (alphabetical), not of OpenPose. */
const FINGERS = ["index", "middle", "pinky", "ring", "thumb"] as const;

const HAND_JOINTS = (["l", "r"] as const).flatMap((side) =>
  FINGERS.flatMap((finger) => ([1, 2, 3] as const).map((k) => `${side}_${finger}${k}` as const))
);

/** The 24 joints of SMPL, in order. */
export const SMPL_JOINTS = [...BODY_JOINTS, "l_hand", "r_hand"] as const;

/** The 52 joints of SMPL-H, in order. */
export const SMPLH_JOINTS = [...BODY_JOINTS, ...HAND_JOINTS] as const;

/** The 55 joints of SMPL-X, in order. */
export const SMPLX_JOINTS = [...BODY_JOINTS, "jaw", "l_eye", "r_eye", ...HAND_JOINTS] as const;

/** The name of a joint of any kind. */
export type JointName =
  | (typeof SMPL_JOINTS)[number]
  | (typeof SMPLH_JOINTS)[number]
  | (typeof SMPLX_JOINTS)[number];

/** How many joints the kinds share: the pelvis and 21 body joints. */
export const SHARED_JOINTS: number = BODY_JOINTS.length;

/** Joints a hand has, besides the wrist. */
export const HAND_JOINT_COUNT = 15;

/** The joints of a kind, in order. */
export const JOINT_NAMES: Readonly<Record<BodyKind, readonly JointName[]>> = {
  smpl: SMPL_JOINTS,
  smplh: SMPLH_JOINTS,
  smplx: SMPLX_JOINTS,
};

/** Where the joints of each hand begin: SMPL has none. */
export const HAND_START: Readonly<Record<BodyKind, { left: number; right: number } | undefined>> = {
  smpl: undefined,
  smplh: { left: 22, right: 37 },
  smplx: { left: 25, right: 40 },
};

/** The index of a joint by name, or −1 where the kind has no such joint. */
export function jointIndex(kind: BodyKind, name: JointName): number {
  return JOINT_NAMES[kind].indexOf(name);
}
