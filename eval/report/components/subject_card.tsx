import { describeKey } from "../../keys.ts";
import { hasAnything } from "../client_data.ts";
import { fixed } from "../format.ts";
import { entryOf } from "../report_data.ts";
import type {
  BoardModel,
  MethodPictures,
  Picture,
  ReportModel,
  SubjectModel,
  SubjectResult,
} from "../report_data.ts";

/** Scores under the pictures. */
const CARD_SCORES = 4;

/** One subject: what the method saw, what is true, and what each method made of it. */
export function SubjectCard({ model, subject }: { model: ReportModel; subject: SubjectModel }) {
  const boards = model.boards.filter(({ id }) => subject.results[id] !== undefined);
  const start = boards.includes(model.start) ? model.start : boards[0];
  const { pictures } = subject.assets;
  const bare = Object.keys(pictures.scan).length === 0 && pictures.input === undefined;
  const views = subject.views.length > 1
    ? `view ${subject.view}, scores over ${subject.views.length} views`
    : subject.view === undefined
    ? ""
    : `view ${subject.view}`;
  return (
    <article
      class="subject"
      id={subject.id}
      hidden={subject.dataset !== model.start.board.dataset}
      data-name={subject.subject}
      data-errors={JSON.stringify(errorsOf(boards, subject))}
    >
      <h3>
        <a href={`#${subject.id}`}>{subject.subject}</a>
        <small>{[datasetOf(model, subject), views].filter(Boolean).join(" · ")}</small>
        {subject.link === undefined
          ? (hasAnything(subject) || model.onDemand) && (
            <button type="button" class="open" data-open={subject.id} data-live hidden>
              Open in 3D
            </button>
          )
          : <a class="open" href={subject.link}>Open in 3D</a>}
      </h3>
      <div class={bare ? "plates bare" : "plates"} style={platesStyle(subject)}>
        <div class="plate reference" hidden={bare}>
          <h4>Input and scan</h4>
          <div class="pictures">
            <Shot picture={pictures.input} of={subject} who="input" slot="input" label="input" />
            <Shot
              picture={pictures.scan.normal}
              of={subject}
              who="scan"
              slot="normal"
              label="scan, front"
            />
            <Shot
              picture={pictures.scan.normalBack}
              of={subject}
              who="scan"
              slot="normalBack"
              label="scan, back"
            />
          </div>
          {pictures.scan.note !== undefined && <p class="note">{pictures.scan.note}</p>}
        </div>
        {subject.results[start.id].map(({ method }) => (
          <MethodPlate
            method={method}
            subject={subject}
            boards={boards}
            start={start}
            pictures={entryOf(pictures.methods, method) ?? {}}
          />
        ))}
      </div>
    </article>
  );
}

function MethodPlate(
  { method, subject, boards, start, pictures }: {
    method: string;
    subject: SubjectModel;
    boards: readonly BoardModel[];
    start: BoardModel;
    pictures: MethodPictures;
  },
) {
  const shot = { of: subject, who: method };
  const resultOn = (board: BoardModel) =>
    subject.results[board.id].find((result) => result.method === method);
  const drawn = pictures.normal !== undefined || pictures.error !== undefined;
  const usesTruth = resultOn(start)?.usesTruth ?? false;
  return (
    <div class={usesTruth ? "plate truth" : "plate"}>
      <h4>
        {method}
        {usesTruth && <small>uses truth</small>}
      </h4>
      {drawn && (
        <div class="pictures">
          <Shot picture={pictures.normal} {...shot} slot="normal" label="normals, front" />
          <Shot
            picture={pictures.normalBack}
            {...shot}
            slot="normalBack"
            label="normals, back"
            short="back"
          />
          <Shot picture={pictures.error} {...shot} slot="error" label="distance, front" />
          <Shot
            picture={pictures.errorBack}
            {...shot}
            slot="errorBack"
            label="distance, back"
            short="back"
          />
        </div>
      )}
      {boards.map((board) => (
        <div data-board={board.id} hidden={board !== start}>
          <Outcome board={board} result={resultOn(board)} note={pictures.note} />
        </div>
      ))}
    </div>
  );
}

/** Scores, or what went wrong. */
function Outcome(
  { board, result, note }: {
    board: BoardModel;
    result: SubjectResult | undefined;
    note: string | undefined;
  },
) {
  if (result === undefined) return null;
  const { method, state, scores, reasons, warnings } = result;
  // Who was asked for some subjects has failed rows where one of those is lacking.
  const asked = board.board.entries.find((entry) => entry.method === method)?.asked;
  return (
    <>
      {state === "missing" && asked !== undefined && <p class="note">Not asked for this subject</p>}
      {state === "missing" && asked === undefined && (
        <p class="failure">
          <b>Missing</b> no prediction was scored for this subject
        </p>
      )}
      {state === "failed" && reasons.length === 0 && (
        <p class="failure">
          <b>Failed</b> it has no scores under alignment “{board.board.alignment}”
        </p>
      )}
      {reasons.map((reason) => (
        <p class="failure">
          <b>Failed</b> {reason}
        </p>
      ))}
      {note !== undefined && state === "ok" && <p class="note">{note}</p>}
      {state === "ok" && (
        <dl class="scores">
          {board.board.columns.slice(0, CARD_SCORES).map((key) => {
            const { title, unit, digits, text } = describeKey(key);
            return (
              <div title={text || key}>
                <dt>{title}</dt>
                <dd>
                  {fixed(scores[key], digits)} <small>{unit}</small>
                </dd>
              </div>
            );
          })}
        </dl>
      )}
      {warnings.map((warning) => <p class="note warning">{warning}</p>)}
    </>
  );
}

/** One picture: a button that opens it large. */
function Shot(
  { picture, of, who, slot, label, short }: {
    picture: Picture | undefined;
    of: SubjectModel;
    who: string;
    slot: string;
    label: string;
    short?: string;
  },
) {
  if (picture === undefined) return null;
  return (
    <div class="shot">
      <button type="button" data-who={who} data-slot={slot} data-label={label}>
        <img
          src={picture.src}
          width={picture.width}
          height={picture.height}
          alt={`${of.subject}, ${who}: ${label}`}
          loading="lazy"
          decoding="async"
        />
      </button>
      <span aria-hidden="true">{short ?? label}</span>
    </div>
  );
}

/**
 * The grid of a subject's pictures: three columns for input and scan, two for each method; a column
 * is never so narrow that its picture is lower than the least height.
 */
function platesStyle({ assets: { pictures }, results }: SubjectModel): string {
  const { width = 1, height = 2 } = pictures.scan.normal ?? {};
  const methods = Object.values(results)[0]?.length ?? 1;
  return `--columns:${3 + 2 * methods};--aspect:${(width / height).toFixed(4)}`;
}

/** For ordering subjects in the page: by board and method, how bad; null where it failed. */
function errorsOf(boards: readonly BoardModel[], subject: SubjectModel) {
  return Object.fromEntries(boards.map(({ id, board }) => {
    const sign = describeKey(board.rankKey).better === "higher" ? -1 : 1;
    return [
      id,
      Object.fromEntries(subject.results[id].map(({ method, scores }) => {
        const value = scores[board.rankKey] ?? null;
        return [method, value === null ? null : sign * value];
      })),
    ];
  }));
}

function datasetOf(model: ReportModel, subject: SubjectModel): string {
  const datasets = new Set(model.subjects.map(({ dataset }) => dataset));
  return datasets.size > 1 ? subject.dataset : "";
}
