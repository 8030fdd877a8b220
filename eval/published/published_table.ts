/** Tables from papers and repositories, as data: shown beside measured numbers, never merged. */

/** One column as it is printed. */
export interface PublishedColumn {
  label: string;
  /** As printed; empty for a pure number. */
  unit: string;
  better: "lower" | "higher";
  /** Our key for the same quantity under the table's protocol; null where there is none. */
  key: string | null;
}

/** One table. */
export interface PublishedTable {
  id: string;
  /** Paper or document, and where in it. */
  source: string;
  /** source: the authors' own repository. paper: a copy of its text. note: a third party's. */
  trust: "source" | "paper" | "note";
  /** Protocol of ours that its evaluator is; null where it is unknown or none of ours. */
  protocol: string | null;
  dataset: string;
  columns: readonly PublishedColumn[];
  /** Values in the order of the columns; null where nothing is printed. */
  rows: readonly { method: string; values: readonly (number | null)[] }[];
  /** What must be said beside it. */
  caution: readonly string[];
}
