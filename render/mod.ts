/**
 * From scans to maps: cameras, back-ends, layouts.
 *
 * ```ts
 * import { cpuBackend, framingOf, suiteCamera } from "./mod.ts";
 * import type { Mesh } from "../core/geometry/mesh.ts";
 *
 * const mesh: Mesh = {
 *   positions: Float32Array.of(-1, 0, 0, 1, 0, 0, 0, 2, 0),
 *   indices: Uint32Array.of(0, 1, 2),
 * };
 * const backend = cpuBackend();
 * const scene = await backend.prepare(mesh);
 * const camera = suiteCamera(framingOf(mesh), { yawDeg: 30, pitchDeg: 0 }, { size: 64 });
 * const { depth, mask, stats } = await backend.draw(scene, camera, { maps: ["depth", "mask"] });
 * if (stats.covered === 0 || depth === undefined || mask === undefined) throw new Error("empty");
 * ```
 *
 * @module
 */
export * from "./backend.ts";
export * from "./backends.ts";
export * from "./cameras.ts";
export * from "./cpu/cpu_backend.ts";
export * from "./estimate.ts";
export * from "./keypoints.ts";
export * from "./layouts/convert.ts";
export * from "./layouts/layout.ts";
export * from "./layouts/layouts.ts";
export * from "./layouts/suite.ts";
export * from "./layouts/suite_draw.ts";
export * from "./layouts/suite_files.ts";
export * from "./layouts/suite_reader.ts";
export * from "./light.ts";
export * from "./srgb.ts";
export * from "./transfer.ts";
export * from "./view_names.ts";
