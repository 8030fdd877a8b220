/** Layout `suite` as the list of layouts has it. */
import { join } from "../../core/work/path.ts";
import { suiteCamera } from "../cameras.ts";
import type { RasterMaps } from "../backend.ts";
import { studioLight } from "../light.ts";
import type { RenderOptions } from "../render_options.ts";
import type { SubjectScene } from "../subject_scene.ts";
import { viewName } from "../view_names.ts";
import { type Layout, type LayoutView, yawViews } from "./layout.ts";
import { writeSuiteView } from "./suite.ts";
import { type DrawnSuiteView, drawSuiteView } from "./suite_draw.ts";

/**
 * Draws a view as the suite's own layout has it.
 *
 * @param reuse Maps of an earlier view that nobody needs any more.
 */
export async function drawView(
  view: Omit<LayoutView, "index" | "views">,
  reuse?: RasterMaps,
): Promise<DrawnSuiteView> {
  const { id, scene: { backend, prepared, framing }, angles, options } = view;
  return await drawSuiteView(prepared, suiteCamera(framing, angles, options), {
    backend,
    reuse,
    groups: options.maps,
    supersample: options.supersample,
    light: studioLight(options.seed, id, viewName(angles)),
  });
}

/** What the maps that were asked for need. */
export function suiteNeeds({ maps }: RenderOptions) {
  const wants = (...groups: string[]) => maps.some((name) => groups.includes(name));
  return {
    textures: wants("color", "shaded"),
    body: wants("body"),
    keypoints: wants("keypoints"),
  };
}

/** The maps of the last written view of a scene, for its next one. */
const spare = new WeakMap<SubjectScene, RasterMaps>();

/** See {@linkcode Layout}. Subjects' own files are written by `subject_task.ts`. */
export const SUITE_LAYOUT: Layout = {
  name: "suite",
  title: "the suite's own: one folder a view, read by infer and eval",
  defaults: { size: 2048, views: yawViews(-30, 30, 10) },
  item: "view",
  needs: suiteNeeds,
  async view(view, out) {
    const { scene } = view, reuse = spare.get(scene);
    spare.delete(scene);
    const { view: drawn, stats, maps } = await drawView(view, reuse);
    const folder = `${view.id}/${viewName(view.angles)}`, { window } = maps;
    for (const name of await writeSuiteView(join(out.folder, folder), drawn, { window })) {
      out.written.push(`${folder}/${name}`);
    }
    spare.set(scene, maps);
    return {
      result: {
        covered: stats.covered,
        normal: { ...stats.normal },
        normal_back: { ...stats.normal_back },
      },
    };
  },
};
