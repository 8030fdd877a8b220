/** Looks for people in a picture: the whole of it first, then windows for small figures. */
import type { Detection } from "./detections.ts";
import type { PoseNetworks } from "./networks.ts";
import type { Pyramid } from "./pyramid.ts";
import { type Region, regionOfCircle } from "./region.ts";

/** Somebody who may be there. */
export interface Candidate {
  /** Probability, 0.5 to 1. */
  score: number;
  /** The square around the body, pixels of the picture. */
  region: Region;
}

/** A score from which on somebody is surely there: whole figures score 0.95 and up. */
export const SURE_SCORE = 0.8;

/**
 * Looks for people in the whole picture and in square windows of half its longer side, half a window
 * apart: the first finds the subject, the second finds others who are smaller. While nobody is
 * surely there, windows of a third and a quarter follow, which find people down to about a
 * twentieth of the longer side.
 *
 * @returns Everybody found. Those who are surely there come first, the most prominent before all
 * (see {@linkcode prominence}); then the others, by score.
 */
export async function findPeople(pyramid: Pyramid, networks: PoseNetworks): Promise<Candidate[]> {
  const { width, height } = pyramid.full;
  const longest = Math.max(width, height);
  const found: Candidate[] = [];
  for (const part of [1, 2, 3, 4]) {
    if (part > 2 && found.some(({ score }) => score >= SURE_SCORE)) break;
    for (const window of searchWindows(width, height, longest / part)) {
      found.push(...(await networks.detect(pyramid, window)).map(candidate));
    }
  }
  const rank = ({ score, region }: Candidate) =>
    score >= SURE_SCORE ? 1 + prominence(region, { width, height }) : score;
  return withoutDoubles(found).sort((a, b) => rank(b) - rank(a));
}

/** Squares of one side that cover a picture, half a side apart, rows first. */
export function searchWindows(width: number, height: number, sidePx: number): Region[] {
  const centres = (length: number) => {
    if (length <= sidePx) return [length / 2];
    const steps = Math.ceil((length - sidePx) / (sidePx / 2));
    return Array.from({ length: steps + 1 }, (_, i) => sidePx / 2 + (length - sidePx) * i / steps);
  };
  return centres(height).flatMap((cy) =>
    centres(width).map((cx) => ({ cx, cy, sidePx, angleRad: 0 }))
  );
}

/**
 * How much a person is the subject of the picture: the size of the body, down to half where it lies
 * towards a corner.
 */
export function prominence(
  { cx, cy, sidePx }: Region,
  { width, height }: { width: number; height: number },
): number {
  const aside = Math.hypot(cx - width / 2, cy - height / 2) / (Math.hypot(width, height) / 2);
  return sidePx * (1 - 0.5 * Math.min(1, aside));
}

function candidate({ score, centre, top }: Detection): Candidate {
  return { score, region: regionOfCircle(centre, top) };
}

/** Keeps the best of those whose bodies share their place: several windows see the same person. */
function withoutDoubles(found: readonly Candidate[]): Candidate[] {
  const kept: Candidate[] = [];
  for (const one of found.toSorted((a, b) => b.score - a.score)) {
    if (!kept.some((other) => sameBody(one.region, other.region))) kept.push(one);
  }
  return kept;
}

/** Bodies are the same when their centres lie within a fifth of the smaller square's side. */
function sameBody(a: Region, b: Region): boolean {
  const apart = Math.hypot(a.cx - b.cx, a.cy - b.cy);
  return apart < 0.2 * Math.min(a.sidePx, b.sidePx);
}
