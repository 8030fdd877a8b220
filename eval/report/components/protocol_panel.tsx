import { describeKey } from "../../keys.ts";
import type { Leaderboard } from "../../leaderboard.ts";
import type { ProtocolRecord } from "../../results.ts";
import { keyWords, valueText } from "../format.ts";
import { arrow } from "./board_table.tsx";

/** Keys of a protocol's record that are shown in other places. */
const SHOWN_ELSEWHERE = new Set(["id", "version", "labels", "rank", "formulas", "title", "text"]);

/** A protocol: its constants and what each score means. */
export function ProtocolPanel(
  { protocol, leaderboard }: { protocol: ProtocolRecord; leaderboard: Leaderboard },
) {
  const constants = flatten(protocol).filter(([path]) => !SHOWN_ELSEWHERE.has(path[0]));
  const keys = keysOf(protocol, leaderboard);
  const formulas = typeof protocol.formulas === "object" && protocol.formulas !== null
    ? protocol.formulas as Record<string, unknown>
    : {};
  const labels = new Map(Object.entries(protocol.labels).map(([label, key]) => [key, label]));
  return (
    <section class="protocol">
      <h3>
        {protocol.id} <small>version {String(protocol.version)}</small>
      </h3>
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
              {keys.map((key) => {
                const { unit, better, text, formula } = describeKey(key);
                const own = formulas[key];
                const symbols = typeof own === "string" ? own : formula;
                return (
                  <tr>
                    <th scope="row">
                      <code>{breakable(key)}</code>
                    </th>
                    <td class="unit">{[unit, arrow(better)].filter(Boolean).join(" ")}</td>
                    <td>
                      {text}
                      {labels.has(key) && <small>: called {labels.get(key)} by its authors</small>}
                      {symbols !== undefined && <span class="formula">{symbols}</span>}
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </table>
          <p class="note">
            P is the prediction, S the scan, x and y are samples of them, d(x, S) is the distance
            from x to the nearest point of S, and n are normals.
          </p>
        </div>
        <dl class="constants">
          {constants.map(([path, value]) => (
            <div>
              <dt>{path.map(keyWords).join(", ")}</dt>
              <dd>{valueText(value)}</dd>
            </div>
          ))}
        </dl>
      </div>
    </section>
  );
}

/** Scores of the protocol's boards, those in the table's columns first. */
function keysOf(protocol: ProtocolRecord, leaderboard: Leaderboard): string[] {
  const boards = leaderboard.boards.filter((board) => board.protocol === protocol.id);
  const all = boards.flatMap((board) => [
    ...board.columns,
    ...board.entries.flatMap((entry) => Object.keys(entry.scores)),
  ]);
  return [...new Set(all)].filter((key) => describeKey(key).text !== "");
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
