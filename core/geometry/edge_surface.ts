/** A surface of which only the edges count where its triangles are small. */
import { triangleArea } from "./canonical_frame.ts";
import { meshEdges } from "./_edges.ts";
import type { Mesh } from "./mesh.ts";

/**
 * Makes a mesh whose distances are those of PyTorch3D's point-to-face functions: triangles of less
 * than `minTriangleArea` have edges only (they count as degenerate there), larger ones are whole. An
 * edge is a triangle with two equal corners, which the tree measures as the segment that it is.
 *
 * @param options.minTriangleArea In the mesh's unit².
 */
export function edgeSurface(
  { positions, indices }: Pick<Mesh, "positions" | "indices">,
  { minTriangleArea }: { minTriangleArea: number },
): Pick<Mesh, "positions" | "indices"> {
  const { uses, starts } = meshEdges(indices);
  const edges = starts.length - 1, large: number[] = [];
  for (let f = 0; f < indices.length; f += 3) {
    const a = 3 * indices[f], b = 3 * indices[f + 1], c = 3 * indices[f + 2];
    if (triangleArea(positions, a, b, c) >= minTriangleArea) large.push(f);
  }
  const out = new Uint32Array(3 * (edges + large.length));
  for (let e = 0; e < edges; e++) {
    const side = uses[starts[e]];
    out[3 * e] = out[3 * e + 2] = indices[side];
    out[3 * e + 1] = indices[side % 3 === 2 ? side - 2 : side + 1];
  }
  for (const [i, f] of large.entries()) out.set(indices.subarray(f, f + 3), 3 * (edges + i));
  return { positions, indices: edges + large.length > 0 ? out : indices };
}
