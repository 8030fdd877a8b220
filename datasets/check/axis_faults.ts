/** A scan that lies, stands on its head, or faces elsewhere than its data set says. */
import { angleBetweenDeg, headingDeg, nearestAxis, type PersonAxes, postureText } from "./axes.ts";
import type { DeclaredAxes } from "../subject.ts";
import type { Fault } from "./fault.ts";
import { signed } from "./words.ts";

/** A posture farther than this from upright, or a heading from the front, is named. */
const WRONG_WAY_DEG = 60;

/** Faults of the scan's axes against what the data set says of them. */
export function axisFaults(
  person: PersonAxes,
  { axes }: { axes: DeclaredAxes },
): Fault[] {
  if (axes === "any") return [];
  const tiltDeg = angleBetweenDeg(person.up, [0, 1, 0]);
  if (tiltDeg > WRONG_WAY_DEG) {
    const { axis } = nearestAxis(person.up);
    return [{
      code: "up-axis",
      severity: "bad",
      ratio: tiltDeg,
      text: `the scan ${postureText(person)}: its up axis is ${axis}, the data set says +y`,
      hint: axes === "up"
        ? 'turn the scan, or describe the set by a dataset.json that says "stands": "fit"'
        : 'turn the scan, or say "up": "any" so that the fit decides',
    }];
  }
  if (axes === "up") return [];
  const heading = headingDeg(person.front);
  if (Math.abs(heading) <= WRONG_WAY_DEG) return [];
  return [{
    code: "facing",
    severity: "bad",
    ratio: heading,
    text: `the person faces ${nearestAxis([person.front[0], 0, person.front[2]]).axis} ` +
      `(${signed(heading, 0)}°), the data set says +z`,
    hint: 'turn the scan, or say "front": "any" so that the fit decides',
  }];
}
