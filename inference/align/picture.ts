/**
 * Pictures of a scan with its body drawn over it as a wire grid: lines where the body at rest is cut
 * by planes a few centimetres apart, so that the grid is as wide on fingers as on the trunk.
 */
import { resizeImage } from "../../core/files/image.ts";
import { type Camera, project } from "../../core/geometry/camera.ts";
import type { Mesh } from "../../core/geometry/mesh.ts";
import { identity, type Matrix4 } from "../../core/geometry/transform.ts";
import { bodyMesh, type PosedBody } from "../../body/forward.ts";
import type { BodyModel } from "../../body/model.ts";
import { withDefaults } from "../../core/work/options.ts";
import type { Backend, RasterMaps } from "../../render/backend.ts";
import { framingOf, suiteCamera } from "../../render/cameras.ts";
import { cpuBackend } from "../../render/cpu/cpu_backend.ts";
import type { RgbImage } from "../photo/pyramid.ts";

/** How a picture is taken. */
export interface OverlayOptions {
  /** Height of the picture, pixels. Default: 480. */
  heightPx?: number;
  /** Panels from left to right: turns of the person, degrees. Default: front, right side, back. */
  yawsDeg?: readonly number[];
  /** Turns the scan upright and to the front. Default: as it is. */
  upright?: Matrix4;
}

/** The defaults of {@linkcode OverlayOptions}. */
export const OVERLAY_DEFAULTS: Readonly<Required<OverlayOptions>> = Object.freeze({
  heightPx: 480,
  yawsDeg: Object.freeze([0, 90, 180]),
  upright: identity(),
});

/** Drawn at twice the size and shrunk: smooth lines. */
const OVERSAMPLE = 2;

/** Distance of the planes that draw the grid, metres of the body at rest. */
const GRID_M = 0.03;

/** Behind the body's front surface by more than this a line is hidden, metres. */
const HIDDEN_M = 0.012;

/** Before the scan by more than this a line is drawn as sticking out, metres. */
const OUTSIDE_M = 0.004;

const BACKGROUND = 250, MARGIN = 0.03;
const WIRE = [0, 110, 255] as const, OUT = [255, 60, 0] as const;
const WIRE_ALPHA = 0.7, OUT_ALPHA = 0.8;

/** A body to draw. */
export interface OverlayBody {
  model: BodyModel;
  /** In the scan's frame, metres. */
  posed: Pick<PosedBody, "vertices">;
}

/**
 * Draws a scan from several sides. The visible lines of the body are blue, and red where it sticks
 * out of the scan.
 *
 * @param scan In metres.
 * @param body Undefined draws the scan alone.
 */
export async function drawOverlay(
  scan: Mesh,
  body: OverlayBody | undefined,
  options: OverlayOptions = {},
): Promise<RgbImage> {
  const { heightPx, yawsDeg, upright } = withDefaults(OVERLAY_DEFAULTS, options);
  const backend = cpuBackend(), size = OVERSAMPLE * heightPx;
  const scanScene = await backend.prepare(scan);
  const bodyScene = body && await backend.prepare(bodyMesh(body.model, body.posed));
  const framing = framingOf(scan, upright), lines = body && gridLines(body);
  const panels: RgbImage[] = [];
  for (const yawDeg of yawsDeg) {
    const camera = suiteCamera(framing, { yawDeg, pitchDeg: 0 }, { size });
    const maps = await shot(backend, scanScene, { camera, scan });
    const picture = shaded(maps);
    if (body !== undefined) {
      const { depth } = await backend.draw(bodyScene!, camera, { maps: ["depth"] });
      drawWires(picture, { camera, lines: lines! }, {
        scanDepth: maps.depth!,
        bodyDepth: depth!,
      });
    }
    panels.push(trimmed(picture, maps.mask!));
  }
  backend.release(scanScene);
  if (bodyScene !== undefined) backend.release(bodyScene);
  const row = beside(panels);
  const width = Math.round(row.width / OVERSAMPLE);
  const small = await resizeImage(row, width, heightPx);
  return { width, height: heightPx, channels: 3, data: small.data as Uint8Array };
}

/** Height of a photo with a body drawn on it, pixels. */
const PHOTO_PX = 960;

/** Draws a body's visible lines on the photo that it was fitted to. */
export async function drawOnPhoto(
  photo: RgbImage,
  body: OverlayBody,
  camera: Camera,
): Promise<RgbImage> {
  const backend = cpuBackend(), scene = await backend.prepare(bodyMesh(body.model, body.posed));
  const { depth } = await backend.draw(scene, camera, { maps: ["depth"] });
  backend.release(scene);
  const picture = { ...photo, data: photo.data.slice() };
  // Nothing is known of what stands before the body: no line is red.
  const scanDepth = new Float32Array(depth!.length).fill(1e-6);
  drawWires(picture, { camera, lines: gridLines(body) }, { scanDepth, bodyDepth: depth! });
  const width = Math.round(PHOTO_PX * photo.width / photo.height);
  const { data } = await resizeImage(picture, width, PHOTO_PX);
  return { width, height: PHOTO_PX, channels: 3, data: data as Uint8Array };
}

