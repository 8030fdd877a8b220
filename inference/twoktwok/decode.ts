/**
 * From the networks' codes to metres: depth along −z and normals in the camera's frame, for the
 * camera that took the picture (docs/models.md, "Decoding").
 */
import type { Camera } from "../../core/geometry/camera.ts";
import { multiply, translation } from "../../core/geometry/transform.ts";
import type { ViewCamera } from "../method.ts";
import type { NetworkMaps } from "./network.ts";
import type { CanvasPlace } from "./picture.ts";
import type { Pipeline } from "./pipeline.ts";

/** Decoded maps on the canvas; background is 0 everywhere. */
export interface DecodedMaps {
  /** The picture's camera, moved to the canvas. */
  camera: Camera;
  /** Metres along −z of the camera, canvas². */
  front: Float32Array;
  back: Float32Array;
  /** Unit normals in the camera's frame (x right, y up, z to the camera), interleaved, 3 · canvas²:
   * front ones face the camera, back ones away. */
  frontNormals: Float32Array;
  backNormals: Float32Array;
  /** The networks' belief that the pixel is the person, 0..1. */
  confidence: Float32Array;
  /** Pixels of the person. */
  pixels: number;
  /** Normals of the person so steep that their code names no slope; they were bent to 89°. */
  steepNormals: number;
}

/** The camera of the square canvas on which a camera's picture was placed. */
export function canvasCamera(camera: Camera, place: CanvasPlace): Camera {
  const { padX, padY, scale, canvasPx } = place;
  const size = { width: canvasPx, height: canvasPx };
  if (camera.projection === "perspective") {
    const { fx, fy, cx, cy } = camera;
    return {
      ...camera,
      ...size,
      fx: fx * scale,
      fy: fy * scale,
      cx: (cx + padX) * scale,
      cy: (cy + padY) * scale,
    };
  }
  const metres = 2 * camera.halfWidthM / camera.width, longest = canvasPx / scale;
  // An odd difference of the sides pads one pixel less at the first side: the axis moves by half.
  const right = (padX + camera.width / 2 - longest / 2) * metres;
  const down = (padY + camera.height / 2 - longest / 2) * metres;
  return {
    ...camera,
    ...size,
    halfWidthM: metres * longest / 2,
    camFromScan: multiply(translation(right, -down, 0), camera.camFromScan),
  };
}

/**
 * Whether a pixel is the person's: front not behind back, and not at the eye.
 */
export function isPerson(front: number, back: number): boolean {
  return front <= back && front > 0;
}

/**
 * Decodes the maps.
 *
 * A depth D is `(D − centre) · unitPx` canvas pixels behind the plane through the body's centre,
 * along the pixel's ray; a pixel there is `subjectDistanceM / f` metres. For the published camera
 * this is `t = (512 D − 1024)/f + 1`, times the distance.
 */
export function decodeMaps(
  { normal, fine }: Pick<NetworkMaps, "normal" | "fine">,
  view: ViewCamera,
  { place, pipeline }: { place: CanvasPlace; pipeline: Pipeline },
): DecodedMaps {
  const camera = canvasCamera(view.camera, place);
  const n = camera.width * camera.height;
  const out: DecodedMaps = {
    camera,
    front: new Float32Array(n),
    back: new Float32Array(n),
    frontNormals: new Float32Array(3 * n),
    backNormals: new Float32Array(3 * n),
    confidence: new Float32Array(n),
    pixels: 0,
    steepNormals: 0,
  };
  const decoder = new PixelDecoder(camera, view.subjectDistanceM, pipeline);
  for (let i = 0; i < n; i++) {
    if (!isPerson(fine.front[i], fine.back[i])) continue;
    out.pixels++;
    out.confidence[i] = fine.mask[i];
    decoder.at(i);
    out.front[i] = decoder.depthM(fine.front[i]);
    out.steepNormals += decoder.normal([normal, i, n], 1, out.frontNormals);
    out.back[i] = decoder.depthM(fine.back[i]);
    out.steepNormals += decoder.normal([normal, i + 3 * n, n], -1, out.backNormals);
  }
  return out;
}

/** Below this share of the coded vector the component to the camera is taken to be this. */
const LEAST_FACING = Math.cos(89 * Math.PI / 180);

