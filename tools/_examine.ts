/** The checks of `doctor`: each tries the real thing on a small real input. */
import { hintOf, messageOf } from "../core/work/errors.ts";
import { join } from "../core/work/path.ts";
import { FIXTURES } from "../core/work/paths.ts";
import { environment } from "../core/work/version.ts";
import type { Backend } from "../render/backend.ts";

/** One thing that was tried. */
export interface Check {
  name: string;
  ok: boolean;
  /** What was found, with its speed. */
  says: string;
  /** What to do about a failure. */
  hint?: string;
  /** Its absence keeps nothing of the main path from working. */
  optional?: boolean;
}

/** Everything that was found out. */
export interface Examination {
  schema: "scan2score/doctor-1";
  environment: Record<string, string | number>;
  checks: Check[];
}

/** Tries everything. Never throws: a failure is a check that is not ok. */
export async function examine(): Promise<Examination> {
  const checks: Check[] = [machine()];
  checks.push(await attempt("fixtures", fixtures, "clone the repository again"));
  checks.push(
    await attempt("pictures", pictures, "the package sharp cannot load: see its message"),
  );
  checks.push(await attempt("renderer cpu", renderer, "report this with the message"));
  checks.push(await graphics());
  checks.push(await attempt("distances", distances, "report this with the message"));
  checks.push(...await providers());
  return { schema: "scan2score/doctor-1", environment: environment(), checks };
}

async function attempt(name: string, run: () => Promise<string>, hint: string): Promise<Check> {
  try {
    return { name, ok: true, says: await run() };
  } catch (error) {
    return { name, ok: false, says: messageOf(error), hint };
  }
}

function machine(): Check {
  const { cores, platform, deno } = environment();
  const { total, available } = Deno.systemMemoryInfo();
  const gb = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;
  const enough = available > 2e9;
  return {
    name: "machine",
    ok: enough,
    says: `${cores} cores, ${gb(available)} free of ${gb(total)}, ${platform}, Deno ${deno}`,
    ...(enough ? {} : { hint: "the demo needs 2 GB: close something" }),
  };
}

async function fixtures(): Promise<string> {
  const { openDataset } = await import("../datasets/open.ts");
  const { subjects } = await openDataset(join(FIXTURES, "humans"));
  return `${subjects.length} open people`;
}

async function pictures(): Promise<string> {
  const { encodePng, readImage } = await import("../core/files/image.ts");
  const { bytesSource } = await import("../core/files/source.ts");
  const size = 512, data = new Uint16Array(3 * size * size).map((_, i) => (i * 40503) & 0xffff);
  const started = performance.now();
  const png = encodePng({ width: size, height: size, channels: 3, data });
  const back = await readImage(bytesSource("doctor.png", png));
  if (!data.every((value, i) => back.data[i] === value)) {
    throw new Error("16-bit PNG came back changed");
  }
  return `16-bit PNG exact, ${(performance.now() - started).toFixed(0)} ms for ${size}²`;
}

async function renderer(): Promise<string> {
  return `${(await personView()).says} a core`;
}

/** The back-end `webgpu`: which adapter, how fast, and whether it sees what the CPU sees. */
async function graphics(): Promise<Check> {
  const name = "renderer webgpu", optional = true;
  try {
    const { webgpuBackend } = await import("../render/webgpu/webgpu_backend.ts");
    const { describeAdapter } = await import("../render/webgpu/adapter_facts.ts");
    using backend = await webgpuBackend();
    const adapter = describeAdapter(backend.adapter);
    const cpu = await personView(), seen = await personView(backend);
    const differing = seen.mask.reduce((sum, value, i) => sum + +(value !== cpu.mask[i]), 0);
    const says = `${adapter}: ${seen.says}; ${differing} of ${cpu.covered} pixels are covered ` +
      `otherwise than on the CPU`;
    if (differing > cpu.covered / 5000) {
      return { name, ok: false, optional, says, hint: "the driver draws wrongly: --backend cpu" };
    }
    return { name, ok: true, optional, says };
  } catch (error) {
    const hint = hintOf(error) ?? "not needed: --backend cpu draws the same maps";
    return { name, ok: false, optional, says: messageOf(error), hint };
  }
}

/** A bundled person's six maps by a back-end: the second time counts. */
async function personView(backend?: Backend) {
  const { readMeshFile } = await import("../core/files/mesh_file.ts");
  const { framingOf, suiteCamera } = await import("../render/cameras.ts");
  const { cpuBackend } = await import("../render/cpu/cpu_backend.ts");
  const { mesh } = await readMeshFile(join(FIXTURES, "humans", "subjects", "h01.glb"));
  const drawer = backend ?? cpuBackend();
  const scene = await drawer.prepare(mesh);
  const camera = suiteCamera(framingOf(mesh), { yawDeg: 0, pitchDeg: 0 });
  const maps = ["color", "normal", "normal_back", "depth", "depth_back", "mask"] as const;
  await drawer.draw(scene, camera, { maps });
  const started = performance.now();
  const { stats, mask } = await drawer.draw(scene, camera, { maps });
  const ms = performance.now() - started;
  drawer.release(scene);
  if (stats.covered === 0) throw new Error("the picture is empty");
  const says = `${mesh.indices.length / 3} triangles at 2048², 6 maps: ${ms.toFixed(0)} ms a view`;
  return { covered: stats.covered, mask: mask!, says };
}

async function distances(): Promise<string> {
  const { readMeshFile } = await import("../core/files/mesh_file.ts");
  const { buildTree } = await import("../core/geometry/bvh.ts");
  const { closestPoints } = await import("../core/geometry/closest.ts");
  const path = join(FIXTURES, "humans", "subjects", "h01.glb");
  const { mesh } = await readMeshFile(path, { textures: "skip" });
  const started = performance.now();
  const { distance } = closestPoints(buildTree(mesh), mesh.positions);
  const ms = performance.now() - started;
  if (distance.some((d) => d > 1e-7)) throw new Error("vertices do not lie on their own mesh");
  return `${distance.length} exact point-to-surface distances: ${ms.toFixed(0)} ms`;
}

/** Execution providers of networks: `cpu` must run, the others may. */
async function providers(): Promise<Check[]> {
  const { tryProviders } = await import("../inference/onnx/providers.ts");
  const what = (name: string) => `networks ${name}`;
  try {
    const trials = await tryProviders(navigator.hardwareConcurrency);
    return trials.map(({ name, gmacs, difference, fault }): Check => {
      const optional = name !== "cpu";
      if (fault !== undefined) {
        return {
          name: what(name),
          ok: false,
          optional,
          says: fault,
          hint: optional
            ? "not needed: networks run on cpu"
            : "the package onnxruntime-node cannot run here",
        };
      }
      const far = difference === 0 ? "" : `, ${difference?.toExponential(0)} of the range from cpu`;
      return {
        name: what(name),
        ok: true,
        optional,
        says: `3 × 3 convolutions: ${gmacs?.toFixed(0)} GMAC/s${far}; infer --provider ${name}`,
      };
    });
  } catch (error) {
    const hint = "the package onnxruntime-node cannot load";
    return [{ name: what("cpu"), ok: false, says: messageOf(error), hint }];
  }
}
