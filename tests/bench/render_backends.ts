// deno-lint-ignore-file no-console -- a benchmark reports on the terminal
/**
 * Times both back-ends on the dense scan (564,000 triangles), seven yaws at 2048², before files, in
 * turns: the processor's seconds (all threads; a software adapter's are among them) and the clock's.
 *
 *   deno run --allow-read --allow-env --allow-ffi --allow-sys tests/bench/render_backends.ts [SIZE] [ROUNDS]
 */
import process from "node:process";
import { RASTER_MAPS } from "../../render/backend.ts";
import { BACKEND_NAMES, openBackend } from "../../render/backends.ts";
import { framingOf, suiteCamera } from "../../render/cameras.ts";
import { readFixture } from "../render/_fixture.ts";

const size = Number(Deno.args[0] ?? 2048), rounds = Number(Deno.args[1] ?? 3);
const mesh = await readFixture("h03_dense"), framing = framingOf(mesh);
const maps = RASTER_MAPS.filter((name) => !name.startsWith("face") && name !== "shaded");
const drawers = [];
for (const name of BACKEND_NAMES) {
  const started = performance.now(), backend = await openBackend(name);
  const scene = await backend.prepare(mesh);
  console.log(
    `${name}: ${backend.device ?? "the processor"}; ready after ` +
      `${(performance.now() - started).toFixed(0)} ms`,
  );
  drawers.push({ name, backend, scene, clock: [] as number[], processor: [] as number[] });
}
for (let round = 0; round < rounds; round++) {
  for (const yawDeg of [-30, -20, -10, 0, 10, 20, 30]) {
    const camera = suiteCamera(framing, { yawDeg, pitchDeg: 0 }, { size });
    for (const { backend, scene, clock, processor } of drawers) {
      const started = performance.now(), used = processorMs();
      await backend.draw(scene, camera, { maps });
      if (round === 0) continue; // compiles
      clock.push(performance.now() - started);
      processor.push(processorMs() - used);
    }
  }
}
for (const { name, backend, scene, clock, processor } of drawers) {
  console.log(
    `${name.padEnd(7)} processor ${median(processor).toFixed(0)} ms a view, clock ` +
      `${median(clock).toFixed(0)} ms median, ${Math.min(...clock).toFixed(0)} least`,
  );
  backend.release(scene);
}
console.log(`peak RSS ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB`);
Deno.exit(0);

/** Of all threads of this process. */
function processorMs(): number {
  const { userCPUTime, systemCPUTime } = process.resourceUsage();
  return (userCPUTime + systemCPUTime) / 1000;
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}
