/** Samples by body part, and by whether the input view sees them. */
import { partsOfPoints } from "../../body/scan_parts.ts";
import type { PosedBody } from "../../body/forward.ts";
import type { BodyModel } from "../../body/model.ts";
import { BODY_PARTS, type PartGroup, partGroup } from "../../body/parts.ts";
import type { Camera } from "../../core/geometry/camera.ts";
import { anyHits } from "../../core/geometry/ray.ts";
import type { SurfaceSamples } from "../../core/geometry/sampler.ts";
import { invert, transformPoint } from "../../core/geometry/transform.ts";
import type { Surface } from "./surface.ts";

/** The subject's body where its scan is, for labels of parts. */
export interface TruthBody {
  model: BodyModel;
  /** In the scan's frame, metres; the joints place meshes in frames of other programs. */
  posed: Pick<PosedBody, "vertices"> & Partial<Pick<PosedBody, "joints">>;
}

/** Parts that scores are given for, left and right together. */
export const PART_REGIONS: Readonly<Record<string, readonly PartGroup[]>> = Object.freeze({
  head: ["head"],
  hands: ["hand"],
  arms: ["upper_arm", "lower_arm"],
  torso: ["torso"],
  legs: ["upper_leg", "lower_leg"],
  feet: ["foot"],
});

/** What the input view sees, and what it does not. */
export const VIEW_REGIONS: readonly string[] = Object.freeze(["visible", "hidden"]);

/** Flags of samples (1: in the region) by the region's name. */
export type RegionFlags = ReadonlyMap<string, Uint8Array>;

/**
 * Tells which part each point belongs to: that of the nearest place on the subject's body. Points of
 * a prediction are asked for where the prediction stands when it is scored.
 *
 * @param points xyz interleaved, length 3n, scan's frame, metres.
 */
export function partFlags(points: Float64Array, body: TruthBody): RegionFlags {
  const labels = partsOfPoints(points, { ...body, order: "given" });
  const regionOf = BODY_PARTS.map((part) =>
    Object.keys(PART_REGIONS).findIndex((name) => PART_REGIONS[name].includes(partGroup(part)))
  );
  return new Map(
    Object.keys(PART_REGIONS).map((name, region) => [
      name,
      flagsOf(labels.length, (i) => regionOf[labels[i]] === region),
    ]),
  );
}

/**
 * Tells which samples of a surface a camera sees: nothing of the surface stands between, from
 * `startM` off the sample on. Which way a triangle is wound does not matter.
 */
export function viewFlags(
  surface: Surface,
  samples: SurfaceSamples,
  { camera, startM }: { camera: Camera; startM: number },
): RegionFlags {
  const scanFromCam = invert(camera.camFromScan);
  const eye = transformPoint(scanFromCam, [0, 0, 0]);
  const behind = transformPoint(scanFromCam, [0, 0, 1]).map((v, k) => v - eye[k]);
  const { points } = samples, directions = new Float64Array(points.length);
  for (let i = 0; i < points.length; i += 3) {
    let x = behind[0], y = behind[1], z = behind[2];
    if (camera.projection === "perspective") {
      x = eye[0] - points[i], y = eye[1] - points[i + 1], z = eye[2] - points[i + 2];
    }
    const length = Math.sqrt(x * x + y * y + z * z);
    directions[i] = x / length, directions[i + 1] = y / length, directions[i + 2] = z / length;
  }
  const blocked = anyHits(surface.tree, { origins: points, directions }, { from: startM });
  return new Map([
    ["visible", flagsOf(blocked.length, (i) => blocked[i] === 0)],
    ["hidden", blocked],
  ]);
}

function flagsOf(length: number, is: (i: number) => boolean): Uint8Array {
  const flags = new Uint8Array(length);
  for (let i = 0; i < length; i++) flags[i] = is(i) ? 1 : 0;
  return flags;
}
