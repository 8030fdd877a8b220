/** What a renderer does, whoever does it: the CPU here, a GPU elsewhere. */
import type { PictureWindow } from "../core/files/image.ts";
import type { Camera } from "../core/geometry/camera.ts";
import type { Mesh } from "../core/geometry/mesh.ts";
import type { SphericalLight } from "./light.ts";

/** Everything a back-end can draw of one mesh. Front = first, back = last surface along the ray. */
export const RASTER_MAPS = [
  "color",
  "color_back",
  "shaded",
  "normal",
  "normal_back",
  "depth",
  "depth_back",
  "mask",
  "face",
  "face_back",
] as const;

/** One of {@linkcode RASTER_MAPS}. */
export type RasterMapName = (typeof RASTER_MAPS)[number];

/**
 * The maps that were asked for, row by row from the top left; background is 0 in all of them.
 * Front and back share one coverage: a pixel has either both or neither.
 */
export interface RasterMaps {
  width: number;
  height: number;
  /** Outside of this rectangle everything is background. */
  window: PixelWindow;
  /** Albedo, sRGB, straight alpha = coverage; RGBA, length 4 · pixels. */
  color?: Uint8Array;
  /** Albedo of the last surface, as `color`. */
  color_back?: Uint8Array;
  /** Albedo times irradiance, sRGB, straight alpha = coverage; RGBA, length 4 · pixels. */
  shaded?: Uint8Array;
  /** Camera-space unit normals as round((n + 1)/2 · 65535); RGB, length 3 · pixels. */
  normal?: Uint16Array;
  /** Normals of the last surface, pointing away from the camera; as `normal`. */
  normal_back?: Uint16Array;
  /** Metres along −z, length pixels. */
  depth?: Float32Array;
  /** Depth of the last surface, ≥ `depth`. */
  depth_back?: Float32Array;
  /** 255 where the pixel's centre is covered, else 0; length pixels. */
  mask?: Uint8Array;
  /** Index of the triangle + 1, 0 for none; length pixels. */
  face?: Uint32Array;
  /** Triangle of the last surface, as `face`. */
  face_back?: Uint32Array;
  stats: RasterStats;
}

/** A rectangle of pixels. */
export type PixelWindow = PictureWindow;

/** What happened while drawing. Counts are of pixels. */
export interface RasterStats {
  /** Pixels whose centre is covered. */
  covered: number;
  /** Of `normal` and `normal_back`; 0 where the map was not asked for. */
  normal: NormalStats;
  normal_back: NormalStats;
}

/** How often a normal had to be changed to face the way its map wants. */
export interface NormalStats {
  /** Seen from the triangle's other side and negated: inside of a single-sheet garment. */
  turned: number;
  /** Interpolated past the silhouette and bent back to perpendicular to the ray. */
  bent: number;
  /** Without a vertex normal: the triangle's own was taken. */
  flat: number;
}

/** What to draw. */
export interface RasterRequest {
  /** Which maps. */
  maps: readonly RasterMapName[];
  /** N × N ordered samples a pixel for `color`, `color_back`, `shaded`. Default: 1. */
  supersample?: number;
  /** The light of `shaded`, in the camera's frame; needed for `shaded` alone. */
  light?: SphericalLight;
  /**
   * Maps of an earlier view that nobody needs any more: their arrays may be written over and
   * returned again. At 2048² fresh arrays take about a tenth of the time of a view.
   */
  reuse?: RasterMaps;
}

/** How a mesh is prepared. */
export interface PrepareOptions {
  /**
   * Where normals come from. `smooth`: angle-weighted, welded by exact position; `face`: the
   * triangle's own; `file`: the vertex normals of the file. Default: `smooth`.
   */
  normals?: NormalSource;
}

/** See {@linkcode PrepareOptions.normals}. */
export type NormalSource = "smooth" | "face" | "file";

/** The defaults of {@linkcode PrepareOptions}. */
export const PREPARE_DEFAULTS: Required<PrepareOptions> = Object.freeze({ normals: "smooth" });

/**
 * A way to draw. `prepare` does what all views of a mesh share, once; `draw` makes the maps of one
 * view. Drawing twice gives the same bytes.
 */
export interface Backend<Scene = unknown> {
  /** As `--backend` names it. */
  readonly name: string;
  /** What draws, where that is not the processor: its driver's name for it. */
  readonly device?: string;
  /**
   * Welds, computes normals, builds mip maps.
   *
   * @throws {InputError} If positions are not finite, indices lead nowhere, or `file` normals are
   * asked of a mesh without any.
   */
  prepare(mesh: Mesh, options?: PrepareOptions): Promise<Scene>;
  /**
   * Draws one view.
   *
   * @throws {RangeError} If the request or the camera makes no sense.
   * @throws {MachineError} If the device that draws was lost or reported any error.
   */
  draw(scene: Scene, camera: Camera, request: RasterRequest): Promise<RasterMaps>;
  /** Gives back what the scene holds outside JavaScript's memory. */
  release(scene: Scene): void;
}
