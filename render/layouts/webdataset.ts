/**
 * Layout `webdataset`: tar shards of the suite's files, one sample a view: `<subject>_<view>.color.png`,
 * `.depth.exr`, `.camera.json`, … and `.json` with the subject's and the view's names. The files of a
 * sample stand together and samples in the order of subjects and views, as the webdataset library
 * reads them. The same data gives the same bytes.
 */
import { TAR_END, tarHeader, tarPadding } from "../../core/files/tar_write.ts";
import { UsageError } from "../../core/work/errors.ts";
import { stableJson } from "../../core/work/json.ts";
import { viewName } from "../view_names.ts";
import {
  type Layout,
  type LayoutFolder,
  type LayoutSet,
  type LayoutSubject,
  yawViews,
} from "./layout.ts";
import { encodeSuiteView } from "./suite.ts";
import { drawView, suiteNeeds } from "./suite_layout.ts";

/** Subjects in a shard. */
export const SHARD_SUBJECTS = 8;

/** The name of a shard. */
export function shardPath(set: string, index: number): string {
  return `${set}-${String(index).padStart(6, "0")}.tar`;
}

/** A sample's key: the library splits names at the first dot, so there must be none before. */
export function sampleKey(subject: string, view: string): string {
  return `${subject}_${view}`.replaceAll(".", "-");
}

async function writeShard(
  index: number,
  subjects: AsyncIterable<LayoutSubject>,
  out: LayoutFolder,
) {
  let file: Deno.FsFile | undefined;
  const write = async (bytes: Uint8Array) => {
    for (let done = 0; done < bytes.length;) done += await file!.write(bytes.subarray(done));
  };
  const member = async (path: string, data: Uint8Array) => {
    await write(tarHeader(path, data.length));
    await write(data);
    await write(tarPadding(data.length));
  };
  let samples = 0;
  try {
    for await (const subject of subjects) {
      file ??= await Deno.open(await out.place(shardPath(subject.set, index)), {
        create: true,
        write: true,
      });
      for (const angles of subject.views) {
        const name = viewName(angles), key = sampleKey(subject.id, name);
        const { view } = await drawView({ ...subject, angles });
        for (const [path, data] of encodeSuiteView(view)) await member(`${key}.${path}`, data);
        const about = { subject: subject.id, view: name, dataset: subject.set };
        await member(`${key}.json`, new TextEncoder().encode(stableJson(about)));
        samples++;
      }
    }
    await write(TAR_END);
    await file!.syncData();
  } finally {
    file?.close();
  }
  return { result: { samples } };
}

function check({ subjects, views }: LayoutSet): void {
  const keys = new Map<string, string>();
  for (const id of subjects) {
    for (const angles of views) {
      const name = `${id}/${viewName(angles)}`, key = sampleKey(id, viewName(angles));
      const other = keys.get(key);
      if (other !== undefined) {
        throw new UsageError(`Cannot name samples: ${other} and ${name} would both be "${key}"`, {
          hint: "rename one of the subjects",
        });
      }
      keys.set(key, name);
    }
  }
}

/** See {@linkcode Layout}. */
export const WEBDATASET_LAYOUT: Layout = {
  name: "webdataset",
  title: "tar shards of the suite's files for the webdataset library",
  defaults: { size: 2048, views: yawViews(-30, 30, 10) },
  item: { shardSubjects: SHARD_SUBJECTS },
  needs: suiteNeeds,
  check,
  shard: writeShard,
  finish: ({ set, subjects, views }) => {
    const shards = Math.ceil(subjects.length / SHARD_SUBJECTS);
    return new Map([[
      "shards.json",
      stableJson({
        schema: "scan2score/shards-1",
        shards: Array.from({ length: shards }, (_, i) => ({
          path: shardPath(set, i),
          subjects: subjects.slice(i * SHARD_SUBJECTS, (i + 1) * SHARD_SUBJECTS),
          samples: Math.min(SHARD_SUBJECTS, subjects.length - i * SHARD_SUBJECTS) * views.length,
        })),
      }),
    ]]);
  },
};
