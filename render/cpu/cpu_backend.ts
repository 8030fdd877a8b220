/** The default back-end: exact, reproducible, no driver needed. */
import type { Backend } from "../backend.ts";
import { drawScene } from "./draw.ts";
import type { VisibilityMemory } from "./rasterize.ts";
import { type CpuScene, prepareScene } from "./scene.ts";

/** Makes a CPU back-end; its scratch memory is shared by the views it draws, one after another. */
export function cpuBackend(): Backend<CpuScene> {
  const memory: VisibilityMemory = {};
  return {
    name: "cpu",
    prepare: (mesh, options) => Promise.resolve().then(() => prepareScene(mesh, options)),
    draw: (scene, camera, request) =>
      Promise.resolve().then(() => drawScene(scene, camera, { ...request, memory })),
    release: () => {},
  };
}
