/**
 * RenderPeople: folders `rp_<name>_posed_NNN_OBJ` (posed scans) and rigged or animated exports, free
 * samples included. Centimetres, +y up, facing +z, no fit. Of several resolutions in a folder the
 * one of 100k is taken, which PIFu and 2K2K take.
 */
import { scanReader } from "./build.ts";
import { type DatasetReader, inner } from "./reader.ts";

const SCAN =
  /^(?:(.*)\/)?(rp_[a-z0-9-]+_(?:posed|rigged|animated)_\d{3})(?:_([A-Za-z0-9]+))?\.(obj|glb|gltf)$/i;
/** Exports in order of preference; unknown ones come last. */
const RESOLUTIONS = ["100k", "200k", "30k", undefined, "500k", "1m"];

/** See {@linkcode DatasetReader}. */
export const RENDERPEOPLE_READER: DatasetReader = scanReader({
  format: "renderpeople",
  title: "RenderPeople: posed, rigged, free samples",
  unit: "cm",
  stands: "front",
  detect(files) {
    const scans = files.match(SCAN);
    return scans.length === 0 ? undefined : `${scans.length} files rp_<name>_posed_NNN`;
  },
  find(files) {
    const best = new Map<string, { rank: number; match: RegExpExecArray }>();
    for (const match of files.match(SCAN)) {
      const [, parent, id, resolution] = match;
      const known = RESOLUTIONS.indexOf(resolution?.toLowerCase());
      const rank = known < 0 ? RESOLUTIONS.length : known;
      const key = `${parent ?? ""}/${id}`, before = best.get(key);
      if (before === undefined || rank < before.rank) best.set(key, { rank, match });
    }
    return [...best.values()].map(({ match: { 1: parent, 2: id, input } }) => {
      const tex = ["_dif_2k.jpg", "_dif.jpg", "_dif_4k.jpg", "_dif_8k.jpg"]
        .map((suffix) => inner(parent, `tex/${id}${suffix}`));
      return { id, scan: input, texture: files.first(...tex) };
    });
  },
});
