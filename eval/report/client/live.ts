/// <reference lib="dom" />
/** A served page: says how far an evaluation is, and reloads when there is something new. */
import { one, replace } from "./dom.ts";

/** What the server tells. */
interface Told {
  /** Changes when the results do. */
  version: string;
  /** Of an evaluation that runs. */
  done?: number;
  /** Of how many, where that is known. */
  total?: number;
}

/** Listens where the page was served with a source of events. */
export function watchLive(): void {
  const source = document.documentElement.dataset.events;
  if (source === undefined) return;
  const line = one(".live");
  let version: string | undefined;
  const events = new EventSource(source);
  events.addEventListener("message", ({ data }) => {
    const told = JSON.parse(data) as Told;
    version ??= told.version;
    if (told.version !== version) return reload();
    if (line === undefined) return;
    line.hidden = told.done === undefined;
    if (told.done === undefined) return;
    const { done, total } = told, of = total === undefined ? "" : ` of ${total}`;
    const part = version.includes("part-") ? "; the tables hold what is done" : "";
    replace(line, `An evaluation runs: ${done}${of} items are done${part}`);
  });
}

/** Not under the eyes of whoever looks at a subject: then when that is closed. */
function reload(): void {
  const stage = one<HTMLDialogElement>("dialog.stage[open]");
  if (stage === undefined) location.reload();
  else stage.addEventListener("close", () => location.reload(), { once: true });
}
