/**
 * CustomHumans: `mesh/<folder>/mesh-fXXXXX.obj` with `.mtl` and `.png`, `smplx/<folder>/mesh-fXXXXX.json`.
 * Metres in the frame of the fit: the pelvis at the origin, facing +z.
 */
import { scanReader } from "./build.ts";
import { type DatasetReader, inner } from "./reader.ts";

const SCAN = /^(?:(.*)\/)?mesh\/([^/]+)\/(mesh-f\d+)\.obj$/i;

/** See {@linkcode DatasetReader}. */
export const CUSTOM_HUMANS_READER: DatasetReader = scanReader({
  format: "custom-humans",
  title: "CustomHumans",
  unit: "m",
  stands: "front",
  detect(files) {
    const scans = files.match(SCAN);
    return scans.length === 0 ? undefined : `${scans.length} scans mesh/<folder>/mesh-f<n>.obj`;
  },
  find(files) {
    const scans = files.match(SCAN), perFolder = new Map<string, number>();
    for (const [, , folder] of scans) perFolder.set(folder, (perFolder.get(folder) ?? 0) + 1);
    return scans.map(({ 1: parent, 2: folder, 3: name, input }) => {
      const fit = inner(parent, `smplx/${folder}/${name}.json`);
      const frame = name.slice("mesh-".length);
      return {
        id: perFolder.get(folder) === 1 ? folder : `${folder}_${frame}`,
        scan: input,
        texture: files.first(inner(parent, `mesh/${folder}/${name}.png`)),
        fit: files.first(fit) ?? { missing: fit },
        attributes: { frame },
      };
    });
  },
});
