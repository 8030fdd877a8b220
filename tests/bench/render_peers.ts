// deno-lint-ignore-file no-console -- a benchmark reports on the terminal
/**
 * Draws 7 yaws of the dense scan at 2048², colour, depth, normal and mask, front and back, and lets other
 * libraries do the same in the same run, one process after the other:
 *
 *   deno task bench --against peers --python VENV/bin/python [--peers open3d,pyrender,blender] [--yaws -30,0,30]
 *
 * `render_peer.py` says what the Python needs. What counts are processor seconds (user and system, all
 * threads): wall time says on a busy machine how busy it is. Without files: the scene made once and all
 * views, from a mesh in memory. With files: ours by `render` (eight files a view, float32 depth), the peer's six
 * PNGs by OpenCV (16-bit depth).
 */
import { parseArgs } from "node:util";
import { RASTER_MAPS, type RasterMaps } from "../../render/backend.ts";
import { framingOf, suiteCamera } from "../../render/cameras.ts";
import { drawScene } from "../../render/cpu/draw.ts";
import { prepareScene } from "../../render/cpu/scene.ts";
import { SUITE_ROOT } from "../../core/work/paths.ts";
import { join } from "../../core/work/path.ts";
import { readFixture } from "../render/_fixture.ts";
import { processCpuSeconds, processPeakMb } from "./_process.ts";
import { record } from "./_record.ts";
import { DENSE_SCAN, renderDense, V8_FLAGS } from "./_render_command.ts";

interface Measured {
  peer: string;
  wallSeconds: number;
  cpuSeconds: number;
  peakMb: number;
  covered: number;
}

const { values } = parseArgs({
  args: Deno.args,
  options: {
    python: { type: "string" },
    peers: { type: "string", default: "open3d,pyrender" },
    yaws: { type: "string", default: "-30,-20,-10,0,10,20,30" },
    size: { type: "string", default: "2048" },
    against: { type: "string" },
    /** `none`, `all`, or both. */
    files: { type: "string", default: "none,all" },
    /** Our own process: draws and prints. */
    own: { type: "boolean", default: false },
  },
});
const size = Number(values.size), yaws = values.yaws.split(",").map(Number);

if (values.own) console.log(JSON.stringify(await own()));
else await compare();

/** Draws all views in this process. */
async function own(): Promise<Measured> {
  const mesh = await readFixture("h03_dense"), framing = framingOf(mesh);
  const maps = RASTER_MAPS.filter((name) => !name.startsWith("face") && name !== "shaded");
  const wall = performance.now(), cpu = processCpuSeconds();
  const scene = prepareScene(mesh);
  let reuse: RasterMaps | undefined, covered = 0;
  for (const yawDeg of yaws) {
    const camera = suiteCamera(framing, { yawDeg, pitchDeg: 0 }, { size });
    const drawn = drawScene(scene, camera, {
      maps,
      ...reuse === undefined ? {} : { reuse },
    });
    covered += drawn.stats.covered;
    reuse = drawn;
  }
  return {
    peer: "scan2score",
    wallSeconds: (performance.now() - wall) / 1000,
    cpuSeconds: processCpuSeconds() - cpu,
    peakMb: processPeakMb(),
    covered,
  };
}

/** All of them, with and without files, and the table. */
async function compare(): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "s2s_peers_" });
  try {
    const framing = framingOf(await readFixture("h03_dense"));
    const cameras = yaws.map((yawDeg) => {
      const { camFromScan, ...camera } = suiteCamera(framing, { yawDeg, pitchDeg: 0 }, { size });
      const rows = [0, 1, 2, 3].map((r) => [...camFromScan.slice(4 * r, 4 * r + 4)]);
      return { ...camera, camFromScan: rows };
    });
    const job = async (png: string | null) => {
      const file = join(folder, `job${png === null ? "" : "_png"}.json`);
      await Deno.writeTextFile(file, JSON.stringify({ scan: DENSE_SCAN, cameras, png }));
      return file;
    };
    const self = new URL(import.meta.url).pathname;
    const without = values.files.includes("none"), all = values.files.includes("all");
    const rows: (Measured & { files: string })[] = [];
    if (without) {
      rows.push({ files: "none", ...await measured(Deno.execPath(), denoArgs(self, "--own")) });
    }
    if (all) {
      rows.push({
        files: "8 a view",
        peer: "scan2score",
        covered: 0,
        ...await renderDense(folder, { yaws, size }),
      });
    }
    const png = join(folder, "png");
    await Deno.mkdir(png);
    const script = new URL("./render_peer.py", import.meta.url).pathname;
    const { python } = values;
    if (python === undefined) console.log("no --python: without the other libraries");
    for (const peer of python === undefined ? [] : values.peers.split(",")) {
      if (without) {
        rows.push({ files: "none", ...await measured(python!, [script, peer, await job(null)]) });
      }
      if (all) {
        rows.push({ files: "6 PNGs", ...await measured(python!, [script, peer, await job(png)]) });
      }
    }
    await print(rows);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function denoArgs(file: string, ...args: string[]): string[] {
  return ["run", "-A", V8_FLAGS, file, ...args, `--yaws=${values.yaws}`, `--size=${values.size}`];
}

async function measured(program: string, args: string[]): Promise<Measured> {
  const { success, stdout, stderr } = await new Deno.Command(program, { args, cwd: SUITE_ROOT })
    .output();
  const text = new TextDecoder().decode(stdout).trim().split("\n").at(-1)!;
  if (!success) {
    throw new Error(`${program} failed: ${new TextDecoder().decode(stderr).slice(-800)}`);
  }
  return JSON.parse(text) as Measured;
}

async function print(rows: readonly (Measured & { files: string })[]): Promise<void> {
  console.log(`h03_dense, ${yaws.length} yaws at ${size}², processor seconds a yaw`);
  console.log("| | files | CPU s a yaw | wall s a yaw | peak MB | covered | ratio to ours |");
  console.log("|---|---|---|---|---|---|---|");
  for (const { peer, files, cpuSeconds, wallSeconds, peakMb, covered } of rows) {
    const ours = rows.find((row) =>
      row.peer === "scan2score" && (row.files === "none") === (files === "none")
    )!;
    const cells = [
      peer,
      files,
      (cpuSeconds / yaws.length).toFixed(3),
      (wallSeconds / yaws.length).toFixed(3),
      files === "none" || peer !== "scan2score" ? peakMb.toFixed(0) : "",
      covered === 0 ? "" : String(covered),
      (cpuSeconds / ours.cpuSeconds).toFixed(2),
    ];
    console.log(`| ${cells.join(" | ")} |`);
    await record(`render ${peer}, files: ${files}`, cpuSeconds / yaws.length, "CPU s a yaw");
  }
}
