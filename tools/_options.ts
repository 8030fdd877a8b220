/** Options that several commands share, and how their texts become values. */
import { Command, InvalidArgumentError } from "@commander-js/extra-typings";
import type { Shard } from "../core/work/work_list.ts";

/** Reports the exit code of a finished command. */
export type Finish = (exitCode: 0 | 1) => void;

/** What every working command takes. */
export interface CommonOptions {
  only?: string[];
  limit?: number;
  shard?: Shard;
  workers?: number;
  memory?: number;
  json?: true;
  quiet?: true;
}

/** Starts a command with a description and an example that works on the bundled people. */
export function command(name: string, description: string, example: string) {
  return new Command(name).description(description).addHelpText(
    "after",
    `\nExample:\n  ${example.replaceAll("\n", "\n  ")}`,
  );
}

/** Adds the options for choosing items. */
export const ONLY = ["--only <ids>", "ids or globs, comma-separated", list] as const;
export const LIMIT = ["--limit <n>", "at most so many subjects", positive] as const;
export const SHARD = [
  "--shard <i/n>",
  "do part i of n (from 1); also from SLURM_ARRAY_TASK_ID or JOB_COMPLETION_INDEX",
  shard,
] as const;
export const WORKERS = ["--workers <n>", "worker threads (default: cores)", positive] as const;
export const MEMORY = [
  "--memory <size>",
  "stay within so much memory, as 4GB: fewer workers, and what does not fit alone fails",
  memorySize,
] as const;
export const JSON_OUT = ["--json", "machine-readable progress and summary on stdout"] as const;
export const QUIET = ["--quiet", "print failures only"] as const;

/** Comma-separated words. */
export function list(text: string): string[] {
  const words = text.split(",").map((word) => word.trim()).filter((word) => word !== "");
  if (words.length === 0) throw new InvalidArgumentError("expected at least one name");
  return words;
}

/** A whole number above 0. */
export function positive(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) {
    throw new InvalidArgumentError(`found "${text}", expected a whole number above 0`);
  }
  return value;
}

/** A whole number from 0. */
export function natural(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || text.trim() === "") {
    throw new InvalidArgumentError(`found "${text}", expected a whole number from 0`);
  }
  return value;
}

/** `i/n` with i from 1 to n. */
export function shard(text: string): Shard {
  const match = /^(\d+)\/(\d+)$/.exec(text);
  const index = Number(match?.[1]) - 1, count = Number(match?.[2]);
  if (match === null || index < 0 || count < 1 || index >= count) {
    throw new InvalidArgumentError(`found "${text}", expected i/n with i from 1 to n, as 1/4`);
  }
  return { index, count };
}

/** The shard that a scheduler's environment asks for, if the option was not given. */
export function shardFromEnvironment(given: Shard | undefined): Shard | undefined {
  if (given !== undefined) return given;
  const get = (name: string) => {
    const text = Deno.env.get(name);
    return text === undefined || !/^\d+$/.test(text) ? undefined : Number(text);
  };
  const task = get("SLURM_ARRAY_TASK_ID"), first = get("SLURM_ARRAY_TASK_MIN") ?? 0;
  const tasks = get("SLURM_ARRAY_TASK_COUNT");
  if (task !== undefined && tasks !== undefined) return { index: task - first, count: tasks };
  const index = get("JOB_COMPLETION_INDEX"), count = get("SCAN2SCORE_SHARDS");
  if (index !== undefined && count !== undefined) return { index, count };
  return undefined;
}

/** A size as people write it, bytes: `4GB`, `800MB`, `1.5GiB`. */
export function memorySize(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*([MG])(i?)B?$/i.exec(text.trim());
  if (match === null) {
    throw new InvalidArgumentError(`found "${text}", expected a size as 4GB or 800MB`);
  }
  const [, number, unit, binary] = match;
  const power = unit.toUpperCase() === "G" ? 3 : 2;
  return Number(number) * (binary === "" ? 1000 : 1024) ** power;
}

/** A signal that fires on Ctrl-C or a scheduler's TERM; a second Ctrl-C ends at once. */
export function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) Deno.exit(130);
    controller.abort();
  };
  Deno.addSignalListener("SIGINT", stop);
  if (Deno.build.os !== "windows") Deno.addSignalListener("SIGTERM", stop);
  return controller.signal;
}
