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

/**
 * The text of {@linkcode stableJson} in pieces: those of an object whose lists are longer than a text
 * can be.
 *
 * @throws {RangeError} If a number is not finite.
 */
export function* stableParts(
  value: { readonly [key: string]: Json | undefined },
): Iterable<string> {
  const keys = Object.keys(value).filter((key) => value[key] !== undefined).sort();
  if (keys.length === 0) return yield "{}\n";
  for (const [k, key] of keys.entries()) {
    const inner = value[key];
    yield `${k === 0 ? "{" : ","}\n  ${JSON.stringify(key)}: `;
    if (!Array.isArray(inner) || inner.every((item) => typeof item === "number")) {
      yield write(inner, "  ");
      continue;
    }
    for (const [i, item] of inner.entries()) {
      yield `${i === 0 ? "[" : ","}\n    ${write(item, "    ")}`;
    }
    yield "\n  ]";
  }
  yield "\n}\n";
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

/** The deepest lists and objects of files that are read: theirs have a dozen levels. */
const MOST_LEVELS = 256;

/**
 * Parses JSON from outside. Text whose lists and objects stand in each other deeper than any file's
 * do is refused before it is parsed: whoever walks such a value falls off the stack.
 *
 * @throws {SyntaxError} If the text is not JSON, or is nested deeper than 256 levels.
 */
export function parseForeignJson(text: string): unknown {
  checkLevels(text);
  return JSON.parse(text);
}

/** Counts brackets outside of strings. @throws {SyntaxError} If the text is nested too deeply. */
function checkLevels(text: string): void {
  let level = 0;
  for (let at = 0; at < text.length; at++) {
    const c = text.charCodeAt(at);
    if (c === QUOTE) {
      // To the end of the string: the next quote that no backslash takes away.
      for (at++; at < text.length && text.charCodeAt(at) !== QUOTE; at++) {
        if (text.charCodeAt(at) === BACKSLASH) at++;
      }
    } else if (c === 0x5b || c === 0x7b) {
      if (++level > MOST_LEVELS) {
        throw new SyntaxError(`it is nested deeper than ${MOST_LEVELS} levels`);
      }
    } else if (c === 0x5d || c === 0x7d) level--;
  }
}

const QUOTE = 0x22, BACKSLASH = 0x5c;
