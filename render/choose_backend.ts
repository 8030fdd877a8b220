/** What `--backend auto` does: draws the first view with each back-end and keeps to the faster. */
import { InputError, messageOf, UsageError } from "../core/work/errors.ts";
import { stableJson } from "../core/work/json.ts";
import { join } from "../core/work/path.ts";
import { open, parseJson } from "../core/work/schema.ts";
import { makeFolder, writeWhole } from "../core/work/scratch.ts";
import { z } from "zod";
import { loadScan } from "../datasets/load.ts";
import type { Subject } from "../datasets/subject.ts";
import type { RasterMapName } from "./backend.ts";
import { BACKEND_NAMES, type BackendName, openBackend } from "./backends.ts";
import { framingOf, suiteCamera } from "./cameras.ts";
import type { RenderOptions } from "./render_options.ts";
import type { ViewAngles } from "./view_names.ts";

/** Beside the records: what was chosen for a folder, so that going on there chooses the same. */
export const CHOICE_FILE = "backend.json";

const choiceSchema = open({ backend: z.enum(BACKEND_NAMES) });

/** Draws the first view with a back-end: milliseconds, and which machine part it was. */
export type BackendTrial = (name: BackendName) => Promise<{ ms: number; by?: string }>;

/** A back-end and, in one line, why. */
export interface BackendChoice {
  backend: BackendName;
  says: string;
}

/** Where and how a run goes on. */
export interface ChooseOptions {
  /** Folder of the run's records. */
  work: string;
  /** Whether other machines do parts of the run. */
  sharded: boolean;
}

/**
 * Chooses for a run. A folder's first choice stands: bytes of two back-ends are not mixed.
 *
 * @throws {UsageError} If the run is sharded: each machine would choose for itself.
 */
export async function chooseBackend(
  trial: BackendTrial,
  { work, sharded }: ChooseOptions,
): Promise<BackendChoice> {
  if (sharded) {
    throw new UsageError(
      'Cannot render a shard: found backend "auto", expected "cpu" or "webgpu"',
      { hint: "auto times the machine it runs on, and shards must all draw with one back-end" },
    );
  }
  const file = join(work, CHOICE_FILE);
  const before = await earlierChoice(file);
  if (before !== undefined) {
    return { backend: before, says: `backend auto: ${before}, as this folder was begun` };
  }
  const choice = await fasterBackend(trial);
  await makeFolder(work);
  await writeWhole(file, stableJson({ backend: choice.backend }));
  return choice;
}

async function earlierChoice(file: string): Promise<BackendName | undefined> {
  let text: string;
  try {
    text = await Deno.readTextFile(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw new InputError(`Cannot read the chosen back-end: ${messageOf(error)}`, { file });
  }
  return parseJson(choiceSchema, text, { what: "the chosen back-end", file }).backend;
}

/** Tries both; `cpu` where the other cannot draw here or is not faster. */
export async function fasterBackend(trial: BackendTrial): Promise<BackendChoice> {
  const cpu = await trial("cpu");
  try {
    const webgpu = await trial("webgpu");
    const backend = webgpu.ms < cpu.ms ? "webgpu" : "cpu";
    const by = webgpu.by === undefined ? "" : ` (${webgpu.by})`;
    return {
      backend,
      says: `backend auto: ${backend}; the first view takes ${cpu.ms.toFixed(0)} ms on cpu, ` +
        `${webgpu.ms.toFixed(0)} ms on webgpu${by}`,
    };
  } catch (error) {
    return { backend: "cpu", says: `backend auto: cpu; ${messageOf(error)}` };
  }
}

/** Maps that every back-end is timed with. */
const TRIAL_MAPS: readonly RasterMapName[] = [
  "color",
  "color_back",
  "normal",
  "normal_back",
  "depth",
  "depth_back",
  "mask",
];

/** Makes the trial of a run: the first subject's first view, the fastest of three goes. */
export function viewTrial(
  subject: Subject,
  angles: ViewAngles,
  { size, camera, normals, supersample }: RenderOptions,
): BackendTrial {
  let loaded: ReturnType<typeof loadScan> | undefined;
  return async (name) => {
    const { mesh } = await (loaded ??= loadScan(subject, { textures: "decode" }));
    const backend = await openBackend(name);
    const scene = await backend.prepare(mesh, { normals });
    try {
      const view = suiteCamera(framingOf(mesh, subject.upright), angles, { size, camera });
      let ms = Infinity;
      for (let go = 0; go < 3; go++) { // the first also builds what is kept and compiles
        const started = performance.now();
        await backend.draw(scene, view, { maps: TRIAL_MAPS, supersample });
        ms = Math.min(ms, performance.now() - started);
      }
      return { ms, ...(backend.device === undefined ? {} : { by: backend.device }) };
    } finally {
      backend.release(scene);
    }
  };
}
