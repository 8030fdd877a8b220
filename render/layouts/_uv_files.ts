/** The files over texture coordinates that PIFu and PaMIR share. */
import { encodeExr } from "../../core/files/exr.ts";
import type { Mesh } from "../../core/geometry/mesh.ts";
import { type Matrix4, rotationPart, transformPoints } from "../../core/geometry/transform.ts";
import { irradiance, type SphericalLight } from "../light.ts";
import { LINEAR_OF_SRGB, srgbOfLinear } from "../srgb.ts";
import { alphaOf, png } from "./_pictures.ts";
import type { LayoutSubject } from "./layout.ts";
import { radianceInScan, transferFor, transferred } from "./lit_picture.ts";
import { overCharts, type UvMaps, uvNormals } from "./uv_maps.ts";

/** Mask, positions and normals over the charts, in the layout's frame. */
export function uvGeometryFiles(
  maps: UvMaps,
  mesh: Mesh,
  layoutFromScan: Matrix4,
): { mask: Uint8Array; position: Uint8Array; normal: Uint8Array } {
  const { size } = maps;
  const moved = transformPoints(layoutFromScan, mesh.positions);
  const position = overCharts(maps, mesh.indices, moved);
  const normals = uvNormals(maps, mesh), r = rotationPart(layoutFromScan);
  const plane = (k: number) =>
    Float32Array.from({ length: size * size }, (_, i) => position[3 * i + k]);
  const normal = new Uint8Array(3 * size * size);
  for (let pixel = 0; pixel < maps.face.length; pixel++) {
    if (maps.face[pixel] === 0) continue;
    const [x, y, z] = normals.subarray(3 * pixel, 3 * pixel + 3);
    for (let k = 0; k < 3; k++) {
      const n = r[3 * k] * x + r[3 * k + 1] * y + r[3 * k + 2] * z;
      normal[3 * pixel + k] = Math.round((n + 1) * 127.5);
    }
  }
  return {
    mask: png(alphaOf(maps.albedo), size, 1),
    position: encodeExr({
      width: size,
      height: size,
      channels: { R: plane(0), G: plane(1), B: plane(2) },
    }),
    normal: png(normal, size, 3),
  };
}

/** Colours under a light of the camera's frame over the charts: sRGB, black elsewhere. */
export function uvShaded(
  maps: UvMaps,
  subject: Pick<LayoutSubject, "scene" | "options">,
  { light, camFromScan }: { light: SphericalLight; camFromScan: Matrix4 },
): Uint8Array {
  const { scene: { mesh } } = subject, transfer = transferFor(subject);
  const rgb = new Uint8Array(3 * maps.face.length);
  const paint = (pixel: number, lit: readonly number[]) => {
    for (let k = 0; k < 3; k++) {
      const stored = maps.albedo[4 * pixel + k];
      rgb[3 * pixel + k] = srgbOfLinear(LINEAR_OF_SRGB[stored] * Math.max(0, lit[k]));
    }
  };
  if (transfer !== undefined) {
    const radiance = radianceInScan(light, camFromScan);
    for (let pixel = 0; pixel < maps.face.length; pixel++) {
      if (maps.face[pixel] === 0) continue;
      const at = 3 * (maps.face[pixel] - 1);
      const corners = mesh.indices.subarray(at, at + 3);
      const wb = maps.weights[2 * pixel], wc = maps.weights[2 * pixel + 1];
      paint(pixel, transferred(transfer, radiance, { corners, wb, wc }));
    }
    return rgb;
  }
  const normals = uvNormals(maps, mesh), r = rotationPart(camFromScan);
  for (let pixel = 0; pixel < maps.face.length; pixel++) {
    if (maps.face[pixel] === 0) continue;
    const [x, y, z] = normals.subarray(3 * pixel, 3 * pixel + 3);
    paint(
      pixel,
      irradiance(light, [
        r[0] * x + r[1] * y + r[2] * z,
        r[3] * x + r[4] * y + r[5] * z,
        r[6] * x + r[7] * y + r[8] * z,
      ]),
    );
  }
  return rgb;
}
