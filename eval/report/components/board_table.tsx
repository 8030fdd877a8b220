import type { ComponentChildren } from "preact";
import { describeKey } from "../../keys.ts";
import type { LeaderboardEntry, ScoreInterval } from "../../leaderboard.ts";
import { count, fixed } from "../format.ts";
import type { BoardModel } from "../report_data.ts";
import { type Domain, domainOf, IntervalBar } from "./interval_bar.tsx";

/** Columns after the one that ranks. */
const MORE_COLUMNS = 6;

/** The ranked table of one board. */
export function BoardTable({ model }: { model: BoardModel }) {
  const { board, spread } = model;
  const columns = board.columns.slice(0, 1 + MORE_COLUMNS).map((key, i) => {
    const info = describeKey(key);
    const scores = board.entries.flatMap((entry) => entry.scores[key] ?? []);
    const ticks = i === 0 ? Object.values(spread).flat() : [];
    return { key, info, domain: domainOf(scores, { better: info.better, ticks }) };
  });
  const best = new Map(columns.map(({ key }) => [key, bestOf(board.entries, key)]));
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Ranked methods">
      <table class="board">
        <caption class="unseen">
          Methods under {board.protocol}, alignment {board.alignment}, on {board.dataset}
        </caption>
        <thead>
          <tr>
            <th scope="col" class="place" aria-sort="ascending">
              <SortButton direction="lower">Rank</SortButton>
            </th>
            <th scope="col" class="name">
              <SortButton direction="lower">Method</SortButton>
            </th>
            {columns.map(({ key, info }, i) => (
              <th scope="col" class={i === 0 ? "number main" : "number"} title={info.text || key}>
                <SortButton direction={info.better ?? "lower"}>
                  {info.title}
                  <small>{[info.unit, arrow(info.better)].filter(Boolean).join(" ")}</small>
                </SortButton>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {board.entries.map((entry, i) => (
            <tr class={rowClass(entry)}>
              <td class="place" data-sort={i}>
                <Place entry={entry} />
              </td>
              <th scope="row" class="name" data-sort={entry.method}>
                {entry.method}
                <MethodNotes entry={entry} subjects={board.subjects.length} />
              </th>
              {columns.map(({ key, info, domain }, column) => (
                <ScoreCell
                  score={entry.scores[key]}
                  worst={entry.worstCase?.[key]}
                  digits={info.digits}
                  domain={domain}
                  main={column === 0}
                  best={best.get(key) === entry}
                  ticks={column === 0 ? spread[entry.method] : undefined}
                />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** `↓` where less is better, `↑` where more is. */
export function arrow(better: "lower" | "higher" | undefined): string {
  return better === undefined ? "" : better === "lower" ? "↓" : "↑";
}

function SortButton(
  { direction, children }: { direction: "lower" | "higher"; children: ComponentChildren },
) {
  return (
    <button type="button" data-sort-by={direction === "lower" ? "ascending" : "descending"}>
      {children}
    </button>
  );
}

function Place({ entry }: { entry: LeaderboardEntry }) {
  if (entry.place === null || entry.rank === null) {
    return <span class="unranked" title="not ranked">–</span>;
  }
  const [best, worst] = entry.rank;
  return (
    <>
      <b>{entry.place}</b>
      {best !== worst && <small>{best}–{worst}</small>}
    </>
  );
}

function MethodNotes({ entry, subjects }: { entry: LeaderboardEntry; subjects: number }) {
  const notes: string[] = [];
  if (entry.usesTruth) notes.push("uses truth, not ranked");
  if (entry.n < subjects) notes.push(`${entry.n} of ${count(subjects, "subject")}`);
  if (entry.failed > 0) notes.push(`${entry.failed} failed`);
  if (entry.missing > 0) notes.push(`${entry.missing} missing`);
  if (entry.warned > 0) notes.push(count(entry.warned, "warning"));
  return notes.length === 0 ? null : <small>{notes.join(" · ")}</small>;
}

function ScoreCell(
  { score, worst, digits, domain, main, best, ticks }: {
    score: ScoreInterval | undefined;
    worst: ScoreInterval | undefined;
    digits: number;
    domain: Domain;
    main: boolean;
    best: boolean;
    ticks: readonly number[] | undefined;
  },
) {
  if (score === undefined) return <td class={main ? "number main" : "number"}>–</td>;
  return (
    <td class={main ? "number main" : "number"} data-sort={score.mean}>
      <span class={best ? "value best" : "value"}>{fixed(score.mean, digits)}</span>
      {main && <span class="ci">{intervalText(score, digits)}</span>}
      <IntervalBar score={score} domain={domain} ticks={ticks} />
      {main && worst !== undefined && (
        <small class="worst" title="with the board's worst value where it failed">
          worst case {fixed(worst.mean, digits)}
        </small>
      )}
    </td>
  );
}

/** `1.31–1.72`, or nothing where there is no interval. */
export function intervalText(score: ScoreInterval, digits: number): string {
  if (score.low === null || score.high === null) return "";
  return `${fixed(score.low, digits)}–${fixed(score.high, digits)}`;
}

/** The best entry among the ranked ones, or those complete where none is ranked. */
function bestOf(entries: readonly LeaderboardEntry[], key: string): LeaderboardEntry | undefined {
  const better = describeKey(key).better;
  if (better === undefined) return undefined;
  const sign = better === "lower" ? 1 : -1;
  const ranked = entries.filter((entry) => entry.rank !== null && entry.scores[key] !== undefined);
  if (ranked.length < 2) return undefined;
  return ranked.reduce((a, b) => sign * a.scores[key].mean <= sign * b.scores[key].mean ? a : b);
}

function rowClass(entry: LeaderboardEntry): string {
  if (entry.usesTruth) return "truth";
  return entry.rank === null ? "partial" : "ranked";
}
