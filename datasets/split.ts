/** Dividing a data set: by a published list, or at random, the same way each time. */
import { InputError } from "../core/work/errors.ts";
import { random } from "../core/work/random.ts";
import type { PublishedSplit } from "./published_splits.ts";
import type { Dataset, Subject } from "./subject.ts";

/** Ids by part, each sorted. */
export type Split = ReadonlyMap<string, readonly string[]>;

/** A part of a random split and its share. */
export interface SplitPart {
  name: string;
  /** Of the subjects; all shares together are 1. */
  share: number;
}

/** How a random split is made. */
export interface RandomSplitOptions {
  parts: readonly SplitPart[];
  seed: number;
  /**
   * Attributes (or `person`) whose values each part gets its share of. Default: none.
   */
  stratify?: readonly string[];
  /** An attribute whose subjects stay together (frames of one person). Default: `person`. */
  group?: string;
}

/**
 * Divides by a published list. Subjects that it does not name are left out and counted by the caller.
 *
 * @throws {InputError} If it names none of the subjects.
 */
export function splitByList(dataset: Dataset, list: PublishedSplit): Split {
  const parts = new Map<string, string[]>();
  for (const { id } of dataset.subjects) {
    const part = list.partOf(id);
    if (part !== undefined) parts.set(part, [...parts.get(part) ?? [], id]);
  }
  if (parts.size === 0) {
    throw new InputError(`Cannot split by "${list.name}": it names no subject of the data set`, {
      file: dataset.folder,
      hint: `it is about ${list.formats.join(", ")}; the data set is ${dataset.format}`,
    });
  }
  return sorted(parts);
}

/**
 * Divides at random: groups (all frames of a person) are shuffled by their own names' numbers, so the
 * order of files plays no part and adding a subject moves as few others as possible; each stratum
 * is cut by the shares, largest remainders first.
 *
 * @throws {RangeError} If shares are not above 0 or do not sum to 1.
 * @throws {InputError} If a subject lacks an attribute to stratify by.
 */
export function splitAtRandom(dataset: Dataset, options: RandomSplitOptions): Split {
  const { parts, seed, stratify = [], group = "person" } = options;
  const sum = parts.reduce((total, { share }) => total + share, 0);
  if (parts.some(({ share }) => !(share > 0)) || Math.abs(sum - 1) > 1e-9) {
    throw new RangeError(`Cannot split: the shares sum to ${sum}, expected 1, each above 0`);
  }
  const groups = new Map<string, Subject[]>();
  for (const subject of dataset.subjects) {
    const name = String(subject.attributes?.[group] ?? subject.id);
    groups.set(name, [...groups.get(name) ?? [], subject]);
  }
  const strata = new Map<string, { name: string; order: number }[]>();
  for (const [name, [first]] of groups) {
    const key = stratify.map((attribute) => valueOf(first, attribute)).join("\u001f");
    const entry = { name, order: random(seed, "split", name).float() };
    strata.set(key, [...strata.get(key) ?? [], entry]);
  }
  const out = new Map<string, string[]>(parts.map(({ name }) => [name, []]));
  // What rounding owes to each part goes on from stratum to stratum.
  const owed = parts.map(() => 0);
  for (const key of [...strata.keys()].sort()) {
    const entries = strata.get(key)!.sort((a, b) =>
      a.order - b.order || (a.name < b.name ? -1 : 1)
    );
    let at = 0;
    counts(entries.length, parts, owed).forEach((count, i) => {
      for (const { name } of entries.slice(at, at + count)) {
        out.get(parts[i].name)!.push(...groups.get(name)!.map(({ id }) => id));
      }
      at += count;
    });
  }
  return sorted(out);
}

function valueOf(subject: Subject, attribute: string): string {
  const value = subject.attributes?.[attribute];
  if (value === undefined) {
    const known = Object.keys(subject.attributes ?? {}).join(", ");
    throw new InputError(`Cannot stratify: subject "${subject.id}" has no "${attribute}"`, {
      hint: known === "" ? "the data set has no attributes" : `it has: ${known}`,
    });
  }
  return String(value);
}

/** Whole numbers that sum to `total`; `owed` carries what each part has coming. */
function counts(total: number, parts: readonly SplitPart[], owed: number[]): number[] {
  parts.forEach(({ share }, i) => owed[i] += share * total);
  const out = owed.map((due) => Math.max(0, Math.floor(due + 1e-9)));
  for (let left = total - out.reduce((a, b) => a + b, 0); left !== 0; left -= Math.sign(left)) {
    let best = 0;
    for (let i = 1; i < out.length; i++) {
      const better = left > 0
        ? owed[i] - out[i] > owed[best] - out[best] + 1e-12
        : out[i] > 0 && owed[i] - out[i] < owed[best] - out[best] - 1e-12;
      if (better) best = i;
    }
    out[best] += Math.sign(left);
  }
  out.forEach((count, i) => owed[i] -= count);
  return out;
}

function sorted(parts: Map<string, string[]>): Split {
  return new Map([...parts].map(([name, ids]) => [name, ids.sort()]));
}
