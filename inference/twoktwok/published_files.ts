/** Writes what the published program writes, so that its scripts can go on from there. */
import { encodePng, type Image } from "../../core/files/image.ts";
import { plyParts } from "../../core/files/ply_write.ts";
import { join } from "../../core/work/path.ts";
import { writeWhole } from "../../core/work/scratch.ts";
import { depth16, pointClouds } from "./clouds.ts";
import { depthNormals } from "./depth_normals.ts";
import type { PreparedInput } from "./front_end.ts";
import type { NetworkMaps } from "./network.ts";
import { cutOut } from "./picture.ts";
import type { Pipeline } from "./pipeline.ts";

/** What was written. */
export interface PublishedFiles {
  /** Paths relative to the folder. */
  files: string[];
  /** Depths that did not fit 16 bits and were set to the largest value. */
  saturated: number;
  /** Points of the two clouds. */
  points: number;
  pointsWithSeams: number;
}

/**
 * Writes `depth/`, `normal/`, `cons/`, `normal_parts/`, `images/`, `output_plys/` and
 * `output_plys_c/` for one picture.
 *
 * @throws {InputError} If the file system refuses.
 */
export async function writePublishedFiles(
  folder: string,
  [input, maps]: readonly [PreparedInput, NetworkMaps],
  { name, pipeline }: { name: string; pipeline: Pipeline },
): Promise<PublishedFiles> {
  const { canvasPx: side, coarsePx } = pipeline, { fine, coarse } = maps, plane = side * side;
  const files: string[] = [];
  const write = async (path: string, bytes: Uint8Array | Iterable<Uint8Array>) => {
    await writeWhole(join(folder, path), bytes);
    files.push(path);
  };
  const png = (path: string, image: Image) => write(`${path}.png`, encodePng(image));
  const grey = (path: string, data: Uint16Array, width: number) =>
    png(path, { width, height: width, channels: 1, data });

  const depth = depth16(fine, pipeline);
  await grey(`depth/${name}_front`, depth.front, side);
  await grey(`depth/${name}_back`, depth.back, side);
  await grey(`depth/${name}_mask`, maskOf(fine.back), side);
  const small = depth16(coarse, pipeline);
  await grey(`depth/${name}_coarse_front`, small.front, coarsePx);
  await grey(`depth/${name}_coarse_back`, small.back, coarsePx);
  await grey(`depth/${name}_coarse_mask`, maskOf(coarse.back), coarsePx);

  const sides = ["front", "back"] as const;
  for (const [k, which] of sides.entries()) {
    const planes = maps.normal.subarray(3 * k * plane, 3 * (k + 1) * plane);
    await png(`normal/${name}_${which}`, colors(planes, side, side));
    const own = depthNormals(k === 0 ? fine.front : fine.back, side, pipeline);
    await png(`cons/${name}_${which}`, colors(own, side, side));
  }
  // Of arms, legs and shoes the first part stands for its group.
  for (const group of pipeline.groups) {
    const { normals } = maps.parts.find(({ part }) => part === group.parts[0])!;
    const [rows, columns] = group.windowPx;
    for (const [k, which] of sides.entries()) {
      const planes = normals.subarray(3 * k * rows * columns, 3 * (k + 1) * rows * columns);
      await png(`normal_parts/${name}_${group.net}_${which}`, colors(planes, columns, rows));
    }
  }
  const cut = cutOut(input.plain, input.mask);
  await png(`images/${name}`, { width: side, height: side, channels: 3, data: cut });

  const { plain, withSeams } = pointClouds(depth, input.plain, side);
  await write(`output_plys/${name}.ply`, plyParts(plain));
  await write(`output_plys_c/${name}.ply`, plyParts(withSeams));
  return {
    files,
    saturated: depth.saturated + small.saturated,
    points: plain.positions.length / 3,
    pointsWithSeams: withSeams.positions.length / 3,
  };
}

/** 255 where the back depth is above 0, before pixels with front behind back are removed. */
function maskOf(back: Float32Array): Uint16Array {
  const mask = new Uint16Array(back.length);
  for (let i = 0; i < mask.length; i++) if (back[i] > 0) mask[i] = 255;
  return mask;
}

/** Three planes as an 8-bit picture: `round(255 v)`, half to even, saturated. */
function colors(planes: Float32Array, width: number, height: number): Image {
  const n = width * height, data = new Uint8Array(3 * n);
  for (let k = 0; k < 3; k++) {
    for (let i = 0; i < n; i++) {
      const value = 255 * planes[k * n + i], floor = Math.floor(value);
      const rounded = value - floor === 0.5 ? floor + (floor & 1) : Math.round(value);
      data[3 * i + k] = Math.min(255, Math.max(0, rounded));
    }
  }
  return { width, height, channels: 3, data };
}
