/** The thread side of `pool.ts`: loads the task's module and answers one request at a time. */
import { collectGarbage } from "./collect.ts";
import { answerOf, type WorkerRequest } from "./pool.ts";
import type { TaskModule } from "./task.ts";

const scope = self as unknown as {
  onmessage: ((event: MessageEvent<WorkerRequest>) => void) | null;
  postMessage(message: unknown): void;
};

const load = (module: string) => import(module) as Promise<TaskModule>;

scope.onmessage = async ({ data }) => {
  if ("release" in data) {
    (await load(data.release)).release?.();
  } else {
    const { module, payload, scratch } = data;
    scope.postMessage(
      await answerOf(
        async (given, context) => (await load(module)).default(given, context),
        payload,
        {
          scratch,
          stage: (...stage) => scope.postMessage({ stage }),
        },
      ),
    );
  }
  collectGarbage();
};
