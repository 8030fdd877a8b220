/**
 * The weak-perspective camera that PIFu and ICON share: a person is scaled to a height of 180 and
 * seen through a window of 2 × 102.4, turned by R = Rx(pitch) Ry(yaw) about a centre c.
 * `uv = K [R | −R c] X` lies in −1 … 1, x right, y down, z towards the viewer.
 */
import type { OrthographicCamera } from "../../core/geometry/camera.ts";
import { boundsOf } from "../../core/geometry/mesh.ts";
import {
  type Matrix4,
  multiply,
  rotationX,
  rotationY,
  translation,
} from "../../core/geometry/transform.ts";
import type { ViewAngles } from "../view_names.ts";
import { behind, orthoCamera, reachFrom } from "./_frames.ts";

/** Half of the window, units of a person of 180. */
export const HALF_WINDOW = 102.4;
const HEIGHT = 180;

/** Pictures of this size have 0.4 units a pixel. */
export function orthoRatio(size: number): number {
  return 0.4 * 512 / size;
}

/** What is the same in all views of a subject. Lengths in the layout's units. */
export interface Height180 {
  center: readonly [number, number, number];
  /** Units of a person of 180 per unit of the layout. */
  scale: number;
  /** No vertex is farther from the centre. */
  reach: number;
}

/** Measures a person: `middle` gives x and z of the centre, y is the middle of the box. */
export function height180(
  positions: Float32Array,
  middle: readonly [x: number, z: number],
): Height180 {
  const { min, max } = boundsOf({ positions });
  const center = [middle[0], (min[1] + max[1]) / 2, middle[1]] as const;
  return { center, scale: HEIGHT / (max[1] - min[1]), reach: reachFrom(positions, center) };
}

/** R, row-major 4 × 4. */
export function turnOf({ yawDeg, pitchDeg }: ViewAngles): Matrix4 {
  const radians = Math.PI / 180;
  return multiply(rotationX(pitchDeg * radians), rotationY(yawDeg * radians));
}

/** The suite's camera of a view. `unitM`: metres per unit of the layout. */
export function height180Camera(
  { center, scale, reach }: Height180,
  { layoutFromScan, unitM, size, angles }: {
    layoutFromScan: Matrix4;
    unitM: number;
    size: number;
    angles: ViewAngles;
  },
): OrthographicCamera {
  const [x, y, z] = center;
  return orthoCamera({
    camFromLayout: behind(2 * reach, multiply(turnOf(angles), translation(-x, -y, -z))),
    layoutFromScan,
    unitM,
    halfWindow: HALF_WINDOW / scale,
    size,
    angles,
  });
}

/** How far before the camera the centre is, metres. */
export function centreDepthM({ reach }: Height180, unitM: number): number {
  return 2 * reach * unitM;
}
