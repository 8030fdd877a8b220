import assert from "node:assert/strict";
import { nearestAxis, postureText } from "../../../datasets/check/axes.ts";
import { axisFaults } from "../../../datasets/check/axis_faults.ts";
import { FAULT_CODES, verdictOf } from "../../../datasets/check/fault.ts";
import {
  fitVerdictOf,
  INSPECT_SCHEMA,
  inspectSchema,
  type SubjectReport,
  summaryOf,
} from "../../../datasets/check/report.ts";
import { overviewRows } from "../../../datasets/check/overview_rows.ts";
import { contactSheet } from "../../../datasets/check/sheet.ts";
import type { Overview } from "../../../datasets/overview.ts";

const HOSTILE = `<script>alert("1")</script>&'`;

const OVERVIEW: Overview = {
  name: "set",
  format: "suite",
  evidence: "",
  subjects: 3,
  broken: { "duplicate-id": 1 },
  people: 2,
  units: { cm: 3 },
  scans: { ".obj": 3 },
  withTexture: 2,
  withFit: 3,
  withKeypoints: 0,
  fitKinds: { smplx: 3 },
  attributes: { split: { train: 2, test: 1 } },
  missing: { texture: { count: 1, some: [HOSTILE] } },
  notes: {},
  bytes: 1_234_567,
  files: 9,
};

function report(more: Partial<SubjectReport>) {
  const subject: SubjectReport = {
    id: "s",
    verdict: "good",
    faults: [],
    missing: [],
    fitVerdict: "unchecked",
    notes: [],
    unit: "m",
    unitSource: "declared",
    metresPerUnit: 1,
    heightM: 1.7,
    up: "+y",
    facing: "+z",
    headingDeg: 0,
    axesSource: "fit",
    vertices: 3,
    triangles: 1,
    fit: null,
    ...more,
  };
  return {
    schema: INSPECT_SCHEMA,
    dataset: { name: HOSTILE, format: "suite", evidence: HOSTILE },
    summary: summaryOf([subject]),
    overview: OVERVIEW,
    estimate: null,
    subjects: [subject],
  } as const;
}

Deno.test("contactSheet() shows texts of a data set as text, wherever they come from", () => {
  const fault = { code: "fit-scale", severity: "bad", text: HOSTILE, hint: HOSTILE } as const;
  const hostile = report({ id: HOSTILE, verdict: "bad", faults: [fault], notes: [HOSTILE] });
  const page = contactSheet(
    inspectSchema.parse(hostile),
    new Map([[HOSTILE, Uint8Array.of(1, 2, 3)]]),
  );
  assert.ok(!page.includes("<script"), "a script tag is on the page");
  assert.equal(
    page.split("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;").length,
    10,
  );
  assert.ok(page.includes('src="data:image/webp;base64,AQID"'));
  assert.ok(!/(src|href)="https?:/.test(page), "the page loads something");
});

Deno.test("contactSheet() puts the worst first", () => {
  const { subjects: [one], ...rest } = report({ id: "fine" });
  const bad = { ...one, id: "broken", verdict: "bad" as const };
  const page = contactSheet({ ...rest, subjects: [one, bad] }, new Map());
  assert.ok(page.indexOf("<h2>broken") < page.indexOf("<h2>fine"));
});

Deno.test("verdictOf() is as bad as the worst fault", () => {
  assert.equal(verdictOf([]), "good");
  assert.equal(verdictOf([{ severity: "warning" }]), "warning");
  assert.equal(verdictOf([{ severity: "warning" }, { severity: "bad" }]), "bad");
  assert.equal(new Set(FAULT_CODES).size, FAULT_CODES.length);
});

Deno.test("nearestAxis() and postureText() say how a person lies", () => {
  assert.deepEqual(nearestAxis([0, -2, 0]), { axis: "-y", offDeg: 0 });
  assert.equal(nearestAxis([0.5, 0, 0.9]).axis, "+z");
  assert.equal(postureText({ up: [0, -1, 0], front: [0, 0, 1] }), "stands on its head");
  assert.equal(postureText({ up: [0, 0, -1], front: [0, 1, 0] }), "lies on its back");
  assert.equal(postureText({ up: [0, 0, 1], front: [0, -1, 0] }), "lies on its face");
  assert.equal(postureText({ up: [1, 0, 0], front: [0, 0, 1] }), "lies on its side");
});

Deno.test("axisFaults() trusts a data set that declares nothing, and names a wrong heading", () => {
  const away = { up: [0, 1, 0], front: [0, 0, -1] };
  assert.deepEqual(axisFaults(away, { axes: "any" }), []);
  assert.deepEqual(axisFaults({ up: [0, 1, 0.2], front: [0.3, 0, 1] }, { axes: "declared" }), []);
  const [fault] = axisFaults(away, { axes: "declared" });
  assert.equal(fault.code, "facing");
  assert.equal(Math.abs(fault.ratio!), 180);
  assert.deepEqual(axisFaults(away, { axes: "up" }), []);
  const lying = axisFaults({ up: [0, 0, 1], front: [0, -1, 0] }, { axes: "up" });
  assert.deepEqual(lying.map(({ code }) => code), ["up-axis"]);
});

Deno.test("fitVerdictOf() is about the fit alone, and says when nothing was checked", () => {
  const of = (code: string, severity: "bad" | "warning" = "bad", checked = true) =>
    fitVerdictOf([{ code, severity }], { checked });
  assert.equal(fitVerdictOf([], { checked: true }), "good");
  assert.equal(of("texture-missing"), "good");
  assert.equal(of("fit-scale"), "bad");
  assert.equal(of("left-right-swapped", "warning"), "warning");
  assert.equal(of("fit-missing", "warning"), "missing");
  assert.equal(of("body-missing", "warning", false), "unchecked");
});

Deno.test("summaryOf() counts verdicts, verdicts on fits, and subjects by fault", () => {
  const { subjects: [one] } = report({});
  const twice = { code: "texture-missing", severity: "warning", text: "" } as const;
  const summary = summaryOf([one, { ...one, verdict: "warning", faults: [twice, twice] }]);
  assert.deepEqual([summary.good, summary.warning, summary.bad], [1, 1, 0]);
  assert.deepEqual(summary.fits, { good: 0, warning: 0, bad: 0, unchecked: 2, missing: 0 });
  assert.deepEqual(summary.faults, { "texture-missing": 1 });
});

Deno.test("overviewRows() says counts, splits, units, what is missing, disk use and rendering", () => {
  const estimate = {
    views: 21,
    size: 2048,
    secondsPerView: 2,
    bytesPerView: 1e7,
    secondsPerSubject: 1,
    workers: 1,
    seconds: 45,
    bytes: 2.1e8,
    tried: ["a", "b"],
  };
  const rows = overviewRows(OVERVIEW, { summary: summaryOf([]), estimate });
  assert.deepEqual(Object.fromEntries(rows.map(({ name, text }) => [name, text])), {
    subjects: "3 of 2 people",
    "not opened": "1 duplicate-id",
    split: "2 × train, 1 × test",
    scans: "3 .obj; unit: 3 cm",
    with: "texture 2, fit 3 (3 smplx), keypoints 0",
    missing: `texture of 1 (${HOSTILE})`,
    "on disk": "9 files, 1.2 MB",
    rendering: "21 views at 2048²: about 45 s with 1 worker, 210 MB (2.00 s a view, by a, b)",
  });
});
