/**
 * Drawing with a graphics device: it finds which triangle each pixel sees first and last; depth,
 * normals and colours then come from the CPU's own code, so that the two back-ends cannot drift
 * apart. See docs/backends.md.
 */
import { InputError } from "../../core/work/errors.ts";
import type { Backend } from "../backend.ts";
import { drawSteps } from "../cpu/draw.ts";
import type { Frame } from "../cpu/frame.ts";
import type { Visibility } from "../cpu/rasterize.ts";
import { type CpuScene, prepareScene } from "../cpu/scene.ts";
import type { VisibilityQuestion } from "../cpu/visibility_steps.ts";
import type { AdapterFacts } from "./adapter_facts.ts";
import { Gpu, type GpuSource } from "./gpu.ts";
import { type GpuTriangles, gpuTriangles } from "./gpu_triangles.ts";
import { IdPainter, MOST_TRIANGLES, type PaintedMesh } from "./id_painter.ts";
import { tilesOf } from "./tiles.ts";
import { fillKeys } from "./visible_keys.ts";

/** A mesh made ready for a graphics device. */
export interface WebGpuScene {
  scene: CpuScene;
  /** On the device since the first view. */
  mesh?: PaintedMesh;
  /** Whose places on the picture the device has. */
  frame?: Frame;
}

/** A back-end that holds a device until it is disposed of. */
export interface WebGpuBackend extends Backend<WebGpuScene>, Disposable {
  /** The adapter in use. */
  readonly adapter: AdapterFacts;
}

/**
 * Opens the machine's graphics device. Views are drawn one at a time.
 *
 * Anything that goes wrong on the device makes `draw` throw a `MachineError`, then and ever after.
 *
 * @param source Where the adapter comes from. Default: `navigator.gpu`.
 * @throws {MachineError} If there is no adapter.
 */
export async function webgpuBackend(source?: GpuSource): Promise<WebGpuBackend> {
  const gpu = await Gpu.open(source);
  const painter = await gpu.guard(() => IdPainter.open(gpu));
  /** Of the last view, to be used again. */
  const memory: { keys?: Float64Array; faces?: Uint32Array } = {};
  return {
    name: "webgpu",
    device: `${gpu.facts.name}, ${gpu.facts.kind}`,
    adapter: gpu.facts,
    prepare: (mesh, options) =>
      Promise.resolve().then(() => {
        const scene = prepareScene(mesh, options);
        checkFits(scene, gpu.facts);
        return { scene };
      }),
    draw: (scene, camera, request) =>
      gpu.guard(async () => {
        const steps = drawSteps(scene.scene, camera, request);
        let step = steps.next();
        while (!step.done) step = steps.next(await look(painter, scene, step.value));
        return step.value;
      }),
    release: (scene) => {
      scene.mesh?.[Symbol.dispose]();
      delete scene.mesh;
      delete scene.frame;
    },
    [Symbol.dispose]: () => {
      painter[Symbol.dispose]();
      gpu[Symbol.dispose]();
    },
  };

  /** Answers what is visible in a window. */
  async function look(
    painter: IdPainter,
    scene: WebGpuScene,
    { frame, window, layers }: VisibilityQuestion,
  ): Promise<Visibility> {
    const length = layers * (window.x1 - window.x0) * (window.y1 - window.y0);
    if (memory.keys === undefined || memory.keys.length < length) {
      memory.keys = new Float64Array(length);
      memory.faces = new Uint32Array(length);
    }
    const keys = memory.keys.subarray(0, length), faces = memory.faces!.subarray(0, length);
    const visibility: Visibility = { window, layers, keys, faces };
    const { mesh, numbers, once } = meshOf(painter, scene, frame);
    try {
      const { width: pictureWidth, height: pictureHeight } = frame.grid;
      for (const tile of tilesOf(window, gpu.facts.texturePx)) {
        for (let layer = 0; layer < layers; layer++) {
          const side = layer === 0 ? "front" : "back";
          const ids = await painter.paint(mesh, { tile, pictureWidth, pictureHeight, side });
          const columns = window.x1 - window.x0;
          for (let row = 0, n = 0; row < tile.height; row++) {
            let to = (tile.y0 - window.y0 + row) * columns + tile.x0 - window.x0;
            for (let column = 0; column < tile.width; column++, to++, n++) {
              const id = ids[n];
              faces[layers * to + layer] = numbers === undefined || id === 0
                ? id
                : numbers[id - 1] + 1;
            }
          }
        }
      }
    } finally {
      if (once) mesh[Symbol.dispose]();
    }
    fillKeys(visibility, scene.scene, frame);
    return visibility;
  }
}

/** The mesh of a view on the device; `once`: it serves this view alone. */
function meshOf(
  painter: IdPainter,
  scene: WebGpuScene,
  frame: Frame,
): { mesh: PaintedMesh; numbers?: Uint32Array; once: boolean } {
  if (scene.mesh !== undefined && scene.frame === frame) return { mesh: scene.mesh, once: false };
  const triangles = gpuTriangles(scene.scene, frame);
  const { faces } = triangles;
  if (faces !== undefined) return { mesh: painter.add(triangles), numbers: faces, once: true };
  if (scene.mesh === undefined) scene.mesh = painter.add(triangles);
  else scene.mesh.move(triangles.screen);
  scene.frame = frame;
  return { mesh: scene.mesh, once: false };
}

/**
 * Checks that a scan's arrays fit an adapter's buffers.
 *
 * @throws {InputError} If not.
 */
export function checkFits(
  { corners, positions }: Pick<GpuTriangles, "corners"> & Pick<CpuScene, "positions">,
  { name, bufferBytes }: AdapterFacts,
): void {
  const triangles = corners.length / 3;
  const bytes = Math.max(corners.byteLength, positions.byteLength);
  const hint = "--backend cpu has no such limit";
  if (triangles > MOST_TRIANGLES) {
    throw new InputError(
      `Cannot draw the mesh with WebGPU: found ${triangles} triangles, expected at most ` +
        `${MOST_TRIANGLES}`,
      { hint },
    );
  }
  if (bytes > bufferBytes) {
    throw new InputError(
      `Cannot draw the mesh with WebGPU: found ${triangles} triangles, which need a buffer of ` +
        `${bytes} bytes, expected at most the ${bufferBytes} of "${name}"`,
      { hint },
    );
  }
}
