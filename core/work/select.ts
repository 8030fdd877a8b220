/** Choosing items by `--only` (ids or globs, comma-separated) and `--limit`. */
import { UsageError } from "./errors.ts";

export interface Selection {
  /** Ids or globs with `*`, `?` and `[ ]`. Absent: all. */
  only?: readonly string[] | undefined;
  /** At most so many, the first ones by id. */
  limit?: number | undefined;
}

/**
 * The selected items in their given order.
 *
 * @throws {UsageError} If an id or glob of `only` matches nothing: a typo must not pass in silence.
 */
export function select<T>(
  items: readonly T[],
  idOf: (item: T) => string,
  { only, limit }: Selection,
): T[] {
  let chosen = [...items];
  if (only !== undefined) {
    const patterns = only.map((pattern) => ({ pattern, regex: globRegex(pattern) }));
    for (const { pattern, regex } of patterns) {
      if (items.some((item) => regex.test(idOf(item)))) continue;
      const some = items.slice(0, 8).map(idOf).join(", ");
      throw new UsageError(`Cannot select "${pattern}": no such id among ${items.length}`, {
        hint: `ids here are: ${some}${items.length > 8 ? ", …" : ""}`,
      });
    }
    chosen = chosen.filter((item) => patterns.some(({ regex }) => regex.test(idOf(item))));
  }
  return limit === undefined ? chosen : chosen.slice(0, limit);
}

/** A glob as a regular expression for the whole id. */
export function globRegex(glob: string): RegExp {
  let source = "";
  for (let i = 0; i < glob.length; i++) {
    const c = glob[i];
    if (c === "*") source += ".*";
    else if (c === "?") source += ".";
    else if (c === "[" && glob.indexOf("]", i + 2) > 0) {
      const end = glob.indexOf("]", i + 2);
      const negated = glob[i + 1] === "!";
      const body = glob.slice(i + (negated ? 2 : 1), end).replaceAll(/[\\\]^]/g, "\\$&");
      source += `[${negated ? "^" : ""}${body}]`;
      i = end;
    } else source += c.replaceAll(/[\\^$.|+(){}[\]]/g, "\\$&");
  }
  return new RegExp(`^${source}$`);
}
