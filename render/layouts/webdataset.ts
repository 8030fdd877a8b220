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
import { type Layout, type LayoutFolder, type LayoutSubject, yawViews } from "./layout.ts";
import { encodeSuiteView } from "./suite.ts";
import { drawView, suiteNeeds } from "./suite_layout.ts";

/** Subjects in a shard. */
export const SHARD_SUBJECTS = 8;

/** A shard while it is written, member by member. */
export class Shard implements Disposable {
  private constructor(private readonly file: Deno.FsFile) {}

  static async create(path: string): Promise<Shard> {
    return new Shard(await Deno.open(path, { create: true, truncate: true, write: true }));
  }

  /** Adds a sample: its files by their names behind the key's dot. */
  async add(
    { subject, view, dataset }: { subject: string; view: string; dataset: string },
    files: Iterable<readonly [name: string, data: Uint8Array]>,
  ): Promise<void> {
    const key = sampleKey(subject, view);
    for (const [name, data] of files) await this.#member(`${key}.${name}`, data);
    const about = new TextEncoder().encode(stableJson({ subject, view, dataset }));
    await this.#member(`${key}.json`, about);
  }

  async finish(): Promise<void> {
    await this.#write(TAR_END);
    await this.file.syncData();
  }

  [Symbol.dispose](): void {
    this.file.close();
  }

  async #member(path: string, data: Uint8Array): Promise<void> {
    await this.#write(tarHeader(path, data.length));
    await this.#write(data);
    await this.#write(tarPadding(data.length));
  }

  async #write(bytes: Uint8Array): Promise<void> {
    for (let done = 0; done < bytes.length;) done += await this.file.write(bytes.subarray(done));
  }
}

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
  let samples = 0, shard: Shard | undefined;
  try {
    for await (const subject of subjects) {
      const { id, set: dataset } = subject;
      shard ??= await Shard.create(await out.place(shardPath(dataset, index)));
      for (const angles of subject.views) {
        const { view, maps: { window } } = await drawView({ ...subject, angles });
        await shard.add(
          { subject: id, view: viewName(angles), dataset },
          encodeSuiteView(view, { window }),
        );
        samples++;
      }
    }
    await shard!.finish();
  } finally {
    shard?.[Symbol.dispose]();
  }
  return { result: { samples } };
}

/** Samples are named by subject and view. @throws {UsageError} If two would be named alike. */
export function checkSampleKeys(samples: readonly { subject: string; view: string }[]): void {
  const keys = new Map<string, string>();
  for (const { subject, view } of samples) {
    const name = `${subject}/${view}`, key = sampleKey(subject, view);
    const other = keys.get(key);
    if (other !== undefined) {
      throw new UsageError(`Cannot name samples: ${other} and ${name} would both be "${key}"`, {
        hint: "rename one of the subjects",
      });
    }
    keys.set(key, name);
  }
}

/** The index of the shards, in which subjects stand in their order. */
export function shardIndex(
  set: string,
  subjects: readonly { id: string; samples: number }[],
): Map<string, string> {
  const shards = [];
  for (let i = 0; i * SHARD_SUBJECTS < subjects.length; i++) {
    const part = subjects.slice(i * SHARD_SUBJECTS, (i + 1) * SHARD_SUBJECTS);
    shards.push({
      path: shardPath(set, i),
      subjects: part.map(({ id }) => id),
      samples: part.reduce((sum, { samples }) => sum + samples, 0),
    });
  }
  return new Map([["shards.json", stableJson({ schema: "scan2score/shards-1", shards })]]);
}

/** See {@linkcode Layout}. */
export const WEBDATASET_LAYOUT: Layout = {
  name: "webdataset",
  title: "tar shards of the suite's files for the webdataset library",
  defaults: { size: 2048, views: yawViews(-30, 30, 10) },
  item: { shardSubjects: SHARD_SUBJECTS },
  needs: suiteNeeds,
  check: ({ subjects, views }) =>
    checkSampleKeys(
      subjects.flatMap((subject) => views.map((angles) => ({ subject, view: viewName(angles) }))),
    ),
  shard: writeShard,
  finish: ({ set, subjects, views }) =>
    shardIndex(set, subjects.map((id) => ({ id, samples: views.length }))),
};
