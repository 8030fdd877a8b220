/**
 * The fit files of the field: how each is recognised by its content, and what its authors say about
 * it. `docs/bodies.md` has the table with sources.
 */
import { type FormatConventions, nameOf, PLAIN_CONVENTIONS } from "./params.ts";
import type { FitValues } from "./values.ts";

/** What a file is like besides its arrays. */
export interface FitFileFacts {
  container: "npz" | "pickle" | "json";
  /** All names in the file, also of what is no number. */
  names: readonly string[];
}

/** One format. */
export interface FitFormat {
  id: string;
  title: string;
  /** Why a file is in this format, or undefined. */
  detect(values: FitValues, facts: FitFileFacts): string | undefined;
  conventions: FormatConventions;
}

const has = (facts: FitFileFacts, ...names: string[]) =>
  names.every((name) => facts.names.includes(name));

/** All formats, most specific first. */
export const FIT_FORMATS: readonly FitFormat[] = [
  {
    id: "thuman2-smplx",
    title: "THuman2.0/2.1 smplx_param.pkl",
    detect: (_, facts) =>
      has(facts, "body_pose", "left_hand_pose", "scale", "translation")
        ? "keys scale and translation beside SMPL-X's"
        : undefined,
    // ytrock/THuman2.0-Dataset: male, 12 components, mean hand, V = verts · scale + translation.
    conventions: { ...PLAIN_CONVENTIONS, gender: ["male", "neutral", "female"] },
  },
  {
    id: "thuman2-smpl",
    title: "THuman2.0 SMPL fits (gDNA)",
    detect: (values, facts) =>
      has(facts, "full_pose", "betas") && values.count("full_pose") % 72 === 0
        ? "key full_pose of 24 rotations"
        : undefined,
    conventions: { ...PLAIN_CONVENTIONS, root: ["body_pose"] },
  },
  {
    id: "pamir",
    title: "PaMIR smpl_param.pkl, MultiviewSMPLify-X",
    detect: (_, facts) =>
      has(facts, "body_pose", "global_body_translation")
        ? "key global_body_translation"
        : undefined,
    // networks/trainer_geo.py: scale · smpl(body_pose, betas) + trans; body_pose begins with the root.
    conventions: {
      ...PLAIN_CONVENTIONS,
      gender: ["neutral", "male", "female"],
      root: ["body_pose", "global_orient"],
    },
  },
  {
    id: "custom-humans",
    title: "CustomHumans JSON",
    detect: (values, facts) =>
      has(facts, "body_pose", "left_hand_pose") && nameOf(values, "transl") === undefined &&
        nameOf(values, "globalOrient") === undefined
        ? "SMPL-X without global_orient and transl"
        : undefined,
    // tools/load_json_to_smplx.py: male, 12 components, flat_hand_mean, transl = −J0.
    conventions: {
      ...PLAIN_CONVENTIONS,
      origin: ["pelvis"],
      hands: ["flat", "mean"],
      gender: ["male"],
      root: ["none"],
    },
  },
  {
    id: "sith",
    title: "SiTH and editable-humans, aligned THuman2.0 JSON",
    detect: (values, facts) =>
      facts.container === "json" && has(facts, "global_orient", "left_hand_pose", "transl") &&
        (values.vector("transl")?.every((t) => t === 0) ?? false)
        ? "JSON of SMPL-X with transl 0"
        : undefined,
    // tools/align_thuman.py: the scan is turned by the inverse root and its pelvis is at the origin;
    // the JSON keeps global_orient all the same.
    conventions: {
      ...PLAIN_CONVENTIONS,
      origin: ["pelvis", "model"],
      gender: ["male"],
      root: ["none", "global_orient"],
    },
  },
  {
    id: "amass",
    title: "AMASS npz",
    detect: (_, facts) =>
      has(facts, "poses", "trans") && (has(facts, "mocap_framerate") || has(facts, "dmpls") ||
          has(facts, "mocap_frame_rate") || has(facts, "gender"))
        ? "keys poses and trans with a frame rate, dmpls or gender"
        : undefined,
    // Poses are those of all joints as they are: hands included, no mean hand added.
    conventions: { ...PLAIN_CONVENTIONS, root: ["body_pose"] },
  },
  {
    id: "cape",
    title: "CAPE npz",
    detect: (values, facts) =>
      facts.container === "npz" && has(facts, "pose", "transl") && values.count("pose") === 72
        ? "npz with a pose of 72 and transl"
        : undefined,
    conventions: { ...PLAIN_CONVENTIONS, root: ["body_pose"] },
  },
  {
    id: "smplify-x",
    title: "SMPLify-X results",
    detect: (_, facts) =>
      has(facts, "body_pose", "camera_translation")
        ? "key camera_translation beside SMPL-X's"
        : undefined,
    conventions: PLAIN_CONVENTIONS,
  },
  {
    id: "smplify",
    title: "SMPLify results",
    detect: (_, facts) =>
      has(facts, "pose", "betas") && (has(facts, "cam_t") || has(facts, "cam"))
        ? "keys pose, betas and cam"
        : undefined,
    conventions: { ...PLAIN_CONVENTIONS, root: ["body_pose"] },
  },
  {
    id: "humman",
    title: "HuMMan-Recon npz",
    detect: (values, facts) =>
      facts.container === "npz" && has(facts, "body_pose", "global_orient", "transl") &&
        values.count("body_pose") === 69
        ? "npz of SMPL with global_orient and transl"
        : undefined,
    // humman_recon/README.md: SMPL_NEUTRAL, metres, frame of kinect_color_000.
    conventions: { ...PLAIN_CONVENTIONS, gender: ["neutral"] },
  },
  {
    id: "x-humans",
    title: "X-Humans and 4D-Dress pkl",
    detect: (values, facts) => {
      const hands = values.count("left_hand_pose");
      const smplx = hands === 45 && values.count("body_pose") === 63;
      return facts.container === "pickle" && has(facts, "global_orient", "transl") &&
          (smplx || values.count("body_pose") === 69 && hands === 0)
        ? "pickle of global_orient, transl, body_pose" + (smplx ? " and 45 rotations a hand" : "")
        : undefined;
    },
    // X-Avatar config: use_pca false, flat_hand_mean false; genders in gender.txt beside the files.
    conventions: { ...PLAIN_CONVENTIONS, fullHands: ["rotations", "pca"] },
  },
  {
    id: "hmr2",
    title: "4D-Humans (HMR 2.0), PHALP tracks",
    detect: (values, facts) =>
      has(facts, "global_orient", "body_pose", "betas") && values.count("body_pose") % 207 === 0
        ? "rotation matrices of 23 joints"
        : undefined,
    conventions: { ...PLAIN_CONVENTIONS, gender: ["neutral"] },
  },
  {
    id: "smplx-params",
    title: "parameters as smplx names them",
    detect: (values) => {
      const name = nameOf(values, "bodyPose") ?? nameOf(values, "pose");
      return name === undefined ? undefined : `key ${name}`;
    },
    conventions: {
      ...PLAIN_CONVENTIONS,
      fullHands: ["rotations", "pca"],
      root: ["global_orient", "body_pose"],
    },
  },
];
