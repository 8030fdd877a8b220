/** Fits the body of one photo: the task that workers run for `align --image`. */
import { encodeLossy, encodePng } from "../../core/files/image.ts";
import { openPoseJson } from "../../core/files/openpose_json.ts";
import { encodePly } from "../../core/files/ply_write.ts";
import { cameraJson } from "../../core/geometry/camera.ts";
import { type Json, stableJson } from "../../core/work/json.ts";
import { join } from "../../core/work/path.ts";
import { writeWhole } from "../../core/work/scratch.ts";
import type { Task } from "../../core/work/task.ts";
import { readBodyFile } from "../../body/body_file.ts";
import { jsonOfFit } from "../../body/fit_json.ts";
import { bodyMesh, poseBody } from "../../body/forward.ts";
import { openPhoto, type PhotoPlace } from "../photo_input.ts";
import { alignPhoto } from "./align_photo.ts";
import { drawOnPhoto } from "./picture.ts";

/** One photo. */
export interface AlignPhotoPayload {
  id: string;
  place: PhotoPlace;
  bodyFile: string;
}

const task: Task<AlignPhotoPayload> = async ({ id, place, bodyFile }, { scratch }) => {
  const begun = performance.now();
  const photo = await openPhoto(place), { working, cue } = photo;
  const model = await readBodyFile(bodyFile);
  const seen = performance.now();
  const { fit, residualPx, points, cost } = alignPhoto(model, {
    camera: photo.camera!,
    body25: working.keypoints.body25,
    worldM: cue?.worldM,
    mask: working.mask,
  });
  const fitted = performance.now();
  const posed = poseBody(model, fit), { camera } = photo.camera!;
  const folder = join(scratch, id);
  const write = (name: string, content: string | Uint8Array) =>
    writeWhole(join(folder, name), content);
  const residuals = { residual_px: residualPx, points, cost };
  await write("fit.json", stableJson({ frame: "camera", ...jsonOfFit(fit), align: residuals }));
  await write("camera.json", stableJson(cameraJson(camera)));
  await write("keypoints.json", openPoseJson([working.keypoints]));
  await write("mask.png", encodePng({ ...working.mask, channels: 1 }));
  await write("body.ply", encodePly(bodyMesh(model, posed)));
  const picture = await drawOnPhoto(working.picture, { model, posed }, camera);
  await write("picture.webp", await encodeLossy(picture, { format: "webp", quality: 85 }));
  return {
    result: residuals as Json,
    warnings: (photo.notes ?? []).map(({ text }) => text),
    timing: { see: (seen - begun) / 1000, fit: (fitted - seen) / 1000 },
  };
};

export default task;
