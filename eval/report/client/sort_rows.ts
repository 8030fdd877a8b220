/// <reference lib="dom" />
/** Tables: a click on a head sorts by its column, a second click turns the order. */
import { all } from "./dom.ts";

/** Sorts a table by the column of a head's button. */
export function sortBy(button: HTMLElement): void {
  const head = button.closest("th")!;
  const first = (button.dataset.sortBy ?? "ascending") as "ascending" | "descending";
  const other = first === "ascending" ? "descending" : "ascending";
  sortColumn(head, head.getAttribute("aria-sort") === first ? other : first);
}

/** Sorts by a column; rows without a value stay last either way. */
export function sortColumn(head: HTMLTableCellElement, order: "ascending" | "descending"): void {
  const table = head.closest("table")!;
  for (const cell of all("thead th", table)) cell.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", order);
  const body = table.tBodies[0];
  const rows = Array.from(body.rows, (row) => ({
    row,
    value: sortValue(row.cells[head.cellIndex]?.dataset.sort),
  }));
  const sign = order === "ascending" ? 1 : -1;
  rows.sort((a, b) =>
    Number(a.value === undefined) - Number(b.value === undefined) ||
    sign * compare(a.value ?? 0, b.value ?? 0)
  );
  body.append(...rows.map(({ row }) => row));
}

/** Orders numbers and text. */
export function compare(a: string | number, b: string | number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function sortValue(text: string | undefined): string | number | undefined {
  if (text === undefined || text === "") return undefined;
  return Number.isNaN(Number(text)) ? text : Number(text);
}
