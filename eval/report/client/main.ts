/// <reference lib="dom" />
/**
 * What the page does in a browser. Everything important can be read without it. Joined into one
 * inline script: no imports at run time, no network (but for a served page), no storage.
 */
import { type Filter, NO_FILTER } from "./board_model.ts";
import { drawTable, plainChoice, type TableChoice, tableText } from "./board_table.ts";
import { drawComparison } from "./compare.ts";
import { all, copyText, el, jsonOf, one, replace } from "./dom.ts";
import { hashState, onHash, setHash } from "./hash_state.ts";
import { watchLive } from "./live.ts";
import type { BoardData, PageData } from "./page_data.ts";
import { watchPictures } from "./pictures.ts";
import { compare, sortBy } from "./sort_rows.ts";
import { Stage } from "./stage.ts";
import { warmUp } from "./stage_view.ts";
import { csvTable, latexTable, markdownTable } from "./table_text.ts";

watchLive();
const data = jsonOf<PageData | null>("page-data");
if (data) start(data);

function start(data: PageData): void {
  for (const control of all("[data-live]")) control.hidden = false;
  let board = boardOf(hashState().get("board")) ??
    boardOf(one("[data-board]:not([hidden])")?.dataset.board ?? null) ?? data.boards[0];
  let filter: Filter = { ...NO_FILTER };
  let columns: string[] | undefined;
  const stageRoot = one<HTMLDialogElement>("dialog.stage");
  const stage = stageRoot && new Stage(data, stageRoot, () => board);

  function boardOf(id: string | null): BoardData | undefined {
    return data.boards.find((board) => board.id === id);
  }

  /** Reads what the address asks for. */
  function readHash(state: URLSearchParams): void {
    board = boardOf(state.get("board")) ?? board;
    const wanted = state.get("columns")?.split(",").filter((key) => board.keys.includes(key));
    columns = wanted !== undefined && wanted.length > 0 ? wanted : undefined;
    filter = {
      subject: state.get("filter") ?? "",
      view: state.get("view") ?? "",
      part: state.get("part") ?? "",
    };
  }

  function choice(): TableChoice {
    return { columns: columns ?? plainChoice(board).columns.slice(0, 7), filter };
  }

  /** Shows the board, its controls, the subjects that belong to it. */
  function showBoard(): void {
    for (const element of all("[data-board]")) element.hidden = element.dataset.board !== board.id;
    for (const control of all<HTMLInputElement>("[name=board]")) {
      if (control instanceof HTMLSelectElement) control.value = board.id;
      else control.checked = control.value === board.id;
    }
    fillFilters();
    fillColumns();
    fillCompare();
    showSubjects();
    redraw();
    stage?.drawParts();
  }

  function redraw(): void {
    drawTable(data, board, choice());
    redrawComparison();
  }

  function fillFilters(): void {
    const own = new Set(board.keys.map((key) => data.keys[key].part));
    const parts = data.regions.filter((part) => own.has(part));
    fillSelect("part", [["", "whole body"], ...parts.map((p): [string, string] => [p, p])]);
    fillSelect("view", [["", "all views"], ...board.views.map((v): [string, string] => [v, v])]);
    const search = one<HTMLInputElement>("input[name=subjects]");
    if (search !== undefined) search.value = filter.subject;
    for (const [name, least] of [["part", 1], ["view", 2]] as const) {
      const label = one(`select[name=${name}]`)?.closest("label");
      if (label) label.hidden = (name === "part" ? parts : board.views).length < least;
    }
  }

  function fillSelect(name: "part" | "view", options: [value: string, text: string][]): void {
    const select = one<HTMLSelectElement>(`main select[name=${name}]`);
    if (select === undefined) return;
    if (!options.some(([value]) => value === filter[name])) filter = { ...filter, [name]: "" };
    replace(select, ...options.map(([value, text]) => el("option", { value }, text)));
    select.value = filter[name];
  }

  function fillColumns(): void {
    const list = one(".column-list");
    if (list === undefined) return;
    const chosen = choice().columns;
    const keys = board.keys.filter((key) => data.keys[key].part === undefined);
    keys.sort((a, b) => place(a) - place(b));
    replace(
      list,
      ...keys.map((key) =>
        el(
          "label",
          { title: data.keys[key].text || key },
          el("input", {
            type: "checkbox",
            name: "column",
            value: key,
            checked: chosen.includes(key),
          }),
          ` ${data.keys[key].title} `,
          el("small", {}, data.keys[key].unit),
        )
      ),
    );
  }

  /** The board's own columns first. */
  function place(key: string): number {
    const at = board.columns.indexOf(key);
    return at < 0 ? 1000 + board.keys.indexOf(key) : at;
  }

  function chooseColumns(): void {
    const boxes = all<HTMLInputElement>("[name=column]:checked");
    const chosen = boxes.map(({ value }) => value);
    const plain = plainChoice(board).columns.slice(0, 7);
    columns = chosen.length === 0 || chosen.join() === plain.join() ? undefined : chosen;
    setHash({ columns: columns?.join() ?? "" });
    redraw();
  }

  function fillCompare(): void {
    const names = board.methods.map(({ name }) => name);
    const honest = board.methods.filter(({ usesTruth }) => !usesTruth).map(({ name }) => name);
    const [first, second] = [...honest, ...names.filter((name) => !honest.includes(name))];
    const asked = hashState().get("compare")?.split("~") ?? [];
    for (const [i, list] of ["a", "b"].entries()) {
      const select = one<HTMLSelectElement>(`#compare select[name=${list}]`);
      if (select === undefined) continue;
      replace(select, ...names.map((name) => el("option", { value: name }, name)));
      select.value = names.includes(asked[i]) ? asked[i] : [first, second ?? first][i];
    }
    const keys = one<HTMLSelectElement>("#compare select[name=key]");
    if (keys === undefined) return;
    const known = [...board.keys].sort((a, b) => place(a) - place(b));
    replace(
      keys,
      ...known.map((key) => {
        const { title, unit, part } = data.keys[key];
        return el("option", { value: key }, [title, part, unit].filter(Boolean).join(", "));
      }),
    );
    keys.value = known.includes(asked[2]) ? asked[2] : board.rankKey;
  }

  function redrawComparison(): void {
    const [a, b, key] = ["a", "b", "key"].map((name) =>
      one<HTMLSelectElement>(`#compare select[name=${name}]`)?.value ?? ""
    );
    if (a !== "") drawComparison(data, board, { a, b, key, filter });
  }

  /** Puts the subjects in the order chosen, failures first; hides those filtered out. */
  function showSubjects(): void {
    const list = one(".subjects");
    if (list === undefined) return;
    const chosen = one<HTMLSelectElement>("select[name=order]")?.value ?? "";
    const cards = all(".subject", list).map((card, at) => {
      const errors = JSON.parse(card.dataset.errors ?? "{}")[board.id];
      card.hidden = errors === undefined ||
        !(card.dataset.name ?? "").toLowerCase().includes(filter.subject.toLowerCase());
      const value = errors !== undefined && chosen in errors
        ? errors[chosen] ?? Infinity
        : -Infinity;
      return { card, value: value as number, name: Number(card.id.slice(2)), at };
    });
    cards.sort((a, b) => (chosen ? compare(b.value, a.value) : 0) || a.name - b.name);
    if (cards.every(({ at }, i) => at === i)) return;
    list.append(...cards.map(({ card }) => card));
  }

  document.addEventListener("change", ({ target }) => {
    const control = target as HTMLInputElement;
    if (control.closest("dialog") !== null) return;
    if (control.name === "board") {
      board = boardOf(control.value) ?? board;
      columns = columns?.filter((key) => board.keys.includes(key));
      setHash({ board: board.id });
      showBoard();
    } else if (control.name === "order") showSubjects();
    else if (control.name === "column") chooseColumns();
    else if (control.name === "view" || control.name === "part") {
      filter = { ...filter, [control.name]: control.value };
      setHash({ [control.name]: control.value });
      redraw();
    } else if (control.closest("#compare") !== null) {
      const named = ["a", "b", "key"].map((name) =>
        one<HTMLSelectElement>(`#compare select[name=${name}]`)?.value ?? ""
      );
      setHash({ compare: named.join("~") });
      redrawComparison();
    }
  });
  document.addEventListener("input", ({ target }) => {
    const control = target as HTMLInputElement;
    if (control.name !== "subjects") return;
    filter = { ...filter, subject: control.value };
    setHash({ filter: control.value });
    redraw();
    showSubjects();
  });
  document.addEventListener("click", ({ target }) => {
    const button = target instanceof Element ? target.closest<HTMLElement>("button") : null;
    if (button === null) return;
    if (button.dataset.sortBy) sortBy(button);
    if ("copy" in button.dataset) {
      void copyText(one("code", button.parentElement!)?.textContent ?? "", button);
    }
    const write = { latex: latexTable, markdown: markdownTable, csv: csvTable }[
      button.dataset.as ?? ""
    ];
    if (write !== undefined) void copyText(write(tableText(data, board, choice())), button);
    if (button.dataset.open) void stage?.open(button.dataset.open);
  });
  onHash((state) => {
    readHash(state);
    showBoard();
  });

  watchPictures();
  const asked = hashState();
  readHash(asked);
  // The server drew the start board; only another state needs drawing.
  const plain = board.id === (one("[data-board]:not([hidden])")?.dataset.board ?? board.id) &&
    columns === undefined && filter.subject === "" && filter.view === "" && filter.part === "";
  if (plain) {
    fillFilters();
    fillColumns();
    fillCompare();
    redrawComparison();
  } else showBoard();
  // What is behind the subjects stands at the end of the file.
  whenRead(() => {
    const alone = stageRoot?.dataset.alone;
    if (alone) void stage?.open(alone);
    else stage?.follow(asked.get("subject"));
    warmUp();
  });
}

/** Calls once all of the document is there. */
function whenRead(then: () => void): void {
  if (document.readyState !== "loading") then();
  else document.addEventListener("DOMContentLoaded", then, { once: true });
}

// Paper shows everything.
addEventListener("beforeprint", () => {
  for (const details of all("details")) details.setAttribute("open", "");
});
