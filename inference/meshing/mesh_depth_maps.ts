/** Depth maps → a closed mesh and a record of all that was decided on the way. */
import type { Mesh } from "../../core/geometry/mesh.ts";
import { signedVolume } from "../../core/geometry/topology.ts";
import type { Json } from "../../core/work/json.ts";
import { withDefaults } from "../../core/work/options.ts";
import { decimate, type Decimation } from "./decimate.ts";
import { hiddenGaps } from "./hidden_gaps.ts";
import { largestPiece, type Pieces } from "./largest_piece.ts";
import { checkMeshingOptions } from "./meshing_options.ts";
import { POISSON_MESH_DEFAULTS, poissonMesh, type PoissonMeshOptions } from "./poisson_mesh.ts";
import { pixelWarnings, type PreparedPixels, prepareMaps } from "./prepare_maps.ts";
import { labelsFromMaps } from "./relabel.ts";
import { colorsFromPictures, SeenFrom } from "./seen_from.ts";
import { smoothDepth, type Smoothing } from "./smooth_depth.ts";
import { closedSolid, type ColorMap, type DoubleDepth, withoutLongWalls } from "./solid.ts";
import { withTexture } from "./texture.ts";

/** Maps of one view; all on the camera's pixels. */
export interface DepthMaps extends DoubleDepth {
  /** Unit normals in the camera's frame, xyz interleaved; 0 where unknown. Default: the depth's. */
  frontNormals?: Float32Array | undefined;
  backNormals?: Float32Array | undefined;
  /** Pictures aligned with the maps. Without a back one the front's colour at the pixel is taken. */
  frontColor?: ColorMap | undefined;
  backColor?: ColorMap | undefined;
}

/** How maps become a surface. */
export type Mesher = "stitch" | "poisson";

/** See docs/meshing.md. An explicit `undefined` is the default. */
export interface MeshingOptions {
  /** Default: poisson. */
  mesher?: Mesher | undefined;
  /** `stitch`: leave out interior walls longer than this; the mesh is then open. Default: keep. */
  openJumpsMm?: number | undefined;
  /**
   * `stitch`: what stands behind an arm that crosses the trunk: `guess` parts the two where there is
   * room (see `hidden_gaps.ts`), `walls` joins them by interior walls. Default: guess.
   */
  hidden?: "guess" | "walls" | undefined;
  /** `auto` smooths depths that are noisier than their normals (`smooth_depth.ts`). Default: auto. */
  smooth?: "auto" | "off" | undefined;
  /** `poisson`: 2^depth cells along the longest side. Default: 9. */
  poissonDepth?: number | undefined;
  /** `largest` keeps one piece, `all` every one. Default: largest. */
  pieces?: "largest" | "all" | undefined;
  /** Merges edges until this many faces are left. Default: all faces. */
  faces?: number | undefined;
  /** Where the pictures' colours go, if there are any: default vertices. */
  color?: "vertices" | "texture" | "none" | undefined;
}

type Chosen = "mesher" | "hidden" | "smooth" | "poissonDepth" | "pieces" | "color";

export const MESHING_DEFAULTS: Readonly<
  Required<{ [K in Chosen]: NonNullable<MeshingOptions[K]> }>
> = Object.freeze({
  mesher: "poisson",
  hidden: "guess",
  smooth: "auto",
  poissonDepth: POISSON_MESH_DEFAULTS.poissonDepth,
  pieces: "largest",
  color: "vertices",
});

/** What happened: plain data (see {@linkcode meshingJson}). */
export interface MeshingRecord {
  mesher: Mesher;
  pixels: PreparedPixels;
  /** `stitch`: pixels too isolated to carry a triangle. */
  isolated: number;
  /**
   * `poisson`: the depth used (no finer than the pixels), by how many levels that is less than asked
   * for because the maps are noise, and the side of its cells.
   */
  poisson: { depth: number; levelsLess: number; cellMm: number } | null;
  /** `poisson`: normals that were missing or wrong and taken from the depth. */
  ownNormals: number;
  smoothing: { front: Smoothing; back: Smoothing } | null;
  /** Pixels behind whose front a hidden gap was guessed, and its mean height. */
  hiddenGaps: { pixels: number; meanMm: number };
  pieces: Pieces;
  decimation: Decimation | null;
  /** `mirrored front`: the back's colours are those of the front on the same rays. */
  backColor: "given" | "mirrored front" | "none";
  /** Faces of the mesh, and those that no pixel saw. */
  faces: number;
  inferred: number;
  /** Signed volume, cubic metres: above 0 is outward. */
  volumeM3: number;
}

/**
 * Makes one closed, manifold, outward surface in the scan's frame (open only with `openJumpsMm`).
 *
 * @throws {InputError} If the maps carry no triangle.
 * @throws {UsageError} If an option does not go with the mesher.
 * @throws {RangeError} If a map does not fit the camera, or an option is out of range.
 */
