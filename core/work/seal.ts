/**
 * A seal is an artifact's own SHA-256, kept inside it: it tells a changed byte from a recomputed
 * score that another platform rounds otherwise. It guards against accidents and careless edits;
 * against forgery there is the recomputation.
 */
import { createHash } from "node:crypto";
import { compactJson, type Json, stableJson, stableParts } from "./json.ts";

type JsonObject = { readonly [key: string]: Json | undefined };

/**
 * Writes a value as {@linkcode stableJson} does, with a key `seal` that holds the SHA-256 of the
 * rest in one line with sorted keys.
 *
 * @throws {RangeError} If a number is not finite.
 */
export function sealedJson(value: JsonObject): string {
  return stableJson({ ...value, seal: sealOf(value) });
}

/** About how long the pieces are that {@linkcode sealedParts} makes. */
const PART_CHARACTERS = 1 << 20;

/**
 * The bytes of {@linkcode sealedJson} in pieces, each made when it is asked for.
 *
 * @throws {RangeError} If a number is not finite.
 */
export function* sealedParts(value: JsonObject): Iterable<Uint8Array> {
  const encoder = new TextEncoder();
  let text = "";
  for (const part of stableParts({ ...value, seal: sealOf(value) })) {
    text += part;
    if (text.length < PART_CHARACTERS) continue;
    yield encoder.encode(text);
    text = "";
  }
  yield encoder.encode(text);
}

/**
 * Says what is wrong with the text of a sealed artifact, or nothing. A text without a seal is not
 * judged: others write such files too.
 */
export function faultOfSeal(text: string): string | undefined {
  const value = JSON.parse(text) as JsonObject;
  if (typeof value.seal !== "string") return undefined;
  const found = sealOf(value);
  if (found !== value.seal) {
    return `its content changed: its seal is ${value.seal.slice(0, 12)}…, its content gives ` +
      `${found.slice(0, 12)}…`;
  }
  return stableJson(value) === text ? undefined : "its bytes changed, though not what they say";
}

/** SHA-256 of the rest in one line with sorted keys, item by item: it may be longer than a text can be. */
function sealOf({ seal: _seal, ...rest }: JsonObject): string {
  const hash = createHash("sha256");
  const keys = Object.keys(rest).filter((key) => rest[key] !== undefined).sort();
  hash.update("{");
  for (const [k, key] of keys.entries()) {
    const inner = rest[key];
    hash.update(`${k === 0 ? "" : ","}${JSON.stringify(key)}:`);
    if (!Array.isArray(inner)) {
      hash.update(compactJson(inner!));
      continue;
    }
    hash.update("[");
    for (const [i, item] of inner.entries()) {
      hash.update(`${i === 0 ? "" : ","}${compactJson(item)}`);
    }
    hash.update("]");
  }
  return hash.update("}").digest("hex");
}
