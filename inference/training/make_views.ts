/**
 * Draws the training views of the coarse network: figures in new poses, turned, lit, some of them seen
 * by the photo front end, written as fixed-size records.
 *
 * ```text
 * deno run -A inference/training/make_views.ts --out DIR --data FOLDER --ids FILE --library FILE
 *   --poses N --yaws N --seed N [--look SHARE] [--fit MODEL] [--shard i/n]
 * ```
 *
 * Writes `<id>.bin` (records of `codeView`) and `<id>.jsonl` (one line a record). With `--fit` the body is
 * fitted to what the front end sees and the model's lifter makes of it; `<id>.body.bin` then has a record of `codeBody` for each line that
 * names the fitted body's joints, in their order. Resumes by figure.
 */
import { parseArgs } from "node:util";
import { join } from "../../core/work/path.ts";
import { random } from "../../core/work/random.ts";
import type { Subject } from "../../datasets/subject.ts";
import type { RasterMaps } from "../../render/backend.ts";
import { framingOf, suiteCamera } from "../../render/cameras.ts";
import { cpuBackend } from "../../render/cpu/cpu_backend.ts";
import { studioLight } from "../../render/light.ts";
import { openPoseNetworks } from "../photo/networks.ts";
import { openModel } from "../twoktwok/model_json.ts";
import { codeView } from "./code_view.ts";
import { composite, jointsIn, openFigures, posedFigures, tightCamera } from "./figures.ts";
import { bodyJointsIn, codeBody, cueJson, fittedTo, joined, lookAt } from "./look.ts";

/** Side of the pictures and of the records. */
const SIZE = 512, GRID = 128;

const { values } = parseArgs({
  options: {
    out: { type: "string" },
    data: { type: "string" },
    ids: { type: "string", default: "" },
    library: { type: "string", default: "" },
    poses: { type: "string", default: "6" },
    yaws: { type: "string", default: "4" },
    seed: { type: "string", default: "0" },
    shard: { type: "string", default: "0/1" },
    look: { type: "string", default: "1" },
    fit: { type: "string" },
  },
});
const out = values.out!, seed = Number(values.seed), yaws = Number(values.yaws);
const poses = Number(values.poses), lookShare = Number(values.look);
const [shard, shards] = values.shard.split("/").map(Number);

await Deno.mkdir(out, { recursive: true });
const figures = await openFigures(values.data!, { ids: values.ids, library: values.library });
await using networks = await openPoseNetworks({ threads: 1 });
const lifter = values.fit === undefined ? undefined : await openModel(values.fit);
const backend = cpuBackend();
for (const [i, subject] of figures.subjects.entries()) {
  if (i % shards !== shard) continue;
  const file = join(out, `${subject.id}.bin`);
  if (await Deno.stat(file).catch(() => undefined)) continue;
  const started = performance.now();
  const bodies: Uint8Array[] = [];
  const lines = await figure(subject, `${file}.part`, bodies);
  if (lifter) await Deno.writeFile(join(out, `${subject.id}.body.bin`), joined(bodies));
  await Deno.writeTextFile(
    join(out, `${subject.id}.jsonl`),
    lines.map((line) => line + "\n").join(""),
  );
  await Deno.rename(`${file}.part`, file);
  await Deno.stdout.write(
    new TextEncoder().encode(
      `${subject.id}: ${lines.length} views, ${Math.round(performance.now() - started)} ms\n`,
    ),
  );
}

async function figure(subject: Subject, file: string, bodies: Uint8Array[]): Promise<string[]> {
  using handle = await Deno.open(file, { create: true, write: true, truncate: true });
  const lines: string[] = [];
  let reuse: RasterMaps | undefined;
  for await (
    const { pose, mesh, posed, through, stretched } of posedFigures(subject, figures, {
      poses,
      seed,
    })
  ) {
    const scene = await backend.prepare(mesh), framing = framingOf(mesh);
    const distanceM = 2.8 * framing.radiusM;
    for (let y = 0; y < yaws; y++) {
      const r = random(seed, "view", subject.id, pose, y), around = r.float() < 0.15;
      const yawDeg = around ? 360 * r.float() - 180 : 120 * r.float() - 60;
      const suite = suiteCamera(framing, { yawDeg, pitchDeg: 4 * r.normal() }, {
        size: SIZE,
        camera: r.float() < 0.8 ? "persp50" : "ortho",
      });
      const camera = tightCamera(suite, mesh.positions, r);
      const maps: RasterMaps = await backend.draw(scene, camera, {
        maps: ["shaded", "normal", "normal_back", "depth", "depth_back", "mask"],
        light: studioLight(seed, subject.id, pose, y),
        ...(reuse === undefined ? {} : { reuse }),
      });
      reuse = maps;
      const picture = composite(maps, random(seed, "ground", subject.id, pose, y));
      const seen = r.float() < lookShare ? await lookAt(picture, networks) : undefined;
      const body = lifter && seen
        ? await fittedTo(seen, {
          model: figures.model,
          lifter,
          camera,
          distanceM,
          mask: maps.mask!,
        })
        : undefined;
      if (body !== undefined) bodies.push(codeBody(body));
      const bytes = codeView(maps, { camera, distanceM, grid: GRID });
      for (let at = 0; at < bytes.length;) at += await handle.write(bytes.subarray(at));
      lines.push(JSON.stringify({
        subject: subject.id,
        outfit: (subject.attributes as { outfit?: string } | undefined)?.outfit,
        pose,
        yawDeg: Math.round(yawDeg),
        around,
        through,
        stretched,
        joints: jointsIn(posed.joints, camera, distanceM),
        cue: seen && cueJson(seen, SIZE),
        body: body && bodyJointsIn(body, SIZE),
      }));
    }
    backend.release(scene);
  }
  return lines;
}
