/** A body's surface as the solver measures against it: rebuilt for every pose. */
import { buildTree, type SurfaceTree } from "../../core/geometry/bvh.ts";
import { angleWeightedNormals } from "../../core/geometry/normals.ts";
import type { PosedBody } from "../forward.ts";
import { type BodyModel, bodyVertexCount } from "../model.ts";
import { outsides } from "./scan_target.ts";

/** A posed surface. */
export interface BodySurface {
  tree: SurfaceTree;
  /** Float32 positions, as in the tree. */
  positions: Float32Array;
  /** Smooth unit normals of the vertices. */
  normals: Float32Array;
}

/** Builds the surface of a posed body. Whoever asks for it releases its tree. */
export function bodySurface(model: BodyModel, posed: Pick<PosedBody, "vertices">): BodySurface {
  const positions = Float32Array.from(posed.vertices), indices = model.faces;
  return {
    tree: buildTree({ positions, indices }),
    positions,
    normals: angleWeightedNormals(positions, indices),
  };
}

const known = new WeakMap<BodyModel, Float64Array>();

/**
 * The area that each vertex of the template stands for, as a share of all; 0 inside (the mouth, the
 * eye sockets), where no scan ever has a surface. Kept for the model's next use.
 */
export function outerVertexShares(model: BodyModel): Float64Array {
  let shares = known.get(model);
  if (shares === undefined) {
    shares = sharesOf(model);
    known.set(model, shares);
  }
  return shares;
}

/** Rays by which a vertex of the template looks for the outside. */
const RAYS = 32;

function sharesOf(model: BodyModel): Float64Array {
  const { template, faces } = model;
  const { tree, positions, normals } = bodySurface(model, { vertices: template });
  const sides = outsides(tree, { points: Float64Array.from(positions), normals }, { rays: RAYS });
  tree.release();
  const areas = new Float64Array(bodyVertexCount(model));
  for (let f = 0; f < faces.length; f += 3) {
    const [a, b, c] = [3 * faces[f], 3 * faces[f + 1], 3 * faces[f + 2]];
    const u = [0, 1, 2].map((k) => template[b + k] - template[a + k]);
    const v = [0, 1, 2].map((k) => template[c + k] - template[a + k]);
    const area = Math.hypot(
      u[1] * v[2] - u[2] * v[1],
      u[2] * v[0] - u[0] * v[2],
      u[0] * v[1] - u[1] * v[0],
    );
    for (let k = 0; k < 3; k++) areas[faces[f + k]] += area / 6;
  }
  let total = 0;
  for (let v = 0; v < areas.length; v++) {
    if (sides[v] !== 1) areas[v] = 0;
    total += areas[v];
  }
  return areas.map((area) => area / total);
}

/** Weights of a triangle's corners at the point of it that is nearest to `p` (Ericson 2005, 5.1.5). */
export function cornerWeights(
  positions: Float32Array,
  corners: readonly [number, number, number],
  p: ArrayLike<number>,
  at: number,
): [number, number, number] {
  const [a, b, c] = corners.map((vertex) => 3 * vertex);
  let uu = 0, uv = 0, vv = 0, pu = 0, pv = 0;
  for (let k = 0; k < 3; k++) {
    const u = positions[b + k] - positions[a + k], v = positions[c + k] - positions[a + k];
    const d = p[at + k] - positions[a + k];
    uu += u * u, uv += u * v, vv += v * v, pu += d * u, pv += d * v;
  }
  const area = uu * vv - uv * uv;
  if (!(area > 1e-30)) return [1, 0, 0];
  const v = Math.min(1, Math.max(0, (vv * pu - uv * pv) / area));
  const w = Math.min(1 - v, Math.max(0, (uu * pv - uv * pu) / area));
  return [1 - v - w, v, w];
}
