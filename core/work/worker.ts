/** The thread side of `pool.ts`: loads the task's module and answers one request at a time. */
import { collectGarbage } from "./collect.ts";
import { answerOf, type WorkerRequest } from "./pool.ts";
import type { TaskModule } from "./task.ts";

const scope = self as unknown as {
  onmessage: ((event: MessageEvent<WorkerRequest>) => void) | null;
  postMessage(message: unknown): void;
};

scope.onmessage = async ({ data }) => {
  const load = () => import(data.module) as Promise<TaskModule>;
  scope.postMessage(
    await answerOf(
      async (payload, context) => (await load()).default(payload, context),
      data.payload,
      {
        scratch: data.scratch,
        stage: (...stage) => scope.postMessage({ stage }),
      },
    ),
  );
  collectGarbage();
};