function shot<Scene>(
  backend: Backend<Scene>,
  scene: Scene,
  { camera, scan }: { camera: Camera; scan: Mesh },
): Promise<RasterMaps> {
  const colored = scan.colors !== undefined ||
    (scan.materials ?? []).some((material) => material.texture !== undefined);
  const maps = ["normal", "depth", "mask"] as const;
  return backend.draw(scene, camera, { maps: colored ? ["color", ...maps] : maps });
}

/** Albedo (grey where there is none) lit from the camera, pale so that lines stand out. */
function shaded({ width, height, mask, normal, color }: RasterMaps): RgbImage {
  const data = new Uint8Array(3 * width * height).fill(BACKGROUND);
  for (let p = 0; p < mask!.length; p++) {
    if (mask![p] === 0) continue;
    const facing = Math.max(0, normal![3 * p + 2] / 32767.5 - 1), light = 0.35 + 0.65 * facing;
    const rgb = color?.subarray(4 * p, 4 * p + 3) ?? [165, 165, 165];
    const grey = 0.3 * rgb[0] + 0.59 * rgb[1] + 0.11 * rgb[2];
    for (let k = 0; k < 3; k++) {
      data[3 * p + k] = Math.round(light * (110 + 0.55 * (0.7 * grey + 0.3 * rgb[k])));
    }
  }
  return { width, height, channels: 3, data };
}

interface Wires {
  camera: Camera;
  /** Ends of lines in the scan's frame, six numbers a line. */
  lines: Float64Array;
}

function drawWires(
  { width, height, data }: RgbImage,
  { camera, lines }: Wires,
  { scanDepth, bodyDepth }: { scanDepth: Float32Array; bodyDepth: Float32Array },
): void {
  const seen = new Uint8Array(width * height);
  for (let e = 0; e < lines.length; e += 6) {
    const a = project(camera, [lines[e], lines[e + 1], lines[e + 2]]);
    const b = project(camera, [lines[e + 3], lines[e + 4], lines[e + 5]]);
    const steps = Math.ceil(1.5 * Math.max(Math.abs(a[0] - b[0]), Math.abs(a[1] - b[1]))) + 1;
    for (let s = 0; s <= steps; s++) {
      const t = s / steps, [u, v, depth] = a.map((value, k) => (1 - t) * value + t * b[k]);
      const x = Math.floor(u), y = Math.floor(v);
      if (x < 0 || y < 0 || x >= width || y >= height) continue;
      const p = y * width + x;
      if (seen[p] !== 0 || bodyDepth[p] > 0 && depth > bodyDepth[p] + HIDDEN_M) continue;
      const out = scanDepth[p] === 0 || depth < scanDepth[p] - OUTSIDE_M;
      const [line, alpha] = out ? [OUT, OUT_ALPHA] : [WIRE, WIRE_ALPHA];
      for (let k = 0; k < 3; k++) {
        data[3 * p + k] = Math.round((1 - alpha) * data[3 * p + k] + alpha * line[k]);
      }
      seen[p] = 1;
    }
  }
}

/** Where planes across x, y and z cut the body at rest, on the posed body. */
function gridLines({ model: { template, faces }, posed: { vertices } }: OverlayBody): Float64Array {
  const lines: number[] = [];
  for (let f = 0; f < faces.length; f += 3) {
    const corners = [3 * faces[f], 3 * faces[f + 1], 3 * faces[f + 2]];
    for (let axis = 0; axis < 3; axis++) {
      const values = corners.map((corner) => template[corner + axis] / GRID_M + 0.5);
      const last = Math.ceil(Math.max(...values)) - 1;
      for (let level = Math.ceil(Math.min(...values)); level <= last; level++) {
        for (let c = 0; c < 3; c++) {
          const d = (c + 1) % 3, from = values[c], to = values[d];
          if ((from < level) === (to < level)) continue;
          const t = (level - from) / (to - from);
          for (let k = 0; k < 3; k++) {
            lines.push((1 - t) * vertices[corners[c] + k] + t * vertices[corners[d] + k]);
          }
        }
      }
    }
  }
  return Float64Array.from(lines);
}

/** Without the empty columns left and right. */
function trimmed({ width, height, data }: RgbImage, mask: Uint8Array): RgbImage {
  let left = width, right = 0;
  for (let p = 0; p < mask.length; p++) {
    if (mask[p] === 0) continue;
    left = Math.min(left, p % width), right = Math.max(right, p % width);
  }
  const margin = Math.round(MARGIN * width);
  const from = Math.max(0, left - margin), to = Math.min(width, right + 1 + margin);
  const out = new Uint8Array(3 * (to - from) * height);
  for (let y = 0; y < height; y++) {
    out.set(data.subarray(3 * (y * width + from), 3 * (y * width + to)), 3 * y * (to - from));
  }
  return { width: to - from, height, channels: 3, data: out };
}

function beside(panels: readonly RgbImage[]): RgbImage {
  const width = panels.reduce((sum, panel) => sum + panel.width, 0), { height } = panels[0];
  const data = new Uint8Array(3 * width * height);
  let left = 0;
  for (const panel of panels) {
    for (let y = 0; y < height; y++) {
      data.set(
        panel.data.subarray(3 * y * panel.width, 3 * (y + 1) * panel.width),
        3 * (y * width + left),
      );
    }
    left += panel.width;
  }
  return { width, height, channels: 3, data };
}
