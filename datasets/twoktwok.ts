/**
 * 2K2K's scans: `<id>/<id>.ply` with vertex colours, or `<id>.obj` with `<id>.png`; fits in any file
 * that `datasets/fits` reads, under `smplx`; keypoints `Joint3D/…/<id>.json` (COCO-WholeBody, scan
 * units). The published tree was not at hand: globs are tolerant.
 */
import { openPlace } from "../core/files/place.ts";
import { readAll } from "../core/files/source.ts";
import { z } from "zod";
import { parseJson } from "../core/work/schema.ts";
import { InputError, messageOf } from "../core/work/errors.ts";
import { type Keypoints3D, unknownKeypoints } from "../body/keypoints.ts";
import { type FoundSubject, scanReader } from "./build.ts";
import { type DatasetReader, type DatasetRoot, inner } from "./reader.ts";

const SCAN = /^(?:(.*)\/)?([^/]+)\/\2\.(ply|obj)$/i;
const FIT =
  /(?:^|\/)(?:smplx?|smplx?_params?|fits?)\/(?:.*\/)?([^/]+?)(?:_smplx?(?:_params?)?)?\.(?:pkl|npz|json)$/i;
const FIT_IN_FOLDER = /(?:^|\/)([^/]+)\/smplx?_params?\.(?:pkl|npz|json)$/i;
const JOINTS = /(?:^|\/)Joint3D\/(?:.*\/)?([^/]+)\.json$/i;

const joints = z.object({
  joint3d: z.array(z.array(z.number()).length(3)).min(130).max(133),
  visible: z.array(z.union([z.number(), z.boolean()])).min(130).max(133),
});

/** BODY_25 by COCO-WholeBody's first 23: where each of those goes. */
const BODY25_OF_COCO = [
  0,
  16,
  15,
  18,
  17,
  5,
  2,
  6,
  3,
  7,
  4,
  12,
  9,
  13,
  10,
  14,
  11,
  19,
  20,
  21,
  22,
  23,
  24,
];
const LEFT_HAND = 91, RIGHT_HAND = 112, HAND = 21, FACE = 23;

/** Keypoints of a `Joint3D` file in scan units; invisible ones are NaN. */
export function keypointsOfJoint3D(text: string, file: string): Keypoints3D {
  const { joint3d, visible } = parseJson(joints, text, { what: "2K2K's joints", file });
  const out = unknownKeypoints();
  const put = (target: Float64Array, at: number, from: number) => {
    if (from < joint3d.length && visible[from]) target.set(joint3d[from], 3 * at);
  };
  BODY25_OF_COCO.forEach((at, from) => put(out.body25, at, from));
  for (let i = 0; i < HAND; i++) {
    put(out.handLeft, i, LEFT_HAND + i);
    put(out.handRight, i, RIGHT_HAND + i);
  }
  for (let i = 0; i < 68; i++) put(out.face, i, FACE + i);
  return out;
}

async function withJoints(
  root: DatasetRoot,
  subject: FoundSubject,
  file: string | undefined,
): Promise<FoundSubject> {
  if (file === undefined) return subject;
  try {
    const text = new TextDecoder().decode(await readAll(await openPlace(root.at(file))));
    return { ...subject, keypoints: { points: keypointsOfJoint3D(text, file), file } };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { ...subject, notes: [{ code: "keypoints-unreadable", text: messageOf(error) }] };
  }
}

/** See {@linkcode DatasetReader}. */
export const TWOKTWOK_READER: DatasetReader = scanReader({
  format: "2k2k",
  title: "2K2K's scans",
  unit: "guess",
  stands: "upright",
  detect(files) {
    const scans = files.match(SCAN);
    if (scans.length === 0) return undefined;
    const ply = scans.filter((match) => match[3].toLowerCase() === "ply").length;
    const pictures = scans.filter(({ 1: parent, 2: id }) =>
      files.first(`${inner(parent, id)}/${id}.png`) !== undefined
    ).length;
    if (ply + pictures === 0) {
      return undefined;
    }
    const keypoints = files.match(JOINTS).length;
    return `${scans.length} scans <id>/<id>.ply or .obj, ${keypoints} Joint3D files`;
  },
  async find(files, root) {
    const fits = new Map([...files.by(FIT), ...files.by(FIT_IN_FOLDER)]),
      keypoints = files.by(JOINTS);
    const anyKeypoints = keypoints.size > 0;
    const found: FoundSubject[] = [];
    for (const { 1: parent, 2: id, input } of files.match(SCAN)) {
      const subject: FoundSubject = {
        id,
        scan: input,
        texture: files.first(`${inner(parent, id)}/${id}.png`),
        fit: fits.get(id) ?? (fits.size > 0 ? { missing: `a fit of ${id}` } : undefined),
        ...(anyKeypoints && !keypoints.has(id)
          ? {
            notes: [{
              code: "keypoints-missing",
              text: `no keypoints: expected Joint3D/…/${id}.json`,
            }],
          }
          : {}),
      };
      found.push(await withJoints(root, subject, keypoints.get(id)));
    }
    return found;
  },
});
