import { describeKey } from "../../keys.ts";
import type { LeaderboardChanges } from "../../leaderboard_changes.ts";
import { count, groupDigits } from "../format.ts";
import type { BoardModel, ReportModel } from "../report_data.ts";
import { AllScores } from "./all_scores.tsx";
import { Changes } from "./changes.tsx";
import { BoardTable } from "./board_table.tsx";
import { ColorBar } from "./color_bar.tsx";
import { Pairs } from "./pairs.tsx";
import { ProtocolPanel, Quirks } from "./protocol_panel.tsx";
import { Provenance } from "./provenance.tsx";
import { Published } from "./published.tsx";
import { Plots } from "./plots.tsx";
import { Stage } from "./stage.tsx";
import { SubjectCard } from "./subject_card.tsx";
import { Compare, TableTools } from "./table_tools.tsx";

/** Boards up to here are switched by buttons, more by a list. */
const BUTTONS = 4;

/** One transparent pixel: what the viewer holds while it is closed. */
const NOTHING = "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==";

/** The page's body. */
export function Page(
  { model, changes }: {
    model: ReportModel;
    changes?: { since: LeaderboardChanges; than: string } | undefined;
  },
) {
  const { boards, start, subjects, leaderboard } = model;
  const whole = subjects.length === model.scored;
  const level = `${Number((100 * leaderboard.statistics.level).toPrecision(4))} %`;
  const drawn = subjects.some(({ assets }) => Object.keys(assets.pictures.methods).length > 0);
  return (
    <>
      <a class="skip" href="#subjects">Skip to the subjects</a>
      <header class="top">
        <p class="kicker">scan2score · single-image human digitization</p>
        <p class="live" role="status" hidden />
        <h1>{model.title}</h1>
        {boards.map((board) => (
          <p class="lead" data-board={board.id} hidden={board !== start}>{leadText(board)}</p>
        ))}
      </header>
      <main>
        <section aria-label="Leaderboard">
          <BoardSwitch boards={boards} start={start} />
          <TableTools whole={whole} />
          {boards.map((board) => (
            <div data-board={board.id} hidden={board !== start}>
              <BoardTable model={board} methods={leaderboard.methods} />
              <p class="note filtered" hidden />
              <p class="note">{boardNote(board, level)}</p>
              <Quirks
                protocol={leaderboard.protocols.find(({ id }) => id === board.board.protocol)}
              />
              <Published board={board.board} />
              <Pairs board={board.board} />
              <AllScores board={board.board} />
            </div>
          ))}
        </section>
        {changes !== undefined && <Changes changes={changes.since} than={changes.than} />}
        {whole && <Compare />}
        <Plots model={model} />
        <section id="subjects">
          <div class="bench">
            <h2>Subjects</h2>
            <SubjectOrder model={model} />
            {drawn && <ColorBar maxMm={model.heat.maxMm} />}
          </div>
          {drawn && (
            <p class="note">
              Normals are coloured in the camera’s frame; back views are taken from behind. Error
              pictures show the prediction, each point coloured by its distance to the scan
              {model.heat.alignment === "none"
                ? ", as submitted"
                : ` after alignment “${model.heat.alignment}”`}. Choose a picture to enlarge it; the
              arrow keys then walk between methods and pictures.
            </p>
          )}
          {!whole && <p class="note">{excerptText(model)}</p>}
          <div class="subjects">
            {subjects.map((subject) => <SubjectCard model={model} subject={subject} />)}
          </div>
        </section>
        <section>
          <h2>Protocol</h2>
          {leaderboard.protocols.map((protocol) => (
            <ProtocolPanel protocol={protocol} leaderboard={leaderboard} />
          ))}
        </section>
        <Provenance model={model} />
      </main>
      <Stage />
      <PictureViewer />
    </>
  );
}

/** One picture, large. One a document. */
export function PictureViewer() {
  return (
    <dialog class="viewer" aria-label="Picture">
      <figure>
        <img alt="" src={NOTHING} />
        <figcaption>
          <b />
          <span />
        </figcaption>
      </figure>
      <nav aria-label="Pictures">
        <button type="button" data-step="-1" aria-label="Previous method">←</button>
        <button type="button" data-step="1" aria-label="Next method">→</button>
        <button type="button" data-close aria-label="Close">×</button>
      </nav>
    </dialog>
  );
}

