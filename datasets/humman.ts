/**
 * HuMMan-Recon: `<p…_a…>/textured_meshes/XXXXXX.obj` with `smpl_params/XXXXXX.npz`. Metres in the frame
 * of the first Kinect (OpenCV: y down): how people stand is told by their fits.
 */
import { scanReader } from "./build.ts";
import { type DatasetReader, inner } from "./reader.ts";

const SCAN = /^(?:(.*)\/)?(p\d+_a\d+)\/textured_meshes\/(\d+)\.obj$/i;

/** See {@linkcode DatasetReader}. */
export const HUMMAN_READER: DatasetReader = scanReader({
  format: "humman",
  title: "HuMMan-Recon",
  unit: "m",
  stands: "fit",
  detect(files) {
    const scans = files.match(SCAN);
    return scans.length === 0
      ? undefined
      : `${scans.length} frames <p…_a…>/textured_meshes/<frame>.obj`;
  },
  find: (files) =>
    files.match(SCAN).map(({ 1: parent, 2: sequence, 3: frame, input }) => {
      const home = inner(parent, sequence), fit = `${home}/smpl_params/${frame}.npz`;
      return {
        id: `${sequence}-${frame}`,
        scan: input,
        texture: files.first(`${home}/textured_meshes/${frame}_0.png`),
        fit: files.first(fit) ?? { missing: fit },
        attributes: { person: sequence.split("_")[0], sequence, frame },
      };
    }),
});
