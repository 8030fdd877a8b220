/** JSON as artifacts hold it: sorted keys, full precision, LF, one trailing newline. */

/** Anything JSON can say. */
export type Json = null | boolean | number | string | readonly Json[] | {
  readonly [key: string]: Json | undefined;
};

/**
 * Writes a value with sorted keys, so that equal values have equal bytes. Arrays of numbers stay
 * on one line; everything else is indented by two spaces.
 *
 * @throws {RangeError} If a number is not finite: JSON would silently make it `null`.
 */
export function stableJson(value: Json): string {
  return write(value, "") + "\n";
}

function write(value: Json | undefined, indent: string): string {
  if (value === null || value === undefined) return "null";
  if (typeof value === "number") {
    if (!Number.isFinite(value)) {
      throw new RangeError(`Cannot write JSON: found the number ${value}, expected a finite one`);
    }
    return JSON.stringify(value);
  }
  if (typeof value !== "object") return JSON.stringify(value);
  const inner = indent + "  ";
  if (Array.isArray(value)) {
    const items = value as readonly Json[];
    if (items.length === 0) return "[]";
    if (items.every((item) => typeof item === "number")) {
      return `[${items.map((item) => write(item, inner)).join(", ")}]`;
    }
    return `[\n${items.map((item) => inner + write(item, inner)).join(",\n")}\n${indent}]`;
  }
  const record = value as { readonly [key: string]: Json | undefined };
  const keys = Object.keys(record).filter((key) => record[key] !== undefined).sort();
  if (keys.length === 0) return "{}";
  const lines = keys.map((key) => `${inner}${JSON.stringify(key)}: ${write(record[key], inner)}`);
  return `{\n${lines.join(",\n")}\n${indent}}`;
}

/** The value in one line with sorted keys: for hashing and for JSON-lines events. */
export function compactJson(value: Json): string {
  return JSON.stringify(value, (_key, inner) => {
    if (inner === null || typeof inner !== "object" || Array.isArray(inner)) return inner;
    return Object.fromEntries(
      Object.keys(inner).sort().map((key) => [key, (inner as Record<string, unknown>)[key]]),
    );
  });
}
