/** One subject in a file of its own. */
import type { ResultsPool } from "../merge_results.ts";
import { pageData, subjectData } from "./client_data.ts";
import { ColorBar } from "./components/color_bar.tsx";
import { PictureViewer } from "./components/page.tsx";
import { Stage } from "./components/stage.tsx";
import { SubjectCard } from "./components/subject_card.tsx";
import { pageShell } from "./page_shell.tsx";
import type { ReportModel, SubjectModel } from "./report_data.ts";

/**
 * Builds the page of a subject whose assets are in the model. The scores of the others stay in the
 * main page.
 */
export async function subjectPage(
  model: ReportModel,
  subject: SubjectModel,
  { pool, back }: { pool: ResultsPool; back: string },
): Promise<string> {
  const alone: ReportModel = { ...model, subjects: [{ ...subject, link: "#top" }] };
  const own = {
    ...pool,
    rows: pool.rows.filter((row) =>
      row.subject === subject.subject && row.dataset === subject.dataset
    ),
  };
  const boards = model.boards.filter(({ board }) => board.dataset === subject.dataset);
  const data = pageData({
    ...alone,
    boards: boards.map((model) => ({
      ...model,
      board: { ...model.board, subjects: [subject.subject], pairs: [] },
    })),
  }, own);
  const { models } = subject.assets;
  return await pageShell({
    title: `${subject.subject} · ${model.title} · scan2score`,
    body: (
      <>
        <header class="top" id="top">
          <p class="kicker">
            <a href={back}>{model.title}</a>
          </p>
          <h1>{subject.subject}</h1>
          {subject.view !== undefined && <p class="lead">View {subject.view}</p>}
        </header>
        <main>
          <Stage alone={subject.id} />
          <section>
            <div class="bench">
              <h2>Pictures</h2>
              <ColorBar maxMm={model.heat.maxMm} />
            </div>
            <div class="subjects">
              <SubjectCard model={alone} subject={alone.subjects[0]} />
            </div>
          </section>
        </main>
        <PictureViewer />
      </>
    ),
    data: new Map<string, unknown>([
      ["page-data", data],
      [`subject-${subject.id}`, subjectData(subject)],
    ]),
    viewer: models.scan !== undefined || Object.keys(models.methods).length > 0,
  });
}
