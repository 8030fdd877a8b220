/**
 * What a layout of rendered data is: cameras, files, encodings. Each layout is one file here and one
 * line in `layouts.ts`. `docs/layouts.md` has the tables.
 */
import type { Mesh } from "../../core/geometry/mesh.ts";
import { dirname, join } from "../../core/work/path.ts";
import { makeFolder, writeWhole } from "../../core/work/scratch.ts";
import { UsageError } from "../../core/work/errors.ts";
import type { Json } from "../../core/work/json.ts";
import type { RenderOptions } from "../render_options.ts";
import type { SubjectScene } from "../subject_scene.ts";
import { type ViewAngles, viewName } from "../view_names.ts";

/** What of a subject a layout needs loaded. */
export interface LayoutNeeds {
  textures: boolean;
  body: boolean;
  keypoints: boolean;
}

/** A subject of a run, loaded. */
export interface LayoutSubject {
  id: string;
  /** Name of the data set as paths hold it: `RP`, `THuman2`, … */
  set: string;
  scene: SubjectScene & { mesh: Mesh };
  /** Metres per unit of the scan's file, for layouts that keep its numbers. */
  metresPerUnit: number;
  /** All views of the run, in their order. */
  views: readonly ViewAngles[];
  options: RenderOptions;
}

/** One view of a subject. */
export interface LayoutView extends LayoutSubject {
  angles: ViewAngles;
  /** Its place in `views`. */
  index: number;
}

/** What writing came to besides the files: goes to the manifest. */
export interface LayoutOutcome {
  result?: Json;
  warnings?: string[];
}

/** The whole set, once every item is there. */
export interface LayoutSet {
  set: string;
  /** Ids in the order of the data set, without failed ones. */
  subjects: readonly string[];
  views: readonly ViewAngles[];
  options: RenderOptions;
}

/** A layout. */
export interface Layout {
  /** As `--layout` names it. */
  readonly name: string;
  /** What it is, in a line. */
  readonly title: string;
  /** Size and views where the user gives none. */
  readonly defaults: { size: number; views: readonly ViewAngles[] };
  /**
   * What one item of work is: a `view` (and one more for what a subject's views share), a whole
   * `subject`, or a `shard` of several subjects, for files that hold so much.
   */
  readonly item: "view" | "subject" | { readonly shardSubjects: number };
  needs(options: RenderOptions): LayoutNeeds;
  /** @throws {UsageError} If the layout cannot hold such views, ids or options. */
  check?(set: LayoutSet): void;
  /** Writes what belongs to no single view, or all of a subject. */
  subject?(subject: LayoutSubject, out: LayoutFolder): Promise<LayoutOutcome>;
  /** Writes one view, where that is an item. */
  view?(view: LayoutView, out: LayoutFolder): Promise<LayoutOutcome>;
  /** Writes one shard, where that is an item. Subjects are loaded one after another. */
  shard?(
    index: number,
    subjects: AsyncIterable<LayoutSubject>,
    out: LayoutFolder,
  ): Promise<LayoutOutcome>;
  /** Files of the whole set: lists, indices. By path; small. */
  finish?(set: LayoutSet): Map<string, string> | Promise<Map<string, Uint8Array | string>>;
}

/** Where an item's files go. Paths are relative to the artifact. */
export class LayoutFolder {
  /** Paths written, in order. */
  readonly written: string[] = [];

  constructor(readonly folder: string) {}

  /** Writes a file whole. */
  async put(path: string, data: Uint8Array | string): Promise<void> {
    await writeWhole(join(this.folder, path), data);
    this.written.push(path);
  }

  /** The path on the disk of a file that is written piece by piece; its folder is made. */
  async place(path: string): Promise<string> {
    const full = join(this.folder, path);
    await makeFolder(dirname(full));
    this.written.push(path);
    return full;
  }
}

/** Yaws from `from` to `to` (both included), pitch 0. */
export function yawViews(from: number, to: number, step: number): ViewAngles[] {
  const views: ViewAngles[] = [];
  for (let yawDeg = from; step > 0 ? yawDeg <= to : yawDeg >= to; yawDeg += step) {
    views.push({ yawDeg: yawDeg === 0 ? 0 : yawDeg, pitchDeg: 0 });
  }
  return views;
}

/** A yaw as layouts number it: whole degrees from 0 to 359. @throws {UsageError} Of other yaws. */
export function wholeYaw({ yawDeg, pitchDeg }: ViewAngles): number {
  const yaw = ((yawDeg % 360) + 360) % 360;
  if (!Number.isInteger(yaw) || pitchDeg !== 0) {
    throw new UsageError(
      `Cannot name the view ${viewName({ yawDeg, pitchDeg })} in this layout: expected a yaw of ` +
        "whole degrees and no pitch",
      { hint: "the layout numbers its files by whole degrees: choose other --yaws and --pitches" },
    );
  }
  return yaw;
}
