/** Scores one method's predictions of one subject: the task that workers run. */
import { readMeshFile } from "../core/files/mesh_file.ts";
import type { PredictionFrame } from "../core/files/predictions_json.ts";
import { readPlaceText } from "../core/files/place.ts";
import type { Camera } from "../core/geometry/camera.ts";
import { multiply, scaling, transformPoints } from "../core/geometry/transform.ts";
import { hintOf, InputError, messageOf } from "../core/work/errors.ts";
import type { Json } from "../core/work/json.ts";
import type { Holding } from "../core/work/memory.ts";
import type { Task } from "../core/work/task.ts";
import { poseBody } from "../body/forward.ts";
import { loadBody, loadScan } from "../datasets/load.ts";
import { METRES_PER_UNIT, metresPerUnitOf, type Subject, type Unit } from "../datasets/subject.ts";
import { parseCamera } from "../render/layouts/suite_files.ts";
import type { TruthBody } from "./metrics/regions.ts";
import type { Protocol } from "./protocols/protocol.ts";
import { placePrediction } from "./prediction_frames.ts";
import { protocolNamed } from "./protocols/registry.ts";
import { withConstants } from "./protocols/protocol.ts";
import type { ResultRow } from "./results.ts";
import { preparePrediction, prepareTruth, scorePair, type Surface, type Truth } from "./score.ts";

/** One mesh to score. */
export interface EvalEntry {
  view?: string;
  /** Absent: there is none, and this is why. */
  meshFile?: string;
  failed?: string;
  /** The camera of its view, where the truth has it. */
  cameraFile?: string;
}

/** A protocol and the constants that differ from its own. */
export interface ProtocolChoice {
  id: string;
  changes: { [name: string]: Json };
}

/** What is scored. */
export interface EvalPayload {
  subject: Subject;
  method: string;
  frame: PredictionFrame;
  unit: Unit;
  entries: EvalEntry[];
  protocols: ProtocolChoice[];
  seed: number;
}

/** What a worker holds to score meshes of a subject, one after the other. */
export function pairPlaces({ scanFile }: Subject, entries: readonly EvalEntry[]): Holding {
  const predicted = entries.flatMap(({ meshFile }) =>
    meshFile === undefined ? [] : [{ mesh: meshFile }]
  );
  return { use: "eval", meshes: [[{ mesh: scanFile }], predicted] };
}

/** The scan that this worker scored against last, and why it has no body. */
let kept: { key: string; truth: Truth; withoutParts: string[] } | undefined;

async function truthOf(
  { subject, seed }: EvalPayload,
): Promise<{ truth: Truth; withoutParts: string[] }> {
  const key = JSON.stringify([subject, seed]);
  if (kept?.key !== key) {
    release(); // before the next is loaded
    const { mesh } = await loadScan(subject, { textures: "skip" });
    const { body, problem } = await bodyOf(subject);
    kept = {
      key,
      truth: prepareTruth(mesh, {
        subject: subject.id,
        seed,
        metresPerUnit: metresPerUnitOf(subject),
        body,
      }),
      withoutParts: problem === undefined ? [] : [problem],
    };
  }
  return kept;
}

/** Lets go of the last scan. */
export function release(): void {
  kept?.truth.release();
  kept = undefined;
}

/** The subject's body in the scan's frame, where it has a fit and its model is at hand. */
async function bodyOf(subject: Subject): Promise<{ body?: TruthBody; problem?: string }> {
  if (subject.fit?.bodyFile === undefined) return {};
  try {
    const { model, fit } = await loadBody(subject);
    return { body: { model, posed: poseBody(model, fit) } };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { problem: `no scores by body part: ${messageOf(error)}` };
  }
}

/** The protocol that a choice means. */
export function chosenProtocol({ id, changes }: ProtocolChoice): Protocol {
  return withConstants(protocolNamed(id), changes);
}

const score: Task<EvalPayload> = async (payload) => {
  const rows: ResultRow[] = [];
  for (const entry of payload.entries) rows.push(...await scoreEntry(payload, entry));
  return { result: { rows } as unknown as Json };
};

async function scoreEntry(payload: EvalPayload, entry: EvalEntry): Promise<ResultRow[]> {
  const { subject, method, protocols } = payload;
  const base = {
    method,
    subject: subject.id,
    ...(entry.view === undefined ? {} : { view: entry.view }),
  };
  const failedRow = (protocol: string, reason: string): ResultRow => ({
    ...base,
    protocol,
    status: "failed",
    reason,
    warnings: [],
    scores: {},
  });
  if (entry.meshFile === undefined) {
    return protocols.map(({ id }) => failedRow(id, entry.failed ?? "no prediction"));
  }
  const { truth, withoutParts } = await truthOf(payload); // its failure is the whole item's
  try {
    const camera = entry.cameraFile === undefined
      ? undefined
      : parseCamera(await readPlaceText(entry.cameraFile), entry.cameraFile);
    // The surface keeps less than the file had; nothing else holds on to that.
    const { surface, notes } = await loadSurface(payload, {
      file: entry.meshFile,
      view: entry.view,
      camera,
      truth,
    });
    using prediction = surface;
    const rows: ResultRow[] = [];
    for (const choice of protocols) {
      const protocol = chosenProtocol(choice);
      const found = await scorePair(truth, prediction, { protocol, camera });
      rows.push({
        ...base,
        protocol: protocol.id,
        status: "ok",
        ...found,
        warnings: [...found.warnings, ...withoutParts, ...notes],
      });
    }
    return rows;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const hint = hintOf(error);
    const reason = messageOf(error).replaceAll(entry.meshFile, "its mesh");
    return protocols.map(({ id }) => failedRow(id, hint ? `${reason}; ${hint}` : reason));
  }
}

/** A prediction in metres in the scan's frame, made ready, and what was assumed to place it. */
async function loadSurface(
  { frame, unit, subject }: EvalPayload,
  { file, view, camera, truth }: {
    file: string;
    view: string | undefined;
    camera: Camera | undefined;
    truth: Truth;
  },
): Promise<{ surface: Surface; notes: string[] }> {
  const { mesh } = await readMeshFile(file, { textures: "skip" });
  const { scanFromFrame, warnings: notes } = placePrediction(frame, {
    scan: truth.mesh,
    upright: subject.upright,
    joints: truth.body?.posed.joints,
    view,
    camera,
  });
  if (unit !== "m" || frame !== "scan") {
    const matrix = multiply(scanFromFrame, scaling(METRES_PER_UNIT[unit]));
    mesh.positions = transformPoints(matrix, mesh.positions);
  }
  return { surface: preparePrediction(mesh, truth), notes };
}

export default score;
