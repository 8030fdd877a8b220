/** A view in the codes that the networks learn (docs/open_model.md, "Codes"), on the coarse grid. */
import type { Camera } from "../../core/geometry/camera.ts";
import type { RasterMaps } from "../../render/backend.ts";
import { RayCodes } from "../twoktwok/ray_codes.ts";

/** How a view is coded. */
export interface CodeOptions {
  camera: Camera;
  /** Distance of the plane through the person's centre, metres. */
  distanceM: number;
  /** Cells a side; divides the view's side. */
  grid: number;
}

/**
 * A record of the training set, cell by cell, planes one after another: picture (3 × u8, mean of the
 * cell, premultiplied by coverage), coverage (u8), front and back normal codes (6 × u8, (n + 1)/2 of
 * the pixel in the middle of the cell), front and back depth (2 × u16, (share of the picture's side
 * behind the centre's plane + 1) × 32768; 0 is background).
 */
export function codeView(maps: RasterMaps, { camera, distanceM, grid }: CodeOptions): Uint8Array {
  const side = maps.width, step = side / grid, cells = grid * grid;
  const out = new Uint8Array(cells * 14);
  const depths = new DataView(out.buffer, 10 * cells);
  const rays = new RayCodes(camera, distanceM);
  const code = new Float64Array(3);
  for (let r = 0; r < grid; r++) {
    for (let c = 0; c < grid; c++) {
      const cell = r * grid + c;
      let red = 0, green = 0, blue = 0, cover = 0;
      for (let y = 0; y < step; y++) {
        for (let x = 0; x < step; x++) {
          const at = 4 * ((r * step + y) * side + c * step + x), a = maps.shaded![at + 3] / 255;
          red += a * maps.shaded![at];
          green += a * maps.shaded![at + 1];
          blue += a * maps.shaded![at + 2];
          cover += a;
        }
      }
      const n = step * step;
      out[cell] = Math.round(red / n);
      out[cells + cell] = Math.round(green / n);
      out[2 * cells + cell] = Math.round(blue / n);
      out[3 * cells + cell] = Math.round(255 * cover / n);
      const column = c * step + (step >> 1), row = r * step + (step >> 1);
      const pixel = row * side + column;
      if (maps.mask![pixel] === 0) continue;
      for (
        const [k, depth, normal] of [
          [0, maps.depth!, maps.normal!],
          [1, maps.depth_back!, maps.normal_back!],
        ] as const
      ) {
        const share = rays.code([column, row], [depth[pixel], normal, 3 * pixel], code);
        depths.setUint16(
          2 * (k * cells + cell),
          Math.min(65535, Math.max(1, Math.round((share / side + 1) * 32768))),
          true,
        );
        for (let j = 0; j < 3; j++) {
          out[(4 + 3 * k + j) * cells + cell] = Math.round(127.5 * (code[j] + 1));
        }
      }
    }
  }
  return out;
}
