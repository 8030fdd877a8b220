/** Drawing what a view of the layout `suite` holds. */
import type { Keypoints3D } from "../../body/keypoints.ts";
import type { Camera } from "../../core/geometry/camera.ts";
import type { Backend, RasterMapName, RasterMaps, RasterStats } from "../backend.ts";
import { type KeypointRadii, projectKeypoints } from "../keypoints.ts";
import type { SphericalLight } from "../light.ts";
import { scanMaps, SUITE_FILES, type SuiteGroup, type SuiteView } from "./suite_files.ts";

/** One subject, prepared by the back-end that draws it. */
export interface PreparedSubject<Scene> {
  scan: Scene;
  /** The body fit; needed for the group `body`. */
  body?: Scene;
  /** Needed for the group `keypoints`. */
  keypoints?: { points: Keypoints3D; radiiM: KeypointRadii };
}

/** What to draw, with what. */
export interface SuiteDrawOptions<Scene> {
  backend: Backend<Scene>;
  /** Groups whose sources the subject lacks (body, keypoints) are left out. */
  groups: readonly SuiteGroup[];
  /** N × N samples a pixel for colours. Default: 1. */
  supersample?: number;
  /** In the camera's frame; needed for the group `shaded`. */
  light?: SphericalLight;
  /** {@linkcode DrawnSuiteView.maps} of an earlier view that nobody needs any more. */
  reuse?: RasterMaps | undefined;
}

/** A view and what it was made from. */
export interface DrawnSuiteView {
  view: SuiteView;
  stats: RasterStats;
  /** All that was drawn of the scan, also what the view does not keep; shares the view's arrays. */
  maps: RasterMaps;
}

/**
 * Draws one view of a subject.
 *
 * @throws {RangeError} If the request makes no sense.
 */
export async function drawSuiteView<Scene>(
  { scan, body, keypoints }: PreparedSubject<Scene>,
  camera: Camera,
  options: SuiteDrawOptions<Scene>,
): Promise<DrawnSuiteView> {
  const { backend, groups, supersample, light, reuse } = options;
  const wanted = scanMaps(groups);
  // Occlusion of keypoints is told by the depth map, whether or not it is kept.
  const points = groups.includes("keypoints") ? keypoints : undefined;
  const names: RasterMapName[] = points !== undefined && !wanted.includes("depth")
    ? [...wanted, "depth"]
    : wanted;
  const maps = await backend.draw(scan, camera, {
    maps: names,
    ...supersample === undefined ? {} : { supersample },
    ...light === undefined ? {} : { light },
    ...reuse === undefined ? {} : { reuse },
  });
  const view: SuiteView = { camera };
  for (const name of wanted) {
    if (name in SUITE_FILES) Object.assign(view, { [name]: maps[name] });
  }
  if (groups.includes("body") && body !== undefined) {
    const { normal } = await backend.draw(body, camera, { maps: ["normal"] });
    view.body_normal = normal!;
  }
  if (points !== undefined) {
    view.keypoints = projectKeypoints(points.points, {
      camera,
      depth: maps.depth!,
      radiiM: points.radiiM,
    });
  }
  return { view, stats: maps.stats, maps };
}
