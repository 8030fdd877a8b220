import assert from "node:assert/strict";
import { InputError } from "../../core/work/errors.ts";
import { PUBLISHED_SPLITS, publishedSplit } from "../../datasets/published_splits.ts";
import { splitAtRandom, splitByList } from "../../datasets/split.ts";
import type { Dataset, Subject } from "../../datasets/subject.ts";
import { plainSubject } from "./_subject.ts";
import fc from "fast-check";

function datasetOf(
  ids: readonly string[],
  attributes?: (id: string) => Subject["attributes"],
): Dataset {
  return {
    name: "test",
    format: "test",
    evidence: "",
    folder: "/nowhere",
    broken: [],
    subjects: ids.map((id) =>
      plainSubject(id, id, {
        dataset: "test",
        ...(attributes === undefined ? {} : { attributes: attributes(id)! }),
      })
    ),
  };
}

const NUMBERED = (n: number) => Array.from({ length: n }, (_, i) => String(i).padStart(4, "0"));
const PARTS = [{ name: "train", share: 0.7 }, { name: "val", share: 0.1 }, {
  name: "test",
  share: 0.2,
}];

Deno.test("published lists have the sizes that their papers name", () => {
  const thuman = datasetOf(NUMBERED(526));
  const sizes = (name: string, dataset = thuman) =>
    Object.fromEntries(
      [...splitByList(dataset, publishedSplit(name))].map(([k, v]) => [k, v.length]),
    );
  assert.deepEqual(sizes("thuman2-icon"), { train: 500, test: 5, val: 21 });
  assert.deepEqual(sizes("thuman2-gta"), { train: 490, val: 15, test: 21 });
  assert.deepEqual(sizes("thuman2-shert"), { train: 499, test: 27 });
  assert.deepEqual(sizes("thuman2-integrated-pifu"), { test: 72, rest: 454 });
  const rp = ["rp_eve_posed_001", "rp_yasmin_posed_007", "rp_dennis_posed_004"];
  assert.deepEqual(sizes("renderpeople-pifuhd", datasetOf(rp)), { test: 1, train: 2 });
  assert.deepEqual(sizes("renderpeople-loose", datasetOf(rp)), { test: 2 });
  const cape = ["00215-jerseyshort-pose_model-000200", "02474-longshort-improvise-000080", "x"];
  assert.deepEqual(sizes("cape-nfp", datasetOf(cape)), { test: 2 });
});

Deno.test("splitByList() refuses a list that is about other people", () => {
  for (const list of PUBLISHED_SPLITS.filter(({ name }) => name !== "renderpeople-pifuhd")) {
    assert.throws(() => splitByList(datasetOf(["somebody"]), list), (error) => {
      assert.ok(error instanceof InputError && error.hint!.includes(list.formats[0]));
      return true;
    });
  }
});

Deno.test("splitAtRandom() is a partition by the shares, whatever the order of the subjects", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 0, max: 5 }), (n, seed) => {
      const ids = NUMBERED(n), split = splitAtRandom(datasetOf(ids), { parts: PARTS, seed });
      assert.deepEqual([...split.values()].flat().sort(), ids);
      for (const { name, share } of PARTS) {
        assert.ok(Math.abs(split.get(name)!.length - share * n) < 1, `${name} of ${n}`);
      }
      const other = splitAtRandom(datasetOf(ids.toReversed()), { parts: PARTS, seed });
      assert.deepEqual([...other], [...split]);
    }),
    { numRuns: 50, seed: 7 },
  );
});

Deno.test("splitAtRandom() differs by seed and keeps a person's frames together", () => {
  const ids = NUMBERED(90);
  const dataset = datasetOf(ids, (id) => ({ person: `p${Math.floor(Number(id) / 3)}` }));
  const split = splitAtRandom(dataset, { parts: PARTS, seed: 1 });
  for (const part of split.values()) {
    const people = new Map<string, number>();
    for (const id of part) {
      const person = `p${Math.floor(Number(id) / 3)}`;
      people.set(person, (people.get(person) ?? 0) + 1);
    }
    assert.ok([...people.values()].every((count) => count === 3));
  }
  const again = splitAtRandom(dataset, { parts: PARTS, seed: 2 });
  assert.notDeepEqual([...again], [...split]);
});

Deno.test("splitAtRandom() gives each part its share of every stratum", () => {
  const sexOf = (id: string) => Number(id) % 4 === 0 ? "female" : "male";
  const dataset = datasetOf(NUMBERED(80), (id) => ({ sex: sexOf(id) }));
  const parts = [{ name: "a", share: 0.5 }, { name: "b", share: 0.5 }];
  const split = splitAtRandom(dataset, { parts, seed: 3, stratify: ["sex"] });
  for (const ids of split.values()) {
    assert.equal(ids.length, 40);
    assert.equal(ids.filter((id) => sexOf(id) === "female").length, 10);
  }
  assert.throws(
    () => splitAtRandom(dataset, { parts, seed: 3, stratify: ["age"] }),
    /subject "0000" has no "age"/,
  );
  assert.throws(() => splitAtRandom(dataset, { parts: [parts[0]], seed: 0 }), RangeError);
});
