import assert from "node:assert/strict";
import fc from "fast-check";
import { poseBody } from "../../../body/forward.ts";
import type { BodyGender } from "../../../body/model.ts";
import { bytesSource } from "../../../core/files/source.ts";
import { encodePickle } from "../../../core/files/pickle_write.ts";
import { InputError } from "../../../core/work/errors.ts";
import { FIT_FORMATS } from "../../../datasets/fits/formats.ts";
import { readFits } from "../../../datasets/fits/read.ts";
import type { FitReadOptions } from "../../../datasets/fits/types.ts";
import { smallModel } from "./_small_models.ts";

interface Case {
  /** Begins with the format's id, except for the plain JSON ones. */
  name: string;
  file: string;
  model: string;
  frame: number;
  options: { betas?: number[]; restShape?: number[]; gender?: BodyGender };
  vertices: number[];
}

const { cases } = JSON.parse(
  await Deno.readTextFile(new URL("./golden/files.json", import.meta.url)),
) as { cases: Case[] };

function optionsOf({ options: { betas, restShape, gender } }: Case): FitReadOptions {
  return {
    ...(betas && { betas: Float64Array.from(betas) }),
    ...(restShape && { restShape: Float64Array.from(restShape) }),
    ...(gender && { gender }),
  };
}

const source = (c: Case) => bytesSource(c.name, Uint8Array.fromBase64(c.file));

/** What each file is read as. */
const FORMAT_OF: Record<string, string> = {
  "phalp, compress 0": "hmr2",
  "phalp, compress 3": "hmr2",
  "json, pose of 72": "smplx-params",
  "json, smplx names": "smplx-params",
};

// tests/crosscheck/fit_files.py: files as Python writes them, bodies by smplx under the authors' recipe.
for (const c of cases) {
  Deno.test(`readFits() reads ${c.name}: its documented convention is its authors' body`, async () => {
    const file = await readFits(source(c), optionsOf(c));
    assert.equal(file.format, FORMAT_OF[c.name] ?? c.name.split(" ")[0]);
    const { candidates } = file.frame(c.frame);
    assert.equal(candidates[0].standing, "documented");
    const model = await smallModel(c.model);
    const candidate = candidates.find(({ fit }) => fit.kind === model.kind)!;
    const { vertices } = poseBody(model, candidate.fit);
    const worst = Math.max(...c.vertices.map((v, i) => Math.abs(v - vertices[i])));
    assert.ok(worst < 1e-6, `off by ${worst} m`); // the files hold float32
  });
}

const find = (name: string) => cases.find((c) => c.name === name)!;

Deno.test("readFits() lists the other readings that are met in practice", async () => {
  const conventions = async (name: string) => {
    const file = await readFits(source(find(name)));
    return file.frame(0).candidates.map(({ convention }) => convention);
  };
  const thuman = await conventions("thuman2-smplx");
  assert.equal(thuman.length, 12); // scale order × mean or flat hand × three genders
  assert.deepEqual(thuman[0], {
    root: "global_orient",
    origin: "model",
    scale: "before-translation",
    handPca: 12,
    hands: "mean",
    gender: "male",
  });
  assert.equal(new Set(thuman.map((c) => JSON.stringify(c))).size, 12);
  const custom = await conventions("custom-humans");
  assert.deepEqual(custom.map((c) => [c.origin, c.hands, c.gender]), [
    ["pelvis", "flat", "male"],
    ["pelvis", "mean", "male"],
  ]);
  // 45 values a hand are rotations or as many components.
  assert.deepEqual((await conventions("x-humans smplx")).map((c) => [c.handPca, c.hands]), [
    [null, "mean"],
    [null, "flat"],
    [45, "mean"],
    [45, "flat"],
  ]);
  assert.equal((await conventions("pamir")).length, 6); // both roots agree: one is enough
  assert.equal((await conventions("amass smplh")).length, 1);
});

Deno.test("readFits() divides SMPL-X poses of 66 into root and body, and doubts a root that differs", async () => {
  const body_pose = Array.from({ length: 66 }, (_, i) => i / 100);
  const file = (global_orient: number[]) =>
    readFits(bytesSource(
      "mv.pkl",
      encodePickle({
        global_orient: [global_orient],
        body_pose: [body_pose],
        jaw_pose: [[0, 0, 0]],
        global_body_translation: [1, 2, 3],
      }),
    ));
  const same = (await file(body_pose.slice(0, 3))).frame(0).candidates;
  assert.equal(same[0].fit.kind, "smplx");
  assert.deepEqual([...same[0].fit.globalOrient], body_pose.slice(0, 3));
  assert.deepEqual([...same[0].fit.bodyPose], body_pose.slice(3));
  assert.equal(new Set(same.map((c) => c.convention.root)).size, 1);
  const other = (await file([0, 3, 0])).frame(0).candidates;
  assert.deepEqual([...new Set(other.map((c) => c.convention.root))], [
    "body_pose",
    "global_orient",
  ]);
});

Deno.test("readFits() takes scale after the translation as the same body moved elsewhere", async () => {
  const c = find("thuman2-smplx");
  const { candidates } = (await readFits(source(c))).frame(0);
  const [before, after] = (["before-translation", "after-translation"] as const).map((scale) =>
    candidates.find(({ convention }) => convention.scale === scale)!.fit
  );
  after.transl.forEach((t, k) => assert.equal(t, before.scale * before.transl[k]));
  assert.equal(after.scale, before.scale);
});

