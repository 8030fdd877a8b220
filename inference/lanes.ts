/** How many views are worked on at a time. */
import type { Json } from "../core/work/json.ts";
import type { Method, MethodSettings } from "./method.ts";

/** Views at a time, and threads for each one's networks. */
export interface Lanes {
  workers: number;
  threads: number;
}

/**
 * Shares out cores: a worker for each, so that no stage waits for another; but one view at a time
 * on all of them where a network is large, since its threads share its memory and workers would each
 * have their own.
 *
 * @throws {InputError} As the method's `declare`.
 */
export async function lanesOf(
  { method, settings = {}, options = {} }: {
    method: Method;
    settings?: MethodSettings | undefined;
    options?: { [key: string]: Json } | undefined;
  },
  { cores, items }: { cores: number; items: number },
): Promise<Lanes> {
  const large = (await method.declare?.(settings, options))?.large ?? false;
  const workers = Math.max(1, large ? 1 : Math.min(cores, items));
  return { workers, threads: Math.max(1, Math.floor(cores / workers)) };
}
