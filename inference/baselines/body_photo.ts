/**
 * `body-photo`: a body fitted to the picture alone, by the bundled pose networks and the silhouette.
 * No 3D truth of any kind: the honest baseline of what a body model gives.
 */
import { bodyMesh, poseBody } from "../../body/forward.ts";
import { readBodyFile } from "../../body/body_file.ts";
import type { BodyModel } from "../../body/model.ts";
import { InputError } from "../../core/work/errors.ts";
import { join } from "../../core/work/path.ts";
import { FIXTURES } from "../../core/work/paths.ts";
import { SUITE_VERSION } from "../../core/work/version.ts";
import { alignPhoto, type PictureOfPerson } from "../align/align_photo.ts";
import type { Method } from "../method.ts";
import { analysePhoto } from "../photo/analyse_photo.ts";
import { sharedNetworks } from "../photo_input.ts";
import type { MaskMap, ViewInput } from "../view_input.ts";

/** The body model that fits are made with where none is named. */
export const OPEN_BODY_FILE: string = join(FIXTURES, "humans", "open_body.npz");

/** Far from a body that lies on its points, as a share of the person's height. */
const LARGE_RESIDUAL = 0.04;

export const bodyPhoto: Method = {
  name: "body-photo",
  version: SUITE_VERSION,
  description:
    "a body model fitted to the picture's keypoints and silhouette: no clothes, no truth",
  usesTruth: false,
  trainedOn: [],
  needs: ["camera", "color", "mask"],
  async reconstruct(view, { stage }) {
    const model = await stage("read", () => openBody());
    const picture = await stage("keypoints", () => pictureOf(view));
    const aligned = await stage("fit", () => Promise.resolve(alignPhoto(model, picture)));
    const mesh = bodyMesh(model, poseBody(model, aligned.fit));
    const { residualPx, points, cost } = aligned;
    const share = residualPx / rowsOf(await view.mask());
    return {
      mesh,
      report: { residualPx, points, cost },
      warnings: share > LARGE_RESIDUAL
        ? [`the body misses its keypoints by ${(100 * share).toFixed(1)} % of the person's height`]
        : [],
    };
  },
};

let open: Promise<BodyModel> | undefined;

/** The open body, read once a thread. */
function openBody(): Promise<BodyModel> {
  return open ??= readBodyFile(OPEN_BODY_FILE);
}

/** What the networks see of a view. Keypoints that a view set has are truth and not used. */
export async function pictureOf(
  view: Pick<ViewInput, "subject" | "view" | "camera" | "color" | "mask" | "keypoints" | "cue">,
): Promise<PictureOfPerson> {
  const mask = await view.mask(), camera = view.camera!;
  if (view.view === undefined) {
    const keypoints = await view.keypoints();
    return { camera, body25: keypoints!.body25, worldM: view.cue?.worldM, mask };
  }
  const color = await view.color("front");
  if (color === undefined) {
    throw new InputError(`Cannot fit a body to "${view.subject}": the view has no picture`);
  }
  const { width, height } = mask, { data, channels } = color;
  const rgb = new Uint8Array(3 * width * height);
  for (let p = 0; p < width * height; p++) {
    if (mask.data[p] === 0) continue;
    for (let k = 0; k < 3; k++) rgb[3 * p + k] = data[channels * p + k];
  }
  const picture = { width, height, channels: 3 as const, data: rgb };
  const { keypoints, cue } = await analysePhoto({
    file: `${view.subject}/${view.view}`,
    width,
    height,
    picture,
    alpha: undefined,
    notes: [],
    part: () => Promise.resolve(picture),
  }, {
    networks: await sharedNetworks(),
    mask: { matte: { width, height, data: mask.data }, notes: [] },
  });
  return { camera, body25: keypoints.body25, worldM: cue?.worldM, mask };
}

function rowsOf({ width, height, data }: MaskMap): number {
  let rows = 0;
  for (let y = 0; y < height; y++) {
    if (data.subarray(y * width, (y + 1) * width).some((value) => value > 0)) rows++;
  }
  return rows;
}
