import type { ComponentChildren } from "preact";
import { describeKey } from "../../keys.ts";
import type { Board, LeaderboardEntry, ScoreInterval } from "../../leaderboard.ts";
import type { MethodRecord } from "../../results.ts";
import { count, fixed } from "../format.ts";
import type { BoardModel } from "../report_data.ts";
import { type TrainingFlag, trainingFlag } from "../training_overlap.ts";
import { type Domain, domainOf, IntervalBar } from "./interval_bar.tsx";

/** Columns after the one that ranks. */
const MORE_COLUMNS = 6;

/** The ranked table of one board. */
export function BoardTable(
  { model, methods }: { model: BoardModel; methods: readonly MethodRecord[] },
) {
  const { board, spread } = model;
  const columns = board.columns.slice(0, 1 + MORE_COLUMNS).map((key, i) => {
    const info = describeKey(key);
    const scores = board.entries.flatMap((entry) => entry.scores[key] ?? []);
    const ticks = i === 0 ? Object.values(spread).flat() : [];
    return { key, info, domain: domainOf(scores, { better: info.better, ticks }) };
  });
  const best = new Map(columns.map(({ key }) => [key, bestOf(board.entries, key)]));
  const isTied = (entry: LeaderboardEntry, key: string) => {
    const winner = best.get(key);
    return winner !== undefined && winner !== entry && entry.rank !== null &&
      withinNoise(board, { a: entry.method, b: winner.method, key });
  };
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
              <th
                scope="col"
                class={i === 0 ? "number main" : "number"}
                title={info.text || key}
                data-key={key}
              >
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
            <tr class={rowClass(entry)} data-method={entry.method}>
              <td class="place" data-sort={i}>
                <Place entry={entry} />
              </td>
              <th scope="row" class="name" data-sort={entry.method}>
                {entry.method}
                <MethodNotes entry={entry} subjects={board.subjects.length} />
                <Training
                  flag={trainingFlag(methods.find(({ name }) => name === entry.method), board)}
                />
              </th>
              {columns.map(({ key, info, domain }, column) => (
                <ScoreCell
                  id={key}
                  score={entry.scores[key]}
                  worst={entry.worstCase?.[key]}
                  digits={info.digits}
                  domain={domain}
                  main={column === 0}
                  best={best.get(key) === entry}
                  tied={isTied(entry, key)}
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
  const { asked = subjects, missing } = entry, lost = missing - (subjects - asked);
  if (asked < subjects) notes.push(`asked for ${asked}, not ranked`);
  if (entry.failed > 0) notes.push(`${entry.failed} failed`);
  if (lost > 0) notes.push(`${lost} missing`);
  if (entry.warned > 0) notes.push(count(entry.warned, "warning"));
  return notes.length === 0 ? null : <small>{notes.join(" · ")}</small>;
}

function ScoreCell(
  { id, score, worst, digits, domain, main, best, tied, ticks }: {
    id: string;
    score: ScoreInterval | undefined;
    worst: ScoreInterval | undefined;
    digits: number;
    domain: Domain;
    main: boolean;
    best: boolean;
    tied: boolean;
    ticks: readonly number[] | undefined;
  },
) {
  const kind = main ? "number main" : "number";
  if (score === undefined) return <td class={kind} data-key={id}>–</td>;
  return (
    <td class={kind} data-key={id} data-sort={score.mean}>
      <span
        class={best ? "value best" : tied ? "value tied" : "value"}
        title={tied ? TIED : undefined}
      >
        {fixed(score.mean, digits)}
      </span>
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

/** What a tie is, on hover. */
export const TIED = "within noise of the best: p > 0.05";

/** Whether the paired test of two methods does not separate them; false where there is none. */
export function withinNoise(board: Board, { a, b, key }: { a: string; b: string; key: string }) {
  const pair = board.pairs.find((pair) =>
    pair.key === key && (pair.a === a && pair.b === b || pair.a === b && pair.b === a)
  );
  return pair !== undefined && pair.p > 0.05;
}

function Training({ flag }: { flag: TrainingFlag | undefined }) {
  if (flag === undefined) return null;
  return <small class={flag.kind === "overlap" ? "overlap" : "undeclared"}>{flag.text}</small>;
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
