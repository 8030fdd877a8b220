// deno-lint-ignore-file no-console -- a benchmark reports on the terminal
/**
 * Scores a prediction of ten million triangles against a scan under `suite-1` and `pifuhd-2020`, and
 * says how much memory that took (peak resident set; at most 4 GB):
 *
 *   deno run --allow-read --allow-env --allow-ffi --allow-sys tests/bench/score_large.ts [MILLIONS]
 */
import type { Mesh } from "../../core/geometry/mesh.ts";
import { protocolNamed } from "../../eval/protocols/registry.ts";
import { preparePrediction, prepareTruth, scorePair } from "../../eval/score.ts";

/** A bumpy ring about as high as a person, of 2 n² triangles. */
function ring(n: number): Mesh {
  const positions = new Float32Array(3 * n * n), indices = new Uint32Array(6 * n * n);
  for (let j = 0, at = 0; j < n; j++) {
    for (let i = 0; i < n; i++) {
      const u = 2 * Math.PI * i / n, v = 2 * Math.PI * j / n;
      const small = 0.25 + 0.01 * Math.sin(9 * u + 5 * v), big = 0.6 + small * Math.cos(v);
      positions[at++] = big * Math.cos(u), positions[at++] = big * Math.sin(u);
      positions[at++] = small * Math.sin(v);
    }
  }
  for (let j = 0, at = 0; j < n; j++) {
    for (let i = 0; i < n; i++) {
      const [a, b] = [j * n + i, j * n + (i + 1) % n];
      const [c, d] = [(j + 1) % n * n + i, (j + 1) % n * n + (i + 1) % n];
      for (const v of [a, b, c, b, d, c]) indices[at++] = v;
    }
  }
  return { positions, indices };
}

const n = Math.round(Math.sqrt(Number(Deno.args[0] ?? 10) * 5e5));
let peak = 0;
const watch = () => peak = Math.max(peak, Deno.memoryUsage().rss);
const truth = prepareTruth(ring(300), { subject: "large" });
const start = performance.now();
const prediction = preparePrediction(ring(n), truth);
watch();
for (const id of ["suite-1", "pifuhd-2020"]) {
  const { scores } = await scorePair(truth, prediction, { protocol: protocolNamed(id) });
  watch();
  console.log(id, "chamfer_cm", Object.values(scores).map((found) => found.chamfer_cm));
}
let status = "";
try {
  status = /VmHWM:\s+(\d+) kB/.exec(await Deno.readTextFile("/proc/self/status"))?.[1] ?? "";
} catch { /* not Linux: the samples must do */ }
const peakMB = status === "" ? peak / 1e6 : Number(status) / 1e3;
console.log(
  `${2 * n * n} triangles: ${((performance.now() - start) / 1000).toFixed(0)} s, ` +
    `peak ${peakMB.toFixed(0)} MB`,
);
