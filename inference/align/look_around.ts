/** Pictures of a scan from many sides, and what the pose networks see in them. */
import { type Camera, pixelSizeM, project } from "../../core/geometry/camera.ts";
import type { Mesh } from "../../core/geometry/mesh.ts";
import { affine, type Matrix4, multiply, type Vec3 } from "../../core/geometry/transform.ts";
import type { Backend } from "../../render/backend.ts";
import { framingOf, suiteCamera } from "../../render/cameras.ts";
import { openPoseKeypoints } from "../photo/keypoint_map.ts";
import { followPerson } from "../photo/follow_person.ts";
import type { PoseNetworks } from "../photo/networks.ts";
import { type Pyramid, pyramidOf, type RgbImage } from "../photo/pyramid.ts";
import { type Region, regionOfCircle } from "../photo/region.ts";
import { cross, unit } from "./_vectors.ts";

/** What the networks saw from one side. */
export interface SeenView {
  camera: Camera;
  /** Probability that there is a person. */
  presence: number;
  /** BODY_25 on the picture: x, y (pixels), confidence; length 75. */
  body25: Float64Array;
  /**
   * The network's 33 points in the scan's axes, metres of an ordinary person, origin in the middle
   * of the hips; length 99.
   */
  skeletonM: Float64Array;
  /** Whether two looks at the picture agreed. */
  settled: boolean;
}

/** A scan made ready to be looked at. */
export interface Looker {
  /**
   * Looks from a direction; undefined where nobody is seen. With the person's known place, the
   * detector is passed over.
   */
  from(turn: Matrix4, known?: KnownPlace): Promise<SeenView | undefined>;
  /** Gives the scene's memory back. */
  release(): void;
}

/** Where a person is known to be, in the scan's frame, metres. */
export interface KnownPlace {
  /** Middle of the hips. */
  hips: Vec3;
  /** Unit vector from the hips to the shoulders. */
  up: Vec3;
  /** Radius about the hips that holds the person. */
  radiusM: number;
}

/** Side of the pictures, pixels: twice what the landmark network looks at. */
const SIZE = 512;

/** A detection below this is nobody. */
const MIN_PRESENCE = 0.5;

/** The camera of the suite, looking at the scan turned by `turn` (a rotation). */
export function cameraOfTurn(mesh: Mesh, turn: Matrix4): Camera {
  return suiteCamera(framingOf(mesh, turn), { yawDeg: 0, pitchDeg: 0 }, { size: SIZE });
}

/**
 * Makes a scan ready: one scene for all pictures. Scans without colours are seen in grey, lit from
 * the camera.
 */
export async function lookerAt<Scene>(
  mesh: Mesh,
  { backend, networks }: { backend: Backend<Scene>; networks: PoseNetworks },
): Promise<Looker> {
  const scene = await backend.prepare(mesh);
  const colored = mesh.colors !== undefined ||
    (mesh.materials ?? []).some((material) => material.texture !== undefined);
  return {
    release: () => backend.release(scene),
    async from(turn, known) {
      const camera = cameraOfTurn(mesh, turn);
      const picture = await pictureOf(scene, camera, { backend, colored });
      const pyramid = pyramidOf(picture);
      const region = known === undefined
        ? await detected(pyramid, networks)
        : regionOfPlace(camera, known);
      if (region === undefined) return undefined;
      const person = await followPerson(pyramid, region, networks);
      if (person.presence < MIN_PRESENCE) return undefined;
      const { body25 } = openPoseKeypoints(person);
      return {
        camera,
        presence: person.presence,
        body25,
        skeletonM: inScanAxes(person.worldM, camera),
        settled: person.settled,
      };
    },
  };
}

async function detected(pyramid: Pyramid, networks: PoseNetworks): Promise<Region | undefined> {
  const whole = { cx: SIZE / 2, cy: SIZE / 2, sidePx: SIZE, angleRad: 0 };
  const [best] = await networks.detect(pyramid, whole);
  return best === undefined ? undefined : regionOfCircle(best.centre, best.top);
}

/** The square round a known person: the circle about the hips, its top where up points. */
function regionOfPlace(camera: Camera, { hips, up, radiusM }: KnownPlace): Region {
  const [u, v, depthM] = project(camera, hips);
  const [uUp, vUp] = project(camera, [hips[0] + up[0], hips[1] + up[1], hips[2] + up[2]]);
  const length = Math.hypot(uUp - u, vUp - v), radius = radiusM / pixelSizeM(camera, depthM);
  // Seen from straight above, any turn is as good.
  const [x, y] = length > 0 ? [(uUp - u) / length, (vUp - v) / length] : [0, -1];
  return regionOfCircle([u, v], [u + radius * x, v + radius * y]);
}

/** The network's axes (x right, y down, z away) turned into the scan's. */
export function inScanAxes(worldM: Float64Array, { camFromScan: m }: Camera): Float64Array {
  const out = new Float64Array(worldM.length);
  for (let i = 0; i < out.length; i += 3) {
    const x = worldM[i], y = -worldM[i + 1], z = -worldM[i + 2];
    for (let k = 0; k < 3; k++) out[i + k] = m[k] * x + m[4 + k] * y + m[8 + k] * z;
  }
  return out;
}

async function pictureOf<Scene>(
  scene: Scene,
  camera: Camera,
  { backend, colored }: { backend: Backend<Scene>; colored: boolean },
): Promise<RgbImage> {
  const maps = await backend.draw(scene, camera, {
    maps: colored ? ["color", "mask"] : ["normal", "mask"],
  });
  const data = new Uint8Array(3 * SIZE * SIZE), mask = maps.mask!;
  for (let p = 0; p < mask.length; p++) {
    if (mask[p] === 0) continue;
    if (colored) {
      for (let k = 0; k < 3; k++) data[3 * p + k] = maps.color![4 * p + k];
    } else {
      // Lambert's law with the light at the camera and a little from everywhere, as sRGB.
      const facing = Math.max(0, maps.normal![3 * p + 2] / 32767.5 - 1);
      data.fill(Math.round(255 * Math.pow(0.1 + 0.6 * facing, 1 / 2.2)), 3 * p, 3 * p + 3);
    }
  }
  return { width: SIZE, height: SIZE, channels: 3, data };
}

/** A rotation whose rows are the camera's right, up and backward axes in the scan's frame. */
export function turnOfAxes(up: readonly number[], backward: readonly number[]): Matrix4 {
  const right = unit(cross(up, backward)), back = unit(backward);
  const upright = cross(back, right);
  return affine([...right, ...upright, ...back], [0, 0, 0]);
}

/** The turn after `turn` that moves the camera round the person by an angle (yaw as in views). */
export function yawed(turn: Matrix4, yawRad: number): Matrix4 {
  const c = Math.cos(yawRad), s = Math.sin(yawRad);
  return multiply(affine([c, 0, s, 0, 1, 0, -s, 0, c], [0, 0, 0]), turn);
}
