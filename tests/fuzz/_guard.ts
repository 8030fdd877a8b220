/** Runs a reader on one input and judges how it ended. */
import { InputError } from "../../core/work/errors.ts";

/** Every reader's bounds: an answer within so many milliseconds, and so many bytes at once. */
export const MOST_MS = 5000;

/** The most bytes that reading an input of `length` bytes may take. */
export function mostBytes(length: number): number {
  return 4 * length + 64 * 2 ** 20;
}

/** What is wrong with how a reader ended. */
export interface Finding {
  kind: "untyped error" | "allocation" | "hang" | "crash";
  text: string;
}

/** The largest single buffer that was asked for since {@linkcode watchAllocations}'s last reset. */
let largest = 0;
let watching = false;

type Constructor = {
  new (...args: unknown[]): object;
  prototype: { constructor: unknown };
  BYTES_PER_ELEMENT?: number;
};

/**
 * Notes the size of every buffer that scripts make from now on. Memory that was asked for and never
 * touched shows in no process's size, so it is counted where it is asked for. What is larger than
 * four gigabytes is refused as an engine without memory would refuse it.
 */
export function watchAllocations(): void {
  if (watching) return;
  watching = true;
  const scope = globalThis as unknown as Record<string, Constructor>;
  const names = ["ArrayBuffer", "Uint8Array", "Int8Array", "Uint8ClampedArray", "Uint16Array"]
    .concat(["Int16Array", "Uint32Array", "Int32Array", "Float32Array", "Float64Array"])
    .concat(["BigInt64Array", "BigUint64Array", "Float16Array"]);
  for (const name of names) {
    const itemBytes = scope[name].BYTES_PER_ELEMENT ?? 1;
    replace(name, (args) => typeof args[0] === "number" ? args[0] * itemBytes : 0);
  }
  replace("Array", (args) => args.length === 1 && typeof args[0] === "number" ? 8 * args[0] : 0);
}

/** Puts a constructor that notes sizes in the place of a global one. */
function replace(name: string, bytesOf: (args: unknown[]) => number): void {
  const scope = globalThis as unknown as Record<string, Constructor>;
  const original = scope[name];
  const noting: Constructor = new Proxy(original, {
    construct(target, args, newTarget) {
      note(bytesOf(args));
      return Reflect.construct(target, args, newTarget === noting ? target : newTarget);
    },
  });
  scope[name] = noting;
  original.prototype.constructor = noting; // some tell arrays apart by it
}
function note(bytes: number): void {
  if (bytes > largest) largest = bytes;
  if (bytes > 2 ** 32) throw new RangeError("Array buffer allocation failed");
}

/** Runs a reader on bytes: undefined where all is well. */
export async function judge(
  read: (bytes: Uint8Array) => Promise<unknown>,
  bytes: Uint8Array,
): Promise<Finding | undefined> {
  largest = 0;
  let fault: Finding | undefined;
  try {
    await read(bytes);
  } catch (error) {
    if (!(error instanceof InputError)) {
      const text = error instanceof Error ? error.stack ?? error.message : String(error);
      fault = { kind: "untyped error", text: text.split("\n").slice(0, 6).join("\n") };
    } else if (!/^Cannot /.test(error.message)) {
      fault = { kind: "untyped error", text: `a message that does not say what: ${error.message}` };
    }
  }
  if (largest > mostBytes(bytes.length)) {
    const text = `one buffer of ${largest} bytes for an input of ${bytes.length}`;
    return { kind: "allocation", text };
  }
  return fault;
}
