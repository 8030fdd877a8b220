/** The worker threads of the pool, which may outlive one list of work. */

/** Threads without work, and how many hold them back from ending. */
const idle: Worker[] = [];
let holders = 0;

/** A thread that runs `worker.ts`: an idle one where there is one. */
export function takeThread(): Worker {
  return idle.pop() ?? new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
}

/** Ends a thread that has no work any more, or keeps it for the next list of work. */
export function leaveThread(thread: Worker): void {
  thread.onmessage = thread.onerror = null;
  if (holders > 0) idle.push(thread);
  else thread.terminate();
}

/**
 * Keeps idle threads, with the code that they have loaded and compiled, until it is disposed of:
 * for several lists of work, one after the other. What tasks kept of their last item is let go.
 */
export function keepThreads(): Disposable {
  holders++;
  return {
    [Symbol.dispose]() {
      if (--holders === 0) endIdleThreads();
    },
  };
}

/** Ends the threads without work, with the memory that they hold: before work of another kind. */
export function endIdleThreads(): void {
  for (const thread of idle.splice(0)) thread.terminate();
}
