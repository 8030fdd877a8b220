/** What moved since an older leaderboard. */
import type { LeaderboardChanges } from "../../leaderboard_changes.ts";
import { describeKey } from "../../keys.ts";
import { count, fixed, signed } from "../format.ts";

/** Rows that are shown at most. */
const MOST = 60;

/** A table of means that changed, and what else did. */
export function Changes({ changes, than }: { changes: LeaderboardChanges; than: string }) {
  const { scores, others, compared } = changes;
  const beyond = scores.filter(({ noise }) => noise === "beyond").length;
  const what = ({ direction, noise }: LeaderboardChanges["scores"][number]) =>
    noise === "beyond" ? `moved ${direction}` : "noise";
  return (
    <section class="changes">
      <h2>Since {than}</h2>
      <p class="lead">
        {scores.length === 0
          ? `All ${count(compared, "mean")} are what they were.`
          : `${scores.length} of ${count(compared, "mean")} changed, ${beyond} beyond noise.`}
      </p>
      {others.length > 0 && (
        <ul class="note">
          {others.map(({ about, text }) => (
            <li>
              <b>{about}</b>: {text}
            </li>
          ))}
        </ul>
      )}
      {scores.length > 0 && (
        <div class="scroll" tabIndex={0} role="region" aria-label="Changes">
          <table class="plain">
            <thead>
              <tr>
                <th scope="col">Method</th>
                <th scope="col">Board</th>
                <th scope="col">Score</th>
                <th scope="col" class="number">Before</th>
                <th scope="col" class="number">Now</th>
                <th scope="col" class="number">Change</th>
                <th scope="col">Verdict</th>
              </tr>
            </thead>
            <tbody>
              {scores.slice(0, MOST).map((change) => {
                const { title, unit, digits } = describeKey(change.key);
                const kind = change.noise === "beyond" ? `moved ${change.direction}` : "";
                return (
                  <tr class={kind}>
                    <th scope="row">{change.method}</th>
                    <td>{change.protocol}, {change.alignment}, {change.dataset}</td>
                    <td>
                      {title} <small>{unit}</small>
                    </td>
                    <td class="number">{fixed(change.before, digits)}</td>
                    <td class="number">{fixed(change.after, digits)}</td>
                    <td class="number">{signed(change.after - change.before, digits)}</td>
                    <td>{change.noise === "unknown" ? "no interval" : what(change)}</td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      )}
      {scores.length > MOST && <p class="note">And {scores.length - MOST} more within noise.</p>}
      <p class="note">
        Beyond noise: each mean lies outside the other’s interval. For equal subjects this is
        cautious; smaller changes may still be real.
      </p>
    </section>
  );
}
