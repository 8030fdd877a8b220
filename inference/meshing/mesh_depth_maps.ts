/** Depth maps → a closed mesh and a record of all that was decided on the way. */
import { signedVolume } from "../../core/geometry/topology.ts";
import type { Mesh } from "../../core/geometry/mesh.ts";
import { InputError } from "../../core/work/errors.ts";
import type { Json } from "../../core/work/json.ts";
import { withDefaults } from "../../core/work/options.ts";
import { hiddenGaps } from "./hidden_gaps.ts";
import { largestPiece, type Pieces } from "./largest_piece.ts";
import { pixelWarnings, type PreparedPixels, prepareMaps } from "./prepare_maps.ts";
import { type ColorMap, type DoubleDepth, solidFromDepth } from "./solid.ts";

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

export interface MeshingOptions {
  /** See docs/meshing.md. */
  mesher?: Mesher | undefined;
  /** `stitch`: leave out interior walls longer than this; the mesh is then open. Default: keep. */
  openJumpsMm?: number | undefined;
  /** `largest` keeps one piece, `all` every one. Default: largest. */
  pieces?: "largest" | "all" | undefined;
  /**
   * `stitch`: what stands behind an arm that crosses the trunk: `guess` parts the two where there is
   * room (see `hidden_gaps.ts`), `walls` joins them by interior walls. Default: guess.
   */
  hidden?: "guess" | "walls" | undefined;
}

export const MESHING_DEFAULTS: Readonly<
  Required<{ [K in "mesher" | "pieces" | "hidden"]: NonNullable<MeshingOptions[K]> }>
> = Object.freeze({ mesher: "stitch", pieces: "largest", hidden: "guess" });

/** What happened. Plain data: see {@linkcode meshingJson}. */
export interface MeshingRecord {
  mesher: Mesher;
  pixels: PreparedPixels;
  /** Pixels too isolated to carry a triangle. */
  isolated: number;
  /** Pixels behind whose front a hidden gap was guessed, and its mean height. */
  hiddenGaps: { pixels: number; meanMm: number };
  pieces: Pieces;
  /** Faces of the mesh, and those that no pixel saw. */
  faces: number;
  inferred: number;
  /** Signed volume, cubic metres: above 0 is outward. */
  volumeM3: number;
}

/**
 * Makes one closed, manifold, outward surface in the scan's frame.
 *
 * @throws {InputError} If the maps carry no triangle, or an option does not go with the mesher.
 * @throws {RangeError} If a map does not fit the camera.
 */
export function meshDepthMaps(
  given: DepthMaps,
  options: MeshingOptions = {},
): Promise<{ mesh: Mesh; record: MeshingRecord; warnings: string[] }> {
  return Promise.resolve().then(() => make(given, options));
}

function make(given: DepthMaps, options: MeshingOptions) {
  const { mesher, pieces: which, hidden } = withDefaults(MESHING_DEFAULTS, {
    hidden: options.hidden,
    mesher: options.mesher,
    pieces: options.pieces,
  });
  if (mesher !== "stitch") {
    throw new InputError(`Cannot make a mesh: the mesher "${mesher}" is not there`, {
      hint: "meshers are: stitch",
    });
  }
  const { maps, pixels } = prepareMaps(given);
  const found = hidden === "guess" ? hiddenGaps(maps) : undefined;
  const { mesh: whole, report } = solidFromDepth(maps, {
    gaps: found?.gaps,
    frontColor: maps.frontColor,
    backColor: maps.backColor,
    openJumpsM: options.openJumpsMm === undefined ? undefined : options.openJumpsMm / 1000,
  });
  const { mesh: largest, pieces } = largestPiece(whole);
  const mesh = which === "largest" ? largest : whole;
  let inferred = 0;
  for (const label of mesh.faceInferred!) inferred += label;
  const record: MeshingRecord = {
    mesher,
    pixels,
    isolated: report.isolated,
    hiddenGaps: { pixels: found?.pixels ?? 0, meanMm: 1000 * (found?.meanGapM ?? 0) },
    pieces,
    faces: mesh.indices.length / 3,
    inferred,
    volumeM3: signedVolume(mesh),
  };
  return { mesh, record, warnings: meshingWarnings(record, which) };
}

function meshingWarnings(record: MeshingRecord, which: "largest" | "all"): string[] {
  const warnings = pixelWarnings(record.pixels);
  if (record.isolated > 0) warnings.push(`${record.isolated} isolated pixels carry no triangle`);
  const { count, floatingShare } = record.pieces;
  if (count > 1) {
    const share = `${(100 * floatingShare).toFixed(2)} % of the area`;
    warnings.push(
      which === "largest"
        ? `${count - 1} floating pieces (${share}) are left out`
        : `the mesh has ${count} pieces; ${share} is not in the largest`,
    );
  }
  return warnings;
}

/** A record as a manifest holds it. */
export function meshingJson(record: MeshingRecord): { [key: string]: Json } {
  return structuredClone(record) as unknown as { [key: string]: Json };
}
