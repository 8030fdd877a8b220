/** The module that workers load for `dataset convert`: one view, or one shard. */
import { openPlace } from "../../core/files/place.ts";
import { readAll } from "../../core/files/source.ts";
import { DiskFolder } from "../../core/files/disk.ts";
import { basename } from "../../core/work/path.ts";
import type { Task } from "../../core/work/task.ts";
import type { Keypoints3D } from "../../body/keypoints.ts";
import { readViewSubject, type ViewSubject } from "../../datasets/views.ts";
import { InputError } from "../../core/work/errors.ts";
import { SUITE_DISTANCE_RADII } from "../cameras.ts";
import { type SubjectFile, writeSubjectFile } from "../subject_task.ts";
import type { ViewAngles } from "../view_names.ts";
import { type PlacedFile, suiteViewOf2k2k, type TwoKTwoKFiles } from "./from_twoktwok.ts";
import { LayoutFolder } from "./layout.ts";
import { readSuiteView } from "./suite_reader.ts";
import { clampedWarning, writeTwoKTwoKView } from "./twoktwok.ts";
import { Shard, shardPath } from "./webdataset.ts";

/** One item of the list. */
export type ConvertPayload =
  | {
    kind: "2k2k";
    /** The view's folder. */
    folder: string;
    /** The subject's file. */
    about: string;
    subject: string;
    set: string;
    angles: ViewAngles;
  }
  | {
    kind: "webdataset";
    index: number;
    set: string;
    members: { subject: string; view: string; files: string[] }[];
  }
  | ({ kind: "about" } & SubjectFile)
  | {
    kind: "unpack";
    subject: string;
    view: string;
    /** Files of the view and where they lie. */
    files: readonly PlacedFile[];
  }
  | ({ kind: "from-2k2k" } & TwoKTwoKFiles);

const convertItem: Task<ConvertPayload> = async (payload, { scratch }) => {
  if (payload.kind === "about") {
    await writeSubjectFile(scratch, payload);
    return {};
  }
  if (payload.kind === "from-2k2k") return await suiteViewOf2k2k(scratch, payload);
  const out = new LayoutFolder(scratch);
  if (payload.kind === "webdataset") {
    const { index, set, members } = payload;
    using shard = await Shard.create(await out.place(shardPath(set, index)));
    for (const { subject, view, files } of members) {
      const named: [string, Uint8Array][] = [];
      for (const file of files) named.push([basename(file), await Deno.readFile(file)]);
      await shard.add({ subject, view, dataset: set }, named);
    }
    await shard.finish();
    return { result: { samples: members.length } };
  }
  if (payload.kind === "unpack") {
    for (const { name, place } of payload.files) {
      const bytes = await readAll(await openPlace(place));
      await out.put(`${payload.subject}/${payload.view}/${name}`, bytes);
    }
    return {};
  }
  const { subject, set, angles } = payload;
  const needed = ["color", "color_back", "shaded", "depth", "depth_back"] as const;
  const view = await readSuiteView(new DiskFolder(payload.folder), { needed });
  if (view.camera.projection !== "perspective") {
    throw new InputError("Cannot convert to 2k2k: its camera is orthographic", {
      file: payload.folder,
      hint: "2K2K's parallel pictures have another pixel grid: render --layout 2k2k --camera ortho",
    });
  }
  const about = await readViewSubject(payload.about);
  const clamped = await writeTwoKTwoKView({
    id: subject,
    set,
    angles,
    camera: view.camera,
    unitM: SUITE_DISTANCE_RADII * about.framing.radiusM,
    keypoints: keypointsOf(about),
    maps: {
      color: view.color!,
      color_back: view.color_back!,
      shaded: view.shaded!,
      depth: view.depth!,
      depth_back: view.depth_back!,
    },
  }, out);
  return { result: { clamped }, warnings: clampedWarning(clamped) };
};

function keypointsOf({ keypoints3d }: ViewSubject): Keypoints3D | undefined {
  if (keypoints3d === null) return undefined;
  const known = (list: (number | null)[]) => Float64Array.from(list, (v) => v ?? NaN);
  return {
    body25: known(keypoints3d.body25),
    handLeft: known(keypoints3d.handLeft),
    handRight: known(keypoints3d.handRight),
  };
}

export default convertItem;
