/** How many texels a pixel spans: what decides which size of a texture is read. */
import type { Frame } from "./frame.ts";
import { raySurface, type Samples } from "./samples.ts";
import type { CpuScene } from "./scene.ts";

/**
 * Computes the footprint of each sample's pixel in its texture: the longer of the derivatives of
 * the texture coordinates along the picture's two axes (OpenGL 4.6 specification, section
 * 8.14.1), exact and perspective-correct.
 *
 * @returns Squared length in texels of level 0; 0 where the triangle's material has no texture.
 */
export function textureFootprints(
  scene: CpuScene,
  frame: Frame,
  samples: Samples,
): Float32Array {
  const { corners, faceMaterials, materials } = scene;
  const uvs = scene.uvs!;
  const { faces, weights, depths, memory } = samples;
  const { screen, grid: { subpixels }, camera } = frame;
  const perspective = camera.projection === "perspective";
  const sizes = materials.flatMap(({ mipMap }) => {
    return mipMap === undefined ? [0, 0] : [mipMap.levels[0].width, mipMap.levels[0].height];
  });
  const squared = memory.footprints.subarray(0, faces.length);
  for (let n = 0; n < faces.length; n++) {
    const face = faces[n];
    const material = faceMaterials === undefined ? 0 : faceMaterials[face];
    const width = sizes[2 * material], height = sizes[2 * material + 1];
    if (width === 0) {
      squared[n] = 0;
      continue;
    }
    const a = 3 * corners[3 * face], b = 3 * corners[3 * face + 1], c = 3 * corners[3 * face + 2];
    const abX = screen[b] - screen[a], abY = screen[b + 1] - screen[a + 1];
    const acX = screen[c] - screen[a], acY = screen[c + 1] - screen[a + 1];
    const area = abX * acY - abY * acX;

    // Derivatives of the weights of b and c along x and y, a pixel.
    let bx: number, by: number, cx: number, cy: number;
    if (area === area) {
      const perArea = area === 0 ? 0 : subpixels / area;
      bx = acY * perArea, by = -acX * perArea;
      cx = -abY * perArea, cy = abX * perArea;
      if (perspective) {
        // The weights in the picture change evenly; times the key they become those in space.
        const ka = screen[a + 2], kb = screen[b + 2], kc = screen[c + 2], depth = depths[n];
        const wb = weights[2 * n], wc = weights[2 * n + 1];
        const sumX = bx * (kb - ka) + cx * (kc - ka), sumY = by * (kb - ka) + cy * (kc - ka);
        bx = (kb * bx - wb * sumX) * depth, by = (kb * by - wb * sumY) * depth;
        cx = (kc * cx - wc * sumX) * depth, cy = (kc * cy - wc * sumY) * depth;
      }
    } else {
      [bx, by, cx, cy] = besideRay(scene, frame, samples, n);
    }
    const uv = 6 * face;
    const abU = (uvs[uv + 2] - uvs[uv]) * width, abV = (uvs[uv + 3] - uvs[uv + 1]) * height;
    const acU = (uvs[uv + 4] - uvs[uv]) * width, acV = (uvs[uv + 5] - uvs[uv + 1]) * height;
    const ux = bx * abU + cx * acU, vx = bx * abV + cx * acV;
    const uy = by * abU + cy * acU, vy = by * abV + cy * acV;
    const alongX = ux * ux + vx * vx, alongY = uy * uy + vy * vy;
    squared[n] = alongX > alongY ? alongX : alongY;
  }
  return squared;
}

/** Differences to the neighbouring rays, for triangles with a corner behind the near plane. */
function besideRay(
  scene: CpuScene,
  frame: Frame,
  { faces, weights, pixels }: Samples,
  n: number,
): [number, number, number, number] {
  const x = pixels[n] % frame.grid.width + 0.5, y = Math.floor(pixels[n] / frame.grid.width) + 0.5;
  const right = new Float64Array(3), down = new Float64Array(3);
  raySurface(scene, frame, faces[n], x + 1, y, right);
  raySurface(scene, frame, faces[n], x, y + 1, down);
  const wb = weights[2 * n], wc = weights[2 * n + 1];
  return [right[0] - wb, down[0] - wb, right[1] - wc, down[1] - wc];
}
