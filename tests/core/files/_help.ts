/** What the tests of files share. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { bytesSource } from "../../../core/files/source.ts";
import { InputError } from "../../../core/work/errors.ts";
import type { Mesh } from "../../../core/geometry/mesh.ts";

/** Fixed, so that a failure can be run again. */
export const SEED = 20260901;

/** A source named "test.bin". */
export function source(bytes: Uint8Array, name = "test.bin") {
  return bytesSource(name, bytes);
}

/** Bytes one after the other. */
export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** Bytes of text. */
export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Asserts that a promise is refused with an `InputError` whose message matches. */
export async function refuses(promise: Promise<unknown>, message: RegExp): Promise<void> {
  await assert.rejects(promise, (error: unknown) => {
    assert.ok(error instanceof InputError, `expected an InputError, got ${error}`);
    assert.match(error.message, message);
    return true;
  });
}

/** Resolves if a promise does, or if it is refused with an `InputError`; fails on anything else. */
export async function typed(promise: Promise<unknown>): Promise<"read" | "refused"> {
  try {
    await promise;
    return "read";
  } catch (error) {
    if (error instanceof InputError) return "refused";
    throw error;
  }
}

/** Copies of `bytes` with a few bytes overwritten, or cut short, or with a piece doubled. */
export function damaged(bytes: Uint8Array): fc.Arbitrary<Uint8Array> {
  const place = fc.integer({ min: 0, max: Math.max(0, bytes.length - 1) });
  const overwritten = fc.array(fc.tuple(place, fc.integer({ min: 0, max: 255 })), {
    minLength: 1,
    maxLength: 8,
  }).map((changes) => {
    const copy = bytes.slice();
    for (const [at, value] of changes) copy[at] = value;
    return copy;
  });
  const cut = place.map((at) => bytes.slice(0, at));
  const doubled = fc.tuple(place, place).map(([a, b]) => {
    const [from, to] = a < b ? [a, b] : [b, a];
    const out = new Uint8Array(bytes.length + to - from);
    out.set(bytes.subarray(0, to));
    out.set(bytes.subarray(from), to);
    return out;
  });
  return fc.oneof(overwritten, cut, doubled);
}

/** Any float32 that is finite. */
export const float32 = fc.float({ noNaN: true, noDefaultInfinity: true });

/** A closed tetrahedron with corners at the origin and one unit along each axis. */
export function tetrahedron(): Mesh {
  return {
    positions: Float32Array.of(0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1),
    indices: Uint32Array.of(0, 2, 1, 0, 1, 3, 1, 2, 3, 0, 3, 2),
  };
}

/** Meshes of a few vertices and faces, with what `extras` names. */
export function meshes(
  extras: { normals?: true; colors?: true; uvs?: true; inferred?: true } = {},
) {
  return fc.tuple(fc.integer({ min: 3, max: 12 }), fc.integer({ min: 1, max: 12 })).chain(
    ([vertices, faces]) => {
      const list = <T>(item: fc.Arbitrary<T>, length: number) =>
        fc.array(item, { minLength: length, maxLength: length });
      const byte = fc.integer({ min: 0, max: 255 });
      const unit = fc.integer({ min: 0, max: 1 << 16 }).map((value) => value / (1 << 16));
      return fc.record({
        positions: list(float32, 3 * vertices).map((v) => Float32Array.from(v)),
        indices: list(fc.integer({ min: 0, max: vertices - 1 }), 3 * faces)
          .map((v) => Uint32Array.from(v)),
        ...(extras.normals && {
          normals: list(float32, 3 * vertices).map((v) => Float32Array.from(v)),
        }),
        ...(extras.colors && { colors: list(byte, 4 * vertices).map((v) => Uint8Array.from(v)) }),
        ...(extras.uvs && { uvs: list(unit, 6 * faces).map((v) => Float32Array.from(v)) }),
        ...(extras.inferred && {
          faceInferred: list(fc.integer({ min: 0, max: 1 }), faces).map((v) => Uint8Array.from(v)),
        }),
      }, { noNullPrototype: true }) as fc.Arbitrary<Mesh>;
    },
  );
}

/** Codes of notes, sorted. */
export function codes(notes: readonly { code: string }[]): string[] {
  return notes.map(({ code }) => code).sort();
}
