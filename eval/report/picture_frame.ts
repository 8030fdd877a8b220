/** How a subject is framed: the input view's camera and one behind, cropped to the person. */
import { type Camera, project } from "../../core/geometry/camera.ts";
import { boundsOf, type Mesh } from "../../core/geometry/mesh.ts";
import {
  multiply,
  rotationX,
  rotationY,
  transformPoint,
  translation,
} from "../../core/geometry/transform.ts";
import { resampleCamera } from "../../render/cameras.ts";

/** A rectangle of pixels. */
export interface PixelBox {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** One direction that a subject is seen from. */
export interface FramedCamera {
  /** Draws the whole frame at `supersample` times the picture's resolution. */
  camera: Camera;
  /** The part of the frame that is kept, in pixels of the picture. */
  box: PixelBox;
}

/** A subject framed from the front and from behind; both pictures have one size. */
export interface PictureFrame {
  front: FramedCamera;
  back: FramedCamera;
  /** The front box in pixels of the input picture. */
  inputBox: PixelBox;
  supersample: number;
}

/** Share of the person's box that is left free on each side. */
const MARGIN = 0.045;

/** Pictures wider than this many heights are made smaller instead. */
const WIDEST = 1.25;

/**
 * Frames a scan.
 *
 * @param options `heightPx`: height of the pictures, or of a square as wide for wide poses;
 * `supersample`: samples a pixel on each side.
 * @throws {RangeError} If the scan has no vertex in front of the camera.
 */
export function frameSubject(
  scan: Pick<Mesh, "positions">,
  options: { camera: Camera; heightPx: number; supersample: number },
): PictureFrame {
  const { camera, heightPx, supersample } = options;
  const back = cameraBehind(camera, scan);
  const seen = extentIn(camera, scan), behind = extentIn(back, scan);
  const width = Math.max(seen.width, behind.width) * (1 + 2 * MARGIN);
  const height = Math.max(seen.height, behind.height) * (1 + 2 * MARGIN);
  if (!(width > 0 && height > 0 && Number.isFinite(width * height))) {
    throw new RangeError(
      `Cannot frame a scan: it spans ${width} × ${height} pixels, expected some of them`,
    );
  }
  const factor = Math.min(heightPx / height, WIDEST * heightPx / width);
  const size = { width: Math.round(factor * width), height: Math.round(factor * height) };
  const framed = (of: Camera, extent: PixelBox): FramedCamera => ({
    camera: wholePixels(resampleCamera(of, factor * supersample)),
    box: {
      x: Math.round(factor * (extent.x + extent.width / 2) - size.width / 2),
      y: Math.round(factor * (extent.y + extent.height / 2) - size.height / 2),
      ...size,
    },
  });
  const front = framed(camera, seen);
  return {
    front,
    back: framed(back, behind),
    inputBox: {
      x: front.box.x / factor,
      y: front.box.y / factor,
      width: size.width / factor,
      height: size.height / factor,
    },
    supersample,
  };
}

/** The camera on the other side of the subject: half a turn about the subject's vertical. */
export function cameraBehind(camera: Camera, scan: Pick<Mesh, "positions">): Camera {
  const { min, max } = boundsOf(scan);
  const [x, y, z] = transformPoint(camera.camFromScan, [
    (min[0] + max[0]) / 2,
    (min[1] + max[1]) / 2,
    (min[2] + max[2]) / 2,
  ]);
  const pitch = camera.pitchDeg * Math.PI / 180;
  const turn = multiply(multiply(rotationX(pitch), rotationY(Math.PI)), rotationX(-pitch));
  const about = multiply(multiply(translation(x, y, z), turn), translation(-x, -y, -z));
  return { ...camera, camFromScan: multiply(about, camera.camFromScan) };
}

/** The box of a scan's vertices in the picture. */
function extentIn(camera: Camera, { positions }: Pick<Mesh, "positions">): PixelBox {
  let left = Infinity, top = Infinity, right = -Infinity, bottom = -Infinity;
  for (let i = 0; i < positions.length; i += 3) {
    const [u, v, depthM] = project(camera, [positions[i], positions[i + 1], positions[i + 2]]);
    if (!(depthM > 0)) continue;
    left = Math.min(left, u), right = Math.max(right, u);
    top = Math.min(top, v), bottom = Math.max(bottom, v);
  }
  return { x: left, y: top, width: right - left, height: bottom - top };
}

/** Rounds the size of the frame: the border may move by half a pixel, the picture does not. */
function wholePixels(camera: Camera): Camera {
  return { ...camera, width: Math.ceil(camera.width), height: Math.ceil(camera.height) };
}
