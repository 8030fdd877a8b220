/** How other people's programs name the meshes they write: names to subjects and views. */
import { viewName } from "../render/view_names.ts";

/** A mesh's name, read. */
export interface SchemeMatch {
  subject: string;
  /** Absent where the name says none. */
  view?: string;
  /** Of several meshes of one item the one with the highest number is taken. */
  preference: number;
}

/** One program's names. */
export interface NamingScheme {
  id: string;
  /** Whose names these are. */
  title: string;
  /** Folders below the predictions in which it writes; "" is the folder itself. */
  folders: readonly string[];
  /** Unit and frame of its meshes where its own evaluator's data fix them; else they must be said. */
  header?: { unit: "m" | "cm" | "mm"; frame: "scan" };
  /** The frame of its meshes where their pictures were rendered as its own program renders. */
  ownFrame?: "icon" | "2k2k";
  /** Why unit and frame are what they are, or must be said. */
  note: string;
  /** Reads a file's name; undefined where it is none of the scheme's. */
  read(name: string): SchemeMatch | undefined;
}

/** In the order in which they are tried. */
export const NAMING_SCHEMES: readonly NamingScheme[] = Object.freeze([
  {
    id: "pifu",
    title: "PIFu and PIFuHD",
    folders: ["", "recon"],
    header: { unit: "cm", frame: "scan" },
    note: "PIFuHD's evaluator compares them with RenderPeople's scans as they are, in centimetres",
    read: (name) => {
      // result_<name>_<yaw>_<pitch>_<light>.obj
      const match = /^result_(.+)_(\d{1,3})_(\d{1,2})_\d{2}(?:_\d+)?\.(?:obj|ply)$/.exec(name);
      if (match === null) return undefined;
      const [, subject, yaw, pitch] = match;
      const view = viewName({ yawDeg: Number(yaw), pitchDeg: Number(pitch) });
      return { subject, view, preference: 0 };
    },
  },
  {
    id: "icon",
    title: "ICON and ECON",
    folders: ["obj", "econ/obj", ""],
    ownFrame: "icon",
    note: "they are in the square of the input picture, from −1 to 1",
    read: (name) => {
      const match = /^(.+?)(?:_(\d))?_(recon|refine|full)\.(?:obj|ply)$/.exec(name);
      if (match === null) return undefined;
      const preference = { recon: 0, refine: 1, full: 2 }[match[3] as "recon" | "refine" | "full"];
      return { ...subjectAndYaw(match[1]), preference };
    },
  },
  {
    id: "sith",
    title: "SiTH",
    folders: ["meshes", ""],
    header: { unit: "m", frame: "scan" },
    note: "SiTH's window is 2 m wide about the scan's origin; its own evaluator aligns them",
    read: (name) => {
      const match = /^(.+)_reco\.(?:obj|ply)$/.exec(name);
      return match === null ? undefined : { ...subjectAndYaw(match[1]), preference: 0 };
    },
  },
  {
    id: "2k2k",
    title: "2K2K",
    folders: ["output_objs"],
    ownFrame: "2k2k",
    note: "they are centred, scaled by the scan's extent and divided by 1.0367",
    read: (name) => {
      const match = /^(.+)\.(?:obj|ply)$/.exec(name);
      return match === null ? undefined : { ...subjectAndYaw(match[1]), preference: 0 };
    },
  },
]);

/** `0505_120` is subject 0505 seen from yaw 120; three digits after the last underscore. */
function subjectAndYaw(name: string): { subject: string; view?: string } {
  const match = /^(.+)_(\d{3})$/.exec(name);
  if (match === null || Number(match[2]) >= 360) return { subject: name };
  return { subject: match[1], view: viewName({ yawDeg: Number(match[2]), pitchDeg: 0 }) };
}
