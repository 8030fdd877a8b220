/** Telling a subject that its scan's unit is another one than the data set says. */
import { scaleFit } from "../body/fit.ts";
import { METRES_PER_UNIT, type Subject, type Unit } from "./subject.ts";

/** The same subject with its scan, fit and keypoints read in another unit. */
export function withUnit(subject: Subject, unit: Unit): Subject {
  if (unit === subject.unit) return { ...subject, unitSource: "option" };
  const factor = METRES_PER_UNIT[unit] / METRES_PER_UNIT[subject.unit];
  const scaled = (points: Float64Array) => points.map((value) => value * factor);
  return {
    ...subject,
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