Deno.test("readFits() reads the gender where the file tells, and takes it from the caller", async () => {
  const gender = async (name: string, options: FitReadOptions = {}) =>
    (await readFits(source(find(name)), options)).frame(0).candidates[0].convention.gender;
  assert.equal(await gender("amass smplh"), "male");
  assert.equal(await gender("amass smplh", { gender: "female" }), "female");
  assert.equal(await gender("cape"), "unknown");
  assert.equal(await gender("humman"), "neutral");
});

Deno.test("readFits() counts frames and people", async () => {
  const frames = async (name: string) => (await readFits(source(find(name)))).frames;
  assert.equal(await frames("amass smplh"), 3);
  assert.equal(await frames("amass smplx"), 2);
  assert.equal(await frames("thuman2-smplx"), 1);
  const tracks = await readFits(source(find("phalp, compress 3")));
  assert.equal(tracks.frames, 3);
  assert.deepEqual([0, 1, 2].map((i) => tracks.frame(i).id), [
    "000000.jpg#0",
    "000000.jpg#1",
    "000001.jpg#0",
  ]);
  assert.throws(() => tracks.frame(3), /Cannot read frame 3 .* it has 3/);
});

Deno.test("readFits() notes what lies beside the file", async () => {
  const codes = async (name: string, options: FitReadOptions = {}) =>
    (await readFits(source(find(name)), options)).notes.map((note) => note.code);
  assert.deepEqual(await codes("cape"), ["shape-missing"]);
  assert.deepEqual(await codes("cape", optionsOf(find("cape"))), []);
  assert.deepEqual(await codes("x-humans smpl"), ["shape-per-frame"]);
  assert.deepEqual(await codes("thuman2-smplx"), []);
});

Deno.test("readFits() can be told the format, and refuses one that does not exist", async () => {
  const c = find("x-humans smpl");
  assert.equal((await readFits(source(c), { format: "humman" })).format, "humman");
  await assert.rejects(readFits(source(c), { format: "thuman" }), /expected one of thuman2-smplx/);
  assert.equal(new Set(FIT_FORMATS.map(({ id }) => id)).size, FIT_FORMATS.length);
});

Deno.test("readFits() names what is wrong", async () => {
  const pose = Array.from({ length: 69 }, () => 0);
  const good = { global_orient: [0, 0, 0], body_pose: pose, betas: [0], transl: [0, 0, 0] };
  const matrix = Array.from({ length: 23 }, () => [[1, 0, 0], [0, 2, 0], [0, 0, 1]]);
  const mirror = Array.from({ length: 23 }, () => [[1, 0, 0], [0, -1, 0], [0, 0, 1]]);
  const faults: [unknown, RegExp][] = [
    [{}, /no body_pose, pose or poses/],
    [[1, 2], /no dictionary/],
    [{ ...good, body_pose: [1, 2, 3] }, /pose has 3 values, expected 63, 66, 69/],
    [{ ...good, body_pose: matrix }, /matrix of "body_pose" is no rotation/],
    [{ ...good, body_pose: mirror }, /matrix of "body_pose" is no rotation/],
    [{ ...good, betas: [NaN] }, /"betas" holds NaN/],
    [{ ...good, transl: [1, 2] }, /"transl" has 2 values, expected 3/],
    [{ ...good, scale: 0 }, /scale is 0, expected above 0/],
    [{ ...good, scale: [1, 2] }, /scale is 1, 2/],
    [{ ...good, body_pose: pose.slice(6), left_hand_pose: pose }, /a hand has 69 values/],
    [{ ...good, body_pose: "zero" }, /no body_pose/],
  ];
  for (const [value, wanted] of faults) {
    await assert.rejects(readFits(bytesSource("fit.pkl", encodePickle(value))), (error: Error) => {
      assert.ok(error instanceof InputError, error.stack);
      assert.match(error.message, wanted);
      return true;
    });
  }
  const text = (t: string) => bytesSource("fit.json", new TextEncoder().encode(t));
  await assert.rejects(readFits(text('{"body_pose": [1,')), /begins as JSON and is none/);
  await assert.rejects(readFits(text("v 0 0 0")), /neither an .npz nor a pickle nor JSON/);
  await assert.rejects(readFits(text("[".repeat(100_000))), InputError);
  await assert.rejects(readFits(text(`[${"{},".repeat(2_000_000)}{}]`)), /would take about/);
  const hostile = new TextEncoder().encode("cos\nsystem\n(S'echo'\ntR.");
  await assert.rejects(readFits(bytesSource("x.pkl", hostile)), /asks for os.system/);
});

Deno.test("readFits() ends in fits or an InputError whatever the bytes", async () => {
  const change = fc.record({ at: fc.nat(), value: fc.nat(255), cut: fc.nat(20) });
  let read = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.nat(cases.length - 1),
      fc.array(change, { minLength: 1, maxLength: 5 }),
      async (which, changes) => {
        let data = Uint8Array.fromBase64(cases[which].file);
        for (const { at, value, cut } of changes) {
          data[at % data.length] = value;
          if (cut === 0) data = data.slice(0, 1 + at % data.length);
        }
        try {
          const file = await readFits(bytesSource("fit", data));
          file.frame(file.frames - 1);
          read++;
        } catch (error) {
          assert.ok(error instanceof InputError, String((error as Error).stack));
        }
      },
    ),
    { numRuns: 1500, seed: 8 },
  );
  assert.ok(read > 100 && read < 1400, `${read} of 1500 read`);
});
