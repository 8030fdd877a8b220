import assert from "node:assert/strict";
import fc from "fast-check";
import { intervalOf, quantile } from "../../../eval/report/client/statistics.ts";
import {
  csvTable,
  latexTable,
  markdownTable,
  type TextTable,
} from "../../../eval/report/client/table_text.ts";
import { calibrationOf } from "../../../eval/report/calibration.ts";
import { ticksOf } from "../../../eval/report/components/chart.tsx";
import { partOfKey } from "../../../eval/report/key_parts.ts";
import { linkModules } from "../../../eval/report/link_modules.ts";
import { viewerScript } from "../../../eval/report/scripts.ts";
import { trainingFlag } from "../../../eval/report/training_overlap.ts";

const TABLE: TextTable = {
  title: "suite-1, aligned, people",
  columns: [
    { title: "Chamfer", unit: "cm", better: "lower" },
    { title: "F@1 cm", unit: "%", better: "higher" },
    { title: "components", unit: "" },
  ],
  rows: [
    {
      method: "a_b & c",
      note: "uses truth",
      cells: [
        { text: "0.146", low: "0.068", high: "0.254", best: true },
        { text: "−1.0", low: "–", high: "–", best: false },
        { text: "–", low: "–", high: "–", best: false },
      ],
    },
    { method: "=1+1|x", note: "", cells: [] },
  ],
};

Deno.test("latexTable() escapes names, marks the best and aligns with booktabs", () => {
  assert.equal(
    latexTable(TABLE),
    `% suite-1, aligned, people
\\begin{tabular}{lrrr}
\\toprule
Method & Chamfer (cm) $\\downarrow$ & F@1 cm (\\%) $\\uparrow$ & components \\\\
\\midrule
a\\_b \\& c {\\footnotesize (uses truth)} & \\textbf{0.146} & $-$1.0 & -- \\\\
=1+1|x \\\\
\\bottomrule
\\end{tabular}
`,
  );
});

Deno.test("markdownTable() escapes what would break a row", () => {
  const lines = markdownTable(TABLE).split("\n");
  assert.equal(lines[0], "| Method | Chamfer cm ↓ | F@1 cm % ↑ | components |");
  assert.equal(lines[2], "| a\\_b & c (uses truth) | **0.146** | −1.0 | – |");
  assert.ok(lines[3].startsWith("| =1+1\\|x |"));
});

Deno.test("csvTable() gives numbers to programs and no formulas to spreadsheets", () => {
  const lines = csvTable(TABLE).split("\r\n");
  assert.match(lines[0], /^method,note,Chamfer \(cm\),Chamfer \(cm\) low,/);
  assert.equal(lines[1], "a_b & c,uses truth,0.146,0.068,0.254,-1.0,,,,,");
  assert.equal(lines[2], "'=1+1|x,");
});

Deno.test("intervalOf() holds the mean, grows with the spread, and is the same every time", () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0, max: 10, noNaN: true }), { minLength: 2, maxLength: 40 }),
      (values) => {
        const { mean, low, high } = intervalOf(values, 0.95);
        const slack = 1e-9;
        assert.ok(low! <= mean + slack && mean <= high! + slack);
        assert.deepEqual(intervalOf(values, 0.95), { mean, low, high, n: values.length });
      },
    ),
    { numRuns: 30 },
  );
  assert.equal(intervalOf([1], 0.95).low, null);
  assert.equal(quantile([0, 10], 0.25), 2.5);
});

Deno.test("calibrationOf() finds that intervals of few subjects are too short, and grow honest", () => {
  const at95 = (n: number) =>
    calibrationOf(Array.from({ length: n }, (_, i) => Math.sin(12.9898 * i) * 43758.5453 % 1), {
      seed: 0,
      purpose: "test",
    }).find(({ nominal }) => nominal === 0.95)!.actual;
  // Of 200 intervals; the standard error at 0.95 is 0.015.
  assert.ok(at95(4) < 0.92, `${at95(4)}`);
  assert.ok(at95(60) > 0.9, `${at95(60)}`);
});

Deno.test("ticksOf() gives round values inside the axis", () => {
  assert.deepEqual(ticksOf({ title: "", min: 0, max: 50 }), [0, 10, 20, 30, 40, 50]);
  assert.deepEqual(ticksOf({ title: "", min: 0, max: 4.87 }), [0, 1, 2, 3, 4]);
  assert.deepEqual(ticksOf({ title: "", min: 0.6, max: 7, log: true }), [1, 2, 5]);
});

Deno.test("partOfKey() finds the part only where the key without it is there", () => {
  const keys = new Set([
    "p2s_cm",
    "p2s_head_cm",
    "head_nc",
    "nc",
    "normal_deg_visible",
    "p2s_upper_arm_cm",
  ]);
  assert.deepEqual(partOfKey("p2s_head_cm", keys), { part: "head", base: "p2s_cm" });
  assert.deepEqual(partOfKey("p2s_upper_arm_cm", keys), { part: "upper arms", base: "p2s_cm" });
  assert.deepEqual(partOfKey("head_nc", keys), { part: "head", base: "nc" });
  assert.equal(partOfKey("normal_deg_visible", keys), undefined);
});

Deno.test("trainingFlag() compares declared training subjects with the board's", () => {
  const board = { dataset: "THuman2.0", subjects: ["0001", "0002"] };
  const flag = (trainedOn?: { dataset: string; subjects?: string[]; listSha256?: string }[]) =>
    trainingFlag(
      { name: "m", usesTruth: false, ...(trainedOn === undefined ? {} : { trainedOn }) },
      board,
    );
  assert.equal(flag()?.text, "training set not declared");
  assert.equal(flag([]), undefined);
  assert.equal(flag([{ dataset: "2K2K", subjects: ["0001"] }]), undefined);
  assert.deepEqual(flag([{ dataset: "thuman 2.0", subjects: ["0002", "0003"] }]), {
    kind: "overlap",
    text: "trained on 1 of 2 subjects",
  });
  assert.equal(flag([{ dataset: "THuman2.0", listSha256: "ab".repeat(32) }])?.kind, "unknown");
});

Deno.test("linkModules() joins modules, types stripped, names apart, exports kept", async () => {
  const folder = await Deno.makeTempDir();
  const write = (name: string, text: string) => Deno.writeTextFile(`${folder}/${name}`, text);
  await write(
    "a.ts",
    'import { one as first } from "./b.ts";\nimport type { T } from "./b.ts";\n' +
      "const secret: T = 5;\nexport const two = first + secret;\nexport { one } from './b.ts';\n",
  );
  await write(
    "b.ts",
    "/** A comment\n * of two lines. */\nconst secret = 1;\n" +
      "const list = [\n  /*@__PURE__*/ secret,\n];\nexport type T = number;\n" +
      "export function one0() { return list[0]; }\nexport const one: T = one0();\n",
  );
  const code = await linkModules(new URL(`file://${folder}/a.ts`), "LINKED");
  const exports = new Function(`${code}; return LINKED;`)();
  assert.deepEqual(exports, { two: 6, one: 1 });
  assert.ok(!code.includes("comment"));
  await write("c.ts", 'import whole from "./b.ts";\n');
  await assert.rejects(linkModules(new URL(`file://${folder}/c.ts`)), /found "import whole/);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("viewerScript() is one valid script of less than 400 kB packed", async () => {
  const { code, packed } = await viewerScript();
  new Function(code); // throws where it does not parse
  assert.ok(packed.length < 400_000, `${packed.length}`);
  assert.match(code, /^\/\* three\.js \(MIT/);
});
