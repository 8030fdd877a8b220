/** Writes a subject in its body's frame, as a subject of a data set in the suite's layout. */
import { encodeGlb } from "../core/files/glb_write.ts";
import { type Json, stableJson } from "../core/work/json.ts";
import { basename, join } from "../core/work/path.ts";
import { makeFolder, writeWhole } from "../core/work/scratch.ts";
import { pelvisOf, restShape } from "../body/forward.ts";
import { fullPose } from "../body/pose.ts";
import { canonicalScan, type UnposeCheck } from "./canonical.ts";
import { loadBody, loadScan } from "./load.ts";
import type { Subject } from "./subject.ts";

/**
 * Writes `subjects/<id>.glb` and `<id>.json` in the canonical frame into `out`, and the body model
 * beside them.
 *
 * @throws {InputError} If the subject has no fit or model, or a file cannot be read.
 */
export async function writeCanonical(
  out: string,
  subject: Subject,
  given?: string,
): Promise<UnposeCheck> {
  const { mesh: scan } = await loadScan(subject);
  const { model, fit: own, bodyFile } = await loadBody(subject, { bodyFile: given, scan });
  const { mesh, fit, unposed } = canonicalScan(scan, { model, fit: own });
  const folder = join(out, "subjects");
  await makeFolder(folder);
  const pose = fullPose(model, fit), pelvis = pelvisOf(model, restShape(model, fit));
  const json = {
    id: subject.id,
    scan: `${subject.id}.glb`,
    units: "metre",
    up: "+y",
    front: "+z",
    body: {
      model: basename(bodyFile),
      kind: model.kind,
      betas: Array.from(fit.betas),
      pose: Array.from(
        { length: pose.length / 3 },
        (_, j) => Array.from(pose.subarray(3 * j, 3 * j + 3)),
      ),
      transl: Array.from(pelvis, (v) => -v),
      scale: 1,
    },
    attributes: { ...subject.attributes, canonical: "yes" },
    unposed: { ...unposed },
  };
  await writeWhole(join(folder, `${subject.id}.glb`), await encodeGlb(mesh));
  await writeWhole(join(folder, `${subject.id}.json`), stableJson(json as unknown as Json));
  const copy = join(out, basename(bodyFile));
  if (await Deno.stat(copy).catch(() => undefined) === undefined) {
    await Deno.copyFile(bodyFile, copy);
  }
  return unposed;
}
