/**
 * 4D-Dress: `<subject>/<Inner|Outer>/<Take>/Meshes_pkl/mesh-fXXXXX.pkl` with atlases beside, fits under
 * `SMPLX` and `SMPL`. Metres; how scans stand is told by their fits.
 */
import { scanReader } from "./build.ts";
import { type DatasetReader, inner } from "./reader.ts";

const SCAN = /^(?:(.*)\/)?([^/]+)\/(Inner|Outer)\/([^/]+)\/Meshes_pkl\/mesh-(f\d+)\.pkl$/i;

/** See {@linkcode DatasetReader}. */
export const FOUR_D_DRESS_READER: DatasetReader = scanReader({
  format: "4d-dress",
  title: "4D-Dress",
  unit: "m",
  stands: "fit",
  detect(files) {
    const scans = files.match(SCAN);
    return scans.length === 0
      ? undefined
      : `${scans.length} frames <subject>/<Inner|Outer>/<Take>/Meshes_pkl/mesh-f<n>.pkl`;
  },
  find: (files) =>
    files.match(SCAN).map((match) => {
      const [, parent, subject, outfit, take, frame] = match;
      const home = inner(parent, `${subject}/${outfit}/${take}`);
      const smplx = `${home}/SMPLX/mesh-${frame}_smplx.pkl`;
      return {
        id: `${subject}-${outfit}-${take}-${frame}`,
        scan: match.input,
        texture: files.first(`${home}/Meshes_pkl/atlas-${frame}.pkl`),
        fit: files.first(smplx, `${home}/SMPL/mesh-${frame}_smpl.pkl`) ?? { missing: smplx },
        attributes: { person: subject, outfit, take, frame },
      };
    }),
});
