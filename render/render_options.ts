/** What decides the bytes of a rendered data set. */
import type { NormalSource } from "./backend.ts";
import type { BackendName } from "./backends.ts";
import type { SuiteGroup } from "./layouts/suite_files.ts";

/** Options of `render`, each with the default of the command line. */
export interface RenderOptions {
  /** Layout to write. Default: `suite`. */
  layout: string;
  /** Width and height, pixels. Default: 2048. */
  size: number;
  /** `persp50`: 2K2K's perspective camera; `ortho`: parallel. Default: `persp50`. */
  camera: "persp50" | "ortho";
  /** Which back-end draws; `auto`: the one that draws the first view faster. Default: `cpu`. */
  backend: BackendName | "auto";
  /** Groups of maps. Default: all. */
  maps: readonly SuiteGroup[];
  /** Where normals come from. Default: `smooth`. */
  normals: NormalSource;
  /** N × N samples a pixel for colours. Default: 1. */
  supersample: number;
  /** Seed of the lights and of samples. Default: 0. */
  seed: number;
  /** Name of the set in paths of layouts. Default: told by the data set. */
  set?: string;
  /**
   * `published`: colours as the layout's own program makes them, where that is another way
   * (`2k2k`: one colour a face of the mesh divided once). Default: filtered texture.
   */
  colors?: "published";
  /** Points that layouts with samples draw of each kind. Default: the layout's own. */
  samples?: number;
  /** `none` leaves shadows out of the layouts' soft light. Default: `shadows`. */
  transfer?: "none";
}

/** The defaults of {@linkcode RenderOptions}. */
export const RENDER_DEFAULTS: Readonly<RenderOptions> = Object.freeze({
  layout: "suite",
  size: 2048,
  camera: "persp50",
  backend: "cpu",
  maps: Object.freeze(["color", "shaded", "normal", "depth", "mask", "keypoints", "body"] as const),
  normals: "smooth",
  supersample: 1,
  seed: 0,
});

/** Yaws that `render` makes by default, degrees: 2K2K's. */
export const DEFAULT_YAWS_DEG: readonly number[] = Object.freeze([-30, -20, -10, 0, 10, 20, 30]);
