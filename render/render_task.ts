/** Renders one view of one subject: the task that workers run. */
import { join } from "../core/work/path.ts";
import type { Task } from "../core/work/task.ts";
import { metresPerUnitOf, type Subject } from "../datasets/subject.ts";
import { suiteCamera } from "./cameras.ts";
import { studioLight } from "./light.ts";
import { drawSuiteView } from "./layouts/suite_draw.ts";
import { writeSuiteView } from "./layouts/suite.ts";
import type { RenderOptions } from "./render_options.ts";
import { prepareSubject, type SubjectScene } from "./subject_scene.ts";
import { type ViewAngles, viewName } from "./view_names.ts";

/** One view to render. */
export interface RenderPayload {
  subject: Subject;
  angles: ViewAngles;
  options: RenderOptions;
  bodyFile?: string | undefined;
}

/** The scene of the subject that this worker drew last. */
let kept: { key: string; scene: SubjectScene } | undefined;

async function sceneOf({ subject, options, bodyFile }: RenderPayload): Promise<SubjectScene> {
  const key = JSON.stringify([
    subject.scanFile,
    metresPerUnitOf(subject),
    options.normals,
    bodyFile,
  ]);
  if (kept?.key !== key) {
    kept = undefined; // let go of the last scene before the next is loaded
    const wants = (...groups: string[]) => groups.some((g) => options.maps.some((m) => m === g));
    const scene = await prepareSubject(subject, {
      normals: options.normals,
      bodyFile,
      needs: {
        textures: wants("color", "shaded"),
        body: wants("body"),
        keypoints: wants("keypoints"),
      },
    });
    kept = { key, scene };
  }
  return kept.scene;
}

const renderView: Task<RenderPayload> = async (payload, { scratch }) => {
  const { subject, angles, options } = payload;
  const started = performance.now();
  const { backend, prepared, framing, warnings } = await sceneOf(payload);
  const loaded = performance.now();
  const name = viewName(angles);
  const { view, stats } = await drawSuiteView(prepared, suiteCamera(framing, angles, options), {
    backend,
    groups: options.maps,
    supersample: options.supersample,
    light: studioLight(options.seed, subject.id, name),
  });
  const drawn = performance.now();
  await writeSuiteView(join(scratch, subject.id, name), view);
  return {
    result: {
      covered: stats.covered,
      normal: { ...stats.normal },
      normal_back: { ...stats.normal_back },
    },
    warnings,
    timing: {
      load: (loaded - started) / 1000,
      draw: (drawn - loaded) / 1000,
      write: (performance.now() - drawn) / 1000,
    },
  };
};

export default renderView;
