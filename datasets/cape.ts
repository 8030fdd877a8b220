/**
 * CAPE: the raw release (`sequences/<subject>/<cloth>_<sequence>/*.npz`, SMPL's topology, triangles in
 * `misc/smpl_tris.npy`, rest surfaces in `minimal_body_shape`), and ICON's test bundle
 * (`scans/<id>.obj`, `smpl/<id>.npz`). Metres.
 */
import { readNpy, toFloat64 } from "../core/files/npy.ts";
import { openPlace } from "../core/files/place.ts";
import type { BodyGender } from "../body/model.ts";
import { type FoundSubject, scanReader } from "./build.ts";
import { type DatasetReader, type DatasetRoot, type FileList, inner } from "./reader.ts";

const RAW = /^(?:(.*)\/)?sequences\/(\d{5})\/([^/]+)\/(?:.*\.)?(\d{6})\.npz$/i;
const BUNDLED = /^(?:(.*)\/)?scans\/(\d{5}-[a-z]+-.+-\d{6})\.obj$/i;

/** Genders of the people, as ECON's evaluation lists them; others are not known here. */
const MEN = "00032 00096 00122 00127 00145 00215 02474 03284 03375 03394".split(" ");
const WOMEN = "00134 00159 03223 03331 03383".split(" ");

function genderOf(subject: string): { gender: BodyGender } | Record<never, never> {
  return MEN.includes(subject)
    ? { gender: "male" }
    : WOMEN.includes(subject)
    ? { gender: "female" }
    : {};
}

/** The person's own rest surface, metres. */
async function restShape(
  root: DatasetRoot,
  files: FileList,
  { parent, subject }: { parent: string | undefined; subject: string },
): Promise<{ restShape: Float64Array } | Record<never, never>> {
  const path = inner(parent, `minimal_body_shape/${subject}/${subject}_minimal.npy`);
  if (!files.has(path)) return {};
  return { restShape: toFloat64(await readNpy(await openPlace(root.at(path)))) };
}

/** See {@linkcode DatasetReader}. */
export const CAPE_READER: DatasetReader = scanReader({
  format: "cape",
  title: "CAPE, raw npz",
  unit: "m",
  stands: "fit",
  detect(files) {
    const scans = files.match(RAW);
    return scans.length === 0 ? undefined : `${scans.length} frames sequences/<subject>/…/*.npz`;
  },
  async find(files, root) {
    const found: FoundSubject[] = [],
      shapes = new Map<string, Awaited<ReturnType<typeof restShape>>>();
    for (const { 1: parent, 2: subject, 3: sequence, 4: frame, input } of files.match(RAW)) {
      let shape = shapes.get(subject);
      if (shape === undefined) {
        shapes.set(subject, shape = await restShape(root, files, { parent, subject }));
      }
      found.push({
        id: `${subject}-${sequence.replace("_", "-")}-${frame}`,
        scan: input,
        faces: files.first(inner(parent, "misc/smpl_tris.npy")),
        fit: input,
        fitOptions: { format: "cape", ...genderOf(subject), ...shape },
        attributes: { person: subject, sequence, frame },
      });
    }
    return found;
  },
});

/** See {@linkcode DatasetReader}. */
export const CAPE_ICON_READER: DatasetReader = scanReader({
  format: "cape-icon",
  title: "CAPE, ICON's test bundle",
  unit: "m",
  stands: "fit",
  detect(files) {
    const scans = files.match(BUNDLED);
    return scans.length === 0
      ? undefined
      : `${scans.length} scans <subject>-<cloth>-<sequence>-<frame>.obj`;
  },
  find: (files) =>
    files.match(BUNDLED).map(({ 1: parent, 2: id, input }) => {
      const fit = inner(parent, `smpl/${id}.npz`);
      return {
        id,
        scan: input,
        fit: files.first(fit, inner(parent, `smpl/${id}.pkl`)) ?? { missing: fit },
        fitOptions: genderOf(id.slice(0, 5)),
        attributes: { person: id.slice(0, 5), frame: id.slice(-6) },
      };
    }),
});
