/** How much of the machine a command may use. */
import type { MemoryLimit } from "../core/work/memory.ts";

/** The share of the free memory that is used where nothing is said. */
const FREE_SHARE = 0.8;

/** What the options of a command say. */
export interface CapacityFlags {
  workers?: number | undefined;
  /** The most that the process may use, bytes. */
  memory?: number | undefined;
}

/**
 * Workers as asked, else one a core, within the memory that is given: what does not fit fails. Where neither
 * is said, no more workers than fit into the memory that is free, as far as this process may ask for it.
 */
export function capacityOf(
  { workers, memory }: CapacityFlags,
  cores: number = navigator.hardwareConcurrency,
): { workers: number; memory: MemoryLimit | undefined } {
  return {
    workers: workers ?? cores,
    memory: memory !== undefined
      ? { bytes: memory, beyond: "fails" }
      : workers === undefined
      ? freeMemory()
      : undefined,
  };
}

/** What other programs leave free. */
function freeMemory(): MemoryLimit | undefined {
  const { state } = Deno.permissions.querySync({ name: "sys", kind: "systemMemoryInfo" });
  if (state !== "granted") return undefined;
  return { bytes: FREE_SHARE * Deno.systemMemoryInfo().available, beyond: "is tried" };
}
