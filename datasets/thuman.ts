/**
 * THuman2.0 and 2.1: `<id>/<id>.obj` with `material0.jpeg`, and fits `…/<id>/smplx_param.pkl`, in the
 * folders of the release, of ICON (`scans`, `fits`) and of 2K2K (`data`, `smplx`). Scans stand +y
 * up and face anywhere; each has a scale of its own, which its fit tells.
 */
import { scanReader } from "./build.ts";
import { type DatasetReader, inner } from "./reader.ts";

const SCAN = /^(?:(.*)\/)?(\d{4})\/\2\.obj$/i;
const FIT = /(?:^|\/)(\d{4})\/smplx_param\.pkl$/i;
/** SMPL fits: gDNA's archive, ICON's copies. */
const SMPL_FIT = /(?:^|\/)(?:THuman2\.0_)?smpl\/(?:\d{4}\/)?(\d{4})(?:_smpl)?\.pkl$/i;
/** Ids of THuman2.0; those beyond are THuman2.1, some of whose fits follow another convention. */
const SUBJECTS_2_0 = 526;

/** Of fits of one generation nothing says when they were made: where one is off, this may be why. */
const OLD_FITS =
  "fits that THuman2.0 published before 2024-05-14 have wrong scales and places: take the present ones";

/** See {@linkcode DatasetReader}. */
export const THUMAN_READER: DatasetReader = scanReader({
  format: "thuman2",
  title: "THuman2.0 and 2.1",
  unit: "fit-scale",
  stands: "upright",
  detect(files) {
    const scans = files.match(SCAN), fits = files.match(FIT).length;
    const textured = scans.filter(([, parent, id]) =>
      files.in(inner(parent, id)).some((name) =>
        /^material0\./i.test(name)
      )
    ).length;
    if (scans.length === 0 || fits + textured === 0) return undefined;
    return `${scans.length} scans <id>/<id>.obj, ${fits} smplx_param.pkl, ${textured} material0`;
  },
  find(files) {
    const fits = files.by(FIT), smpl = files.by(SMPL_FIT);
    return files.match(SCAN).map(({ 1: parent, 2: id, input }) => {
      const folder = inner(parent, id);
      return {
        id,
        scan: input,
        texture: files.first(`${folder}/material0.jpeg`, `${folder}/material0.jpg`),
        fit: fits.get(id) ?? smpl.get(id) ?? { missing: `${id}/smplx_param.pkl` },
        fitRemedy: OLD_FITS,
        attributes: { release: Number(id) < SUBJECTS_2_0 ? "THuman2.0" : "THuman2.1" },
      };
    });
  },
});
