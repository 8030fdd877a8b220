/** Faults of a scan's files and of its size, before anyone looks at its body. */
import type { Note } from "../../core/files/note.ts";
import type { Mesh } from "../../core/geometry/mesh.ts";
import { hintOf, messageOf } from "../../core/work/errors.ts";
import { PERSON_EXTENT_M, plausibleUnit } from "../load.ts";
import { readScanFile, type ScanFile } from "../read_scan.ts";
import { METRES_PER_UNIT, metresPerUnitOf, type Subject, type Unit } from "../subject.ts";
import type { Fault } from "./fault.ts";
import { extentAlong } from "./sizes.ts";

/** A scan that was read, in the numbers of its file. */
export interface ScanCheck {
  faults: Fault[];
  /** Undefined where there is no surface to look at. */
  scan: ScanFile | undefined;
}

/** Notes of the readers that are faults of a scan; what makes a mesh unusable is bad. */
const SEVERITY: Readonly<Record<string, Fault["severity"]>> = {
  "mesh-empty": "bad",
  "mesh-nan": "bad",
  "mesh-index": "bad",
  "texture-missing": "bad",
  "texture-unreadable": "bad",
  "mtl-missing": "warning",
  "mtl-unreadable": "warning",
  "material-missing": "warning",
};

/** Reads a subject's scan and collects what is wrong with its files. Never throws for a bad file. */
export async function checkScanFile(
  subject: Pick<Subject, "scanFile" | "textureFile" | "facesFile">,
): Promise<ScanCheck> {
  let scan: ScanFile;
  try {
    scan = await readScanFile(subject, { textures: "decode", faults: "note" });
  } catch (error) {
    const hint = hintOf(error);
    const text = messageOf(error),
      fault: Fault = { code: "scan-unreadable", severity: "bad", text };
    return { faults: [hint === undefined ? fault : { ...fault, hint }], scan: undefined };
  }
  const faults = scan.notes.flatMap((note) => faultOfNote(note));
  const unusable = faults.some(({ code }) => code.startsWith("mesh-"));
  if (!unusable && !hasColors(scan.mesh) && !faults.some(({ code }) => isColorFault(code))) {
    faults.push({
      code: "texture-missing",
      severity: "warning",
      text: "the scan has no colours: neither a texture nor vertex colours",
      hint: "colour maps of it will be grey",
    });
  }
  return { faults, scan: unusable ? undefined : scan };
}

function faultOfNote({ code, text }: Note): Fault[] {
  const severity = SEVERITY[code];
  return severity === undefined ? [] : [{ code, severity, text }];
}

function isColorFault(code: string): boolean {
  return /^(texture|mtl|material)-/.test(code);
}

function hasColors({ colors, materials = [] }: Mesh): boolean {
  return colors !== undefined || materials.some((material) => material.texture !== undefined);
}

/** A scan's size, and the unit that its file is likely in. */
export interface SizeCheck {
  faults: Fault[];
  /** Longest side of the box round all but the outermost vertices, in the file's unit. */
  extent: number;
  /** Metres per unit of the file to go on with; undefined where none makes a person of it. */
  metres: number | undefined;
}

const UNIT_NAMES: Readonly<Record<Unit, string>> = {
  m: "metres",
  cm: "centimetres",
  mm: "millimetres",
};

/** Checks that a scan is of a person's size in its unit. */
export function checkSize(mesh: Mesh, subject: Subject): SizeCheck {
  const { unit, unitSource } = subject, metres = metresPerUnitOf(subject);
  const extent = longestSide(mesh), extentM = extent * metres;
  const { min, max } = PERSON_EXTENT_M;
  if (extentM >= min && extentM <= max) return { faults: [], extent, metres };
  const likely = plausibleUnit(extent), size = Number(extentM.toPrecision(3));
  const says = unitSource === "guess"
    ? "taken as"
    : unitSource === "option"
    ? "given as"
    : "said to be";
  const named = subject.metresPerUnit === undefined
    ? UNIT_NAMES[unit]
    : `units of ${Number(metres.toPrecision(3))} m`;
  const claim = `the scan is ${size} m long where its file is ${says} ${named}`;
  if (likely === undefined) {
    return {
      faults: [{
        code: "size",
        severity: "bad",
        ratio: extentM,
        text: `${claim}; people are ${min}–${max} m, and no other unit makes one of it`,
        hint: "the scan was normalised, or holds more than one person",
      }],
      extent,
      metres: undefined,
    };
  }
  return {
    faults: [{
      code: "unit",
      severity: "bad",
      ratio: METRES_PER_UNIT[likely] / metres,
      text: `the file looks like ${UNIT_NAMES[likely]}: ${claim}`,
      hint: `pass --unit ${likely}, or write it into the data set`,
    }],
    extent,
    metres: METRES_PER_UNIT[likely],
  };
}

function longestSide(mesh: Mesh): number {
  return Math.max(...[[1, 0, 0], [0, 1, 0], [0, 0, 1]].map((axis) => extentAlong(mesh, axis)));
}
