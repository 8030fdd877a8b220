import { describeKey } from "../../keys.ts";
import type { Board } from "../../leaderboard.ts";
import { compareText } from "../../results.ts";
import { fixed } from "../format.ts";
import { arrow, intervalText } from "./board_table.tsx";

/** Every score of a board: scores down, methods across. */
export function AllScores({ board }: { board: Board }) {
  const keys = [...new Set(board.entries.flatMap((entry) => Object.keys(entry.scores)))];
  const order = (key: string) => {
    const at = board.columns.indexOf(key);
    if (at >= 0) return at;
    return board.columns.length + (describeKey(key).better === undefined ? 1 : 0);
  };
  keys.sort((a, b) => order(a) - order(b) || compareText(a, b));
  return (
    <details class="more">
      <summary>All {keys.length} scores</summary>
      <div class="scroll" tabIndex={0} role="region" aria-label="All scores">
        <table class="plain">
          <thead>
            <tr>
              <th scope="col">Score</th>
              {board.entries.map((entry) => <th scope="col" class="number">{entry.method}</th>)}
            </tr>
          </thead>
          <tbody>
            {keys.map((key) => {
              const info = describeKey(key);
              return (
                <tr>
                  <th scope="row" title={info.text || key}>
                    {info.title}{" "}
                    <small>{[info.unit, arrow(info.better)].filter(Boolean).join(" ")}</small>
                  </th>
                  {board.entries.map((entry) => {
                    const score = entry.scores[key], worst = entry.worstCase?.[key];
                    return (
                      <td class="number">
                        {fixed(score?.mean, info.digits)}
                        {score !== undefined && (
                          <small class="ci">{intervalText(score, info.digits)}</small>
                        )}
                        {worst !== undefined && (
                          <small class="ci">worst case {fixed(worst.mean, info.digits)}</small>
                        )}
                      </td>
                    );
                  })}
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </details>
  );
}
