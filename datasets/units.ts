/** Telling a subject that its scan's unit is another one than the data set says. */
import { scaleFit } from "../body/fit.ts";
import { METRES_PER_UNIT, metresPerUnitOf, type Subject, type Unit } from "./subject.ts";

/** The same subject with its scan, fit and keypoints read in another unit. */
export function withUnit(subject: Subject, unit: Unit): Subject {
  const { metresPerUnit: _, ...named } = subject;
  const factor = METRES_PER_UNIT[unit] / metresPerUnitOf(subject);
  if (factor === 1) return { ...named, unit, unitSource: "option" };
  const scaled = (points: Float64Array) => points.map((value) => value * factor);
  return {
    ...named,
    unit,
    unitSource: "option",
    ...(subject.fit === undefined
      ? {}
      : { fit: { ...subject.fit, fit: scaleFit(subject.fit.fit, factor) } }),
    ...(subject.keypoints === undefined ? {} : {
      keypoints: {
        body25: scaled(subject.keypoints.body25),
        handLeft: scaled(subject.keypoints.handLeft),
        handRight: scaled(subject.keypoints.handRight),
      },
    }),
  };
}
