// deno-lint-ignore-file no-console -- a benchmark reports on the terminal
/**
 * Times reading a textured OBJ and a binary PLY of one million triangles, each in a process of its
 * own, against trimesh where a Python that has it is named:
 *
 *   deno run --allow-all tests/bench/files_obj.ts [PYTHON]     (all: to read its own peak memory)
 */
import { join } from "node:path";
import { readMeshFile } from "../../core/files/mesh_file.ts";
import { encodeObj } from "../../core/files/obj_write.ts";
import { encodePly } from "../../core/files/ply.ts";
import type { Mesh } from "../../core/geometry/mesh.ts";
import { record } from "./_record.ts";

const ROUNDS = 5;
const SIDE = 708; // 2 · 708² = 1,002,528 triangles

const [first, second] = Deno.args;
if (first === "--read") await report(second);
else await compare(first);

/** One reading, in this process: seconds and peak memory as JSON. */
async function report(path: string): Promise<void> {
  const start = performance.now();
  const { mesh } = await readMeshFile(path);
  const seconds = (performance.now() - start) / 1000;
  const status = await Deno.readTextFile("/proc/self/status");
  const peakMb = Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024;
  console.log(JSON.stringify({ seconds, peakMb, faces: mesh.indices.length / 3 }));
}

async function compare(python: string | undefined): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const mesh = bumpySphere(SIDE);
    const texture = {
      name: "t",
      width: 64,
      height: 64,
      data: new Uint8Array(4 * 64 * 64).fill(255),
    };
    const materials = [{ name: "skin", baseColor: [1, 1, 1, 1] as const, texture }];
    for (const [name, bytes] of encodeObj({ ...mesh, materials }, "scan")) {
      await Deno.writeFile(join(folder, name), bytes);
    }
    await Deno.writeFile(join(folder, "scan.ply"), encodePly(mesh));
    for (const name of ["scan.obj", "scan.ply"]) {
      const path = join(folder, name);
      const megabytes = (await Deno.stat(path)).size / 1e6;
      const own = import.meta.filename!;
      const ours = await times(Deno.execPath(), ["run", "--allow-all", own, "--read", path]);
      console.log(`${name}, ${megabytes.toFixed(0)} MB, median (min) of ${ROUNDS} processes`);
      console.log(`  scan2score ${line(ours)}`);
      await record(`files_obj ${name} of a million triangles, median`, median(ours.seconds), "s");
      await record(`files_obj ${name}, peak`, median(ours.peakMb), "MB");
      if (python === undefined) continue;
      const peer = join(import.meta.dirname!, "files_obj_peer.py");
      for (const mode of ["default", "raw"]) {
        const theirs = await times(python, [peer, mode, path]);
        const ratio = median(theirs.seconds) / median(ours.seconds);
        console.log(`  trimesh ${mode.padEnd(7)} ${line(theirs)}: ${ratio.toFixed(1)} × our time`);
      }
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

interface Times {
  seconds: number[];
  peakMb: number[];
}

async function times(command: string, args: string[]): Promise<Times> {
  const all: Times = { seconds: [], peakMb: [] };
  for (let round = 0; round < ROUNDS; round++) {
    const { stdout, success } = await new Deno.Command(command, { args, stderr: "inherit" })
      .output();
    if (!success) throw new Error(`${command} failed`);
    const { seconds, peakMb } = JSON.parse(new TextDecoder().decode(stdout));
    all.seconds.push(seconds);
    all.peakMb.push(peakMb);
  }
  return all;
}

function line({ seconds, peakMb }: Times): string {
  const least = Math.min(...seconds).toFixed(3);
  return `${median(seconds).toFixed(3)} (${least}) s, peak ${median(peakMb).toFixed(0)} MB`;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

/** A sphere with waves as a grid of side² quads, with a seam and texture coordinates. */
function bumpySphere(side: number): Mesh {
  const row = side + 1;
  const positions = new Float32Array(3 * row * row);
  const indices = new Uint32Array(6 * side * side), uvs = new Float32Array(12 * side * side);
  for (let j = 0; j <= side; j++) {
    for (let i = 0; i <= side; i++) {
      const theta = 2 * Math.PI * i / side, phi = Math.PI * j / side;
      const r = 1 + 0.05 * Math.sin(7 * theta) * Math.sin(9 * phi);
      const at = 3 * (j * row + i);
      positions[at] = r * Math.sin(phi) * Math.cos(theta);
      positions[at + 1] = r * Math.cos(phi);
      positions[at + 2] = r * Math.sin(phi) * Math.sin(theta);
    }
  }
  let to = 0;
  for (let j = 0; j < side; j++) {
    for (let i = 0; i < side; i++) {
      for (
        const [x, y] of [[i, j], [i + 1, j], [i + 1, j + 1], [i, j], [i + 1, j + 1], [i, j + 1]]
      ) {
        indices[to] = y * row + x;
        uvs[2 * to] = x / side;
        uvs[2 * to + 1] = y / side;
        to++;
      }
    }
  }
  return { positions, indices, uvs };
}
