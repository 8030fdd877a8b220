/** Protocols as data: what is computed, with every constant and where it comes from. */
import { compactJson, type Json } from "../../core/work/json.ts";
import type { ProtocolRecord } from "../results.ts";

/** Where a constant comes from and what it means. */
export interface ConstantNote {
  /** One sentence. */
  text: string;
  /** Paper, file or design that fixes it. */
  source: string;
}

/** Constants of a protocol by name; units are in the names. */
export type Constants = Readonly<Record<string, Json>>;

/**
 * A protocol. It is never changed once released: another constant is another version or id.
 * Results hold a copy ({@linkcode protocolRecord}), the formula page is made from it.
 */
export interface Protocol<C extends Constants = Constants> {
  readonly id: string;
  readonly version: string;
  /** One sentence: what it is for. */
  readonly title: string;
  /** Which key its authors call P2S, Chamfer, NC, … */
  readonly labels: Readonly<Record<string, string>>;
  /** What ranks. */
  readonly rank: { readonly alignment: string; readonly key: string };
  /** Alignments it is computed under, in order. */
  readonly alignments: readonly string[];
  readonly constants: C;
  /** A note for every constant. */
  readonly notes: Readonly<Record<keyof C, ConstantNote>>;
  /** The formula of every key, in words and symbols. */
  readonly formulas: Readonly<Record<string, string>>;
  /** What its numbers suffer from, a sentence each: said beside them. */
  readonly quirks?: readonly string[];
}

/** The protocol as results hold it. */
export function protocolRecord(protocol: Protocol): ProtocolRecord {
  const { id, version, labels, rank, constants, quirks } = protocol;
  return {
    ...constants,
    id,
    version,
    labels: { ...labels },
    rank: { ...rank },
    ...(quirks === undefined ? {} : { quirks: [...quirks] }),
  };
}

/**
 * The protocol with some constants replaced. It keeps its id, and its version says what was
 * changed, so that its scores are never taken for those of the protocol itself.
 *
 * @throws {RangeError} If a name is not one of its constants.
 */
export function withConstants<C extends Constants>(
  protocol: Protocol<C>,
  changes: Partial<C>,
): Protocol<C> {
  const changed = Object.entries(changes).filter(([name, value]) => {
    if (!(name in protocol.constants)) {
      throw new RangeError(`Cannot change ${protocol.id}: it has no constant "${name}"`);
    }
    return compactJson(value as Json) !== compactJson(protocol.constants[name]);
  });
  if (changed.length === 0) return protocol;
  const suffix = changed.map(([name, value]) => `${name}=${compactJson(value as Json)}`).sort();
  return {
    ...protocol,
    version: `${protocol.version}+${suffix.join("+")}`,
    constants: { ...protocol.constants, ...Object.fromEntries(changed) },
  };
}
