// deno-lint-ignore-file no-console -- a test by hand reports on the terminal
/**
 * Draws with this machine's graphics device and compares with the CPU, pixel by pixel; then breaks
 * the device in several ways:
 *
 *   deno task test:gpu [--only CASES] [--require]
 *
 * Debian's mesa-vulkan-drivers is a device in software that will do. Where there is no adapter, that
 * is said in capitals and the exit code is 0; with --require it is 1.
 */
import { parseArgs } from "node:util";
import { MachineError, messageOf } from "../../core/work/errors.ts";
import type { Mesh } from "../../core/geometry/mesh.ts";
import { translation } from "../../core/geometry/transform.ts";
import { random } from "../../core/work/random.ts";
import { type Backend, RASTER_MAPS } from "../../render/backend.ts";
import { framingOf, suiteCamera } from "../../render/cameras.ts";
import { cpuBackend } from "../../render/cpu/cpu_backend.ts";
import { studioLight } from "../../render/light.ts";
import { describeAdapter } from "../../render/webgpu/adapter_facts.ts";
import { type WebGpuBackend, webgpuBackend } from "../../render/webgpu/webgpu_backend.ts";
import { readFixture } from "../render/_fixture.ts";
import { cube, meshOf, pinhole, sphere, square } from "../render/_shapes.ts";
import { parityFaults, parityOf } from "./_parity.ts";

const { values } = parseArgs({
  args: Deno.args,
  options: { only: { type: "string" }, require: { type: "boolean", default: false } },
});

const MAPS = RASTER_MAPS.filter((name) => !name.startsWith("face"));

let gpu: WebGpuBackend;
try {
  gpu = await webgpuBackend();
} catch (error) {
  console.log(`NOT RUN: the tests on a graphics device: ${messageOf(error)}`);
  Deno.exit(values.require ? 1 : 0);
}
console.log(`adapter: ${describeAdapter(gpu.adapter)}`);
const cpu = cpuBackend();

/** Puts the origin before the camera. */
const AWAY = translation(0, 0, -1.5);

/** Cases of which each returns what is wrong, and may say what it measured. */
type Case = (say: (text: string) => void) => Promise<string[]>;

const cases: Record<string, Case> = {
  ...humans("h01", [0, -30], 512),
  ...humans("h09", [45, 180], 1024),
  ...humans("h03_dense", [0, 30], 2048),
  "a cube, seen along its faces": () => compare(cube(0.5), pinhole(301, AWAY)),
  "a sphere of large triangles": () => compare(sphere(0.7, 9), pinhole(640, AWAY)),
  "a picture of several tiles": () => compare(sphere(0.7, 40), pinhole(3000, AWAY)),
  "triangles from behind the camera to far beyond the picture": async () => {
    const { float } = random(7, "near soup"), faults: string[] = [];
    for (let round = 0; round < 5; round++) {
      const corner = () => [4 * float() - 2, 4 * float() - 2, 3 * float() - 2];
      const mesh = meshOf(
        Array.from({ length: 24 }, corner).flat(),
        Array.from({ length: 24 }, (_, i) => i),
      );
      faults.push(...await compare(mesh, pinhole(256)));
    }
    return faults;
  },
  "a sphere from its inside": () => compare(sphere(0.7, 12), pinhole(256)),
  "a square a millionfold larger than the picture": () => compare(square(3e6, -10), pinhole(64)),
  "colours from 3 × 3 samples": async () => {
    const mesh = await readFixture("h01");
    const camera = suiteCamera(framingOf(mesh), { yawDeg: 20, pitchDeg: 0 }, { size: 256 });
    return await compare(mesh, camera, 3);
  },
  "the same bytes again": async () => {
    const mesh = await readFixture("h01"), framing = framingOf(mesh);
    const scene = await gpu.prepare(mesh);
    const view = (yawDeg: number) =>
      gpu.draw(scene, suiteCamera(framing, { yawDeg, pitchDeg: 0 }, { size: 512 }), request());
    const first = await view(10);
    await view(50);
    const again = await view(10);
    gpu.release(scene);
    return MAPS.filter((name) => !sameBytes(first[name]!, again[name]!)).map((name) =>
      `${name} differs`
    );
  },
  "memory given back": async (say) => {
    const mesh = await readFixture("h01"), framing = framingOf(mesh);
    const camera = suiteCamera(framing, { yawDeg: 0, pitchDeg: 0 }, { size: 256 });
    const round = async () => {
      const scene = await gpu.prepare(mesh);
      await gpu.draw(scene, camera, { maps: ["depth"] });
      gpu.release(scene);
    };
    for (let i = 0; i < 10; i++) await round();
    const before = residentBytes();
    for (let i = 0; i < 60; i++) await round();
    const grown = (residentBytes() - before) / 60;
    const buffers = mesh.indices.byteLength + mesh.positions.byteLength;
    say(`${(grown / 1e3).toFixed(0)} kB a scene kept, of ${(buffers / 1e3).toFixed(0)} kB`);
    return grown > buffers / 2 ? [`${grown} bytes a scene are kept`] : [];
  },
  "a lost device": (say) =>
    broken(say, /lost/, (device) => {
      device.destroy();
    }),
  "a device lost while it draws": (say) =>
    broken(say, /lost|destroyed|validation/, (device) => {
      setTimeout(() => device.destroy(), 0);
    }),
  "a validation error beside a drawing": (say) =>
    broken(say, /greater than the maximum|size/i, (device) => {
      device.createBuffer({ size: 2 ** 50, usage: GPUBufferUsage.COPY_DST });
    }),
  "a validation error during a drawing": (say) =>
    broken(say, /greater than the maximum|size/i, (device) => {
      setTimeout(() => {
        device.createBuffer({ size: 2 ** 50, usage: GPUBufferUsage.COPY_DST });
      }, 0);
    }),
};

