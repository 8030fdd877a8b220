/** What a surface's normals do to depth along the rays of a camera (docs/open_model.md, "Codes"). */
import type { Camera } from "../../core/geometry/camera.ts";

/** Depth and normals along each pixel's ray, in pixels of the picture. */
export class RayCodes {
  readonly #metresPerPx: number;

  constructor(private readonly camera: Camera, private readonly distanceM: number) {
    this.#metresPerPx = camera.projection === "perspective"
      ? distanceM / camera.fx
      : 2 * camera.halfWidthM / camera.width;
  }

  /**
   * The slope code of a pixel's normal, and how far its surface lies behind the plane through the
   * person's centre along the ray, in pixels there.
   *
   * With t the distance along the ray r, the code is (−∂t/∂column, ∂t/∂row, s)/|·| in pixels (s = 1),
   * and ∂t = −t (n · ∂r)/(n · r): only the direction of the normal matters, not its side.
   */
  code(
    [column, row]: [number, number],
    [depthM, normals, at]: readonly [number, Uint16Array, number],
    out: Float64Array,
  ): number {
    const { camera } = this, m = this.#metresPerPx;
    const nx = normals[at] / 32767.5 - 1, ny = normals[at + 1] / 32767.5 - 1;
    const nz = normals[at + 2] / 32767.5 - 1;
    let dc: number, dr: number, t: number, facing: number;
    if (camera.projection === "orthographic") {
      facing = -nz;
      dc = -nx / facing;
      dr = ny / facing;
      t = depthM;
    } else {
      const x = (column + 0.5 - camera.cx) / camera.fx, y = (camera.cy - row - 0.5) / camera.fy;
      const length = Math.sqrt(x * x + y * y + 1), rx = x / length, ry = y / length;
      const rz = -1 / length;
      t = depthM * length;
      facing = nx * rx + ny * ry + nz * rz;
      // n · ∂r with ∂r = (dv − r (r · dv))/length.
      const byColumn = (nx / camera.fx - facing * rx / camera.fx) / length;
      const byRow = (-ny / camera.fy + facing * ry / camera.fy) / length;
      dc = -t * byColumn / facing / m;
      dr = -t * byRow / facing / m;
    }
    if (Math.abs(facing) < 0.02) {
      // Seen edge-on: as steep as the code goes, in the direction that the normal says.
      const s = Math.sign(facing) || 1;
      dc = -50 * s * nx;
      dr = 50 * s * ny;
    }
    const scale = 1 / Math.sqrt(dc * dc + dr * dr + 1);
    out[0] = -dc * scale;
    out[1] = -dr * scale;
    out[2] = scale;
    return (t - this.distanceM) / m;
  }
}
