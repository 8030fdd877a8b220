/** Decides who is meant, and whether anybody is there at all. */
import { InputError } from "../../core/work/errors.ts";
import { findPeople, SURE_SCORE } from "./find_people.ts";
import { difference, type FollowedPerson, followPerson, visibility } from "./follow_person.ts";
import type { PersonInRegion, PoseNetworks } from "./networks.ts";
import type { Pyramid } from "./pyramid.ts";
import type { Region } from "./region.ts";

/** What is known beforehand. */
export interface ChooseOptions {
  /** The photo, for messages. */
  file: string;
  /** Where the user's keypoints say the person is, pixels of the picture. */
  start?: Region | undefined;
}

/** The person that was chosen, and how many there are. */
export interface Choice {
  person: FollowedPerson;
  people: number;
}

/** The network's presence from which on somebody is there. */
const PRESENT = 0.9;

/** Mean confidence of the points that somebody needs whom the detector was not sure of. */
const VISIBLE = 0.7;

/** Candidates that are looked at. */
const MAX_CANDIDATES = 8;

/** Looks see the same person when their points lie closer, as a share of the side. */
const SAME_PERSON = 0.1;

/**
 * Looks at candidates in order until one is a person, then counts the others who surely are.
 *
 * Somebody is there when the landmark network says so with 0.9, and either the detector was sure or
 * looks agree on points that are mostly visible. The networks' own thresholds (0.5 and 0.5) would
 * see people in most pictures of clutter: of 22 pictures without anybody (textures, objects, animals,
 * noise) 13 would have one, with these rules none has.
 *
 * @throws {InputError} If nobody is there.
 */
export async function choosePerson(
  pyramid: Pyramid,
  networks: PoseNetworks,
  { file, start }: ChooseOptions,
): Promise<Choice> {
  let best = 0;
  const followed = async (region: Region, score: number): Promise<FollowedPerson | undefined> => {
    const person = await followPerson(pyramid, region, networks);
    best = Math.max(best, person.presence);
    const there = person.presence >= PRESENT &&
      (score >= SURE_SCORE || (person.settled && visibility(person) >= VISIBLE));
    return there ? person : undefined;
  };
  if (start !== undefined) {
    const person = await followed(start, 1);
    if (person !== undefined) return { person, people: 1 };
  }
  const candidates = (await findPeople(pyramid, networks)).slice(0, MAX_CANDIDATES);
  for (const [i, { region, score }] of candidates.entries()) {
    const person = await followed(region, score);
    if (person === undefined) continue;
    const others = candidates.slice(i + 1).filter(({ score }) => score >= SURE_SCORE);
    return { person, people: await count(person, others.map(({ region }) => region)) };
  }
  const found = candidates.length === 0
    ? "nobody was detected"
    : `${candidates.length} ${candidates.length === 1 ? "place" : "places"} looked at, ` +
      `nobody is surely there (presence at most ${best.toFixed(2)})`;
  throw new InputError(`Cannot find a person in the photo: ${found}`, {
    file,
    hint: "show the whole person, larger; or give --keypoints FILE and --mask FILE",
  });

  async function count(person: PersonInRegion, others: readonly Region[]): Promise<number> {
    const people = [person];
    for (const region of others) {
      const other = await networks.look(pyramid, region);
      const known = people.some((one) => difference(one, other) < SAME_PERSON);
      if (other.presence >= PRESENT && !known) people.push(other);
    }
    return people.length;
  }
}
