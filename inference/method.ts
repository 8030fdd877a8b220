/** What a reconstruction method is: one picture in, one mesh out. */
import type { Camera } from "../core/geometry/camera.ts";
import type { Mesh } from "../core/geometry/mesh.ts";
import type { TrainedOn } from "../core/files/predictions_json.ts";
import type { Json } from "../core/work/json.ts";
import type { ViewInput } from "./view_input.ts";

/**
 * Where a method's files are and how it runs: nothing that decides bytes but by the files'
 * contents. Never recorded.
 */
export interface MethodSettings {
  /** Folder of a model. */
  model?: string | undefined;
  /** Threads of networks. Default: 1. */
  threads?: number | undefined;
  /** `low` trades time for memory. */
  memory?: "normal" | "low" | undefined;
  /** Side of a refinement tile, pixels. */
  tilePx?: number | "whole" | undefined;
  /** Folder for this view's intermediate tensors, and the text that marks them as its own. */
  stages?: { folder: string; mark: string } | undefined;
}

/** What a method with chosen options is, before anything is reconstructed. */
export interface MethodDeclaration {
  /** Name in tables, where it differs from the method's. */
  name?: string | undefined;
  version: string;
  /** Nothing says that the weights were trained: what comes out is no result. */
  untrained?: true | undefined;
  /** Its networks take so much memory that views are worked on one after the other. */
  large?: true | undefined;
  /** Undefined: not declared. */
  trainedOn: TrainedOn[] | undefined;
  /** Files that decide the result: a change makes it stale. */
  files: { role: string; path: string }[];
  /** Things a user should see before the run. */
  notes: string[];
}

/** What a method gets besides the view. */
export interface MethodContext {
  /** Values of the method's own options that decide bytes. */
  options: { [key: string]: Json };
  settings: MethodSettings;
  /** The prediction's id: `<subject>/<view>`, or the photo's name. */
  id: string;
  /** Folder for files beside the mesh, under their path below the predictions' folder. */
  folder: string;
  signal?: AbortSignal | undefined;
  /** Shows how far a stage is. */
  progress?: ((stage: string, done: number, total: number) => void) | undefined;
  /** Notes seconds of a named stage; goes to `timing.json`. */
  stage<T>(name: string, work: () => Promise<T>): Promise<T>;
}

/** A reconstruction. */
export interface Reconstruction {
  /** In metres; in the frame that the view input says (scan or camera). Undefined: not asked for. */
  mesh: Mesh | undefined;
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
   * Says what the method is with these options.
   *
   * @throws {InputError} If they cannot work here: no such model, no such provider.
   */
  declare?(settings: MethodSettings, options: { [key: string]: Json }): Promise<MethodDeclaration>;
  /**
   * Reconstructs one view.
   *
   * @throws {InputError} If the view lacks something or the method finds nothing to reconstruct.
   */
  reconstruct(view: ViewInput, context: MethodContext): Promise<Reconstruction>;
}

/** Parts of a view that a method may ask for. */
export type Need = "color" | "picture" | "mask" | "keypoints" | "depth" | "body" | "camera";

/** Where the mesh's coordinates live. */
export type PredictionFrame = "scan" | "camera";

/** The camera, and what a method may assume of where the person stands in front of it. */
export interface ViewCamera {
  camera: Camera;
  /** Distance from the camera to the plane through the person's centre, metres along −z. */
  subjectDistanceM: number;
}
