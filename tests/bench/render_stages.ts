// deno-lint-ignore-file no-console -- a benchmark reports on the terminal
/**
 * Where the time of `render` goes: the dense scan (564,000 triangles), seven yaws at 2048², eight files a
 * view. Processor milliseconds a view (all threads) of each stage, done once for each view and in order as
 * the command does it; then the whole command, and with it what is in no stage.
 *
 *   deno run -A --v8-flags=--no-maglev,--expose-gc tests/bench/render_stages.ts [SIZE]
 */
import process from "node:process";
import { encodeExr } from "../../core/files/exr.ts";
import { encodePng } from "../../core/files/image.ts";
import { join } from "../../core/work/path.ts";
import { hashFile } from "../../core/work/hash.ts";
import { writeWhole } from "../../core/work/scratch.ts";
import { framingOf, suiteCamera } from "../../render/cameras.ts";
import { albedoSamples } from "../../render/cpu/albedo_samples.ts";
import { PIECE } from "../../render/cpu/draw.ts";
import { encodeColors, encodeNormals } from "../../render/cpu/encode.ts";
import { projectVertices } from "../../render/cpu/frame.ts";
import { normalSamples } from "../../render/cpu/normal_samples.ts";
import { rasterize } from "../../render/cpu/rasterize.ts";
import { coveredPixels, samplesOf } from "../../render/cpu/samples.ts";
import { prepareScene } from "../../render/cpu/scene.ts";
import { readFixture } from "../render/_fixture.ts";
import { renderDense } from "./_render_command.ts";

const size = Number(Deno.args[0] ?? 2048);
const yaws = [-30, -20, -10, 0, 10, 20, 30];
const spent = new Map<string, number>();
const folder = await Deno.makeTempDir({ prefix: "s2s_stages_" });
try {
  await draw();
  const { cpuSeconds } = await renderDense(folder, { yaws, size });
  print(1000 * cpuSeconds);
} finally {
  await Deno.remove(folder, { recursive: true });
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function stage<T>(name: string, work: () => T): T {
  const start = cpuMs();
  const result = work();
  spent.set(name, (spent.get(name) ?? 0) + cpuMs() - start);
  return result;
}

async function stageAsync<T>(name: string, work: () => Promise<T>): Promise<T> {
  const start = cpuMs();
  const result = await work();
  spent.set(name, (spent.get(name) ?? 0) + cpuMs() - start);
  return result;
}

async function draw(): Promise<void> {
  const mesh = await stageAsync("read the scan", () => readFixture("h03_dense"));
  const framing = stage("read the scan", () => framingOf(mesh));
  const scene = stage("prepare the scan", () => prepareScene(mesh));
  const pixels = size * size;
  const mask = new Uint8Array(pixels);
  const sides = (["front", "back"] as const).map((side) => ({
    side,
    color: new Uint8Array(4 * pixels),
    normal: new Uint16Array(3 * pixels),
    depth: new Float32Array(pixels),
  }));
  for (const yawDeg of yaws) {
    const camera = suiteCamera(framing, { yawDeg, pitchDeg: 0 }, { size });
    stage("store values", () => {
      for (const { color, normal, depth } of sides) {
        for (const a of [color, normal, depth]) a.fill(0);
      }
      mask.fill(0);
    });
    const frame = stage("rasterize", () => projectVertices(scene.positions, camera));
    const visibility = stage("rasterize", () => rasterize(scene, frame, { valid: "call" }));
    const covered = stage("rasterize", () => coveredPixels(visibility, frame));
    for (let start = 0; start < covered.length; start += PIECE) {
      const piece = covered.subarray(start, start + PIECE), seen = { scene, frame, visibility };
      for (const { side, color, normal, depth } of sides) {
        const samples = stage(
          "places on triangles",
          () => samplesOf(seen, { pixels: piece, side }),
        );
        const { normals } = stage("normals", () => normalSamples(scene, frame, { samples, side }));
        const albedo = stage("textures", () => albedoSamples(scene, frame, samples));
        stage("store values", () => {
          encodeNormals(normal, piece, normals);
          encodeColors(color, piece, albedo);
          for (let n = 0; n < piece.length; n++) {
            depth[piece[n]] = samples.depths[n];
            mask[piece[n]] = 255;
          }
        });
      }
    }
    const shape = { width: size, height: size }, { window } = frame, files: Uint8Array[] = [];
    for (const { color, normal, depth } of sides) {
      files.push(
        stage(
          "encode normals",
          () => encodePng({ ...shape, channels: 3, data: normal }, { window }),
        ),
        stage(
          "encode colours",
          () => encodePng({ ...shape, channels: 4, data: color }, { window }),
        ),
        stage("encode depths", () => encodeExr({ ...shape, channels: { Y: depth } }, { window })),
      );
    }
    files.push(
      stage("encode masks", () => encodePng({ ...shape, channels: 1, data: mask }, { window })),
    );
    for (const [i, bytes] of files.entries()) {
      const path = join(folder, `${i}`);
      await stageAsync("write and hash", async () => {
        await writeWhole(path, bytes);
        await hashFile(path);
      });
    }
  }
}

function print(wholeMs: number): void {
  const inStages = [...spent.values()].reduce((a, b) => a + b, 0);
  spent.set("start, work list, hashes, the rest", wholeMs - inStages);
  console.log(`h03_dense, ${yaws.length} views at ${size}² with files, processor ms a view`);
  console.log("| stage | CPU ms a view | share |");
  console.log("|---|---|---|");
  for (const [name, ms] of [...spent, ["the command", wholeMs] as const]) {
    const share = `${(100 * ms / wholeMs).toFixed(0)} %`;
    console.log(`| ${name} | ${(ms / yaws.length).toFixed(0)} | ${share} |`);
  }
}