/** Geometry of one pixel after the other; `depthM` also sets where `normal` stands. */
class PixelDecoder {
  /** Metres of a canvas pixel at the body's plane. */
  readonly #metresPerPx: number;
  /** Metres along the ray a pixel, for a coded slope of 1. */
  readonly #codeScale: number;
  #pixel = 0;
  /** Unit ray of the pixel, and its derivatives by column and row. */
  readonly #ray = new Float64Array(3);
  readonly #rayColumn = new Float64Array(3);
  readonly #rayRow = new Float64Array(3);
  /** Origin's derivatives (parallel rays move sideways). */
  #slide = 0;
  /** Distance along the ray, metres. */
  #t = 0;

  constructor(
    private readonly camera: Camera,
    private readonly distanceM: number,
    private readonly pipeline: Pipeline,
  ) {
    this.#metresPerPx = camera.projection === "perspective"
      ? distanceM / camera.fx
      : 2 * camera.halfWidthM / camera.width;
    this.#codeScale = pipeline.normals.zStep * pipeline.depth.unitPx * this.#metresPerPx;
  }

  at(pixel: number): void {
    const { camera } = this;
    this.#pixel = pixel;
    if (camera.projection === "orthographic") {
      this.#ray.set([0, 0, -1]);
      this.#slide = this.#metresPerPx;
      return;
    }
    const row = Math.floor(pixel / camera.width), column = pixel - row * camera.width;
    const x = (column + 0.5 - camera.cx) / camera.fx, y = (camera.cy - row - 0.5) / camera.fy;
    const length = Math.sqrt(x * x + y * y + 1);
    this.#ray[0] = x / length;
    this.#ray[1] = y / length;
    this.#ray[2] = -1 / length;
    setDerivative(this.#ray, 1 / camera.fx, 0, length, this.#rayColumn);
    setDerivative(this.#ray, 0, -1 / camera.fy, length, this.#rayRow);
  }

  /** Depth along −z, metres. */
  depthM(code: number): number {
    const { unitPx, centre } = this.pipeline.depth;
    this.#t = this.distanceM + (code - centre) * unitPx * this.#metresPerPx;
    return -this.#t * this.#ray[2];
  }

  /** Writes the unit normal at the depth last asked for; returns 1 if its code was too steep. */
  normal(
    [planes, start, step]: readonly [Float32Array, number, number],
    facing: 1 | -1,
    out: Float32Array,
  ): number {
    const a = 2 * planes[start] - 1, b = 2 * planes[start + step] - 1;
    const c = 2 * planes[start + 2 * step] - 1;
    const least = Math.max(1e-12, LEAST_FACING * Math.sqrt(a * a + b * b + c * c));
    const steep = !(c >= least), toCamera = steep ? least : c;
    // The code is (D(c) − D(c + 1), D(r − 1) − D(r), zStep) up to length.
    const byColumn = -a / toCamera * this.#codeScale, byRow = -b / toCamera * this.#codeScale;
    const ray = this.#ray, column = this.#rayColumn, row = this.#rayRow, t = this.#t;
    const ux = byColumn * ray[0] + t * column[0] + this.#slide;
    const uy = byColumn * ray[1] + t * column[1];
    const uz = byColumn * ray[2] + t * column[2];
    const vx = byRow * ray[0] + t * row[0];
    const vy = byRow * ray[1] + t * row[1] - this.#slide;
    const vz = byRow * ray[2] + t * row[2];
    const nx = vy * uz - vz * uy, ny = vz * ux - vx * uz, nz = vx * uy - vy * ux;
    const length = facing * Math.sqrt(nx * nx + ny * ny + nz * nz), to = 3 * this.#pixel;
    out[to] = nx / length;
    out[to + 1] = ny / length;
    out[to + 2] = nz / length;
    return steep ? 1 : 0;
  }
}

/** d(v/|v|) = (dv − r (r · dv))/|v| with dv = (dx, dy, 0). */
function setDerivative(
  ray: Float64Array,
  dx: number,
  dy: number,
  length: number,
  out: Float64Array,
): void {
  const along = ray[0] * dx + ray[1] * dy;
  out[0] = (dx - ray[0] * along) / length;
  out[1] = (dy - ray[1] * along) / length;
  out[2] = -ray[2] * along / length;
}
