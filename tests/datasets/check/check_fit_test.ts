import assert from "node:assert/strict";
import { readBodyFile } from "../../../body/body_file.ts";
import { bodyMesh, poseBody } from "../../../body/forward.ts";
import { FIXTURES } from "../../../core/work/paths.ts";
import { checkScan } from "../../../datasets/check/check_subject.ts";
import { loadScan } from "../../../datasets/load.ts";
import { openDataset } from "../../../datasets/open.ts";
import { INJECTIONS, type Person } from "./_faults.ts";
import { withFingers } from "./_fingers.ts";

/**
 * One waving and one suited person of the train split; `tests/bench/inspect_faults.ts` injects the
 * same faults into everybody.
 */
const { subjects } = await openDataset(`${FIXTURES}/humans`);
const model = await readBodyFile(`${FIXTURES}/humans/open_body.npz`);

async function personOf(id: string): Promise<Person> {
  const subject = subjects.find((subject) => subject.id === id)!;
  const { mesh } = await loadScan(subject, { textures: "skip" });
  return { model, scan: mesh, fit: subject.fit!.fit };
}

const WAVING = "h10", SUITED = "h05";
const waving = await personOf(WAVING), suited = await personOf(SUITED);

function reportOf({ scan, model, fit }: Person) {
  const subject = subjects.find(({ id }) => id === WAVING)!;
  return checkScan(subject, { scan, body: { model, fit } }).report;
}

/** One fault of every kind; the benchmark does all. */
const TRIED = [
  "none",
  "fit scaled by 1/2.4",
  "scan 2.4 times as large",
  "fit 10 cm to the side",
  "scan in cm, fit in m",
  "scan and fit in cm",
  "scan and fit on their face",
  "scan faces +x, fit +z",
  "fit turned by 15° about y",
  "pose mirrored",
  "betas 0 and 1 off by 2.5",
  "left elbow bent by 70°",
  "inside out",
];

for (const { name, expected, apply, says } of INJECTIONS) {
  if (!TRIED.includes(name)) continue;
  const wanted = expected.length === 0 ? "good" : expected.join(" or ");
  Deno.test(`checkScan() calls "${name}" ${wanted}`, () => {
    const { faults, verdict } = reportOf(apply(waving, suited));
    const codes = faults.map(({ code }) => code), texts = faults.map(({ text }) => text).join("; ");
    if (expected.length === 0) return assert.deepEqual([codes, verdict], [[], "good"]);
    assert.ok(codes.length === 1 && expected.includes(codes[0]), `found ${codes}: ${texts}`);
    assert.equal(verdict, "bad");
    if (says !== undefined) assert.match(texts, says);
  });
}

Deno.test("checkScan() tells hands that count from the mean hand from flat ones", () => {
  const fingers = withFingers(model);
  const fit = {
    kind: "smplh" as const,
    betas: waving.fit.betas,
    globalOrient: waving.fit.globalOrient,
    bodyPose: waving.fit.bodyPose.slice(0, 63),
    transl: waving.fit.transl,
    scale: waving.fit.scale,
  };
  for (const meant of [true, false]) {
    const posed = poseBody(fingers, { ...fit, flatHandMean: meant });
    const scan = bodyMesh(fingers, posed);
    const codes = (flatHandMean: boolean) =>
      reportOf({ scan, model: fingers, fit: { ...fit, flatHandMean } }).faults;
    assert.deepEqual(codes(meant), []);
    const [fault, ...more] = codes(!meant);
    assert.equal(fault?.code, "hands-convention");
    assert.deepEqual(more, []);
    assert.match(fault.text, meant ? /flat_hand_mean is True/ : /flat_hand_mean is False/);
  }
});
