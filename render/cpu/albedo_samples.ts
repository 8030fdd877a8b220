/** Colours of sampled surface points, without light. */
import { LINEAR_OF_SRGB } from "../srgb.ts";
import type { Frame } from "./frame.ts";
import { sampleMipMap } from "./mip_map.ts";
import type { Samples } from "./samples.ts";
import type { CpuScene } from "./scene.ts";
import { textureFootprints } from "./texture_footprints.ts";

/**
 * Finds the linear albedo of samples: texture × base colour where the triangle has a texture,
 * else vertex colours × base colour, else base colour. Textures are opaque and read with trilinear
 * filtering.
 *
 * @returns Linear RGB, length 3n, in the samples' memory.
 */
export function albedoSamples(scene: CpuScene, frame: Frame, samples: Samples): Float32Array {
  const { faces, weights, memory } = samples;
  const { uvs, colors, faceMaterials, materials } = scene;
  const albedo = memory.albedo.subarray(0, 3 * faces.length);
  const footprints = uvs === undefined ? undefined : textureFootprints(scene, frame, samples);
  const light = LINEAR_OF_SRGB;
  for (let n = 0; n < faces.length; n++) {
    const face = faces[n], at = 3 * n;
    const number = faceMaterials === undefined ? 0 : faceMaterials[face];
    const wb = weights[2 * n], wc = weights[2 * n + 1], wa = 1 - wb - wc;
    const { rgb, mipMap } = materials[number];
    let r: number, g: number, b: number;
    if (uvs !== undefined && mipMap !== undefined) {
      const uv = 6 * face;
      const u = wa * uvs[uv] + wb * uvs[uv + 2] + wc * uvs[uv + 4];
      const v = wa * uvs[uv + 1] + wb * uvs[uv + 3] + wc * uvs[uv + 5];
      const squared = footprints![n];
      const { width, height, data } = mipMap.levels[0];
      const x = u * width - 0.5, y = v * height - 0.5;
      const x0 = Math.floor(x), y0 = Math.floor(y);
      if (squared <= 1 && x0 >= 0 && y0 >= 0 && x0 < width - 1 && y0 < height - 1) {
        // Texels larger than pixels, away from the border: most of what a scan shows.
        const fx = x - x0, fy = y - y0;
        const w11 = fx * fy, w10 = fx - w11, w01 = fy - w11, w00 = 1 - fx - w01;
        const p = (y0 * width + x0) << 2, q = p + (width << 2);
        r = w00 * light[data[p]] + w10 * light[data[p + 4]] +
          w01 * light[data[q]] + w11 * light[data[q + 4]];
        g = w00 * light[data[p + 1]] + w10 * light[data[p + 5]] +
          w01 * light[data[q + 1]] + w11 * light[data[q + 5]];
        b = w00 * light[data[p + 2]] + w10 * light[data[p + 6]] +
          w01 * light[data[q + 2]] + w11 * light[data[q + 6]];
      } else if (u - u !== 0 || v - v !== 0) {
        r = g = b = 1; // coordinates that are not finite
      } else {
        sampleMipMap(mipMap, [u, v], squared > 1 ? Math.log2(squared) / 2 : 0, albedo, at);
        r = albedo[at], g = albedo[at + 1], b = albedo[at + 2];
      }
    } else if (colors !== undefined) {
      const { values, corners } = colors, corner = 3 * face;
      const i = 4 * corners[corner], j = 4 * corners[corner + 1], k = 4 * corners[corner + 2];
      r = wa * light[values[i]] + wb * light[values[j]] + wc * light[values[k]];
      g = wa * light[values[i + 1]] + wb * light[values[j + 1]] + wc * light[values[k + 1]];
      b = wa * light[values[i + 2]] + wb * light[values[j + 2]] + wc * light[values[k + 2]];
    } else {
      r = g = b = 1;
    }
    albedo[at] = r * rgb[0];
    albedo[at + 1] = g * rgb[1];
    albedo[at + 2] = b * rgb[2];
  }
  return albedo;
}
