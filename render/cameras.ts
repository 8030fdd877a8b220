/**
 * The suite's cameras: 2K2K's geometry (arXiv 2303.15108 and its render code) in metres.
 *
 * 2K2K moves a scan's centroid to the origin, divides by 2.8 times its largest absolute coordinate
 * and looks at it from distance 1 with a field of view of 50°. Seen in metres, the camera stands
 * 2.8 m from the centroid, where m is that coordinate. See docs/cameras.md.
 */
import {
  type Camera,
  type OrthographicCamera,
  type PerspectiveCamera,
} from "../core/geometry/camera.ts";
import { type Mesh, surfaceCentroid } from "../core/geometry/mesh.ts";
import {
  identity,
  type Matrix4,
  multiply,
  rotationX,
  rotationY,
  translation,
} from "../core/geometry/transform.ts";
import { withDefaults } from "../core/work/options.ts";
import type { ViewAngles } from "./view_names.ts";

/** The field of view of the perspective camera, degrees. */
export const SUITE_FOV_DEG = 50;

/** The camera's distance from the centroid in units of {@linkcode Framing.radiusM}. */
export const SUITE_DISTANCE_RADII = 2.8;

/** Where a scan is and how large: what its cameras are made from. */
export interface Framing {
  /** Area-weighted centroid of the surface in the scan's frame, metres. */
  centroidM: readonly [number, number, number];
  /** Largest absolute coordinate of (vertex − centroid) once upright, metres. */
  radiusM: number;
  /** Rotation that stands the scan upright and turns it to +z; identity where it already does. */
  upright: Matrix4;
}

/** How the cameras of a scan are made. */
export interface SuiteCameraOptions {
  /** Width and height, pixels. Default: 2048. */
  size?: number;
  /** `persp50`: perspective with a field of view of 50°; `ortho`: parallel. Default: `persp50`. */
  camera?: "persp50" | "ortho";
}

/** The defaults of {@linkcode SuiteCameraOptions}. */
export const SUITE_CAMERA_DEFAULTS: Required<SuiteCameraOptions> = Object.freeze({
  size: 2048,
  camera: "persp50",
});

/**
 * Measures where a scan stands. Only vertices that a triangle uses count.
 *
 * @param upright A rotation (no scale, no shift) applied before everything else.
 * @throws {RangeError} If the mesh has no triangle, or no extent.
 */
export function framingOf(mesh: Mesh, upright: Matrix4 = identity()): Framing {
  const centroidM = surfaceCentroid(mesh);
  const { positions, indices } = mesh;
  const [a, b, c, , d, e, f, , g, h, i] = upright;
  const seen = new Uint8Array(positions.length / 3);
  let radiusM = 0;
  for (let corner = 0; corner < indices.length; corner++) {
    const vertex = indices[corner];
    if (seen[vertex] === 1) continue;
    seen[vertex] = 1;
    const x = positions[3 * vertex] - centroidM[0];
    const y = positions[3 * vertex + 1] - centroidM[1];
    const z = positions[3 * vertex + 2] - centroidM[2];
    radiusM = Math.max(
      radiusM,
      Math.abs(a * x + b * y + c * z),
      Math.abs(d * x + e * y + f * z),
      Math.abs(g * x + h * y + i * z),
    );
  }
  if (!(radiusM > 0 && radiusM < Infinity)) {
    throw new RangeError(
      `Cannot frame a scan: its largest coordinate about the centroid is ${radiusM} m, ` +
        `expected a positive number`,
    );
  }
  return { centroidM, radiusM, upright };
}

/**
 * Makes the camera of one view: `camFromScan = T(0, 0, −2.8 m) Rx(pitch) Ry(yaw) upright T(−c)`.
 * The picture is square and the principal point its centre. The orthographic camera stands at the
 * same place and shows what the perspective one shows at the centroid's depth.
 *
 * @throws {RangeError} If `size` is not a positive integer.
 */
export function suiteCamera(
  framing: Framing,
  angles: ViewAngles,
  options: SuiteCameraOptions = {},
): Camera {
  const { size, camera } = withDefaults(SUITE_CAMERA_DEFAULTS, options);
  if (!Number.isInteger(size) || size < 1) {
    throw new RangeError(`Cannot make a camera: size is ${size}, expected a positive integer`);
  }
  const { centroidM, radiusM, upright } = framing;
  const distanceM = SUITE_DISTANCE_RADII * radiusM;
  const radians = Math.PI / 180;
  const turned = multiply(
    multiply(rotationX(angles.pitchDeg * radians), rotationY(angles.yawDeg * radians)),
    multiply(upright, translation(-centroidM[0], -centroidM[1], -centroidM[2])),
  );
  const frame = {
    width: size,
    height: size,
    camFromScan: multiply(translation(0, 0, -distanceM), turned),
    yawDeg: angles.yawDeg,
    pitchDeg: angles.pitchDeg,
  };
  const tangent = Math.tan(SUITE_FOV_DEG / 2 * radians);
  if (camera === "ortho") {
    return { projection: "orthographic", ...frame, halfWidthM: tangent * distanceM };
  }
  const focal = size / (2 * tangent);
  const centre = size / 2;
  return { projection: "perspective", ...frame, fx: focal, fy: focal, cx: centre, cy: centre };
}

/**
 * Makes the camera that takes the same picture with `factor` times as many pixels on each side.
 */
export function resampleCamera(camera: Camera, factor: number): Camera {
  const size = { width: camera.width * factor, height: camera.height * factor };
  if (camera.projection === "orthographic") {
    return { ...camera, ...size } satisfies OrthographicCamera;
  }
  return {
    ...camera,
    ...size,
    fx: camera.fx * factor,
    fy: camera.fy * factor,
    cx: camera.cx * factor,
    cy: camera.cy * factor,
  } satisfies PerspectiveCamera;
}
