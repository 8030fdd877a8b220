/**
 * Draws patches of part windows for the part network, each view with its coarse record, so that the
 * trainer can give it what the coarse network really says.
 *
 * ```text
 * deno run -A inference/training/make_parts.ts --out DIR --data FOLDER --ids FILE --library FILE
 *   --poses N --yaws N --seed N [--fit MODEL] [--shard i/n]
 * ```
 *
 * Writes `<id>.coarse.bin` (a record of `codeView` a view), with `--fit` `<id>.body.bin` (as make_views.ts), `<id>.patch.bin` (10 × 96 × 96 bytes a
 * patch: picture, front and back codes in the window's axes, mask) and `<id>.jsonl` (one line a view:
 * its joints, and for each patch the part and the affine map from patch pixels to shares of the coarse
 * crop). Resumes by figure.
 */
import { parseArgs } from "node:util";
import { join } from "../../core/work/path.ts";
import { type Camera, project } from "../../core/geometry/camera.ts";
import { type Random, random } from "../../core/work/random.ts";
import type { Subject } from "../../datasets/subject.ts";
import { keypointsOfBody } from "../../body/body_keypoints.ts";
import type { RasterMaps } from "../../render/backend.ts";
import { framingOf, suiteCamera } from "../../render/cameras.ts";
import { keypoints31 } from "../../render/keypoints.ts";
import { cpuBackend } from "../../render/cpu/cpu_backend.ts";
import { studioLight } from "../../render/light.ts";
import { openPoseNetworks } from "../photo/networks.ts";
import { openModel } from "../twoktwok/model_json.ts";
import { partAffines } from "../twoktwok/part_affine.ts";
import { PARTS } from "../twoktwok/parts.ts";
import { RayCodes } from "../twoktwok/ray_codes.ts";
import { middleWindow, SourcePositions } from "../twoktwok/sampling.ts";
import { codeView } from "./code_view.ts";
import { composite, jointsIn, openFigures, posedFigures, tightCamera } from "./figures.ts";
import { bodyJointsIn, codeBody, cueJson, fittedTo, joined, lookAt } from "./look.ts";

/** Side of the canvas, of a patch, and of the pictures for the coarse network. */
const CANVAS = 1024, PATCH = 96, TIGHT = 512, GRID = 128;

/** Rows and columns of the windows of `model.json`, by part; patches lie inside. */
// deno-fmt-ignore
const WINDOWS: readonly (readonly [number, number])[] = [
  [192, 160], [272, 176], [176, 112], [176, 112], [176, 112], [176, 112],
  [144, 128], [144, 128], [144, 128], [144, 128], [96, 96], [96, 96],
];

/** Patches a view of each part. */
const PATCHES = [2, 4, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1];

/** Share of a patch that must be the person. */
const LEAST_COVERED = 0.15;

/** Deviation of the key points, pixels: about what the photo front end gets wrong. */
const POINT_ERROR = 8;

const { values } = parseArgs({
  options: {
    out: { type: "string" },
    data: { type: "string" },
    ids: { type: "string", default: "" },
    library: { type: "string", default: "" },
    poses: { type: "string", default: "3" },
    yaws: { type: "string", default: "2" },
    seed: { type: "string", default: "0" },
    shard: { type: "string", default: "0/1" },
    fit: { type: "string" },
  },
});
const out = values.out!, seed = Number(values.seed), yaws = Number(values.yaws);
const [shard, shards] = values.shard.split("/").map(Number);
await Deno.mkdir(out, { recursive: true });
const figures = await openFigures(values.data!, { ids: values.ids, library: values.library });
const lifter = values.fit === undefined ? undefined : await openModel(values.fit);
await using networks = lifter && await openPoseNetworks({ threads: 1 });
const backend = cpuBackend();
for (const [i, subject] of figures.subjects.entries()) {
  if (i % shards !== shard) continue;
  const base = join(out, subject.id);
  if (await Deno.stat(`${base}.jsonl`).catch(() => undefined)) continue;
  const started = performance.now();
  const { lines, coarse, patches, bodies } = await figure(subject);
  await Deno.writeFile(`${base}.coarse.bin`, joined(coarse));
  await Deno.writeFile(`${base}.patch.bin`, joined(patches));
  if (lifter) await Deno.writeFile(`${base}.body.bin`, joined(bodies));
  await Deno.writeTextFile(`${base}.jsonl`, lines.map((line) => line + "\n").join(""));
  const seconds = (performance.now() - started) / 1000;
  await Deno.stdout.write(
    new TextEncoder().encode(
      `${subject.id}: ${lines.length} views, ${patches.length} patches, ${seconds.toFixed(1)} s\n`,
    ),
  );
}

