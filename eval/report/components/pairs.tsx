import { describeKey } from "../../keys.ts";
import type { Board, LeaderboardPair } from "../../leaderboard.ts";
import { pText, signed } from "../format.ts";

/** Differences between methods in the score that ranks: interval, wins, corrected p. */
export function Pairs({ board }: { board: Board }) {
  const pairs = board.pairs.filter((pair) => pair.key === board.rankKey);
  if (pairs.length === 0) return null;
  const info = describeKey(board.rankKey);
  const reach = Math.max(
    ...pairs.flatMap(({ difference: d }) => [d.mean, d.low ?? 0, d.high ?? 0].map(Math.abs)),
    Number.MIN_VALUE,
  );
  return (
    <details class="more">
      <summary>Differences between methods</summary>
      <div class="scroll" tabIndex={0} role="region" aria-label="Differences between methods">
        <table class="plain pairs">
          <thead>
            <tr>
              <th scope="col">First</th>
              <th scope="col">Second</th>
              <th scope="col" class="number">
                First − second <small>{info.title}, {info.unit}</small>
              </th>
              <th scope="col" class="axis">
                <span>{info.better === "higher" ? "second better" : "first better"}</span>
                <span>{info.better === "higher" ? "first better" : "second better"}</span>
              </th>
              <th scope="col" class="number">Better on</th>
              <th scope="col" class="number" title="Paired sign-flip test, Holm-corrected">
                p
              </th>
            </tr>
          </thead>
          <tbody>
            {pairs.map((pair) => (
              <tr class={pair.p <= 0.05 ? "clear" : "noise"}>
                <th scope="row">{pair.a}</th>
                <td>{pair.b}</td>
                <td class="number">
                  {signed(pair.difference.mean, info.digits)}
                  <small class="ci">{differenceInterval(pair, info.digits)}</small>
                </td>
                <td class="axis">
                  <DifferenceBar pair={pair} reach={reach} />
                </td>
                <td class="number">{pair.wins.a} : {pair.wins.b}</td>
                <td class="number">{pText(pair.p)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="note">
        Paired over the subjects that both methods completed. Intervals by bootstrap; p by sign
        flips, two-sided, Holm-corrected, apart for pairs with a method that uses truth.
      </p>
    </details>
  );
}

function differenceInterval(pair: LeaderboardPair, digits: number): string {
  const { low, high } = pair.difference;
  if (low === null || high === null) return "";
  return `${signed(low, digits)} to ${signed(high, digits)}`;
}

function DifferenceBar({ pair, reach }: { pair: LeaderboardPair; reach: number }) {
  const at = (value: number) => `${(50 + 50 * value / reach).toFixed(2)}%`;
  const { mean, low, high } = pair.difference;
  return (
    <span class="bar centred" aria-hidden="true">
      <i class="zero" />
      <i class="range" style={`left:${at(low ?? mean)};right:calc(100% - ${at(high ?? mean)})`} />
      <i class="dot" style={`left:${at(mean)}`} />
    </span>
  );
}
