/** Letting go of memory between the steps of one piece of work. */

/** There with V8's flag --expose-gc, which the tasks set. */
const { gc } = globalThis as { gc?: () => void };

/**
 * Gives back the large arrays that nobody holds any more, now: they lie outside of the heap that V8
 * watches, so without a word they pile up. Takes about 10 ms; without the flag it does nothing.
 */
export function collectGarbage(): void {
  gc?.();
}
