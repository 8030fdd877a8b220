import assert from "node:assert/strict";
import { nearestAxis, postureText } from "../../../datasets/check/axes.ts";
import { axisFaults } from "../../../datasets/check/axis_faults.ts";
import { FAULT_CODES, verdictOf } from "../../../datasets/check/fault.ts";
import {
  INSPECT_SCHEMA,
  inspectSchema,
  type SubjectReport,
} from "../../../datasets/check/report.ts";
import { contactSheet } from "../../../datasets/check/sheet.ts";

const HOSTILE = `<script>alert("1")</script>&'`;

function report(more: Partial<SubjectReport>) {
  const subject: SubjectReport = {
    id: "s",
    verdict: "good",
    faults: [],
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
    summary: { good: 0, warning: 0, bad: 1 },
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
  assert.equal(page.split("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;").length, 9);
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
