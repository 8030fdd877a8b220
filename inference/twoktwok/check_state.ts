/** Compares a checkpoint's tensors with what the networks need. */
import { InputError } from "../../core/work/errors.ts";
import { NET_KEYS, type NetName, type Widths } from "./architecture.ts";
import type { TensorRef } from "./storage_reader.ts";
import { NET_NAMES, stateEntries, type StateEntry } from "./state_dict.ts";

/** How many keys of a kind a message names. */
const SHOWN = 5;

/**
 * Says which networks a checkpoint holds: all, or (phase 1 of the training) all but the refinement.
 *
 * @throws {InputError} If keys are missing, extra, or of another shape or type: named.
 */
export function checkState(
  tensors: ReadonlyMap<string, TensorRef>,
  widths: Widths,
  file: string,
): NetName[] {
  const prefix = `${NET_KEYS.refine}.`;
  const phase1 = ![...tensors.keys()].some((key) => key.startsWith(prefix));
  const nets = NET_NAMES.filter((net) => !(phase1 && net === "refine"));
  const entries = stateEntries(widths, nets);
  const wanted = new Set(entries.map(({ key }) => key));
  const faults = [
    named("missing", entries.filter(({ key }) => !tensors.has(key)).map(({ key }) => key)),
    named("unknown", [...tensors.keys()].filter((key) => !wanted.has(key))),
    named("of another shape or type", entries.map((e) => misfit(e, tensors)).filter(isText)),
  ].filter(isText);
  if (faults.length > 0) {
    throw new InputError(`Cannot import the checkpoint: ${faults.join("; ")}`, {
      file,
      hint: "only checkpoints of the published 2K2K networks can be imported",
    });
  }
  return nets;
}

function misfit(entry: StateEntry, tensors: ReadonlyMap<string, TensorRef>): string | undefined {
  const tensor = tensors.get(entry.key);
  if (tensor === undefined) return undefined;
  const { shape, storage } = tensor;
  if (shape.join() === entry.shape.join() && storage.dtype === entry.dtype) return undefined;
  return `${entry.key} (found ${text(shape)} ${storage.dtype}, expected ${text(entry.shape)} ` +
    `${entry.dtype})`;
}

function text(shape: readonly number[]): string {
  return shape.length === 0 ? "one" : shape.join(" × ");
}

function named(what: string, keys: readonly string[]): string | undefined {
  if (keys.length === 0) return undefined;
  const rest = keys.length > SHOWN ? ` and ${keys.length - SHOWN} more` : "";
  const shown = keys.slice(0, SHOWN).map((key) => key.slice(0, 160)).join(", ");
  return `${keys.length} ${keys.length === 1 ? "key is" : "keys are"} ${what}: ${shown}${rest}`;
}

function isText(value: string | undefined): value is string {
  return value !== undefined;
}
