/** Loading what a subject names: its scan in metres, its body. */
import { boundsOf, type Mesh } from "../core/geometry/mesh.ts";
import { InputError } from "../core/work/errors.ts";
import type { MeshPlace } from "../core/work/memory.ts";
import { readBodyFile } from "../body/body_file.ts";
import { misfit } from "../body/pose.ts";
import type { BodyFit } from "../body/fit.ts";
import type { BodyModel } from "../body/model.ts";
import { chooseFit } from "./choose_fit.ts";
import { readScanFile, type ScanFile } from "./read_scan.ts";
import { METRES_PER_UNIT, metresPerUnitOf, type Subject, type Unit } from "./subject.ts";

/** Smallest and largest plausible longest side of a scanned person, metres: seated to arms up. */
export const PERSON_EXTENT_M = { min: 0.7, max: 2.8 } as const;

/** A scan in metres, as its file had it otherwise. */
export type LoadedScan = ScanFile;

/**
 * Loads a subject's scan and brings it to metres.
 *
 * @throws {InputError} If the file cannot be read, is empty or holds NaN, or if the scan is not of a
 * person's size in its unit: nothing is rescaled by guess.
 */
export async function loadScan(
  subject: Subject,
  { textures = "decode" }: { textures?: "decode" | "skip" } = {},
): Promise<LoadedScan> {
  const file = await readScanFile(subject, { textures });
  const scan = { ...file, mesh: inMetres(file.mesh, metresPerUnitOf(subject)) };
  checkSize(scan.mesh, subject);
  return scan;
}

/** A subject's scan and its pictures, for telling how much memory they will take. */
export function scanPlace({ scanFile, companions }: Subject): MeshPlace {
  return { mesh: scanFile, pictures: companions };
}

/** A mesh in metres from one in another unit, or in one of so many metres. */
export function inMetres(mesh: Mesh, unit: Unit | number): Mesh {
  const factor = typeof unit === "number" ? unit : METRES_PER_UNIT[unit];
  return factor === 1 ? mesh : { ...mesh, positions: mesh.positions.map((v) => v * factor) };
}

/** The longest side of a mesh's box. */
export function extentOf(mesh: Mesh): number {
  const { min, max } = boundsOf(mesh);
  return Math.max(max[0] - min[0], max[1] - min[1], max[2] - min[2]);
}

/** The unit in which a length would be a person's, or undefined. */
export function plausibleUnit(extent: number): Unit | undefined {
  for (const unit of ["m", "cm", "mm"] as const) {
    const metres = extent * METRES_PER_UNIT[unit];
    if (metres >= PERSON_EXTENT_M.min && metres <= PERSON_EXTENT_M.max) return unit;
  }
  return undefined;
}

function checkSize(mesh: Mesh, subject: Subject): void {
  const extentM = extentOf(mesh);
  const { min, max } = PERSON_EXTENT_M;
  if (extentM >= min && extentM <= max) return;
  const unit = plausibleUnit(extentM / metresPerUnitOf(subject));
  throw new InputError(
    `Cannot use scan "${subject.id}": it is ${Number(extentM.toPrecision(4))} m long, ` +
      `expected ${min}–${max} m`,
    {
      file: subject.scanFile,
      hint: unit === undefined
        ? "check the scan's unit; inspect says what is wrong with it"
        : `the file looks like ${unit === "m" ? "metres" : unit}; pass --unit ${unit}`,
    },
  );
}

/**
 * The body model and fit of a subject, with the model from `bodyFile` where one is given. With the
 * scan (metres), a fit that can be read in several ways is read in the one that lies on it.
 */
export async function loadBody(
  subject: Subject,
  { bodyFile, scan }: { bodyFile?: string | undefined; scan?: Mesh } = {},
): Promise<{ model: BodyModel; fit: BodyFit; bodyFile: string; note?: string }> {
  if (subject.fit === undefined) {
    throw new InputError(
      `Cannot pose the body of "${subject.id}": the data set has no fit for it`,
      {
        hint: "make one with align",
      },
    );
  }
  const file = bodyFile ?? subject.fit.bodyFile;
  if (file === undefined) {
    throw new InputError(`Cannot pose the body of "${subject.id}": no body model was found`, {
      file: subject.fit.file,
      hint: "name the model file with --body FILE",
    });
  }
  const model = await readBodyFile(file), { fit } = subject.fit;
  const problem = misfit(model, fit);
  if (problem !== undefined) {
    throw new InputError(`Cannot pose the body of "${subject.id}": ${problem}`, {
      file,
      hint: "name the model that the fit was made with: --body FILE",
    });
  }
  const chosen = scan === undefined ? undefined : chooseFit(subject, { scan, model });
  return { model, fit, bodyFile: file, ...chosen };
}
