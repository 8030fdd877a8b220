/** What a long piece of work says while it runs. Library code reports here and never prints. */
import type { Json } from "./json.ts";

/** How one item ended. */
export type ItemStatus = "done" | "skipped" | "failed";

/** Someone who listens: a progress bar, JSON lines, or nobody. */
export interface Progress {
  /** Work begins: a name for it, how many items in all and how many of them are already done. */
  start(work: { title: string; total: number; done: number }): void;
  /** One item ended. */
  item(item: { id: string; status: ItemStatus; seconds: number; reason?: string }): void;
  /** A long item has come so far: `done` of `total` of a named stage. */
  stage?(stage: { id: string; stage: string; done: number; total: number }): void;
  /** Something worth a line: a stale artifact redone, a choice made. */
  note(text: string, data?: Json): void;
  /** Work ended. */
  end(): void;
}

/** Says nothing. */
export const SILENT: Progress = { start() {}, item() {}, note() {}, end() {} };
