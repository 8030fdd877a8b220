/**
 * Names of views and lists of angles.
 *
 * ```text
 * name  = "y" angle [ "_p" angle ]      the pitch is left out when it is 0
 * angle = whole number ≥ 0 of a yaw: at least three digits (y000, y030, y120, y360)
 *       | any other: the shortest decimal (y-30, y7.5, y-0.5, p10, p-7.5)
 * list  = item { "," item }             0,120,240
 * item  = angle | angle ".." angle ":" step      -30..30:10 holds both ends where the step fits
 * ```
 *
 * Angles have at most six decimals and lie in −360…360.
 */
import { UsageError } from "../core/work/errors.ts";

/** How the subject is turned in a view. */
export interface ViewAngles {
  /** Yaw > 0 turns the subject's +z towards +x. Degrees. */
  yawDeg: number;
  /** Pitch > 0: the camera looks down on the subject. Degrees. */
  pitchDeg: number;
}

const DECIMAL = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/;
const MICRO = 1e6;
const MOST_VIEWS = 100_000;

/**
 * Makes the name of a view: `y000`, `y-30`, `y7.5`, `y030_p10`.
 *
 * @throws {RangeError} If an angle is beyond ±360° or has more than six decimals.
 */
export function viewName({ yawDeg, pitchDeg }: ViewAngles): string {
  const yaw = angleText(yawDeg);
  const padded = /^\d+$/.test(yaw) ? yaw.padStart(3, "0") : yaw;
  return pitchDeg === 0 ? `y${padded}` : `y${padded}_p${angleText(pitchDeg)}`;
}

/** Reads a view's name; `undefined` where {@linkcode viewName} makes no such name. */
export function parseViewName(name: string): ViewAngles | undefined {
  const match = /^y(-?\d+(?:\.\d+)?)(?:_p(-?\d+(?:\.\d+)?))?$/.exec(name);
  if (match === null) return undefined;
  const angles = { yawDeg: Number(match[1]), pitchDeg: Number(match[2] ?? 0) };
  if (!isAngle(angles.yawDeg) || !isAngle(angles.pitchDeg)) return undefined;
  return viewName(angles) === name ? angles : undefined;
}

/**
 * Reads a list of angles: `-30..30:10`, `0,120,240`, `7.5`, `0..90:45,180`.
 *
 * @param option The option it came from, for the message: `--yaws`.
 * @throws {UsageError} If the text is not such a list, or names an angle twice.
 */
export function parseAngles(text: string, option: string): number[] {
  const fail = (found: string, wanted: string): never => {
    throw new UsageError(`Cannot read ${option} "${text}": found ${found}, expected ${wanted}`, {
      hint: `write angles in degrees like ${option}=-30..30:10 or ${option}=0,120,240`,
    });
  };
  const number = (part: string): number => {
    const value = DECIMAL.test(part) ? Number(part) : NaN;
    if (!isAngle(value)) fail(`"${part}"`, "degrees within −360…360 with at most six decimals");
    return value === 0 ? 0 : value;
  };
  const angles: number[] = [];
  for (const item of text.split(",").map((part) => part.trim())) {
    const range = /^(.+)\.\.(.+):(.+)$/.exec(item);
    if (range === null) {
      if (item.includes("..")) fail(`"${item}"`, "a range with its step, FROM..TO:STEP");
      angles.push(number(item));
      continue;
    }
    // Whole millionths of a degree: 0..1:0.1 has eleven angles, not ten.
    const [from, to, step] = range.slice(1).map((part) => Math.round(number(part) * MICRO));
    if (!(step > 0)) fail(`the step ${step / MICRO}`, "a step above 0");
    if (to < from) fail(`"${item}"`, "a range that rises");
    if ((to - from) / step >= MOST_VIEWS) fail(`"${item}"`, `at most ${MOST_VIEWS} angles`);
    for (let angle = from; angle <= to; angle += step) angles.push(angle / MICRO);
  }
  const seen = new Set<number>();
  const twice = angles.find((angle) => seen.size === seen.add(angle).size);
  if (twice !== undefined) fail(`${twice} twice`, "each angle once");
  return angles;
}

/** Pairs each pitch with each yaw, pitches outermost. */
export function viewsOf(yawsDeg: readonly number[], pitchesDeg: readonly number[]): ViewAngles[] {
  return pitchesDeg.flatMap((pitchDeg) => yawsDeg.map((yawDeg) => ({ yawDeg, pitchDeg })));
}

function isAngle(value: number): boolean {
  return Math.abs(value) <= 360 && Math.round(value * MICRO) / MICRO === value;
}

function angleText(value: number): string {
  if (!isAngle(value)) {
    throw new RangeError(
      `Cannot name a view: the angle is ${value}°, expected one within ±360° with ≤ 6 decimals`,
    );
  }
  // Millionths as a plain decimal; JavaScript would write 1e-6.
  return value === 0
    ? "0"
    : Number.isInteger(value)
    ? String(value)
    : value.toFixed(6).replace(/0+$/, "");
}
