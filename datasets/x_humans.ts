/**
 * X-Humans: `<subject>/{train,test}/<sequence>/meshes_pkl/mesh-fXXXXX.pkl` with atlases beside, fits
 * under `SMPLX` and `SMPL`; shapes and genders stand with the subject, not with the frames. Metres.
 */
import { readNpy, toFloat64 } from "../core/files/npy.ts";
import { openPlace, readPlaceText } from "../core/files/place.ts";
import type { BodyGender } from "../body/model.ts";
import { type FoundSubject, scanReader } from "./build.ts";
import { type DatasetReader, type DatasetRoot, type FileList, inner } from "./reader.ts";

const SCAN = /^(?:(.*)\/)?([^/]+)\/(train|test)\/([^/]+)\/meshes_pkl\/mesh-(f\d+)\.pkl$/i;

/** What a subject's folder says about all of its frames. */
interface Person {
  gender?: BodyGender;
  betas?: { smpl?: Float64Array; smplx?: Float64Array };
}

async function personOf(root: DatasetRoot, files: FileList, folder: string): Promise<Person> {
  const person: Person = { betas: {} };
  const gender = inner(folder, "gender.txt");
  if (files.has(gender)) {
    const text = (await readPlaceText(root.at(gender))).trim().toLowerCase();
    if (text === "male" || text === "female" || text === "neutral") person.gender = text;
  }
  for (const kind of ["smpl", "smplx"] as const) {
    const path = inner(folder, `mean_shape_${kind}.npy`);
    if (!files.has(path)) continue;
    person.betas![kind] = toFloat64(await readNpy(await openPlace(root.at(path))));
  }
  return person;
}

/** See {@linkcode DatasetReader}. */
export const X_HUMANS_READER: DatasetReader = scanReader({
  format: "x-humans",
  title: "X-Humans",
  unit: "m",
  stands: "fit",
  detect(files) {
    const scans = files.match(SCAN);
    return scans.length === 0
      ? undefined
      : `${scans.length} frames <subject>/{train,test}/<sequence>/meshes_pkl/mesh-f<n>.pkl`;
  },
  async find(files, root) {
    const found: FoundSubject[] = [], people = new Map<string, Person>();
    for (const match of files.match(SCAN)) {
      const [, parent, subject, split, sequence, frame] = match;
      const home = inner(parent, subject), take = `${home}/${split}/${sequence}`;
      let person = people.get(home);
      if (person === undefined) people.set(home, person = await personOf(root, files, home));
      const smplx = `${take}/SMPLX/mesh-${frame}_smplx.pkl`;
      const smpl = `${take}/SMPL/mesh-${frame}_smpl.pkl`;
      const fit = files.first(smplx, smpl);
      const betas = person.betas?.[fit === smpl ? "smpl" : "smplx"];
      found.push({
        id: `${subject}-${sequence}-${frame}`,
        scan: match.input,
        texture: files.first(`${take}/meshes_pkl/atlas-${frame}.pkl`),
        fit: fit ?? { missing: smplx },
        fitOptions: {
          ...(person.gender === undefined ? {} : { gender: person.gender }),
          ...(betas === undefined ? {} : { betas }),
        },
        attributes: { person: subject, split, sequence, frame },
      });
    }
    return found;
  },
});
