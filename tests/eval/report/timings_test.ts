import assert from "node:assert/strict";
import { join } from "node:path";
import { readTimings } from "../../../eval/report/timings.ts";
import { syntheticResults } from "../_synthetic.ts";

Deno.test("readTimings() takes what predictions.json states where no timing.json was written", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const results = syntheticResults({
      methods: ["a", "b", "c"].map((name) => ({ name, chamferCm: 1 })),
    });
    const [a, b] = results.methods;
    a.timing = { secondsPerItem: 12, peakMemoryMB: 900, device: "RTX 3090" };
    b.timing = { secondsPerItem: 3 };
    for (const method of ["a", "b"]) {
      const path = `${method}/predictions.json`;
      results.inputs.push({ role: "predictions", method, path, bytes: 1, sha256: "0".repeat(64) });
      await Deno.mkdir(join(folder, method));
    }
    const items = { [results.rows[0].subject]: { seconds: 4 } };
    await Deno.writeTextFile(join(folder, "b", "timing.json"), JSON.stringify({ items }));

    const { of, environments } = await readTimings([{ results, folder }]);
    const key = { dataset: results.dataset.name, subject: results.rows[0].subject };
    assert.deepEqual(of("a", key), { seconds: 12, rssMB: 900 });
    assert.deepEqual(of("b", key), { seconds: 4 }); // measured before stated
    assert.deepEqual(of("b", { ...key, subject: "h20" }), { seconds: 3 });
    assert.equal(of("c", key), undefined);
    assert.equal(environments.get("a"), "RTX 3090, as its author states");
    assert.equal(environments.get("c"), undefined);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