async function figure(subject: Subject) {
  const lines: string[] = [], coarse: Uint8Array[] = [], patches: Uint8Array[] = [];
  const bodies: Uint8Array[] = [];
  const poses = Number(values.poses);
  for await (const { mesh, posed, pose } of posedFigures(subject, figures, { poses, seed })) {
    const scene = await backend.prepare(mesh), framing = framingOf(mesh);
    const distanceM = 2.8 * framing.radiusM;
    for (let y = 0; y < yaws; y++) {
      const r = random(seed, "part view", subject.id, pose, y);
      const yawDeg = r.float() < 0.15 ? 360 * r.float() - 180 : 120 * r.float() - 60;
      const angles = { yawDeg, pitchDeg: 4 * r.normal() };
      const camera = suiteCamera(framing, angles, { size: CANVAS });
      const light = studioLight(seed, "parts", subject.id, pose, y);
      const tight = tightCamera(suiteCamera(framing, angles, { size: TIGHT }), mesh.positions, r);
      const small = await backend.draw(scene, tight, {
        maps: ["shaded", "normal", "normal_back", "depth", "depth_back", "mask"],
        light,
      });
      const maps = await backend.draw(scene, camera, {
        maps: ["shaded", "normal", "normal_back", "depth", "depth_back", "mask"],
        light,
      });
      const cut = patchesOf(maps, r, { camera, tight, distanceM, points: points31(posed, camera) });
      if (cut.length === 0) continue;
      const picture = composite(small, random(seed, "part ground", subject.id, pose, y));
      const seen = networks && await lookAt(picture, networks);
      const body = lifter && seen
        ? await fittedTo(seen, {
          model: figures.model,
          lifter,
          camera: tight,
          distanceM,
          mask: small.mask!,
        })
        : undefined;
      if (body !== undefined) bodies.push(codeBody(body));
      coarse.push(codeView(small, { camera: tight, distanceM, grid: GRID }));
      patches.push(...cut.map(({ data }) => data));
      lines.push(JSON.stringify({
        subject: subject.id,
        yawDeg: Math.round(yawDeg),
        joints: jointsIn(posed.joints, tight, distanceM),
        cue: seen && cueJson(seen, TIGHT),
        body: body && bodyJointsIn(body, TIGHT),
        patches: cut.map(({ part, toCrop }) => ({ part, toCrop })),
      }));
    }
    backend.release(scene);
  }
  return { lines, coarse, patches, bodies };
}

/** 2K2K's points of a posed body, normalised canvas coordinates; NaN for none. */
function points31(posed: Parameters<typeof keypointsOfBody>[1], camera: Camera): Float64Array {
  const { body25, handLeft, handRight } = keypointsOfBody(figures.model, posed);
  const flat = (points: Float64Array) => {
    const rows = new Float64Array(points.length);
    for (let i = 0; i < points.length; i += 3) {
      rows.set([...project(camera, [points[i], points[i + 1], points[i + 2]]).slice(0, 2), 1], i);
    }
    return rows;
  };
  const rows = keypoints31({
    body25: flat(body25),
    handLeft: flat(handLeft),
    handRight: flat(handRight),
  });
  return Float64Array.from({ length: 62 }, (_, i) => 2 * rows[3 * (i >> 1) + (i & 1)] / CANVAS - 1);
}

interface Patch {
  part: number;
  /** Row by row: from patch pixel (column, row, 1) to shares of the coarse crop. */
  toCrop: number[];
  data: Uint8Array;
}

