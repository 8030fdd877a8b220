/**
 * IntegratedPIFu's human parsing: which part of the body a pixel shows, in the seven classes of
 * Pascal-Person-Part. The published labels are a network's guess at the picture; these are told by the
 * fitted body (the part nearest to the scan's surface), so clothes count as what they cover.
 */
import type { Camera } from "../../core/geometry/camera.ts";
import type { Mesh } from "../../core/geometry/mesh.ts";
import { BODY_PARTS, type PartGroup, partGroup } from "../../body/parts.ts";
import { partsOfScan } from "../../body/scan_parts.ts";
import type { LayoutView } from "./layout.ts";
import { pixelWeights } from "./_surface_values.ts";

/** Values of the classes in the files; the background is 0. The neck counts as the head. */
const LEVELS: Readonly<Record<PartGroup, number>> = {
  head: 0.5,
  torso: 0.6,
  upper_arm: 0.7,
  lower_arm: 0.8,
  hand: 0.8,
  upper_leg: 0.9,
  lower_leg: 1,
  foot: 1,
};

const LEVEL_OF_PART = Float32Array.from(BODY_PARTS, (part) => LEVELS[partGroup(part)]);

const labels = new WeakMap<Mesh, Uint8Array>();

/**
 * The map of a view, float32, row by row: 0 in the background, else a class's value at the nearest
 * corner of the triangle that the pixel shows. Undefined where the subject has no posed body.
 *
 * @param face Triangle + 1 of each pixel, 0 in the background.
 */
export function parseMap(
  { scene: { mesh, body } }: Pick<LayoutView, "scene">,
  camera: Camera,
  face: Uint32Array,
): Float32Array | undefined {
  if (body === undefined) return undefined;
  let parts = labels.get(mesh);
  if (parts === undefined) labels.set(mesh, parts = partsOfScan(mesh, body.model, body.posed));
  const weights = pixelWeights(camera, mesh, face), out = new Float32Array(face.length);
  for (let pixel = 0; pixel < face.length; pixel++) {
    if (face[pixel] === 0) continue;
    const wb = weights[2 * pixel], wc = weights[2 * pixel + 1], wa = 1 - wb - wc;
    const corner = wa >= wb && wa >= wc ? 0 : wb >= wc ? 1 : 2;
    out[pixel] = LEVEL_OF_PART[parts[mesh.indices[3 * (face[pixel] - 1) + corner]]];
  }
  return out;
}
