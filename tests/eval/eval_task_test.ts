import assert from "node:assert/strict";
import { join } from "node:path";
import scoreItem, { type EvalPayload, release } from "../../eval/eval_task.ts";
import { plainSubject } from "../datasets/_subject.ts";

/** A box of a person's size, 0.5 × 1.8 × 0.3 m. */
function boxObj(): string {
  const corners = Array.from(
    { length: 8 },
    (_, i) => `v ${0.5 * (i & 1)} ${1.8 * ((i >> 1) & 1)} ${0.3 * (i >> 2)}`,
  );
  // Outwards: -z, +z, -y, +y, -x, +x.
  const quads = [[1, 3, 4, 2], [5, 6, 8, 7], [1, 2, 6, 5], [3, 7, 8, 4], [1, 5, 7, 3], [
    2,
    4,
    8,
    6,
  ]];
  return [...corners, ...quads.map((quad) => `f ${quad.join(" ")}`)].join("\n") + "\n";
}

Deno.test("scores of two subjects with one scan file do not depend on who was scored before", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const scanFile = join(folder, "box.obj");
    await Deno.writeTextFile(scanFile, boxObj());
    const score = async (id: string) => {
      const payload: EvalPayload = {
        subject: plainSubject(id, scanFile),
        method: "same",
        frame: "scan",
        unit: "m",
        entries: [{ meshFile: scanFile }],
        protocols: [{ id: "suite-1", changes: { samples: 400 } }],
        seed: 0,
      };
      const { result } = await scoreItem(payload, { scratch: folder, signal: undefined });
      return JSON.stringify((result as { rows: unknown[] }).rows);
    };
    const alone = await score("b");
    release();
    await score("a");
    assert.equal(await score("b"), alone);
  } finally {
    release();
    await Deno.remove(folder, { recursive: true });
  }
});
