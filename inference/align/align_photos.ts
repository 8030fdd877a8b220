/** Fits bodies to photos: one item a photo. */
import { type FileRecord, hashFile } from "../../core/work/hash.ts";
import { type Manifest, writeManifest } from "../../core/work/manifest.ts";
import { join } from "../../core/work/path.ts";
import { portablePath } from "../../core/work/paths.ts";
import { WORK_FOLDER } from "../../core/work/scratch.ts";
import { writeTiming } from "../../core/work/timing.ts";
import { type Item, type RunOptions, type RunSummary, runWork } from "../../core/work/work_list.ts";
import { OPEN_BODY_FILE } from "../baselines/body_photo.ts";
import type { PhotoPlace } from "../photo_input.ts";
import type { AlignPhotoPayload } from "./align_photo_task.ts";

/** Which photos. */
export interface AlignPhotosJob {
  photos: readonly (PhotoPlace & { id: string })[];
  /** Default: the open body. */
  bodyFile?: string | undefined;
}

/**
 * Writes `<photo>/` into `out`: `fit.json`, `camera.json`, `keypoints.json`, `mask.png`, `body.ply`
 * and `picture.webp`, going on where an earlier call was stopped.
 *
 * @throws {InputError} If `out` cannot be written or a photo cannot be read to hash it.
 * @throws {CancelledError} If the signal fired.
 */
export async function alignPhotos(
  out: string,
  { photos, bodyFile = OPEN_BODY_FILE }: AlignPhotosJob,
  run: RunOptions = {},
): Promise<RunSummary & { manifest: Manifest | undefined }> {
  const items: Item<AlignPhotoPayload>[] = [];
  const record = async (role: string, path: string): Promise<FileRecord> => ({
    role,
    path: portablePath(path, out),
    ...await hashFile(path),
  });
  for (const { id, ...place } of photos) {
    const inputs = [await record("photo", place.path), await record("body", bodyFile)];
    const { maskFile, keypointsFile } = place;
    if (maskFile !== undefined) inputs.push(await record("mask", maskFile));
    if (keypointsFile !== undefined) inputs.push(await record("keypoints", keypointsFile));
    items.push({
      id,
      inputs,
      holds: { use: "infer", meshes: [] },
      payload: { id, place, bodyFile },
    });
  }
  const options = { input: "photo" };
  const summary = await runWork({
    title: "align",
    module: new URL("./align_photo_task.ts", import.meta.url),
    out,
    work: join(out, WORK_FOLDER),
    options,
    items,
  }, run);
  await writeTiming(out, summary.timing);
  if (summary.missing.length > 0) return { ...summary, manifest: undefined };
  const head = { kind: "fits", command: "align", options, files: [] } as const;
  return { ...summary, manifest: await writeManifest(out, head, summary.records) };
}