let failed = 0, run = 0;
for (const [name, test] of Object.entries(cases)) {
  if (values.only !== undefined && !values.only.split(",").some((part) => name.includes(part))) {
    continue;
  }
  run++;
  const said: string[] = [];
  let faults: string[];
  try {
    faults = await test((text) => said.push(text));
  } catch (error) {
    faults = [messageOf(error)];
  }
  const ok = faults.length === 0;
  if (!ok) failed++;
  console.log(`${ok ? "ok    " : "FAILED"}  ${name}${said.map((text) => `: ${text}`).join("")}`);
  for (const fault of faults) console.log(`        ${fault}`);
}
gpu[Symbol.dispose]();
console.log(`${run - failed} of ${run} cases passed`);
if (run === 0) console.log(`NOT RUN: no case is called "${values.only}"`);
Deno.exit(failed > 0 || run === 0 ? 1 : 0);

/** Views of a bundled person through both cameras. */
function humans(id: string, yaws: readonly number[], size: number): Record<string, Case> {
  return Object.fromEntries(
    (["persp50", "ortho"] as const).flatMap((camera) =>
      yaws.map((yawDeg): [string, Case] => [
        `${id}, ${size}², yaw ${yawDeg}, ${camera}`,
        async (say) => {
          const mesh = await readFixture(id);
          const angles = { yawDeg, pitchDeg: yawDeg / 4 };
          return await compare(
            mesh,
            suiteCamera(framingOf(mesh), angles, { size, camera }),
            1,
            say,
          );
        },
      ])
    ),
  );
}

/** Draws with both and says what differs too much. */
async function compare(
  mesh: Mesh,
  camera: Parameters<Backend["draw"]>[1],
  supersample = 1,
  say?: (text: string) => void,
): Promise<string[]> {
  const wanted = await cpu.prepare(mesh), tried = await gpu.prepare(mesh);
  try {
    const [a, b] = [
      await cpu.draw(wanted, camera, request(supersample)),
      await gpu.draw(tried, camera, request(supersample)),
    ];
    const found = parityOf(a, b);
    say?.(
      `${found.covered} pixels, ${found.coverage} covered otherwise, ${found.depth} of another ` +
        `depth, others within ${found.depthM.toExponential(1)} m, ` +
        `normals ${found.normalDeg.toFixed(4)}°, colours ${found.color}`,
    );
    return parityFaults(found);
  } finally {
    gpu.release(tried);
  }
}

function request(supersample = 1) {
  return { maps: MAPS, light: studioLight(1, "test"), supersample };
}

/** Opens a device of its own, breaks it, and expects drawing to stop, then and later. */
async function broken(
  say: (text: string) => void,
  reason: RegExp,
  spoil: (device: GPUDevice) => void,
): Promise<string[]> {
  let device: GPUDevice | undefined;
  using spoiled = await webgpuBackend({
    requestAdapter: async (options) => {
      const adapter = await navigator.gpu.requestAdapter(options);
      const ask = adapter!.requestDevice.bind(adapter);
      adapter!.requestDevice = async (wanted) => device = await ask(wanted);
      return adapter;
    },
  });
  const mesh = sphere(0.7, 200), camera = pinhole(1024, AWAY);
  const scene = await spoiled.prepare(mesh);
  await spoiled.draw(scene, camera, { maps: ["depth"] });
  spoil(device!);
  const faults: string[] = [];
  for (const when of ["then", "later"]) {
    try {
      await spoiled.draw(scene, camera, { maps: MAPS, light: studioLight(1, "test") });
      faults.push(`drawing ${when} gave maps`);
    } catch (error) {
      if (!(error instanceof MachineError)) faults.push(`${when}: ${error}`);
      else if (!reason.test(error.message)) faults.push(`${when}: ${error.message}`);
      else if (when === "then") say(error.message);
    }
  }
  return faults;
}

function residentBytes(): number {
  (globalThis as { gc?: () => void }).gc?.();
  return Deno.memoryUsage().rss;
}

function sameBytes(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  return a.length === b.length && Array.prototype.every.call(a, (value, i) => value === b[i]);
}