export async function meshDepthMaps(
  given: DepthMaps,
  options: MeshingOptions = {},
): Promise<{ mesh: Mesh; record: MeshingRecord; warnings: string[] }> {
  const { faces, openJumpsMm, ...rest } = options;
  const chosen = withDefaults(MESHING_DEFAULTS, rest);
  checkMeshingOptions({ ...options, mesher: chosen.mesher });
  const isSmoothed = chosen.smooth === "auto" && checkMaps(given);
  const { maps: smooth, smoothing } = isSmoothed
    ? smoothDepth(given)
    : { maps: given, smoothing: null };
  const { maps, pixels } = prepareMaps(smooth);
  const isNoisy = smoothing !== null && (smoothing.front.rmsPx > 0 || smoothing.back.rmsPx > 0);
  const made = chosen.mesher === "stitch"
    ? stitched(maps, { ...chosen, openJumpsMm })
    : reconstructed(maps, { poissonDepth: chosen.poissonDepth, isNoisy });
  const { mesh: largest, pieces } = largestPiece(made.mesh);
  let mesh = withoutLongWalls(chosen.pieces === "largest" ? largest : made.mesh);
  let decimation: Decimation | null = null;
  if (faces !== undefined) {
    ({ mesh, decimation } = await decimate(mesh, faces));
    if (mesh.faceInferred === undefined) {
      const reach = decimation.maxMm / 1000 + made.reachM;
      mesh.faceInferred = labelsFromMaps(mesh, maps, reach);
    }
  }
  const { frontColor, backColor = frontColor } = maps;
  const colored = chosen.color !== "none" && frontColor !== undefined && backColor !== undefined;
  if (colored) {
    const pictures = [frontColor, backColor] as const;
    if (chosen.color === "texture") mesh = withTexture(mesh, maps, pictures);
    else if (mesh.colors === undefined) {
      mesh = { ...mesh, colors: colorsFromPictures(mesh, new SeenFrom(maps), pictures) };
    }
  }
  let inferred = 0;
  for (const label of mesh.faceInferred!) inferred += label;
  const record: MeshingRecord = {
    mesher: chosen.mesher,
    pixels,
    isolated: made.isolated,
    poisson: made.poisson,
    ownNormals: made.ownNormals,
    smoothing,
    hiddenGaps: made.hiddenGaps,
    pieces,
    decimation,
    backColor: !colored ? "none" : maps.backColor === undefined ? "mirrored front" : "given",
    faces: mesh.indices.length / 3,
    inferred,
    volumeM3: signedVolume(mesh),
  };
  return { mesh, record, warnings: meshingWarnings(record, chosen.pieces) };
}

/** A surface, and what its mesher says of it. */
interface Made extends Pick<MeshingRecord, "isolated" | "ownNormals" | "poisson" | "hiddenGaps"> {
  mesh: Mesh;
  /** How far a vertex may lie from what the pixels saw, metres. */
  reachM: number;
}

function reconstructed(maps: DepthMaps, options: PoissonMeshOptions): Made {
  const { mesh, ownNormals, depth, levelsLess, cellM } = poissonMesh(maps, options);
  return {
    mesh,
    isolated: 0,
    ownNormals,
    poisson: { depth, levelsLess, cellMm: 1000 * cellM },
    hiddenGaps: { pixels: 0, meanMm: 0 },
    reachM: cellM / 2,
  };
}

function stitched(maps: DepthMaps, { hidden, color, openJumpsMm }: MeshingOptions): Made {
  const found = hidden === "guess" ? hiddenGaps(maps) : undefined;
  const { mesh, report } = closedSolid(maps, {
    gaps: found?.gaps,
    ...(color === "vertices" && { frontColor: maps.frontColor, backColor: maps.backColor }),
    openJumpsM: openJumpsMm === undefined ? undefined : openJumpsMm / 1000,
  });
  return {
    mesh,
    isolated: report.isolated,
    ownNormals: 0,
    hiddenGaps: { pixels: found?.pixels ?? 0, meanMm: 1000 * (found?.meanGapM ?? 0) },
    poisson: null,
    reachM: 0,
  };
}

/** Whether normals are there to smooth with. @throws {RangeError} If they do not fit the camera. */
function checkMaps({ camera, frontNormals, backNormals }: DepthMaps): boolean {
  const values = 3 * camera.width * camera.height;
  for (const normals of [frontNormals, backNormals]) {
    if (normals === undefined || normals.length === values) continue;
    throw new RangeError(
      `Cannot make a mesh: a normal map has ${normals.length} values, expected ${values}`,
    );
  }
  return frontNormals !== undefined || backNormals !== undefined;
}

function meshingWarnings(record: MeshingRecord, which: "largest" | "all"): string[] {
  const { pixels, isolated, smoothing, decimation, poisson } = record;
  const warnings = pixelWarnings(pixels);
  if (isolated > 0) warnings.push(`${isolated} isolated pixels carry no triangle`);
  for (const side of ["front", "back"] as const) {
    const { noisePx, rmsPx } = smoothing?.[side] ?? { noisePx: null, rmsPx: 0 };
    if (noisePx === null || rmsPx === 0) continue;
    warnings.push(
      `the ${side} depth was smoothed by its normals: its noise is ${noisePx.toFixed(2)} pixel ` +
        `sides, it changed by ${rmsPx.toFixed(2)} (root mean square)`,
    );
  }
  if (poisson !== null && poisson.levelsLess > 0) {
    warnings.push(
      `the depths are too rough for finer cells than ${poisson.cellMm.toFixed(0)} mm: ` +
        "they look like noise, not like a surface",
    );
  }
  const { count, floatingShare } = record.pieces;
  if (count > 1) {
    const share = `${(100 * floatingShare).toFixed(2)} % of the area`;
    warnings.push(
      which === "largest"
        ? `${count - 1} floating pieces (${share}) are left out`
        : `the mesh has ${count} pieces; ${share} is not in the largest`,
    );
  }
  if (decimation?.kept === false) {
    warnings.push(
      `the mesh keeps its ${decimation.before} faces: with fewer it would not be closed`,
    );
  }
  if (!(record.volumeM3 > 0)) warnings.push("the mesh encloses no volume: it is inside out");
  return warnings;
}

/** A record as a manifest holds it. */
export function meshingJson(record: MeshingRecord): { [key: string]: Json } {
  return structuredClone(record) as unknown as { [key: string]: Json };
}
