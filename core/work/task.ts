/** The contract between the list of work and the code that does one item of it. */
import type { FileRecord } from "./hash.ts";
import type { Json } from "./json.ts";

/** What a task may use while it does one item. */
export interface TaskContext {
  /** An empty folder: every output file is written here, under its final relative path. */
  scratch: string;
  /** Raised when the run is cancelled. A task in a worker thread is ended with its thread instead. */
  signal?: AbortSignal | undefined;
  /** Tells how far a long item is: a named stage and how much of it is done. */
  stage?: ((stage: string, done: number, total: number) => void) | undefined;
}

/** What became of one item. */
export interface TaskOutcome {
  /** A small summary for the manifest; part of the hashed bytes, so no times. */
  result?: Json;
  /** Warnings a user should see, in order. */
  warnings?: string[];
  /** Further inputs found while working (textures of a mesh, say). */
  inputs?: FileRecord[];
  /** Seconds per stage, memory and the like; goes to `timing.json`, never hashed. */
  timing?: { [key: string]: number };
}

/** Does one item. The payload must survive `structuredClone`. */
export type Task<P = unknown> = (payload: P, context: TaskContext) => Promise<TaskOutcome>;

/** A module that workers load: its default export is a {@linkcode Task}. */
export interface TaskModule<P = unknown> {
  default: Task<P>;
  /** Lets go of what the module kept of its last item: called when its list of work is done. */
  release?: () => void;
}
