/** Drawing one view on the CPU: visibility first, then each map from the covered pixels. */
import type { Camera } from "../../core/geometry/camera.ts";
import { RASTER_MAPS, type RasterMaps, type RasterRequest } from "../backend.ts";
import { albedoSamples } from "./albedo_samples.ts";
import { encodeColors, encodeNormals } from "./encode.ts";
import { projectVertices } from "./frame.ts";
import { normalSamples } from "./normal_samples.ts";
import { rasterize, type VisibilityMemory } from "./rasterize.ts";
import { coveredPixels, samplesOf } from "./samples.ts";
import type { CpuScene } from "./scene.ts";
import { shadedSamples } from "./shaded_samples.ts";
import { supersampledColors } from "./supersample.ts";

/**
 * Samples handled at a time: all stages of a piece run while the triangles it shows are in the
 * processor's cache.
 */
export const PIECE = 4096;

/** The maps of one side, by what they show. */
const SIDES = [
  { side: "front", color: "color", normal: "normal", depth: "depth", face: "face" },
  {
    side: "back",
    color: "color_back",
    normal: "normal_back",
    depth: "depth_back",
    face: "face_back",
  },
] as const;

/**
 * Draws the maps of one view. The work of one view is done in one order, so the bytes do not
 * depend on how many workers draw other views.
 *
 * @param options What to draw; and scratch arrays of an earlier call, to be used again.
 * @throws {RangeError} If the request or the camera makes no sense.
 */
export function drawScene(
  scene: CpuScene,
  camera: Camera,
  options: RasterRequest & { memory?: VisibilityMemory },
): RasterMaps {
  checkRequest(options);
  const { supersample = 1, light, memory = {} } = options;
  const result = emptyMaps(camera, options);
  const frame = projectVertices(scene.positions, camera);
  const visibility = rasterize(scene, frame, frame.window, memory);
  const covered = coveredPixels(visibility, frame);
  result.stats.covered = covered.length;
  if (result.mask !== undefined) { for (const pixel of covered) result.mask[pixel] = 255; }

  for (let start = 0; start < covered.length; start += PIECE) {
    const pixels = covered.subarray(start, start + PIECE);
    for (const names of SIDES) {
      const { side } = names;
      const depth = result[names.depth], face = result[names.face], normal = result[names.normal];
      const color = supersample === 1 ? result[names.color] : undefined;
      const shaded = supersample === 1 && side === "front" ? result.shaded : undefined;
      if (!(depth ?? face ?? normal ?? color ?? shaded)) continue;

      const samples = samplesOf({ scene, frame, visibility }, { pixels, side });
      if (depth !== undefined) pixels.forEach((pixel, n) => depth[pixel] = samples.depths[n]);
      if (face !== undefined) {
        pixels.forEach((pixel, n) => face[pixel] = scene.faceOf[samples.faces[n]] + 1);
      }
      const { normals, stats } = normal !== undefined || shaded !== undefined
        ? normalSamples(scene, frame, { samples, side })
        : {};
      if (normal !== undefined) {
        encodeNormals(normal, pixels, normals!);
        const total = result.stats[names.normal];
        total.turned += stats!.turned, total.bent += stats!.bent, total.flat += stats!.flat;
      }
      if (color === undefined && shaded === undefined) continue;
      const albedo = albedoSamples(scene, frame, samples);
      if (color !== undefined) encodeColors(color, pixels, albedo);
      if (shaded !== undefined) {
        encodeColors(shaded, pixels, shadedSamples(albedo, normals!, light!));
      }
    }
  }
  if (supersample > 1) supersampledColors(scene, camera, { ...options, maps: result });
  return result;
}

/** Allocates the maps that were asked for; untouched pages of a map cost nothing yet. */
function emptyMaps({ width, height }: Camera, { maps }: RasterRequest): RasterMaps {
  const size = width * height;
  const nothing = () => ({ turned: 0, bent: 0, flat: 0 });
  const result: RasterMaps = {
    width,
    height,
    stats: { covered: 0, normal: nothing(), normal_back: nothing() },
  };
  for (const name of maps) {
    if (name === "mask") result[name] = new Uint8Array(size);
    else if (name === "depth" || name === "depth_back") result[name] = new Float32Array(size);
    else if (name === "face" || name === "face_back") result[name] = new Uint32Array(size);
    else if (name === "normal" || name === "normal_back") result[name] = new Uint16Array(3 * size);
    else result[name] = new Uint8Array(4 * size);
  }
  return result;
}

function checkRequest({ maps, supersample = 1, light }: RasterRequest): void {
  const stray = maps.find((name) => !RASTER_MAPS.includes(name));
  if (stray !== undefined) {
    throw new RangeError(`Cannot draw: found map "${stray}", expected ${RASTER_MAPS.join(", ")}`);
  }
  if (!Number.isInteger(supersample) || supersample < 1 || supersample > 16) {
    throw new RangeError(`Cannot draw: supersample is ${supersample}, expected 1 to 16`);
  }
  if (maps.includes("shaded") && light?.length !== 27) {
    throw new RangeError(
      `Cannot draw shaded colour: found ${light?.length ?? "no"} light coefficients, expected 27`,
    );
  }
}
