/** PHALP's tracks (4D-Humans): a dictionary of pictures, each with lists over the people in it. */
import { basename } from "../../core/work/path.ts";

/** One person in one picture. */
export interface TrackedPerson {
  /** `<picture>#<person>`. */
  id: string;
  /** global_orient, body_pose, betas. */
  params: Map<unknown, unknown>;
}

/**
 * The people of a tracks file, or undefined where a dictionary is none: every picture holds a key
 * `smpl` with a list of parameters. People that a picture only predicts (empty entries) are left out
 * by PHALP itself.
 */
export function tracksOf(root: Map<unknown, unknown>): TrackedPerson[] | undefined {
  const people: TrackedPerson[] = [];
  for (const [picture, content] of root) {
    const list = content instanceof Map ? content.get("smpl") : undefined;
    if (typeof picture !== "string" || !Array.isArray(list)) return undefined;
    list.forEach((params, person) => {
      if (params instanceof Map) people.push({ id: `${basename(picture)}#${person}`, params });
    });
  }
  return people.length === 0 ? undefined : people;
}
