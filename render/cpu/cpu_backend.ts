/** The default back-end: exact, reproducible, no driver needed. */
import type { Backend } from "../backend.ts";
import { drawScene } from "./draw.ts";
import { type CpuScene, prepareScene } from "./scene.ts";

/** Makes a CPU back-end. */
export function cpuBackend(): Backend<CpuScene> {
  return {
    name: "cpu",
    prepare: (mesh, options) => Promise.resolve().then(() => prepareScene(mesh, options)),
    draw: (scene, camera, request) =>
      Promise.resolve().then(() => drawScene(scene, camera, request)),
    release: () => {},
  };
}
