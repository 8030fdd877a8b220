/** What the page's script reads: plain data in `<script type="application/json">`. Types only. */
import type { DistanceSummary } from "../models/distance_summary.ts";
import type { ModelAsset } from "../subject_assets.ts";

/** What a key means, as far as the page needs it. */
export interface KeyData {
  title: string;
  unit: string;
  better?: "lower" | "higher";
  digits: number;
  text: string;
  /** The body part or region it is about; absent: the whole surface. */
  part?: string;
}

/** Two methods on one key: the leaderboard's test. */
export interface PairData {
  a: string;
  b: string;
  key: string;
  mean: number;
  low: number | null;
  high: number | null;
  wins: { a: number; b: number };
  p: number;
}

/** One board: every score of every item. */
export interface BoardData {
  id: string;
  protocol: string;
  alignment: string;
  dataset: string;
  rankKey: string;
  /** The keys shown first. */
  columns: string[];
  keys: string[];
  /** In the board's order. */
  methods: { name: string; usesTruth: boolean }[];
  /** Indices into the page's subjects, in the board's order. */
  subjects: number[];
  /** Names of views; empty where methods made one mesh a subject. */
  views: string[];
  /** By method, by item: subject (an index into `subjects`), view (into `views`, −1 none), values. */
  rows: [subject: number, view: number, values: (number | null)[] | null][][];
  pairs: PairData[];
  /** The leaderboard's own means and intervals: by method, by key; null where there is none. */
  scores: ([mean: number, low: number | null, high: number | null] | null)[][];
  /** Means with the worst value where something is missing: by method, then by key. */
  worst: Record<string, number>[];
}

/** A subject as the page names it. */
export interface SubjectRef {
  id: string;
  name: string;
  dataset: string;
  /** Whether there is anything to open. */
  shown: boolean;
}

/** The page's data. */
export interface PageData {
  keys: Record<string, KeyData>;
  boards: BoardData[];
  subjects: SubjectRef[];
  /** Share of the resamples that intervals keep. */
  level: number;
  maxMm: number;
  /** Labels of body parts in meshes. */
  parts: string[];
  /** Parts and regions that keys may be about, in the order they are listed in. */
  regions: readonly string[];
  percentiles: readonly number[];
  histogram: { stepMm: number; endMm: number };
  /** Colour tables of distances: 256 × RGB as base64. */
  colors: { sequential: string; diverging: string };
  /** Where subjects are, if not in this page: `{id}` stands for the subject's. */
  subjectSource?: string;
  /** As `subjectSource`, of its pictures, which come later. */
  picturesSource?: string;
}

/** What a method made of a subject. */
export interface MethodData {
  name: string;
  usesTruth: boolean;
  /** Pictures that are not in the gallery, by slot: `data:` URLs. */
  pictures: Record<string, string>;
  model?: ModelAsset;
  distances?: DistanceSummary;
  timing?: { seconds: number; rssMB?: number };
  /** By board: why it failed, what was noted. */
  remarks: Record<string, { state: string; reasons: string[]; warnings: string[] }>;
  note?: string;
}

/** Everything of one subject beside its scores. */
export interface SubjectData {
  id: string;
  view?: string;
  scan: { pictures: Record<string, string>; model?: ModelAsset; note?: string };
  body?: ModelAsset;
  methods: MethodData[];
  notes: readonly string[];
}
