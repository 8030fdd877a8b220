import assert from "node:assert/strict";
import { FIXTURES } from "../../core/work/paths.ts";
import { openDataset } from "../../datasets/open.ts";
import { estimateRender } from "../../render/estimate.ts";

Deno.test("estimateRender() tries one view of three subjects and leaves nothing behind", async () => {
  const { subjects } = await openDataset(`${FIXTURES}/humans`);
  const views = [0, 10, 20].map((yawDeg) => ({ yawDeg, pitchDeg: 0 }));
  const job = {
    subjects: subjects.slice(0, 5),
    views,
    options: { size: 16, maps: ["depth", "mask"] as const },
  };
  const found = await estimateRender(job, { workers: 2 });
  assert.deepEqual([found.views, found.size, found.tried], [15, 16, ["h01", "h03", "h05"]]);
  assert.ok(found.bytes === 15 * found.bytesPerView && found.bytesPerView > 1000);
  const seconds = 15 * found.secondsPerView + 5 * found.secondsPerSubject;
  assert.ok(seconds > 0 && Math.abs(found.seconds - seconds / 2) < 1e-9);
});
