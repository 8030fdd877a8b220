/**
 * Drawing one view: visibility first, then each map from the covered pixels. Who finds what is
 * visible may be someone else (a GPU); everything after it is done here.
 */
import type { Camera } from "../../core/geometry/camera.ts";
import {
  RASTER_MAPS,
  type RasterMapName,
  type RasterMaps,
  type RasterRequest,
} from "../backend.ts";
import { albedoSamples } from "./albedo_samples.ts";
import { encodeColors, encodeNormals } from "./encode.ts";
import { type Frame, projectVertices } from "./frame.ts";
import { normalSamples } from "./normal_samples.ts";
import { pieceMemory } from "./piece_memory.ts";
import { rasterize, roomFor, type Visibility } from "./rasterize.ts";
import { coveredPixels, samplesOf } from "./samples.ts";
import type { CpuScene } from "./scene.ts";
import { shadedSamples } from "./shaded_samples.ts";
import { supersampledColors } from "./supersample.ts";
import type { VisibilitySteps } from "./visibility_steps.ts";

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
 * @throws {RangeError} If the request or the camera makes no sense.
 */
export function drawScene(
  scene: CpuScene,
  camera: Camera,
  options: RasterRequest,
): RasterMaps {
  const steps = drawSteps(scene, camera, { ...options, into: roomFor(scene, camera) });
  let step = steps.next();
  while (!step.done) {
    const { frame, ...asked } = step.value;
    step = steps.next(rasterize(scene, frame, { ...asked, valid: "call" }));
  }
  return step.value;
}

/**
 * Draws the maps of one view, asking what is visible.
 *
 * @param options.into For the vertices on the picture, while the steps run. Default: new.
 * @throws {RangeError} If the request or the camera makes no sense.
 */
export function* drawSteps(
  scene: CpuScene,
  camera: Camera,
  options: RasterRequest & { into?: Float64Array },
): VisibilitySteps<RasterMaps> {
  checkRequest(options);
  const { supersample = 1 } = options;
  const { into = new Float64Array(scene.positions.length) } = options;
  const frame = projectVertices(scene.positions, camera, { into });
  const result = emptyMaps(frame, options);
  const layers = options.maps.some((name) => name.endsWith("_back")) ? 2 : 1;
  const visibility = yield { frame, window: frame.window, layers };
  fillMaps(result, { scene, frame, visibility }, options);
  if (supersample > 1) yield* supersampledColors(scene, camera, { ...options, maps: result });
  return result;
}

/** Draws what one sample a pixel tells. */
function fillMaps(
  result: RasterMaps,
  seen: { scene: CpuScene; frame: Frame; visibility: Visibility },
  { supersample = 1, light }: RasterRequest,
): void {
  const { scene, frame, visibility } = seen;
  const covered = coveredPixels(visibility, frame);
  result.stats.covered = covered.length;
  const { mask } = result;
  for (let n = 0; mask !== undefined && n < covered.length; n++) mask[covered[n]] = 255;

  const memory = pieceMemory(Math.min(PIECE, covered.length));
  for (let start = 0; start < covered.length; start += PIECE) {
    const pixels = covered.subarray(start, start + PIECE);
    for (const names of SIDES) {
      const { side } = names;
      const depth = result[names.depth], face = result[names.face], normal = result[names.normal];
      const color = supersample === 1 ? result[names.color] : undefined;
      const shaded = supersample === 1 && side === "front" ? result.shaded : undefined;
      if (!(depth ?? face ?? normal ?? color ?? shaded)) continue;

      const samples = samplesOf(seen, { pixels, side, memory });
      for (let n = 0; depth !== undefined && n < pixels.length; n++) {
        depth[pixels[n]] = samples.depths[n];
      }
      for (let n = 0; face !== undefined && n < pixels.length; n++) {
        face[pixels[n]] = scene.faceOf[samples.faces[n]] + 1;
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
}

/** Kinds of map: array and values a pixel. */
const KINDS = {
  color: [Uint8Array, 4],
  color_back: [Uint8Array, 4],
  shaded: [Uint8Array, 4],
  normal: [Uint16Array, 3],
  normal_back: [Uint16Array, 3],
  depth: [Float32Array, 1],
  depth_back: [Float32Array, 1],
  mask: [Uint8Array, 1],
  face: [Uint32Array, 1],
  face_back: [Uint32Array, 1],
} as const;

/** The maps that were asked for, all background: new ones, or old ones wiped. */
function emptyMaps({ grid, window }: Frame, { maps, reuse }: RasterRequest): RasterMaps {
  const { width, height } = grid;
  const nothing = () => ({ turned: 0, bent: 0, flat: 0 });
  const result: RasterMaps = {
    width,
    height,
    window,
    stats: { covered: 0, normal: nothing(), normal_back: nothing() },
  };
  const fits = reuse !== undefined && reuse.width === width && reuse.height === height;
  for (const name of maps) {
    const [Kind, channels] = KINDS[name];
    const old = fits ? reuse[name] : undefined;
    if (old !== undefined) wipe(old, reuse!, channels);
    Object.assign(result, { [name]: old ?? new Kind(channels * width * height) });
  }
  return result;
}

/** Makes a map background again where something may have been drawn. */
function wipe(map: NonNullable<RasterMaps[RasterMapName]>, from: RasterMaps, channels: number) {
  const { width, window: { x0, x1, y0, y1 } } = from;
  for (let row = y0; row < y1; row++) {
    map.fill(0, channels * (row * width + x0), channels * (row * width + x1));
  }
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
