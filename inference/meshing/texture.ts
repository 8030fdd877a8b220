/** A mesh's texture from the photo: the front projected, the back beside it. */
import type { Mesh, Texture } from "../../core/geometry/mesh.ts";
import { windowOf } from "./_window.ts";
import { SeenFrom } from "./seen_from.ts";
import type { ColorMap, DoubleDepth } from "./solid.ts";

/** Pixels of the picture kept round the person, filled with the nearest of the person's colours. */
const MARGIN = 8;

/**
 * Gives the mesh texture coordinates and one texture: on the left the picture as the camera sees the
 * person, on the right the back's on the same pixels. A face takes the side whose depth is nearer to
 * its middle. Outside the silhouette the nearest pixel's colour goes on, so that nothing of the
 * background bleeds in.
 *
 * Without a picture of the back the front's stands in: each back point gets the colour of the front
 * point on the same ray, so the back seen from behind is the front's mirror image.
 */
export function withTexture(
  mesh: Mesh,
  maps: DoubleDepth,
  [front, back]: readonly [ColorMap, ColorMap],
): Mesh {
  const from = new SeenFrom(maps);
  from.mapAll();
  const { x0: left, y0: top, columns: w, rows: h } = windowOf(maps, MARGIN) ??
    { x0: 0, y0: 0, columns: 0, rows: 0 };
  const data = new Uint8Array(8 * w * h).fill(255);
  for (let j = 0; j < h; j++) {
    for (let i = 0; i < w; i++) {
      const p = from.nearestTo(left + i, top + j);
      for (let k = 0; k < 3; k++) {
        data[4 * (2 * w * j + i) + k] = front.data[front.channels * p + k];
        data[4 * (2 * w * j + w + i) + k] = back.data[back.channels * p + k];
      }
    }
  }
  const texture: Texture = { name: "photo", width: 2 * w, height: h, data, wrap: "clamp" };
  const { positions, indices } = mesh, uvs = new Float32Array(2 * indices.length);
  for (let f = 0; f < indices.length; f += 3) {
    const corner = [0, 1, 2].map((k) => 3 * indices[f + k]);
    const middle = (axis: number) =>
      (positions[corner[0] + axis] + positions[corner[1] + axis] + positions[corner[2] + axis]) / 3;
    const side = from.ask(middle(0), middle(1), middle(2));
    for (let k = 0; k < 3; k++) {
      const at = corner[k];
      from.ask(positions[at], positions[at + 1], positions[at + 2]);
      const u = Math.min(w - 0.5, Math.max(0.5, from.u - left));
      const v = Math.min(h - 0.5, Math.max(0.5, from.v - top));
      uvs[2 * (f + k)] = (u + side * w) / (2 * w);
      uvs[2 * (f + k) + 1] = v / h;
    }
  }
  const { colors: _, ...rest } = mesh;
  return {
    ...rest,
    uvs,
    materials: [{ name: "photo", baseColor: [1, 1, 1, 1], texture }],
  };
}