function patchesOf(
  maps: RasterMaps,
  r: Random,
  { camera, tight, distanceM, points }: {
    camera: Camera;
    tight: Camera;
    distanceM: number;
    points: Float64Array;
  },
): Patch[] {
  const shaken = points.map((v) => v + 2 * POINT_ERROR / CANVAS * r.normal());
  const { pictureFromPart } = partAffines(shaken);
  if (camera.projection !== "perspective" || tight.projection !== "perspective") {
    throw new RangeError("Cannot cut patches: the cameras are not perspective");
  }
  const zoom = tight.fx / camera.fx;
  const list: Patch[] = [];
  for (let part = 0; part < PARTS.length; part++) {
    const positions = new SourcePositions(pictureFromPart, part, CANVAS);
    const box = middleWindow(CANVAS, WINDOWS[part]), [rows, columns] = WINDOWS[part];
    for (let k = 0; k < PATCHES[part]; k++) {
      const left = box.left + Math.round(r.float() * (columns - PATCH));
      const top = box.top + Math.round(r.float() * (rows - PATCH));
      const data = cutPatch(maps, positions, { left, top, camera, distanceM });
      if (data === undefined) continue;
      const [x0, y0] = positions.at(left, top), [x1, y1] = positions.at(left + 1, top);
      const crop = (x: number, y: number) => [
        (tight.cx + zoom * (x + 0.5 - camera.cx)) / TIGHT,
        (tight.cy + zoom * (y + 0.5 - camera.cy)) / TIGHT,
      ];
      const [u0, v0] = crop(x0, y0), [u1, v1] = crop(x1, y1), a = u1 - u0, b = v1 - v0;
      list.push({ part, toCrop: [a, -b, u0, b, a, v0], data });
    }
  }
  return list;
}

/** Ten planes of PATCH²: picture cut out, codes turned into the window's axes, mask. */
function cutPatch(
  maps: RasterMaps,
  positions: SourcePositions,
  { left, top, camera, distanceM }: {
    left: number;
    top: number;
    camera: Camera;
    distanceM: number;
  },
): Uint8Array | undefined {
  const n = PATCH * PATCH, out = new Uint8Array(10 * n), row = new Float32Array(2 * PATCH);
  const rays = new RayCodes(camera, distanceM), code = new Float64Array(3);
  const [x0, y0] = positions.at(left, top), [x1, y1] = positions.at(left + 1, top);
  const length = Math.hypot(x1 - x0, y1 - y0), cos = (x1 - x0) / length, sin = (y1 - y0) / length;
  let covered = 0;
  for (let i = 0; i < PATCH; i++) {
    positions.row(top + i, left, PATCH, row);
    for (let j = 0; j < PATCH; j++) {
      const x = row[j], y = row[PATCH + j], to = i * PATCH + j;
      const c0 = Math.floor(x), r0 = Math.floor(y), s = x - c0, t = y - r0;
      let red = 0, green = 0, blue = 0;
      for (let k = 0; k < 4; k++) {
        const c = c0 + (k & 1), q = r0 + (k >> 1);
        if (c < 0 || q < 0 || c >= CANVAS || q >= CANVAS) continue;
        const at = 4 * (q * CANVAS + c);
        const w = ((k & 1) === 0 ? 1 - s : s) * (k < 2 ? 1 - t : t) * maps.shaded![at + 3] / 255;
        red += w * maps.shaded![at];
        green += w * maps.shaded![at + 1];
        blue += w * maps.shaded![at + 2];
      }
      out[to] = Math.round(red);
      out[n + to] = Math.round(green);
      out[2 * n + to] = Math.round(blue);
      const column = Math.round(x), line = Math.round(y);
      if (column < 0 || line < 0 || column >= CANVAS || line >= CANVAS) continue;
      const pixel = line * CANVAS + column;
      if (maps.mask![pixel] === 0) continue;
      covered++;
      out[9 * n + to] = 1;
      for (
        const [side, depth, normal] of [
          [0, maps.depth!, maps.normal!],
          [1, maps.depth_back!, maps.normal_back!],
        ] as const
      ) {
        rays.code([column, line], [depth[pixel], normal, 3 * pixel], code);
        const turned = [cos * code[0] + sin * code[1], -sin * code[0] + cos * code[1], code[2]];
        for (let k = 0; k < 3; k++) {
          out[(3 + 3 * side + k) * n + to] = Math.round(127.5 * (turned[k] + 1));
        }
      }
    }
  }
  return covered < LEAST_COVERED * n ? undefined : out;
}
