/** Results that look like real ones, made from a seed: for tests of leaderboard and report. */
import { random } from "../../core/work/random.ts";
import { type ResultRow, type Results, RESULTS_SCHEMA } from "../../eval/results.ts";

/** One made-up method. */
export interface SyntheticMethod {
  name: string;
  usesTruth?: boolean;
  /** Mean Chamfer distance, centimetres. */
  chamferCm: number;
}

/** What to make up. */
export interface SyntheticOptions {
  methods?: readonly SyntheticMethod[];
  subjects?: readonly string[];
  views?: readonly string[];
  /** `method/subject` or `method/subject/view` → reason. */
  failures?: Readonly<Record<string, string>>;
  dataset?: string;
  seed?: number;
}

/** The demo's methods with about the errors one may expect. */
export const SYNTHETIC_METHODS: readonly SyntheticMethod[] = [
  { name: "oracle-depth", usesTruth: true, chamferCm: 0.11 },
  { name: "body", usesTruth: true, chamferCm: 1.3 },
  { name: "2k2k", chamferCm: 1.62 },
  { name: "inflate", chamferCm: 2.9 },
];

/** Eight subjects. */
export const SYNTHETIC_SUBJECTS: readonly string[] = [
  "h02",
  "h04",
  "h07",
  "h11",
  "h13",
  "h16",
  "h18",
  "h20",
];

/** Makes results of protocol suite-1 with alignments `none` and `aligned`. */
export function syntheticResults(options: SyntheticOptions = {}): Results {
  const methods = options.methods ?? SYNTHETIC_METHODS;
  const subjects = options.subjects ?? SYNTHETIC_SUBJECTS;
  const views = options.views ?? ["y000"];
  const failures = options.failures ?? {};
  const seed = options.seed ?? 0;
  const rows: ResultRow[] = [];
  for (const method of methods) {
    for (const subject of subjects) {
      // A hard subject is hard for every method.
      const hardness = Math.exp(0.25 * random(seed, subject).normal());
      for (const view of views) {
        const reason = failures[`${method.name}/${subject}/${view}`] ??
          failures[`${method.name}/${subject}`];
        const row = { method: method.name, subject, view, protocol: "suite-1" };
        if (reason !== undefined) {
          rows.push({ ...row, status: "failed", reason, warnings: [], scores: {} });
          continue;
        }
        const stream = random(seed, method.name, subject, view);
        const chamfer = method.chamferCm * hardness * Math.exp(0.15 * stream.normal());
        const scaleFreeShare = 0.55 + 0.1 * stream.float();
        rows.push({
          ...row,
          status: "ok",
          warnings: stream.float() < 0.05 ? ["the alignment stopped at its bound on scale"] : [],
          scores: {
            none: scoresAround(chamfer, stream.float()),
            aligned: scoresAround(method.usesTruth ? chamfer : chamfer * scaleFreeShare, 0.4),
          },
          transforms: {
            none: { matrix: [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]] },
            aligned: {
              matrix: [[1.01, 0, 0, 0], [0, 1.01, 0, 0.002], [0, 0, 1.01, 0.01], [0, 0, 0, 1]],
              scale: 1.01,
            },
          },
        });
      }
    }
  }
  return {
    schema: RESULTS_SCHEMA,
    suite: "0.1.0",
    protocols: [{
      id: "suite-1",
      version: "1",
      labels: { Chamfer: "chamfer_cm", P2S: "p2s_cm" },
      rank: { alignment: "aligned", key: "chamfer_cm" },
      samples: 100_000,
      fScoreThresholdsCm: [0.5, 1, 2],
      alignKeep: 0.9,
      alignMaxRotationDeg: 30,
      nested: { whatProtocolsMayHold: true },
    }],
    dataset: { name: options.dataset ?? "open people, test split" },
    inputs: subjects.map((subject) => ({
      role: "scan",
      path: `fixtures:humans/subjects/${subject}.glb`,
      bytes: 1_400_000,
      sha256: fakeSha256(subject),
      subject,
    })),
    methods: methods.map(({ name, usesTruth }) => ({
      name,
      version: "1",
      usesTruth: usesTruth ?? false,
      trainedOn: [],
    })),
    rows,
  };
}

/** 64 hexadecimal digits from a text. */
export function fakeSha256(text: string): string {
  const stream = random(0, "sha", text);
  return Array.from({ length: 64 }, () => stream.below(16).toString(16)).join("");
}

/** Scores of suite-1 that hang together with one Chamfer distance in centimetres. */
function scoresAround(chamferCm: number, tilt: number): Record<string, number> {
  const p2s = chamferCm * (0.85 + 0.3 * tilt), s2p = 2 * chamferCm - p2s;
  const within = (cm: number) => 100 * (1 - Math.exp(-1.1 * cm / chamferCm));
  return {
    chamfer_cm: chamferCm,
    chamfer_all_cm: chamferCm * 1.12,
    p2s_cm: p2s,
    p2s_median_cm: 0.71 * p2s,
    p2s_rms_cm: 1.4 * p2s,
    p2s_p95_cm: 2.9 * p2s,
    p2s_max_cm: 7 * p2s,
    s2p_cm: s2p,
    s2p_all_cm: s2p * 1.24,
    s2p_median_cm: 0.68 * s2p,
    s2p_p95_cm: 3.1 * s2p,
    f_0p5cm: within(0.5),
    f_1cm: within(1),
    f_2cm: within(2),
    nc: 1 / (1 + 0.12 * chamferCm),
    nc_signed: 1 / (1 + 0.14 * chamferCm),
    normal_deg_visible: 9 * Math.sqrt(chamferCm) + 1,
    normal_deg_input: 8 * Math.sqrt(chamferCm),
    iou: 1 / (1 + 0.03 * chamferCm),
    watertight: 1,
    components: 1,
  };
}
