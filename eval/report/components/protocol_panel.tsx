import { describeKey } from "../../keys.ts";
import type { Leaderboard } from "../../leaderboard.ts";
import { protocolOf } from "../../protocols/registry.ts";
import { compareText, type ProtocolRecord } from "../../results.ts";
import { keyWords, valueText } from "../format.ts";
import { arrow } from "./board_table.tsx";

/** Keys of a protocol's record that are no constants. */
const NO_CONSTANTS = new Set([
  "id",
  "version",
  "labels",
  "rank",
  "formulas",
  "notes",
  "title",
  "quirks",
]);

/** A protocol: what each score means, and every constant with what it is for. */
export function ProtocolPanel(
  { protocol, leaderboard }: { protocol: ProtocolRecord; leaderboard: Leaderboard },
) {
  const known = protocolOf(protocol);
  const constants = flatten(protocol).filter(([path]) => !NO_CONSTANTS.has(path[0]));
  const formulas = formulasOf(known?.formulas ?? {});
  const labels = new Map(Object.entries(protocol.labels).map(([label, key]) => [key, label]));
  return (
    <section class="protocol">
      <h3>
        {protocol.id} <small>version {String(protocol.version)}</small>
      </h3>
      {known !== undefined && <p class="note">{known.title}.</p>}
      <Quirks protocol={protocol} />
      <div class="columns">
        <div class="scroll" tabIndex={0} role="region" aria-label={`Scores of ${protocol.id}`}>
          <table class="plain formulas">
            <thead>
              <tr>
                <th scope="col">Score</th>
                <th scope="col">Unit</th>
                <th scope="col">What it is</th>
              </tr>
            </thead>
            <tbody>
              {keysOf(protocol, leaderboard).map((key) => {
                const { unit, better, text } = describeKey(key);
                const label = labels.get(key), formula = formulas.get(key);
                return (
                  <tr>
                    <th scope="row">
                      <code>{breakable(key)}</code>
                    </th>
                    <td class="unit">{[unit, arrow(better)].filter(Boolean).join(" ")}</td>
                    <td>
                      {text}
                      {label !== undefined && <small>; its authors’ {label}</small>}
                      {formula !== undefined && <span class="formula">{formula}</span>}
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </table>
          {formulas.size > 0 && (
            <p class="note">
              P is the prediction, G the scan (ground truth), x̂ the point of a surface nearest to x.
            </p>
          )}
        </div>
        <dl class="constants">
          {constants.map(([path, value]) => {
            const note = known?.notes[path[0]];
            return (
              <div title={note?.source}>
                <dt>{path.map(keyWords).join(", ")}</dt>
                <dd>
                  {valueText(value)}
                  {note !== undefined && <small>{note.text}</small>}
                </dd>
              </div>
            );
          })}
        </dl>
      </div>
    </section>
  );
}

/** What a protocol's numbers suffer from, as its record says. */
export function Quirks({ protocol }: { protocol: ProtocolRecord | undefined }) {
  const quirks = protocol?.quirks;
  if (!Array.isArray(quirks) || quirks.length === 0) return null;
  return (
    <div class="quirks">
      <p class="note">Mind, of {protocol!.id}:</p>
      <ul>{quirks.map((text) => <li>{String(text)}</li>)}</ul>
    </div>
  );
}

/** Scores of the protocol's boards: those in the table's columns first, the rest by name. */
function keysOf(protocol: ProtocolRecord, leaderboard: Leaderboard): string[] {
  const boards = leaderboard.boards.filter((board) => board.protocol === protocol.id);
  const columns = boards.flatMap((board) => board.columns);
  const others = boards.flatMap((b) => b.entries.flatMap((e) => Object.keys(e.scores)));
  return [...new Set([...columns, ...others.sort(compareText)])];
}

/** A protocol gives one formula to several keys: `"p2s_median_cm, p2s_rms_cm"`. */
function formulasOf(formulas: Readonly<Record<string, string>>): Map<string, string> {
  return new Map(
    Object.entries(formulas).flatMap(([keys, formula]) =>
      keys.split(/,\s*/).map((key): [string, string] => [key, formula])
    ),
  );
}

/** Nested constants as paths: `{outer: {directions: 64}}` → `outer, directions`: 64. */
function flatten(value: object, path: readonly string[] = []): [readonly string[], unknown][] {
  return Object.entries(value).flatMap(([key, inner]): [readonly string[], unknown][] => {
    const here = [...path, key];
    return typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? flatten(inner, here)
      : [[here, inner]];
  });
}

/** A key that may be broken after its underscores. */
function breakable(key: string) {
  return key.split("_").map((part, i) =>
    i === 0 ? part : (
      <>
        _<wbr />
        {part}
      </>
    )
  );
}
