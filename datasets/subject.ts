/** What every data set is read into: people with a scan, a unit, perhaps a body fit and keypoints. */
import type { BodyFit } from "../body/fit.ts";
import type { FitCandidate } from "./fits/types.ts";
import type { Keypoints3D } from "../body/keypoints.ts";
import type { Matrix4 } from "../core/geometry/transform.ts";

/** Length units of files, and how many metres they are. */
export const METRES_PER_UNIT = { m: 1, cm: 0.01, mm: 0.001 } as const;

/** A length unit of a file. */
export type Unit = keyof typeof METRES_PER_UNIT;

/** What a data set says of its scans' axes: +y up and +z front, +y up alone, or nothing. */
export type DeclaredAxes = "declared" | "up" | "any";

/** What is known of a subject's axes before anyone looks at the scan. */
export function declaredAxes(
  { uprightSource, upDeclared }: Pick<Subject, "uprightSource" | "upDeclared">,
): DeclaredAxes {
  if (uprightSource === "declared") return "declared";
  return upDeclared ? "up" : "any";
}

/** Metres per unit of a subject's scan coordinates. */
export function metresPerUnitOf(subject: Pick<Subject, "unit" | "metresPerUnit">): number {
  return subject.metresPerUnit ?? METRES_PER_UNIT[subject.unit];
}

/** A body fit and where it was read from. */
export interface SubjectFit {
  /** Parameters for the scan in metres. */
  fit: BodyFit;
  /** The file that holds them. */
  file: string;
  /** Every way to understand the file, the one above first; absent where there is one only. */
  candidates?: FitCandidate[];
  /** The body model's file, resolved; undefined where the subject names none that exists. */
  bodyFile: string | undefined;
  /** What to do where it does not lie on the scan, known of this data set. */
  remedy?: string;
}

/** One person of a data set. Nothing heavy is loaded yet. */
export interface Subject {
  id: string;
  /** Name of the data set, for reports. */
  dataset: string;
  /** The mesh file: a path on a disk or into an archive (`core/files/place.ts`). */
  scanFile: string;
  /**
   * The picture on the scan where its own files name none but have texture coordinates (RenderPeople,
   * 2K2K, X-Humans name it by convention).
   */
  textureFile?: string;
  /** An `.npy` of triangles, where the scan's file has vertices alone (CAPE). */
  facesFile?: string;
  /** Further files the scan needs (textures, material library), for hashing. */
  companions: string[];
  /** Unit of the scan's coordinates. */
  unit: Unit;
  /** Whether the data set says so, or it is the suite's guess. */
  unitSource: "declared" | "option" | "guess";
  /**
   * Metres per unit of the scan's coordinates where none of the named units is meant (THuman2.0:
   * every scan has a scale of its own, which its fit tells). `unit` is then the nearest in words.
   */
  metresPerUnit?: number;
  /**
   * Turns the scan upright and facing +z (a rotation): identity where the data set declares
   * y up and front +z, from the fit's root otherwise.
   */
  upright: Matrix4;
  uprightSource: "declared" | "fit" | "assumed";
  /** Whether the data set says that +y is up where it does not say where people face. */
  upDeclared?: true;
  fit?: SubjectFit;
  /** Keypoints in scan metres, where the data set has them. */
  keypoints?: Keypoints3D;
  /** The file of the keypoints, when it is not the fit's. */
  keypointsFile?: string;
  /** Sex, age, outfit, pose, …: copied to manifests as they are. */
  attributes?: { [key: string]: string | number };
  /** Things a user should know about this subject's files. */
  notes: { code: string; text: string }[];
}

/** A folder of people, opened. */
export interface Dataset {
  /** Shown in reports; the folder's name. */
  name: string;
  /** Which layout it was recognised as, and why. */
  format: string;
  evidence: string;
  folder: string;
  /** Sorted by id. */
  subjects: Subject[];
  /** Subjects that could not be read: rows, not aborts. */
  broken: { id: string; code: string; text: string; hint?: string; file?: string }[];
}
