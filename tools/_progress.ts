/** How progress is shown: a bar on a terminal, plain lines elsewhere, JSON lines with `--json`. */
import cliProgress from "cli-progress";
import type { Progress } from "../core/work/progress.ts";
import { compactJson, type Json } from "../core/work/json.ts";
import { eprint, print } from "./_print.ts";

/** Chooses how to show progress. */
export function progressFor({ json, quiet }: { json?: boolean; quiet?: boolean }): Progress {
  if (json) return new JsonLines();
  if (quiet) return new Quiet();
  return Deno.stderr.isTerminal() ? new Bar() : new PlainLines();
}

type Stage = Parameters<NonNullable<Progress["stage"]>>[0];

/** Failures only. */
class Quiet implements Progress {
  start(): void {}
  item({ id, status, reason }: Parameters<Progress["item"]>[0]): void {
    if (status === "failed") eprint(`failed ${id}: ${reason}`);
  }
  note(): void {}
  end(): void {}
}

class JsonLines implements Progress {
  start(work: Parameters<Progress["start"]>[0]): void {
    print(compactJson({ event: "start", ...work }));
  }
  item(item: Parameters<Progress["item"]>[0]): void {
    print(compactJson({ event: "item", ...item }));
  }
  stage(stage: Stage): void {
    print(compactJson({ event: "stage", ...stage }));
  }
  note(text: string, data?: Json): void {
    print(compactJson({ event: "note", text, ...(data === undefined ? {} : { data }) }));
  }
  end(): void {
    print(compactJson({ event: "end" }));
  }
}

/** One line an item, with a count: for logs. */
class PlainLines implements Progress {
  private title = "";
  private total = 0;
  private ended = 0;
  start({ title, total, done }: Parameters<Progress["start"]>[0]): void {
    this.title = title, this.total = total, this.ended = done;
    eprint(`${title}: ${total} items${done > 0 ? `, ${done} already done` : ""}`);
  }
  item({ id, status, seconds, reason }: Parameters<Progress["item"]>[0]): void {
    this.ended++;
    const why = reason === undefined ? "" : `: ${reason}`;
    eprint(
      `${this.title} ${this.ended}/${this.total} ${id} ${status} ${seconds.toFixed(1)} s${why}`,
    );
  }
  stage({ id, stage, done }: Stage): void {
    if (done === 0) eprint(`${this.title} ${id}: ${stage}`);
  }
  note(text: string): void {
    eprint(`note: ${text}`);
  }
  end(): void {}
}

/** A bar with rate and time left. */
class Bar implements Progress {
  private bar: cliProgress.SingleBar | undefined;
  private begun = 0;
  private ended = 0;
  private total = 0;
  start({ title, total, done }: Parameters<Progress["start"]>[0]): void {
    this.begun = performance.now(), this.ended = 0, this.total = total - done;
    if (this.total === 0) return eprint(`${title}: all ${total} items already done`);
    this.bar = new cliProgress.SingleBar({
      format: `${title.padEnd(8)} {bar} {value}/{total}  {rate}  {left} left  {id}`,
      barCompleteChar: "█",
      barIncompleteChar: "░",
      barsize: 28,
      hideCursor: true,
      stream: { write: writeStderr, isTTY: true } as unknown as NodeJS.WritableStream,
      noTTYOutput: true,
    });
    this.bar.start(total, done, { rate: "…", left: "…", id: "" });
  }
  item({ id, status, reason }: Parameters<Progress["item"]>[0]): void {
    this.ended++;
    if (status === "failed") this.above(`failed ${id}: ${reason}`);
    const seconds = (performance.now() - this.begun) / 1000;
    const left = (this.total - this.ended) * seconds / this.ended;
    this.bar?.increment(1, {
      rate: `${(this.ended / seconds).toPrecision(2)}/s`,
      left: left < 90 ? `${Math.ceil(left)} s` : `${Math.ceil(left / 60)} min`,
      id,
    });
  }
  stage({ id, stage, done, total }: Stage): void {
    const share = done > 0 && total > 1 ? ` ${Math.floor(100 * done / total)} %` : "";
    this.bar?.update({ id: `${id}: ${stage}${share}` });
  }
  note(text: string): void {
    this.above(`note: ${text}`);
  }
  end(): void {
    this.bar?.stop();
  }
  private above(text: string): void {
    if (this.bar !== undefined) writeStderr("\r\u001b[K");
    eprint(text);
  }
}

function writeStderr(text: string): boolean {
  Deno.stderr.writeSync(new TextEncoder().encode(text));
  return true;
}
