// deno-lint-ignore-file no-console
/**
 * Measures keypoints and masks of the photo front end on renders of the bundled people, whose joints
 * and silhouettes are known:
 *
 *   deno run --allow-read --allow-write --allow-env --allow-ffi --allow-sys tests/bench/photo_accuracy.ts \
 *     [train|test] [--size 2048] [--only black,grey] [--backgrounds DIR] [--overlays DIR] [--details]
 *
 * `--backgrounds` adds pictures of your own, `--overlays` writes every picture with what was found.
 * Thresholds and radii were chosen on `train`; `test` is for reporting.
 */
import { parseArgs } from "node:util";
import { encodeLossy } from "../../core/files/image.ts";
import { BODY_25 } from "../../body/keypoints.ts";
import {
  analysePhoto,
  openPoseNetworks,
  type Photo,
  type PhotoAnalysis,
} from "../../inference/photo/mod.ts";
import { backgrounds, type DrawnPerson, drawPeople, photoOf, split } from "./_photo_scenes.ts";

const { values, positionals } = parseArgs({
  args: Deno.args,
  allowPositionals: true,
  options: {
    size: { type: "string", default: "2048" },
    only: { type: "string" },
    backgrounds: { type: "string" },
    overlays: { type: "string" },
    details: { type: "boolean", default: false },
  },
});
const sizePx = Number(values.size);
const ids = await split(positionals[0] === "test" ? "test" : "train");
const behind = await backgrounds(sizePx, {
  only: values.only?.split(","),
  folder: values.backgrounds,
});
await using networks = await openPoseNetworks({ threads: 2 });

interface Row {
  id: string;
  yawDeg: number;
  background: string;
  iou: number;
  /** Mean distance of the 25 body points as a share of the person's height, and the worst of them. */
  body: number;
  worst: number;
  worstName: string;
  /** Mean distance of the eight middle finger joints. */
  hands: number;
  warnings: string;
}

const rows: Row[] = [];
const perPoint = new Float64Array(25);
for await (const person of drawPeople(ids, { yawsDeg: [-30, 0, 30], sizePx })) {
  for (const [background, data] of behind) {
    const photo = await photoOf(person, data);
    const analysis = await analysePhoto(photo, { networks }).catch((error) => {
      console.log(`${person.id} ${person.yawDeg} ${background}: ${error.message}`);
    });
    if (analysis === undefined) continue;
    const row = rowOf(person, background, analysis);
    rows.push(row);
    if (values.details) console.log(line(`${row.id} ${row.yawDeg} ${background}`, [row]));
    if (values.overlays) {
      await Deno.mkdir(values.overlays, { recursive: true });
      const name = `${person.id}_${person.yawDeg}_${background.replace(/\W/g, "-")}.jpg`;
      await Deno.writeFile(`${values.overlays}/${name}`, await overlay(photo, analysis, person));
    }
  }
}

console.log(`${ids.length} people, yaws −30, 0, 30, ${sizePx}², share of the person's height`);
console.log("by background".padEnd(24) + "  IoU mean  worst   body mean %  worst  hands mean %  n");
for (const name of behind.keys()) {
  console.log(line(name, rows.filter((r) => r.background === name)));
}
console.log("by person");
for (const id of ids) console.log(line(id, rows.filter((row) => row.id === id)));
console.log(line("all", rows));
console.log("by point, mean %");
perPoint.forEach((sum, k) =>
  console.log(`  ${BODY_25[k].padEnd(12)} ${(100 * sum / rows.length).toFixed(2)}`)
);

function rowOf(person: DrawnPerson, background: string, analysis: PhotoAnalysis): Row {
  const { mask, keypoints, warnings } = analysis;
  let both = 0, either = 0;
  for (let i = 0; i < mask.data.length; i++) {
    const found = mask.data[i] > 0, there = person.mask[i] > 0;
    if (found && there) both++;
    if (found || there) either++;
  }
  const errors = person.body25.map(([x, y], k) => {
    const { body25 } = keypoints;
    return Math.hypot(body25[3 * k] - x, body25[3 * k + 1] - y) / person.heightPx;
  });
  errors.forEach((error, k) => perPoint[k] += error);
  const fingers = ([["handLeft", "handLeft"], ["handRight", "handRight"]] as const)
    .flatMap(([name]) =>
      [6, 10, 14, 18].map((k) =>
        Math.hypot(
          keypoints[name][3 * k] - person[name][k][0],
          keypoints[name][3 * k + 1] - person[name][k][1],
        ) / person.heightPx
      )
    );
  const worst = Math.max(...errors);
  return {
    id: person.id,
    yawDeg: person.yawDeg,
    background,
    iou: both / either,
    body: mean(errors),
    worst,
    worstName: BODY_25[errors.indexOf(worst)],
    hands: mean(fingers),
    warnings: warnings.map(({ code }) => code).join(" "),
  };
}

function line(name: string, of: Row[]): string {
  const percent = (value: number) => (100 * value).toFixed(2).padStart(6);
  const worst = of.reduce((a, b) => b.worst > a.worst ? b : a);
  return [
    name.padEnd(24),
    mean(of.map(({ iou }) => iou)).toFixed(4).padStart(9),
    Math.min(...of.map(({ iou }) => iou)).toFixed(4).padStart(8),
    percent(mean(of.map(({ body }) => body))).padStart(11),
    percent(Math.max(...of.map(({ body }) => body))),
    percent(mean(of.map(({ hands }) => hands))).padStart(10),
    String(of.length).padStart(6),
    ` ${percent(worst.worst)} ${worst.worstName}`,
    [...new Set(of.flatMap(({ warnings }) => warnings.split(" ")))].join(" "),
  ].join(" ");
}

function mean(list: readonly number[]): number {
  return list.reduce((sum, value) => sum + value, 0) / list.length;
}

/** The photo at half size: what is missing of the mask blue, too much red, found points green. */
async function overlay(
  { picture }: Photo,
  { mask, keypoints }: PhotoAnalysis,
  person: DrawnPerson,
): Promise<Uint8Array> {
  const half = sizePx >> 1, data = new Uint8Array(3 * half * half);
  for (let y = 0; y < half; y++) {
    for (let x = 0; x < half; x++) {
      const from = 2 * y * sizePx + 2 * x, to = 3 * (y * half + x);
      for (let k = 0; k < 3; k++) data[to + k] = picture.data[3 * from + k];
      const found = mask.data[from] > 0, there = person.mask[from] > 0;
      if (found && !there) data[to] = 255;
      if (there && !found) data[to + 2] = 255;
    }
  }
  const dot = (x: number, y: number, color: number[]) => {
    for (let dy = -3; dy <= 3; dy++) {
      for (let dx = -3; dx <= 3; dx++) {
        const c = Math.round(x / 2) + dx, r = Math.round(y / 2) + dy;
        if (c >= 0 && r >= 0 && c < half && r < half) data.set(color, 3 * (r * half + c));
      }
    }
  };
  for (const [x, y] of person.body25) dot(x, y, [255, 255, 255]);
  for (const points of [keypoints.body25, keypoints.handLeft, keypoints.handRight]) {
    for (let i = 0; i < points.length; i += 3) {
      if (points[i + 2] > 0) dot(points[i], points[i + 1], [0, 255, 0]);
    }
  }
  return await encodeLossy({ width: half, height: half, channels: 3, data });
}
