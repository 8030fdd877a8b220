/**
 * MultiHuman: cropped people `obj/<scene>/*.obj` and fits `smplx/<scene>/…` beside. Scenes of
 * `obj_all` hold several people and are left out. The unit is guessed: scenes are normalised.
 */
import { scanReader } from "./build.ts";
import { type DatasetReader, inner } from "./reader.ts";

const SCAN = /^(?:(.*)\/)?obj\/([^/]+)\/([^/]+)\.obj$/i;
const FIT = /(?:^|\/)smplx\/([^/]+\/[^/]+?)(?:_smplx)?\.(?:pkl|json|npz)$/i;

/** See {@linkcode DatasetReader}. */
export const MULTIHUMAN_READER: DatasetReader = scanReader({
  format: "multihuman",
  title: "MultiHuman",
  unit: "guess",
  stands: "upright",
  detect(files) {
    const scans = files.match(SCAN), fits = files.match(FIT).length;
    if (scans.length === 0 || fits === 0) return undefined;
    return `${scans.length} people obj/<scene>/*.obj, ${fits} fits smplx/<scene>/…`;
  },
  find(files) {
    const fits = files.by(FIT);
    return files.match(SCAN).map(({ 1: parent, 2: scene, 3: name, input }) => ({
      id: name === scene ? scene : `${scene}-${name}`,
      scan: input,
      texture: files.first(
        inner(parent, `obj/${scene}/${name}.png`),
        inner(parent, `obj/${scene}/${name}.jpg`),
      ),
      fit: fits.get(`${scene}/${name}`) ?? fits.get(`${scene}/smplx_param`) ??
        { missing: `smplx/${scene}/${name}.pkl` },
      attributes: { scene },
    }));
  },
});
