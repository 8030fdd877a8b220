/** The open body model (`fixtures/humans/open_body.npz`): how it is known, where its keypoints are. */
import { sha256 } from "../core/work/hash.ts";
import { type BodyModel, bodyVertexCount } from "./model.ts";
import table from "./open_keypoints.json" with { type: "json" };

/** A point as a weighted mean of vertices. */
export interface VertexMean {
  vertices: readonly number[];
  /** Sum 1. */
  weights: readonly number[];
}

/**
 * Keypoints of the open body that are no joints: by BODY_25's name, and by `left<i>`, `right<i>` for
 * the points of the hands. Derived from the training figures by
 * `tests/body/derive_open_keypoints.ts`, which says how well they hold.
 */
export const OPEN_KEYPOINTS: Readonly<Record<string, VertexMean>> = table.points;

/** Says whether a model has the open body's vertices: the same count and the very same triangles. */
export function isOpenBody(model: BodyModel): boolean {
  if (bodyVertexCount(model) !== table.vertices) return false;
  const { buffer, byteOffset, byteLength } = model.faces;
  return sha256(new Uint8Array(buffer, byteOffset, byteLength)) === table.facesSha256;
}
