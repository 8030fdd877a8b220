/** Fits in the suite's own JSON: a subject of a data set, a subject of a view set, a fit by itself. */
import type { BodyFit } from "../../body/fit.ts";
import { fitJson, fitOfJson } from "../../body/fit_json.ts";
import { parseWith } from "../../core/work/schema.ts";
import { fitOf, suiteSubject } from "../suite.ts";
import type { FitFile } from "./types.ts";

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * The fit of a JSON that the suite wrote or reads as a data set; undefined where it is none.
 *
 * @throws {InputError} If it is one and its numbers are unsound.
 */
export function ownFit(root: unknown, file: string): FitFile | undefined {
  if (!isObject(root)) return undefined;
  if (typeof root.id === "string" && isObject(root.body) && Array.isArray(root.body.pose)) {
    const { body } = parseWith(suiteSubject, root, { what: "the fit", file });
    return fileOf(file, fitOf(body!), {
      format: "suite-subject",
      title: "Subject of a data set in the suite's layout",
      evidence: "keys id and body with a pose of rotations",
    });
  }
  if (isObject(root.fit) && root.schema === "scan2score/subject-1") {
    return fileOf(file, fitOfJson(root.fit, file), {
      format: "suite-views",
      title: "Subject of a view set",
      evidence: "schema scan2score/subject-1",
    });
  }
  if (["kind", "scale", "body_pose", "global_orient", "transl"].every((key) => key in root)) {
    if (!fitJson.safeParse(root).success) return undefined;
    return fileOf(file, fitOfJson(root, file), {
      format: "suite-fit",
      title: "Fit as the suite writes it",
      evidence: "keys kind, scale and smplx's",
    });
  }
  return undefined;
}

function fileOf(
  file: string,
  fit: BodyFit,
  told: Pick<FitFile, "format" | "title" | "evidence">,
): FitFile {
  const hands = fit.leftHand ?? fit.rightHand;
  return {
    file,
    ...told,
    frames: 1,
    notes: [],
    frame(index) {
      if (index !== 0) {
        throw new RangeError(`Cannot read frame ${index} of a fit: there is one frame, 0`);
      }
      return {
        id: "0",
        candidates: [{
          fit,
          standing: "documented",
          convention: {
            scale: "before-translation",
            origin: fit.origin ?? "model",
            hands: hands === undefined ? null : fit.flatHandMean === true ? "flat" : "mean",
            handPca: hands !== undefined && "pca" in hands ? hands.pca.length : null,
            gender: fit.gender ?? "unknown",
            root: "global_orient",
          },
        }],
      };
    },
  };
}
