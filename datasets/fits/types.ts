/** What a fit file is read into: people's parameters, each with the conventions they may be in. */
import type { Note } from "../../core/files/note.ts";
import type { BodyFit } from "../../body/fit.ts";
import type { BodyGender } from "../../body/model.ts";

/** How the numbers of a fit file are to be understood. */
export interface FitConvention {
  /** Where the scale comes in: `scan = scale · body + transl`, or `scan = scale · (body + transl)`. */
  scale: "before-translation" | "after-translation" | "none";
  /** What the translation moves: the model's origin, or the pelvis (CustomHumans). */
  origin: "model" | "pelvis";
  /** Whether hand poses count from the flat hand or from the model's mean hand; null: no hands. */
  hands: "flat" | "mean" | null;
  /** How many PCA coefficients a hand has; null: rotations, or no hands. */
  handPca: number | null;
  /** The gender of the model that the fit was made with. */
  gender: BodyGender;
  /** Which field the root's rotation is in; `none`: the scan was turned upright. */
  root: "global_orient" | "body_pose" | "none";
}

/** One way to understand a fit, and the fit that follows. */
export interface FitCandidate {
  fit: BodyFit;
  convention: FitConvention;
  /** Whether this is what the format's authors say, or another use that is met in practice. */
  standing: "documented" | "variant";
}

/** One person at one time in a fit file. */
export interface FitFrame {
  /** `0` … for numbered frames, `<picture>#<person>` for tracks. */
  id: string;
  /** The ways to understand it, the documented one first; at least one. */
  candidates: FitCandidate[];
}

/** A fit file, opened. */
export interface FitFile {
  /** The file as messages name it. */
  file: string;
  /** Which format it was recognised as: an id of `FIT_FORMATS`. */
  format: string;
  /** Data sets and programs that write this. */
  title: string;
  /** Why. */
  evidence: string;
  /** How many frames (times × people). */
  frames: number;
  /** Reads one frame. @throws {RangeError} If there is no such frame. @throws {InputError} If its numbers are unsound. */
  frame(index: number): FitFrame;
  notes: Note[];
}

/** What the caller knows beside the file. */
export interface FitReadOptions {
  /** Format to use instead of looking for one. */
  format?: string;
  /** Gender of the model, from beside the file (X-Humans: `gender.txt`). Default: as documented. */
  gender?: BodyGender;
  /** Shape to use instead of the file's (X-Humans: `mean_shape_smplx.npy`). */
  betas?: Float64Array;
  /** The person's own rest surface, metres, length 3 V (CAPE: `<subject>_minimal.npy`). */
  restShape?: Float64Array;
}

/** A convention in words: for tables and messages. */
export function describeConvention(convention: FitConvention): string {
  const { scale, origin, hands, handPca, gender, root } = convention;
  const words = [
    scale === "none" ? "no scale" : `scale ${scale.replace("-", " ")}`,
    origin === "pelvis" ? "pelvis at the translation" : "",
    hands === null ? "" : `hands from the ${hands} hand`,
    handPca === null ? "" : `${handPca} hand components`,
    gender === "unknown" ? "gender unknown" : `${gender} model`,
    root === "none" ? "root rotation left out" : "",
    root === "body_pose" ? "root rotation in body_pose" : "",
  ];
  return words.filter((word) => word !== "").join(", ");
}
