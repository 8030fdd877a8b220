/** Frames of layouts: how their numbers relate to the scan's metres. */
import type { OrthographicCamera } from "../../core/geometry/camera.ts";
import type { Mesh } from "../../core/geometry/mesh.ts";
import {
  type Matrix4,
  multiply,
  scaling,
  transformPoints,
  translation,
} from "../../core/geometry/transform.ts";
import type { ViewAngles } from "../view_names.ts";

/** The mesh as a layout has it: its positions moved, everything else shared. */
export function meshInLayout(mesh: Mesh, layoutFromScan: Matrix4): Mesh {
  const { normals: _, ...rest } = mesh;
  return { ...rest, positions: transformPoints(layoutFromScan, mesh.positions) };
}

/**
 * The camera of the suite (metres) that is a layout's camera: `camFromLayout` is rigid in the
 * layout's units, of which one has `unitM` metres.
 */
export function cameraFromScan(
  camFromLayout: Matrix4,
  layoutFromScan: Matrix4,
  unitM: number,
): Matrix4 {
  return multiply(scaling(unitM), multiply(camFromLayout, layoutFromScan));
}

/** A square picture of parallel rays, in a layout's units. */
export interface LayoutOrtho {
  /** Turns and moves the layout's frame so that the window's middle is at (0, 0). */
  camFromLayout: Matrix4;
  layoutFromScan: Matrix4;
  unitM: number;
  /** Half of the window, layout units. */
  halfWindow: number;
  size: number;
  angles: ViewAngles;
}

/** The suite's camera for a layout's parallel one. */
export function orthoCamera(ortho: LayoutOrtho): OrthographicCamera {
  const { camFromLayout, layoutFromScan, unitM, halfWindow, size, angles } = ortho;
  return {
    projection: "orthographic",
    width: size,
    height: size,
    camFromScan: cameraFromScan(camFromLayout, layoutFromScan, unitM),
    halfWidthM: halfWindow * unitM,
    yawDeg: angles.yawDeg,
    pitchDeg: angles.pitchDeg,
  };
}

/** Moves the layout's frame back along the view axis by so much. */
export function behind(distance: number, matrix: Matrix4): Matrix4 {
  return multiply(translation(0, 0, -distance), matrix);
}

/** The middle value of one coordinate over all vertices (NumPy's median). */
export function medianOf(positions: Float32Array, axis: 0 | 1 | 2): number {
  const values = new Float32Array(positions.length / 3);
  for (let v = 0; v < values.length; v++) values[v] = positions[3 * v + axis];
  return medianOfValues(values);
}

/** NumPy's median; sorts its argument. */
export function medianOfValues(values: Float32Array): number {
  values.sort();
  const n = values.length;
  return (values[(n - 1) >> 1] + values[n >> 1]) / 2;
}

/** Farthest distance of a vertex from a point: any camera that far away sees everything. */
export function reachFrom(positions: Float32Array, [x, y, z]: readonly number[]): number {
  let reach = 0;
  for (let i = 0; i < positions.length; i += 3) {
    reach = Math.max(
      reach,
      Math.hypot(positions[i] - x, positions[i + 1] - y, positions[i + 2] - z),
    );
  }
  return reach;
}
