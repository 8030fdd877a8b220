/** Renders one item of a layout: a view, what a subject's views share, or several subjects. */
import type { Task, TaskOutcome } from "../core/work/task.ts";
import type { Mesh } from "../core/geometry/mesh.ts";
import { metresPerUnitOf, type Subject } from "../datasets/subject.ts";
import { LayoutFolder, type LayoutOutcome, type LayoutSubject } from "./layouts/layout.ts";
import { layoutNamed } from "./layouts/layouts.ts";
import type { BackendName } from "./backends.ts";
import type { Framing } from "./cameras.ts";
import type { RenderOptions } from "./render_options.ts";
import { prepareSubject, releaseSubject, type SubjectScene } from "./subject_scene.ts";
import type { ViewAngles } from "./view_names.ts";

/** What all items of a layout are told. */
interface LayoutPayload {
  options: RenderOptions;
  /** All views of the run. */
  views: readonly ViewAngles[];
  set: string;
  bodyFile?: string | undefined;
}

/** One item to render. */
export type RenderPayload =
  & LayoutPayload
  & (
    | { kind: "view"; subject: Subject; index: number }
    | { kind: "whole"; subject: Subject }
    | { kind: "shard"; subjects: readonly Subject[]; index: number }
  );

/** The scene of the subject that this worker drew last. */
let kept: { key: string; subject: Subject; scene: SubjectScene } | undefined;

async function sceneOf(
  subject: Subject,
  { options, bodyFile }: LayoutPayload,
): Promise<SubjectScene> {
  const { normals, layout, backend } = options, needs = layoutNamed(layout).needs(options);
  const key = JSON.stringify([subject, normals, layout, backend, needs, bodyFile]);
  if (kept?.key !== key) {
    release(); // before the next is loaded
    const scene = await prepareSubject(subject, {
      backend: drawnBy(backend),
      normals,
      bodyFile,
      needs: { ...needs, mesh: layout !== "suite" },
    });
    kept = { key, subject, scene };
  }
  return kept.scene;
}

/** The framing of a subject, where it is the one that this worker drew last. */
export function framingKept(subject: Subject): Framing | undefined {
  const same = kept !== undefined && JSON.stringify(kept.subject) === JSON.stringify(subject);
  return same ? kept!.scene.framing : undefined;
}

/** Lets go of the last scene. */
export function release(): void {
  if (kept !== undefined) releaseSubject(kept.scene);
  kept = undefined;
}

/** `auto` is decided once a run, before its items. */
function drawnBy(backend: RenderOptions["backend"]): BackendName {
  if (backend === "auto") throw new TypeError('Cannot draw an item: its back-end is still "auto"');
  return backend;
}

async function layoutSubject(subject: Subject, payload: LayoutPayload): Promise<LayoutSubject> {
  const { options, views, set } = payload;
  return {
    id: subject.id,
    set,
    // Layouts that look at the mesh have asked for it.
    scene: await sceneOf(subject, payload) as SubjectScene & { mesh: Mesh },
    metresPerUnit: metresPerUnitOf(subject),
    views,
    options,
  };
}

const renderItem: Task<RenderPayload> = async (payload, { scratch }) => {
  const layout = layoutNamed(payload.options.layout), out = new LayoutFolder(scratch);
  const started = performance.now();
  if (payload.kind === "shard") {
    const warnings: string[] = [];
    const subjects = async function* () {
      for (const subject of payload.subjects) {
        const loaded = await layoutSubject(subject, payload);
        warnings.push(...loaded.scene.warnings.map((text) => `${subject.id}: ${text}`));
        yield loaded;
      }
    };
    const outcome = await layout.shard!(payload.index, subjects(), out);
    return outcomeOf(outcome, warnings, { draw: seconds(started) });
  }
  const subject = await layoutSubject(payload.subject, payload);
  const loaded = performance.now();
  const outcome = payload.kind === "whole"
    ? await layout.subject!(subject, out)
    : await layout.view!({
      ...subject,
      angles: payload.views[payload.index],
      index: payload.index,
    }, out);
  return outcomeOf(outcome, subject.scene.warnings, {
    load: (loaded - started) / 1000,
    draw: seconds(loaded),
  });
};

function outcomeOf(
  { result, warnings = [] }: LayoutOutcome,
  sceneWarnings: readonly string[],
  timing: { [stage: string]: number },
): TaskOutcome {
  return {
    ...(result === undefined ? {} : { result }),
    warnings: [...sceneWarnings, ...warnings],
    timing,
  };
}

function seconds(since: number): number {
  return (performance.now() - since) / 1000;
}

export default renderItem;
