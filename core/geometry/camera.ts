/**
 * Cameras. The camera looks along −z of its own frame, x right, y up; pixels have their centres at
 * (i + 0.5, j + 0.5) with the origin top left and y down. Depth is the distance along −z, in metres.
 */
import { type Matrix4, toRows, transformPoint, type Vec3 } from "./transform.ts";
import type { Json } from "../work/json.ts";

interface CameraFrame {
  /** Pixels. */
  width: number;
  height: number;
  /** Rigid map from the scan's frame (metres) to the camera's. */
  camFromScan: Matrix4;
  /** How the subject was turned: yaw > 0 turns its +z towards +x. Degrees. */
  yawDeg: number;
  /** Pitch of the camera: > 0 looks down on the subject. Degrees. */
  pitchDeg: number;
}

/** A pinhole: pixel (u, v) of a point (x, y, z) is (cx + fx x/−z, cy − fy y/−z). */
export interface PerspectiveCamera extends CameraFrame {
  projection: "perspective";
  /** Focal lengths and principal point, pixels. */
  fx: number;
  fy: number;
  cx: number;
  cy: number;
}

/** Parallel rays: x from −halfWidthM to +halfWidthM over the width, square pixels, centred. */
export interface OrthographicCamera extends CameraFrame {
  projection: "orthographic";
  /** Half of the picture's width, metres. */
  halfWidthM: number;
}

/** Either kind. */
export type Camera = PerspectiveCamera | OrthographicCamera;

/** Pixel position and depth of a scan point: [u, v, depthM]. Depth ≤ 0 is behind the camera. */
export function project(camera: Camera, point: Vec3): [number, number, number] {
  const [x, y, z] = transformPoint(camera.camFromScan, point);
  if (camera.projection === "perspective") {
    return [camera.cx + camera.fx * x / -z, camera.cy - camera.fy * y / -z, -z];
  }
  const scale = camera.width / (2 * camera.halfWidthM);
  return [camera.width / 2 + scale * x, camera.height / 2 - scale * y, -z];
}

/** The point in the camera's frame at pixel position (u, v) and depth (metres along −z). */
export function unproject(camera: Camera, u: number, v: number, depthM: number): Vec3 {
  if (camera.projection === "perspective") {
    return [
      (u - camera.cx) / camera.fx * depthM,
      (camera.cy - v) / camera.fy * depthM,
      -depthM,
    ];
  }
  const metres = 2 * camera.halfWidthM / camera.width;
  return [(u - camera.width / 2) * metres, (camera.height / 2 - v) * metres, -depthM];
}

/** The side of a pixel in metres at a depth. */
export function pixelSizeM(camera: Camera, depthM: number): number {
  return camera.projection === "perspective"
    ? depthM / camera.fx
    : 2 * camera.halfWidthM / camera.width;
}

/** A camera as `camera.json` holds it. */
export function cameraJson(camera: Camera): { [key: string]: Json } {
  const { projection, width, height, yawDeg, pitchDeg } = camera;
  const shared = {
    schema: "scan2score/camera-1",
    projection,
    width,
    height,
    yawDeg,
    pitchDeg,
    camFromScan: toRows(camera.camFromScan),
  };
  if (camera.projection === "orthographic") return { ...shared, halfWidthM: camera.halfWidthM };
  const { fx, fy, cx, cy } = camera;
  return { ...shared, fx, fy, cx, cy };
}
