/** Fits the body of one scan: the task that workers run for `align`. */
import { encodeLossy } from "../../core/files/image.ts";
import type { Mesh } from "../../core/geometry/mesh.ts";
import { InputError } from "../../core/work/errors.ts";
import { type Json, stableJson } from "../../core/work/json.ts";
import { basename, dirname, extname, join, relative } from "../../core/work/path.ts";
import { writeWhole } from "../../core/work/scratch.ts";
import type { Task } from "../../core/work/task.ts";
import { readBodyFile } from "../../body/body_file.ts";
import type { BodyFit } from "../../body/fit.ts";
import { poseBody } from "../../body/forward.ts";
import type { BodyModel } from "../../body/model.ts";
import type { Clothing } from "../../body/solve/clothing.ts";
import { loadBody, loadScan } from "../../datasets/load.ts";
import type { Subject } from "../../datasets/subject.ts";
import { uprightFromFit } from "../../datasets/upright.ts";
import { sharedNetworks } from "../photo_input.ts";
import { alignFromFit, alignFromNothing } from "./align_scan.ts";
import { alignedJson } from "./fit_file.ts";
import { judgeFit } from "./judge.ts";
import { drawOverlay } from "./picture.ts";

/** One scan to fit a body to. */
export interface AlignPayload {
  subject: Subject;
  bodyFile: string;
  /** `fit`: refine the subject's own. */
  from: "nothing" | "fit";
  clothing: Clothing;
  betas: number;
  /** Whether the scan is copied beside its JSON. */
  scans: "copy" | "leave";
}

const align: Task<AlignPayload> = async (payload, { scratch }) => {
  const { subject, bodyFile, from, clothing, betas, scans } = payload;
  const seconds: { [stage: string]: number } = {};
  let name = "read", begun = performance.now();
  const stage = (next: string) => {
    const now = performance.now();
    seconds[name] = (seconds[name] ?? 0) + (now - begun) / 1000;
    name = next, begun = now;
  };
  const { mesh } = await loadScan(subject);
  const model = await modelOf(bodyFile);
  const options = { clothing, betas, stage };
  const alignment = from === "fit"
    ? alignFromFit(mesh, { model, fit: await startOf(subject, bodyFile, mesh) }, options)
    : await alignFromNothing(mesh, model, {
      ...options,
      networks: await sharedNetworks(),
      upright: subject.uprightSource === "declared" ? subject.upright : undefined,
    });
  if (alignment === undefined) {
    throw new InputError(`Cannot fit a body to "${subject.id}": its pictures show no person`, {
      file: subject.scanFile,
      hint: "inspect says whether the scan is whole; give an initial fit and use --from fit",
    });
  }
  const verdict = judgeFit(alignment.measure);
  stage("write");
  const scanName = scans === "copy"
    ? await copyScan(subject, join(scratch, "subjects"))
    : basename(subject.scanFile);
  const json = alignedJson({ subject, model, bodyFile, alignment, verdict, scanName });
  await writeWhole(join(scratch, "subjects", `${subject.id}.json`), stableJson(json));
  const picture = await drawOverlay(
    mesh,
    { model, posed: poseBody(model, alignment.fit) },
    { heightPx: 640, upright: uprightFromFit(alignment.fit) },
  );
  await writeWhole(
    join(scratch, "pictures", `${subject.id}.webp`),
    await encodeLossy(picture, { format: "webp", quality: 85 }),
  );
  stage("end");
  const { misfit, medianM, p95M, outsideShare } = alignment.measure;
  return {
    result: { from, ...verdict, misfit, medianM, p95M, outsideShare } as unknown as Json,
    warnings: verdict.reasons.map((text) => `${verdict.verdict}: ${text}`),
    timing: seconds,
  };
};

/** The model that this worker read last. */
let kept: { file: string; model: BodyModel } | undefined;

async function modelOf(file: string): Promise<BodyModel> {
  if (kept?.file !== file) kept = { file, model: await readBodyFile(file) };
  return kept.model;
}

/** The subject's fit, read in the way that lies on the scan. */
async function startOf(subject: Subject, bodyFile: string, scan: Mesh): Promise<BodyFit> {
  return (await loadBody(subject, { bodyFile, scan })).fit;
}

/** Copies a scan and what it needs into a folder of its own; returns its path beside the JSON. */
async function copyScan({ id, scanFile, companions }: Subject, folder: string): Promise<string> {
  const single = companions.length === 0;
  const scanName = single ? `${id}${extname(scanFile)}` : `${id}/${basename(scanFile)}`;
  const files = [[scanFile, scanName]];
  for (const path of companions) {
    const inside = relative(dirname(scanFile), path);
    if (inside.startsWith("..")) {
      throw new InputError(`Cannot copy scan "${id}": "${inside}" lies outside of its folder`, {
        file: scanFile,
        hint: "leave the scans where they are: without --copy-scans",
      });
    }
    files.push([path, `${id}/${inside}`]);
  }
  for (const [from, to] of files) {
    const target = join(folder, to);
    await Deno.mkdir(dirname(target), { recursive: true });
    await Deno.copyFile(from, target).catch((cause) => {
      throw new InputError(`Cannot copy scan "${id}": ${cause.message}`, { file: from, cause });
    });
  }
  return scanName;
}

export default align;
