/**
 * Whose scans may be copied into a page. Most data sets of people are given out under terms that
 * forbid passing the scans on; a page is passed on.
 */
import { readViewSubject } from "../../datasets/views.ts";
import type { SubjectPlan } from "./subject_plan.ts";

/**
 * `open`: bundled people, and subjects whose data set names an open licence (attribute `licence` or
 * `license`). `all`: the user says that every scan may be copied. `none`: no scan.
 */
export type EmbedScans = "open" | "all" | "none";

/** Licences under which a simplified copy may be passed on. */
const OPEN = [
  /^cc0(-1\.0)?$/,
  /^cc-by(-sa)?-\d\.\d$/,
  /^pddl(-1\.0)?$/,
  /^odc-by(-1\.0)?$/,
  /^(public[ -]domain|own)$/,
];

/** Whether a licence is one of those that let everybody pass copies on. */
export function isOpenLicence(licence: string): boolean {
  const name = licence.trim().toLowerCase().replaceAll(/\s+/g, "-");
  return OPEN.some((pattern) => pattern.test(name) || pattern.test(name.replaceAll("-", " ")));
}

/** Whether the shape of a subject's scan may be copied into the page. */
export async function mayEmbed(plan: SubjectPlan, wanted: EmbedScans): Promise<boolean> {
  if (wanted !== "open") return wanted === "all";
  if (plan.scan?.path.startsWith("fixtures:")) return true;
  if (plan.subjectFile === undefined) return false;
  const subject = await readViewSubject(plan.subjectFile).catch(() => undefined);
  if (subject === undefined || subject.scan.sha256 !== plan.scan?.sha256) return false;
  const licence = subject.attributes.licence ?? subject.attributes.license;
  return typeof licence === "string" && isOpenLicence(licence);
}
