/** What the product would know of a training view: the front end's points and the body fitted to them. */
import type { Camera } from "../../core/geometry/camera.ts";
import type { BodyModel } from "../../body/model.ts";
import { alignPhoto } from "../align/align_photo.ts";
import { choosePerson } from "../photo/choose_person.ts";
import { openPoseKeypoints } from "../photo/keypoint_map.ts";
import type { PoseNetworks } from "../photo/networks.ts";
import { pyramidOf, type RgbImage } from "../photo/pyramid.ts";
import { liftedWorld } from "../twoktwok/lifted_landmarks.ts";
import type { ModelFolder } from "../twoktwok/model_json.ts";
import { BODY_PLANES, type BodyInPicture, bodyPlanes, drawBody } from "../twoktwok/fitted_body.ts";

const SESSION = { threads: 1, providers: ["cpu"], memory: "fast" } as const;

/** Cells a side of a body's record. */
const BODY_GRID = 64;

/** What the front end sees. */
type Seen = Awaited<ReturnType<typeof choosePerson>>["person"];

/** Shows a picture to the front end; null where it finds nobody. */
export async function lookAt(picture: RgbImage, networks: PoseNetworks): Promise<Seen | null> {
  const seen = await choosePerson(pyramidOf(picture), networks, { file: "view" })
    .catch(() => undefined);
  return seen?.person ?? null;
}

/** The points as shares of the picture's side and as metres. */
export function cueJson({ points, worldM, presence }: Seen, side: number) {
  const list: number[] = [];
  for (let k = 0; k < 33; k++) {
    list.push(
      points[5 * k] / side,
      points[5 * k + 1] / side,
      points[5 * k + 3] * points[5 * k + 4],
    );
  }
  const round = (x: number) => Number(x.toFixed(4));
  return { presence, points: list.map(round), worldM: [...worldM].map(round) };
}

/** The body that the product would fit; undefined where too little is seen. */
export async function fittedTo(
  seen: Seen,
  { model, lifter, camera, distanceM, mask }: {
    model: BodyModel;
    /** A model folder that has a lifter. */
    lifter: ModelFolder;
    camera: Camera;
    distanceM: number;
    mask: Uint8Array;
  },
): Promise<BodyInPicture | undefined> {
  const { body25 } = openPoseKeypoints(seen), { width, height } = camera;
  const pointsPx = new Float64Array(99);
  for (let k = 0; k < 33; k++) {
    const [x, y, , visible, present] = seen.points.subarray(5 * k, 5 * k + 5);
    pointsPx.set([x, y, visible * present], 3 * k);
  }
  let fit;
  try {
    const landmarks = { pointsPx, worldM: seen.worldM }, square = { x: 0, y: 0, sidePx: width };
    const worldM = await liftedWorld(landmarks, square, { model: lifter, session: SESSION });
    ({ fit } = alignPhoto(model, {
      camera: { camera, subjectDistanceM: distanceM },
      body25,
      worldM,
      leanRad: 0,
      mask: { width, height, data: mask },
    }));
  } catch {
    return undefined;
  }
  return await drawBody({ model, fit }, { camera, distanceM });
}

/** 24 × (x, y, depth), shares of the picture's side. */
export function bodyJointsIn({ joints }: BodyInPicture, side: number): number[] {
  return [...joints].map((v) => Number((v / side).toFixed(5)));
}

/**
 * A body's record: the planes of `bodyPlanes` for the whole picture on a grid of 64², each number
 * × 16384 as a little-endian 16-bit integer.
 */
export function codeBody(body: BodyInPicture): Uint8Array {
  const sidePx = Math.sqrt(body.mask.length);
  const planes = bodyPlanes(body, { x: 0, y: 0, sidePx }, BODY_GRID);
  const out = new Uint8Array(2 * BODY_PLANES * BODY_GRID * BODY_GRID),
    view = new DataView(out.buffer);
  planes.forEach((v, i) => {
    view.setInt16(2 * i, Math.min(32767, Math.max(-32768, Math.round(16384 * v))), true);
  });
  return out;
}

/** Byte arrays one after another. */
export function joined(list: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(list.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const bytes of list) out.set(bytes, at), at += bytes.length;
  return out;
}
