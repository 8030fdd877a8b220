/** Back-ends by name: a new one is a file of its own and a line here. */
import type { Backend } from "./backend.ts";
import { cpuBackend } from "./cpu/cpu_backend.ts";

/** Opens each. What a machine may lack is loaded when it is asked for. */
const OPEN = {
  cpu: () => Promise.resolve<Backend>(cpuBackend()),
  webgpu: async (): Promise<Backend> => {
    return (await import("./webgpu/webgpu_backend.ts")).webgpuBackend();
  },
} as const;

/** Who can draw. */
export type BackendName = keyof typeof OPEN;

/** Names of all back-ends. */
export const BACKEND_NAMES = Object.freeze(Object.keys(OPEN) as BackendName[]);

const opened = new Map<BackendName, Promise<Backend>>();

/**
 * Opens a back-end, once a thread: who asks again gets the same.
 *
 * @throws {MachineError} If this machine cannot.
 */
export function openBackend(name: BackendName): Promise<Backend> {
  const backend = opened.get(name) ?? OPEN[name]();
  opened.set(name, backend);
  return backend;
}
