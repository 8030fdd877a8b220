/** `report --serve`: the page, for this machine only, until Ctrl-C. */
import { InputError } from "../core/work/errors.ts";
import { ReportServer } from "../eval/report/mod.ts";
import { readResults } from "../eval/write_report.ts";
import { interruptSignal } from "./_options.ts";
import { eprint, print } from "./_print.ts";

/**
 * Serves results until the user stops it.
 *
 * @throws {InputError} If the process may not listen, or the port is taken.
 */
export async function serveReport(
  files: readonly string[],
  { port, title }: { port: number; title?: string | undefined },
): Promise<void> {
  const hostname = "127.0.0.1";
  const allowed = await Deno.permissions.query({ name: "net", host: `${hostname}:${port}` });
  if (allowed.state !== "granted") {
    throw new InputError("Cannot serve the report: this task may not use the network", {
      hint: `run it as: npx -y deno@2.9.6 task serve ${files.join(" ")}`,
    });
  }
  const server = new ReportServer(files, { read: readResults, title });
  try {
    const listening = Deno.serve({
      hostname,
      port,
      signal: interruptSignal(),
      onListen: ({ port }) => print(`http://${hostname}:${port}/`),
    }, (request) => server.handle(request));
    eprint("serving this machine only; Ctrl-C ends it");
    await listening.finished;
  } catch (error) {
    if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    throw new InputError(`Cannot serve the report: port ${port} is taken`, {
      hint: "choose another one with --port, or --port 0",
    });
  }
}
