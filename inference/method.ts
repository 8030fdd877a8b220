/** What a reconstruction method is: one picture in, one mesh out. */
import type { Camera } from "../core/geometry/camera.ts";
import type { Mesh } from "../core/geometry/mesh.ts";
import type { TrainedOn } from "../core/files/predictions_json.ts";
import type { Json } from "../core/work/json.ts";
import type { ViewInput } from "./view_input.ts";

/** What a method gets besides the view. */
export interface MethodContext {
  /** Values of the method's own options, checked by its `options` schema. */
  options: { [key: string]: Json };
  /** Notes seconds of a named stage; goes to `timing.json`. */
  stage<T>(name: string, work: () => Promise<T>): Promise<T>;
}

/** A reconstruction. */
export interface Reconstruction {
  /** In metres; in the frame that the view input says (scan or camera). */
  mesh: Mesh;
  /** Facts about the reconstruction for the manifest: counts, shares, consistency. */
  report: { [key: string]: Json };
  /** Things a user should see. */
  warnings: string[];
}

/** One method. Each is one file and one line in `methods.ts`. */
export interface Method {
  name: string;
  version: string;
  /** One sentence for the tables. */
  description: string;
  /** It is given something of the true shape: shown, never ranked. */
  usesTruth: boolean;
  /** What it was trained on; [] for nothing. */
  trainedOn: TrainedOn[];
  /** What a view must have. Checked before any work. */
  needs: readonly Need[];
  /**
   * Reconstructs one view.
   *
   * @throws {InputError} If the view lacks something or the method finds nothing to reconstruct.
   */
  reconstruct(view: ViewInput, context: MethodContext): Promise<Reconstruction>;
}

/** Parts of a view that a method may ask for. */
export type Need = "color" | "mask" | "keypoints" | "depth" | "body" | "camera";

/** Where the mesh's coordinates live. */
export type PredictionFrame = "scan" | "camera";

/** The camera, and what a method may assume of where the person stands in front of it. */
export interface ViewCamera {
  camera: Camera;
  /** Distance from the camera to the plane through the person's centre, metres along −z. */
  subjectDistanceM: number;
}