/** What was measured, in a sentence. */
function leadText({ board }: BoardModel): string {
  const info = describeKey(board.rankKey);
  const people = count(board.subjects.length, "subject");
  const views = board.views > board.subjects.length
    ? `from ${count(board.views, "single view")}`
    : "from one view each";
  const methods = count(board.entries.length, "method");
  const what = info.text === "" ? info.title : info.text[0].toLowerCase() + info.text.slice(1);
  const unit = info.unit === "" ? "" : `, in ${info.unit}`;
  return `${methods} reconstruct ${people} ${views}. Ranked by ${info.title}: ${what}${unit}.`;
}

function boardNote({ board }: BoardModel, level: string): string {
  const ranked = board.entries.filter((entry) => entry.rank !== null).length;
  const parts = [
    board.subjects.length > 1
      ? `Bars are ${level} bootstrap intervals over subjects; ticks in the first column are single subjects.`
      : "One subject: no interval can be given.",
  ];
  if (ranked > 1) {
    parts.push("Bold: the best of a column; dotted: within noise of it (paired test, p > 0.05).");
    parts.push(`A range under a place: the places held in ${level} of the resamples.`);
  }
  if (board.entries.some((entry) => entry.usesTruth)) {
    parts.push("Methods given the truth (hollow dots) are bounds to compare with, never ranked.");
  }
  if (board.entries.some((entry) => entry.n < board.subjects.length)) {
    parts.push(
      "A method that did not complete every subject is not ranked: its means are over the subjects " +
        "it completed, and the worst case puts the board’s worst value for the others.",
    );
  }
  if (board.samplerNoise !== undefined) {
    const { key, relative, ofMean } = board.samplerNoise;
    const percent = (share: number) => `${Number((100 * share).toPrecision(2))} %`;
    parts.push(
      `The sampler’s seed alone moves ${describeKey(key).title} of one subject by ${
        percent(relative)
      } and this mean by ${percent(ofMean)} (standard deviation, measured on one bundled person).`,
    );
  }
  return parts.join(" ");
}

function BoardSwitch({ boards, start }: { boards: readonly BoardModel[]; start: BoardModel }) {
  if (boards.length < 2) return null;
  const differ = (part: (model: BoardModel) => string) => new Set(boards.map(part)).size > 1;
  const parts = [
    (m: BoardModel) => m.board.protocol,
    (m: BoardModel) => m.board.dataset,
    (m: BoardModel) => m.board.alignment,
  ];
  const shown = parts.filter(differ);
  const label = (model: BoardModel) => shown.map((part) => part(model)).join(" · ");
  const onlyAlignment = shown.length === 1 && shown[0] === parts[2];
  const legend = onlyAlignment ? "Alignment" : "Board";
  if (boards.length > BUTTONS) {
    return (
      <label class="switch" data-live hidden>
        {legend}
        <select name="board">
          {boards.map((model) => (
            <option value={model.id} selected={model === start}>{label(model)}</option>
          ))}
        </select>
      </label>
    );
  }
  return (
    <fieldset class="switch" data-live hidden>
      <legend>{legend}</legend>
      {boards.map((model) => (
        <label>
          <input type="radio" name="board" value={model.id} checked={model === start} />
          <span>{label(model)}</span>
        </label>
      ))}
    </fieldset>
  );
}

/** Of more subjects than a page holds, which are shown. */
function excerptText({ scored, subjects, start }: ReportModel): string {
  const first = start.board.entries[0]?.method;
  return `${groupDigits(subjects.length)} of ${
    groupDigits(scored)
  } subjects are shown, evenly from ` +
    `the best to the worst of ${first}. The tables, intervals and plots of scores count all of them; so does ` +
    "results.json. With --split each subject gets a page of its own; --most-subjects shows more here.";
}

function SubjectOrder({ model }: { model: ReportModel }) {
  if (model.subjects.length < 2) return null;
  return (
    <label class="order" data-live hidden>
      Order
      <select name="order">
        <option value="">by name</option>
        {model.start.board.entries.map(({ method }) => (
          <option value={method}>worst of {method} first</option>
        ))}
      </select>
    </label>
  );
}
