/**
 * A seal is an artifact's own SHA-256, kept inside it: it tells a changed byte from a recomputed
 * score that another platform rounds otherwise. It guards against accidents and careless edits;
 * against forgery there is the recomputation.
 */
import { sha256 } from "./hash.ts";
import { compactJson, type Json, stableJson } from "./json.ts";

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

function sealOf({ seal: _seal, ...rest }: JsonObject): string {
  return sha256(compactJson(rest));
}
