/** Brings several results files together, and refuses where one table would mix what differs. */
import { InputError } from "../core/work/errors.ts";
import { compactJson, type Json } from "../core/work/json.ts";
import {
  compareText,
  type MethodRecord,
  type ProtocolRecord,
  type ResultRow,
  type Results,
} from "./results.ts";

/** A row with the data set it belongs to; its method is the name shown on the boards. */
export interface PooledRow extends ResultRow {
  dataset: string;
}

/** Everything of all files. */
export interface ResultsPool {
  /** In the order first asked for. */
  protocols: ProtocolRecord[];
  /** In the order first seen. */
  datasets: string[];
  /** Names are those shown: with the version where one name has several. */
  methods: MethodRecord[];
  rows: PooledRow[];
}

/**
 * Merges results. Methods of one name and several versions become several methods.
 *
 * @throws {InputError} If there are no results, a protocol or a method differs between files, a
 * subject's scan differs, or one item has two different rows.
 */
export function mergeResults(all: readonly Results[]): ResultsPool {
  if (all.length === 0) {
    throw new InputError("Cannot build a leaderboard: found no results, expected at least one");
  }
  const shown = shownNames(all);
  const protocols = new Map<string, ProtocolRecord>();
  const methods = new Map<string, MethodRecord>();
  const asked = new Map<string, string[] | "all">();
  const scans = new Map<string, string>();
  const rows = new Map<string, PooledRow>();
  for (const results of all) {
    const dataset = results.dataset.name;
    const names = new Map(results.methods.map((m) => [m.name, shown(m)]));
    for (const protocol of results.protocols) {
      hold(protocols, protocol.id, protocol, () =>
        new InputError(
          `Cannot merge results: protocol "${protocol.id}" has other constants in another file, ` +
            "expected the same",
          { hint: "score both again with one version of the suite" },
        ));
    }
    for (const method of results.methods) {
      const { only, ...rest } = method, named = { ...rest, name: shown(method) };
      hold(methods, named.name, named, () =>
        new InputError(
          `Cannot merge results: method "${named.name}" is described differently in another ` +
            "file, expected one usesTruth and trainedOn a version",
        ));
      const before = asked.get(named.name);
      // Asked for everything in one file is asked for everything.
      if (before === undefined) asked.set(named.name, only ?? "all");
      else if (only === undefined || before === "all") asked.set(named.name, "all");
      else asked.set(named.name, [...new Set([...before, ...only])].sort(compareText));
    }
    for (const { role, subject, sha256 } of results.inputs) {
      if (role !== "scan" || subject === undefined) continue;
      hold(scans, JSON.stringify([dataset, subject]), sha256, () =>
        new InputError(
          `Cannot merge results: the scan of "${subject}" in data set "${dataset}" is not the ` +
            "same file everywhere, expected equal hashes",
          { hint: "give the changed data set another name, or score both on the same one" },
        ));
    }
    for (const row of results.rows) {
      const pooled = { ...row, dataset, method: names.get(row.method) ?? row.method };
      const { protocol, method, subject, view } = pooled;
      hold(
        rows,
        JSON.stringify([dataset, protocol, method, subject, view ?? null]),
        pooled,
        () =>
          new InputError(
            `Cannot merge results: ${subject}${view ? `/${view}` : ""} by "${method}" under ` +
              `"${protocol}" has different rows in two files, expected one`,
            { hint: "give the methods different names or versions" },
          ),
      );
    }
  }
  return {
    protocols: [...protocols.values()],
    datasets: [...new Set(all.map((results) => results.dataset.name))],
    methods: Array.from(methods.values(), (method) => {
      const only = asked.get(method.name)!;
      return only === "all" ? method : { ...method, only };
    }),
    rows: [...rows.values()],
  };
}

/** Keeps the first value of a key; another value that is not equal is a fault. */
function hold<T>(map: Map<string, T>, key: string, value: T, fault: () => InputError): void {
  const kept = map.get(key);
  if (kept === undefined) map.set(key, value);
  else if (compactJson(kept as Json) !== compactJson(value as Json)) throw fault();
}

/** How the methods of several files are called on the boards. */
export function shownNames(all: readonly Results[]): (method: MethodRecord) => string {
  const versions = new Map<string, Set<string>>();
  for (const { name, version } of all.flatMap((results) => results.methods)) {
    const set = versions.get(name) ?? new Set();
    versions.set(name, set.add(version ?? ""));
  }
  return ({ name, version }) =>
    versions.get(name)!.size > 1 && version !== undefined ? `${name} ${version}` : name;
}
