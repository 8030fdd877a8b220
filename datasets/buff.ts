/**
 * BUFF: frames `<subject>/<attire>_<motion>/<attire>_<motion>.NNNNNN.ply`, or flat with the subject in
 * the name, as PIFuHD and IntegratedPIFu keep them. Copies are in metres or millimetres: told by
 * the first scan's size.
 */
import { scanReader } from "./build.ts";
import type { DatasetReader } from "./reader.ts";

const NESTED = /^(?:.*\/)?(\d{5})\/[^/]+\/([^/]+?)\.(\d{6})\.(?:ply|obj)$/i;
const FLAT = /^(?:.*\/)?(\d{5})_([^/]+?)\.(\d{6})\.(?:ply|obj)$/i;

/** See {@linkcode DatasetReader}. */
export const BUFF_READER: DatasetReader = scanReader({
  format: "buff",
  title: "BUFF",
  unit: "guess",
  stands: "front",
  detect(files) {
    const count = files.match(NESTED).length + files.match(FLAT).length;
    return count === 0 ? undefined : `${count} frames <subject>…<attire>_<motion>.<frame>.ply`;
  },
  find: (files) =>
    [...files.match(NESTED), ...files.match(FLAT)].map((
      { 1: person, 2: name, 3: frame, input },
    ) => ({
      id: `${person}_${name}.${frame}`,
      scan: input,
      attributes: { person, sequence: name, frame },
    })),
});
