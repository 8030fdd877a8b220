/**
 * Scans in the canonical frame of their fits (metres, pelvis at the origin, root rotation undone:
 * CustomHumans' and SiTH's), and how well the body carries a scan to its rest pose and back.
 */
import { poseBody } from "../body/forward.ts";
import type { BodyFit } from "../body/fit.ts";
import type { BodyModel } from "../body/model.ts";
import { canonicalFit, canonicalFromScan } from "../body/place.ts";
import { reposePoints, unposePoints, vertexMotion } from "../body/unpose.ts";
import { buildTree } from "../core/geometry/bvh.ts";
import { closestPoints } from "../core/geometry/closest.ts";
import type { Mesh } from "../core/geometry/mesh.ts";
import { transformPoints } from "../core/geometry/transform.ts";

/** A scan in the canonical frame. */
export interface CanonicalScan {
  mesh: Mesh;
  /** No root rotation, scale 1, the pelvis at the origin. */
  fit: BodyFit;
  unposed: UnposeCheck;
}

/** How well a scan comes back from the rest pose of its body. */
export interface UnposeCheck {
  /** Vertices of the scan. */
  vertices: number;
  /** Those that cannot be taken back: their body vertex is twisted flat. */
  lost: number;
  /** Farthest that a vertex is from its place after the way there and back, metres. */
  farthestM: number;
}

/**
 * Brings a scan with its fit to the canonical frame and takes it to the rest pose and back.
 *
 * @throws {RangeError} If the fit does not go with the model.
 */
export function canonicalScan(
  mesh: Mesh,
  { model, fit }: { model: BodyModel; fit: BodyFit },
): CanonicalScan {
  const map = canonicalFromScan(model, fit), { normals: _, ...rest } = mesh;
  const moved: Mesh = { ...rest, positions: transformPoints(map, mesh.positions) };
  const canonical = canonicalFit(fit);
  return { mesh: moved, fit: canonical, unposed: checkUnpose(moved, { model, fit: canonical }) };
}

/** Takes a scan to the rest pose of its body and back. */
export function checkUnpose(
  mesh: Pick<Mesh, "positions">,
  { model, fit }: { model: BodyModel; fit: BodyFit },
): UnposeCheck {
  const points = mesh.positions;
  const positions = Float32Array.from(poseBody(model, fit).vertices);
  using tree = buildTree({ positions, indices: model.faces });
  const { face, point } = closestPoints(tree, points, { withPoints: true });
  const vertex = Uint32Array.from(face, (f, i) => {
    const off = (v: number) =>
      Math.hypot(...[0, 1, 2].map((k) => positions[3 * v + k] - point![3 * i + k]));
    return [...model.faces.subarray(3 * f, 3 * f + 3)].reduce((a, b) => off(b) < off(a) ? b : a);
  });
  const motion = vertexMotion(model, fit);
  const { rest, lost } = unposePoints(motion, { points, vertex });
  const back = reposePoints(motion, { points: rest, vertex });
  let farthestM = 0;
  for (let i = 0; i < back.length; i += 3) {
    if (Number.isNaN(back[i])) continue;
    farthestM = Math.max(
      farthestM,
      Math.hypot(back[i] - points[i], back[i + 1] - points[i + 1], back[i + 2] - points[i + 2]),
    );
  }
  return { vertices: vertex.length, lost, farthestM };
}
