/** Every named tensor of a run as float32 `.npy`, for comparison with other programs. */
import { npyParts } from "../../core/files/npy.ts";
import { join } from "../../core/work/path.ts";
import { type Json, stableJson } from "../../core/work/json.ts";
import { moveIntoPlace, Scratch, WORK_FOLDER, writeWhole } from "../../core/work/scratch.ts";
import type { NetworkInput, NetworkMaps } from "./network.ts";
import type { Pipeline } from "./pipeline.ts";

/** The list of what is there; written last, so a folder that has it is whole. */
export const STAGES_FILE = "stages.json";

/** One tensor: made when it is asked for. */
export interface StageTensor {
  name: string;
  shape: readonly number[];
  make: () => Float32Array;
}

/**
 * Lists the tensors of a run, in the order of the data flow: `network_input` (8-bit values as
 * floats, RGB planes), `part_affine` (part canvas → picture, 12 × 2 × 3), `coarse_normal`,
 * `part_normal_<i>`, `coarse_depth_front`, `coarse_depth_back`, `coarse_mask`, `normal`,
 * `occupancy`, `depth_front`, `depth_back`, `mask`. Maps are 1 × channels × rows × columns; depths
 * are clamped and pixels with front behind back are still there.
 */
export function stageTensors(
  { rgb, affines }: Pick<NetworkInput, "rgb" | "affines">,
  maps: NetworkMaps,
  { canvasPx, coarsePx }: Pipeline,
): StageTensor[] {
  const map = (name: string, data: Float32Array, side: number): StageTensor => ({
    name,
    shape: [1, data.length / (side * side), side, side],
    make: () => data,
  });
  const { coarse, fine } = maps;
  return [
    { name: "network_input", shape: [1, 3, canvasPx, canvasPx], make: () => planesOf(rgb) },
    {
      name: "part_affine",
      shape: [affines.pictureFromPart.length / 6, 2, 3],
      make: () => affines.pictureFromPart,
    },
    map("coarse_normal", maps.coarseNormal, coarsePx),
    ...maps.parts.map(({ part, group, normals }): StageTensor => ({
      name: `part_normal_${part}`,
      shape: [1, 6, ...group.windowPx],
      make: () => normals,
    })),
    map("coarse_depth_front", coarse.front, coarsePx),
    map("coarse_depth_back", coarse.back, coarsePx),
    map("coarse_mask", coarse.mask, coarsePx),
    map("normal", maps.normal, canvasPx),
    map("occupancy", maps.occupancy, canvasPx),
    map("depth_front", fine.front, canvasPx),
    map("depth_back", fine.back, canvasPx),
    map("mask", fine.mask, canvasPx),
  ];
}

/**
 * Writes the tensors into a folder, one `<name>.npy` each, one in memory at a time, and at last
 * `stages.json`, which lists them. They are moved into place when all are whole.
 *
 * @param head What else `stages.json` says.
 * @throws {InputError} If the file system refuses.
 */
export async function writeStages(
  folder: string,
  tensors: readonly StageTensor[],
  head: { [key: string]: Json } = {},
): Promise<void> {
  {
    await using scratch = await Scratch.open(join(folder, WORK_FOLDER));
    for (const { name, shape, make } of tensors) {
      const parts = npyParts({ shape: [...shape], dtype: "f4", data: make() });
      await writeWhole(join(scratch.folder, `${name}.npy`), parts);
    }
    await Deno.remove(join(folder, STAGES_FILE)).catch(() => {});
    for (const { name } of tensors) {
      await moveIntoPlace(join(scratch.folder, `${name}.npy`), join(folder, `${name}.npy`));
    }
  }
  await Deno.remove(join(folder, WORK_FOLDER)).catch(() => {});
  const list = tensors.map(({ name, shape }): [string, Json] => [name, [...shape]]);
  const json = { schema: "scan2score/stages-1", ...head, tensors: Object.fromEntries(list) };
  await writeWhole(join(folder, STAGES_FILE), stableJson(json));
}

/** Interleaved 8-bit RGB as three float planes. */
function planesOf(rgb: Uint8Array): Float32Array {
  const n = rgb.length / 3, out = new Float32Array(rgb.length);
  for (let i = 0; i < n; i++) {
    out[i] = rgb[3 * i];
    out[n + i] = rgb[3 * i + 1];
    out[2 * n + i] = rgb[3 * i + 2];
  }
  return out;
}
