/**
 * Schemas of the files that others read and write: one zod definition gives the type, the check of
 * a file with an error that a person can act on, and the published JSON Schema.
 */
import { z } from "zod";
import { InputError } from "./errors.ts";
import { reason } from "./hash.ts";
import { parseForeignJson } from "./json.ts";

/** What is being read, for the error's text. */
export interface ParseOptions {
  /** What the value is, as in `Cannot read <what>`: `predictions.json`, `the camera`. */
  what: string;
  /** The file it came from. */
  file?: string | undefined;
  /** What to do about a fault. */
  hint?: string | undefined;
}

/**
 * Makes the schema of an object that may hold more keys than those listed. Unknown keys pass
 * through unread, so that newer files can be read by older programs; the inferred type has only
 * the listed keys.
 */
export function open<S extends z.core.$ZodLooseShape>(shape: S): z.ZodObject<S, z.core.$strip> {
  return z.looseObject(shape) as unknown as z.ZodObject<S, z.core.$strip>;
}

/** Any JSON value: what `catchall` takes for keys that are not listed. */
export const anyJson: z.ZodType<z.core.util.JSONType> = z.json().meta({ id: "json" });

/**
 * Checks a value against a schema and returns it typed.
 *
 * @throws {InputError} With the path, what was found and what was expected of the first fault, and
 * how many more there are: `Cannot read predictions.json: items[3].mesh is 12, expected a string`.
 */
export function parseWith<S extends z.ZodType>(
  schema: S,
  value: unknown,
  options: ParseOptions,
): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const { issues } = result.error;
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : "";
  throw new InputError(`Cannot read ${options.what}: ${describe(issues[0], value)}${more}`, {
    ...(options.file === undefined ? {} : { file: options.file }),
    ...(options.hint === undefined ? {} : { hint: options.hint }),
  });
}

/**
 * Parses JSON text and checks it against a schema.
 *
 * @throws {InputError} If the text is not JSON or does not fit the schema.
 */
export function parseJson<S extends z.ZodType>(
  schema: S,
  text: string,
  options: ParseOptions,
): z.output<S> {
  let value: unknown;
  try {
    value = parseForeignJson(text);
  } catch (cause) {
    const where = cause instanceof Error ? cause.message : String(cause);
    throw new InputError(`Cannot read ${options.what}: ${where}, expected JSON`, {
      cause,
      ...(options.file === undefined ? {} : { file: options.file }),
      ...(options.hint === undefined ? {} : { hint: options.hint }),
    });
  }
  return parseWith(schema, value, options);
}

/**
 * Reads a JSON file and checks it against a schema.
 *
 * @throws {InputError} If the file cannot be read, is not JSON or does not fit the schema.
 */
export async function readJson<S extends z.ZodType>(
  schema: S,
  file: string,
  options: Omit<ParseOptions, "file">,
): Promise<z.output<S>> {
  let text: string;
  try {
    text = await Deno.readTextFile(file);
  } catch (cause) {
    throw new InputError(`Cannot read ${options.what}: ${reason(cause)}`, { file, cause });
  }
  return parseJson(schema, text, { ...options, file });
}

/** The JSON Schema (draft 2020-12) of a definition, as `docs/schemas/` publishes it. */
export function jsonSchemaOf(schema: z.ZodType, title: string): Record<string, unknown> {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io: "input" });
  return { $schema, title, ...rest };
}

/** A fault in words: `<path> is <found>, expected <wanted>`. */
function describe(issue: z.core.$ZodIssue, root: unknown): string {
  // A union's own issue says nothing; the branch that got furthest into the value says what is wrong.
  if (issue.code === "invalid_union" && issue.errors.length > 0) {
    const branches = issue.errors.filter((branch) => branch.length > 0);
    const depth = (branch: z.core.$ZodIssue[]) => Math.max(...branch.map((i) => i.path.length));
    const deepest = Math.max(...branches.map(depth));
    if (deepest > 0) {
      const inner = branches.find((branch) => depth(branch) === deepest)![0];
      return describe({ ...inner, path: [...issue.path, ...inner.path] }, root);
    }
    const wanted = branches.map((branch) => expected(branch[0])).join(" or ");
    return `${pathText(issue.path)} is ${found(valueAt(root, issue.path))}, expected ${wanted}`;
  }
  // A refinement writes its own sentence.
  if (issue.code === "custom") {
    return issue.path.length === 0 ? issue.message : `${pathText(issue.path)}: ${issue.message}`;
  }
  const value = valueAt(root, issue.path);
  return `${pathText(issue.path)} is ${found(value)}, expected ${expected(issue)}`;
}

const NOUNS: Readonly<Record<string, string>> = {
  string: "a string",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  object: "an object",
  record: "an object",
  array: "a list",
  null: "null",
};

function expected(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return NOUNS[issue.expected] ?? issue.expected;
    case "invalid_value":
      return issue.values.map((value) => JSON.stringify(value)).join(" or ");
    case "invalid_union":
      if ("options" in issue && Array.isArray(issue.options)) {
        return issue.options.map((value) => JSON.stringify(value)).join(" or ");
      }
      return "another form";
    case "too_small":
    case "too_big": {
      const bound = Number(issue.code === "too_small" ? issue.minimum : issue.maximum);
      const how = issue.code === "too_small" ? "at least" : "at most";
      if (issue.origin === "array") return `${issue.exact ? "exactly" : how} ${bound} entries`;
      if (issue.origin === "string") return `${how} ${bound} characters`;
      if (issue.inclusive === false) {
        return `${issue.code === "too_small" ? "more than" : "less than"} ${bound}`;
      }
      return `${how} ${bound}`;
    }
    case "invalid_format":
      return issue.format === "regex" && "pattern" in issue
        ? `text like ${issue.pattern}`
        : `a valid ${issue.format}`;
    default:
      return issue.message;
  }
}

function found(value: unknown): string {
  if (value === undefined) return "missing";
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "number") return String(value);
  if (typeof value === "object" && value !== null) return "an object";
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…"` : text;
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  let value = root;
  for (const key of path) value = (value as Record<PropertyKey, unknown> | null | undefined)?.[key];
  return value;
}

function pathText(path: readonly PropertyKey[]): string {
  if (path.length === 0) return "it";
  return path.map((key, i) => {
    if (typeof key === "number") return `[${key}]`;
    const name = String(key);
    if (/^[A-Za-z_]\w*$/.test(name)) return i === 0 ? name : `.${name}`;
    return i === 0 ? JSON.stringify(name) : `[${JSON.stringify(name)}]`;
  }).join("");
}
