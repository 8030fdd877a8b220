/** A scan that lies, stands on its head, or faces elsewhere than its data set says. */
import { angleBetweenDeg, headingDeg, nearestAxis, type PersonAxes, postureText } from "./axes.ts";
import type { DeclaredAxes } from "../subject.ts";
import type { Fault } from "./fault.ts";
import { extentAlong } from "./sizes.ts";
import { signed } from "./words.ts";
import type { Mesh } from "../../core/geometry/mesh.ts";

/** A posture farther than this from upright, or a heading from the front, is named. */
const WRONG_WAY_DEG = 60;

/** Nobody who stands or sits is less than so high, as a share of the longest side. */
const LEAST_HEIGHT = 0.5;

/**
 * What the scan's box alone tells of its posture, where neither a fit nor pictures do: a person of whom
 * +y is said to be up, and who is far longer along another axis, lies.
 */
export function lyingFaults(
  scan: Pick<Mesh, "positions" | "indices">,
  { axes }: { axes: DeclaredAxes },
): Fault[] {
  const [x, y, z] = [[1, 0, 0], [0, 1, 0], [0, 0, 1]].map((axis) => extentAlong(scan, axis));
  const longest = Math.max(x, z);
  if (axes === "any" || !(y < LEAST_HEIGHT * longest)) return [];
  return [{
    code: "up-axis",
    severity: "warning",
    ratio: y / longest,
    text:
      `the scan seems to lie: it is ${longest.toFixed(2)} m long along ${x > z ? "x" : "z"} and ` +
      `${y.toFixed(2)} m high, the data set says +y is up`,
    hint: "look at the contact sheet (--sheet), and turn the scan",
  }];
}

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
