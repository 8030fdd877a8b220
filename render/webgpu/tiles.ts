/** Cutting a picture's window to what a graphics device draws at once. */
import type { PixelWindow } from "../backend.ts";
import type { Tile } from "./id_painter.ts";

/** Pixels of a tile: bounds what the device holds, whatever the picture's size. */
export const TILE_PIXELS = 2 ** 22;

/**
 * Cuts a window into tiles of whole rows, or of parts of rows where the device's pictures are
 * narrower.
 *
 * @param mostPx Largest side of a picture on the device, pixels.
 */
export function tilesOf({ x0, y0, x1, y1 }: PixelWindow, mostPx: number): Tile[] {
  const tiles: Tile[] = [];
  const columns = Math.min(x1 - x0, mostPx);
  const rows = Math.max(1, Math.min(mostPx, Math.floor(TILE_PIXELS / Math.max(1, columns))));
  for (let y = y0; y < y1; y += rows) {
    for (let x = x0; x < x1; x += columns) {
      tiles.push({
        x0: x,
        y0: y,
        width: Math.min(columns, x1 - x),
        height: Math.min(rows, y1 - y),
      });
    }
  }
  return tiles;
}
