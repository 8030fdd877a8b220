// deno-lint-ignore-file no-console
/**
 * Shows what the open model makes of pictures like photographs: people whom it never saw, before
 * procedural and drawn grounds, with noise, blur, JPEG, cuts and hard light.
 *
 *   deno run -A tests/bench/photo_like.ts OUT.jpg [--work DIR] [--size 1024]
 *
 * A row is the picture, the front's normals in the photo's camera, and the mesh from the front, from 60° and
 * from behind. Printed for each: the mean angle between the model's normals and the true ones over the pixels
 * that both cover, and the masks' overlap; beside them those of the same person cut out, before grey, with
 * soft light and nothing done to the picture (docs/open_model.md).
 */
import { parseArgs } from "node:util";
import { join } from "../../core/work/path.ts";
import { FIXTURES } from "../../core/work/paths.ts";
import { encodeLossy, readImage, resizeImage } from "../../core/files/image.ts";
import { DiskFolder } from "../../core/files/disk.ts";
import { bytesSource } from "../../core/files/source.ts";
import { readMeshFile } from "../../core/files/mesh_file.ts";
import type { Mesh } from "../../core/geometry/mesh.ts";
import { random } from "../../core/work/random.ts";
import { inferViews } from "../../inference/infer.ts";
import { methodNamed } from "../../inference/methods.ts";
import { framingOf, SUITE_FOV_DEG, suiteCamera } from "../../render/cameras.ts";
import { cpuBackend } from "../../render/cpu/cpu_backend.ts";
import { readSuiteView } from "../../render/layouts/suite_reader.ts";
import { type SphericalLight, sphericalLight } from "../../render/light.ts";
import { backgrounds, type DrawnPerson, drawPeople } from "./_photo_scenes.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    work: { type: "string", default: "out/photo_like" },
    size: { type: "string", default: "1024" },
    model: { type: "string", default: join(FIXTURES, "models", "open-2k") },
  },
});
const sizePx = Number(values.size), work = values.work;

/** A picture: who, from where, before what, and what was done to it. */
interface Scene {
  id: string;
  yawDeg: number;
  ground: "cloud" | "shapes" | "gradient" | "room" | "grey";
  /** Deviation of the noise, 8-bit levels. */
  noise: number;
  /** Passes of a 3 × 3 mean. */
  blur: number;
  jpeg: number;
  /** Share of the rows that are left. */
  rows: number;
  hard: boolean;
}

// deno-fmt-ignore
const SCENES: readonly Scene[] = [
  { id: "h02", yawDeg: 0, ground: "room", noise: 4, blur: 0, jpeg: 85, rows: 1, hard: false },
  { id: "h04", yawDeg: -30, ground: "cloud", noise: 10, blur: 1, jpeg: 70, rows: 1, hard: false },
  { id: "h07", yawDeg: 20, ground: "shapes", noise: 6, blur: 0, jpeg: 60, rows: 1, hard: false },
  { id: "h11", yawDeg: 0, ground: "gradient", noise: 4, blur: 0, jpeg: 80, rows: 0.62, hard: false },
  { id: "h13", yawDeg: 30, ground: "room", noise: 14, blur: 2, jpeg: 50, rows: 1, hard: false },
  { id: "h16", yawDeg: 0, ground: "room", noise: 4, blur: 0, jpeg: 85, rows: 1, hard: true },
  { id: "h18", yawDeg: -20, ground: "cloud", noise: 6, blur: 1, jpeg: 75, rows: 1, hard: true },
  { id: "h20", yawDeg: 40, ground: "shapes", noise: 8, blur: 1, jpeg: 40, rows: 0.75, hard: true },
];

/** What a scene is without all that. */
const NOTHING_DONE = { ground: "grey", noise: 0, blur: 0, jpeg: 95, rows: 1 } as const;

/** One strong lamp from the upper left and little from elsewhere. */
const HARD: SphericalLight = sphericalLight([0.08, 0.08, 0.1], [
  { towards: [-0.78, 0.5, 0.37], rgb: [1.5, 1.4, 1.2] },
]);

await Deno.mkdir(join(work, "photos"), { recursive: true });
const grounds = await backgrounds(sizePx, {
  only: ["cloud", "shapes", "gradient"],
  folder: undefined,
});
grounds.set("room", room(sizePx));
grounds.set("grey", new Uint8Array(3 * sizePx * sizePx).fill(128));
const photos: { id: string; path: string }[] = [], clean: typeof photos = [];
const truths = new Map<string, DrawnPerson>();
for (const scene of SCENES) {
  const yawsDeg = [scene.yawDeg], names = [scene.id];
  const path = join(work, "photos", `${scene.id}.jpg`), id = `${scene.id}_clean`;
  for await (
    const person of drawPeople(names, { yawsDeg, sizePx, ...(scene.hard ? { light: HARD } : {}) })
  ) {
    await Deno.writeFile(path, await picture(person.rgba, scene));
    truths.set(scene.id, person);
  }
  photos.push({ id: scene.id, path });
  const cleanPath = join(work, "photos", `${id}.jpg`);
  for await (const person of drawPeople(names, { yawsDeg, sizePx })) {
    await Deno.writeFile(cleanPath, await picture(person.rgba, { ...scene, ...NOTHING_DONE }));
  }
  clean.push({ id, path: cleanPath });
}
await inferViews(join(work, "out"), {
  method: methodNamed("2k2k"),
  views: [],
  photos: [...photos, ...clean],
  options: { outputs: ["maps"] },
  settings: { model: values.model, threads: 1 },
}, { workers: 1 });

for (const { id, rows } of SCENES) {
  const [hard, soft] = [
    await score(id, { of: id, rows }),
    await score(`${id}_clean`, { of: id, rows }),
  ];
  console.log(
    `${id}: normals ${hard.deg.toFixed(1)}°, mask IoU ${hard.iou.toFixed(3)}; ` +
      `clean ${soft.deg.toFixed(1)}°, ${soft.iou.toFixed(3)}`,
  );
}

const CELL = 224, COLUMNS = 5;
const sheet = new Uint8Array(3 * CELL * COLUMNS * CELL * SCENES.length).fill(255);
for (const [row, { id, path }] of photos.entries()) {
  paste(await cell(await Deno.readFile(path)), row, 0);
  const maps = join(work, "out", id, "normal.png");
  const normals = await Deno.readFile(maps).catch(() => undefined);
  if (normals === undefined) {
    console.log(`${id}: nothing was reconstructed`);
    continue;
  }
  paste(await cell(normals), row, 1);
  const { mesh } = await readMeshFile(join(work, "out", `${id}.ply`));
  for (const [k, yawDeg] of [0, 60, 180].entries()) {
    paste(await drawn(mesh, yawDeg), row, 2 + k);
  }
}
await Deno.writeFile(
  positionals[0],
  await encodeLossy({
    width: CELL * COLUMNS,
    height: CELL * SCENES.length,
    channels: 3,
    data: sheet,
  }, { quality: 80 }),
);

/**
 * The model's front against the truth, pixel by pixel of the photo's upper share of rows: what is left of
 * a cut picture. A photo's camera is assumed: its field of view is right here, its axis too unless rows were cut.
 */
async function score(
  id: string,
  { of, rows }: { of: string; rows: number },
): Promise<{ deg: number; iou: number }> {
  const truth = truths.get(of)!, height = Math.round(rows * sizePx);
  const made = await readSuiteView(new DiskFolder(join(work, "out", id)), {
    needed: ["normal", "mask"],
  }).catch(() => undefined);
  if (made === undefined || made.camera.projection !== "perspective") return { deg: NaN, iou: 0 };
  const { camera: { fx, cx, cy, width }, normal, mask } = made;
  const cut = id === of ? height : sizePx,
    focal = sizePx / 2 / Math.tan(SUITE_FOV_DEG * Math.PI / 360);
  let sum = 0, both = 0, either = 0;
  for (let i = 0; i < sizePx * height; i++) {
    const y = Math.floor(i / sizePx), x = i - y * sizePx;
    const u = Math.floor((x + 0.5 - sizePx / 2) / focal * fx + cx);
    const v = Math.floor((y + 0.5 - cut / 2) / focal * fx + cy), at = v * width + u;
    const isMade = u >= 0 && v >= 0 && u < width && v < width && mask![at] > 0;
    const isThere = truth.mask[i] > 0;
    either += Number(isMade || isThere);
    if (!isMade || !isThere) continue;
    both++;
    let dot = 0, p = 0, q = 0;
    for (let k = 0; k < 3; k++) {
      const a = normal![3 * at + k] - 32767.5, b = truth.normal[3 * i + k] - 32767.5;
      dot += a * b, p += a * a, q += b * b;
    }
    sum += Math.acos(Math.max(-1, Math.min(1, dot / Math.sqrt(p * q)))) * 180 / Math.PI;
  }
  return { deg: sum / both, iou: both / either };
}

/** A wall and a floor of planks under a lamp. */
function room(side: number): Uint8Array {
  const out = new Uint8Array(3 * side * side), { normal } = random(4, "photo-like", "room");
  const horizon = 0.62;
  for (let i = 0; i < side * side; i++) {
    const u = (i % side + 0.5) / side, v = (Math.floor(i / side) + 0.5) / side;
    const light = 0.55 + 0.45 * Math.exp(-6 * ((u - 0.25) ** 2 + (v - 0.2) ** 2));
    let rgb = [196, 190, 176];
    if (v > horizon) {
      const depth = 1 / (v - horizon + 0.02), across = (u - 0.5) * depth * 3;
      const plank = Math.floor(across), seam = across - plank < 0.03 * depth / 8 ? 0.6 : 1;
      const tone = seam * (0.8 + 0.2 * Math.sin(12.9898 * plank) ** 2);
      rgb = [142 * tone, 104 * tone, 70 * tone];
    } else if (v > horizon - 0.03) rgb = [230, 228, 222];
    for (let k = 0; k < 3; k++) {
      out[3 * i + k] = Math.max(0, Math.min(255, light * rgb[k] + 3 * normal()));
    }
  }
  return out;
}

/** The person before the ground, through what cameras do, as a JPEG. */
async function picture(rgba: Uint8Array, scene: Scene): Promise<Uint8Array> {
  const ground = grounds.get(scene.ground)!, { normal } = random(5, "photo-like", scene.id);
  const height = Math.round(scene.rows * sizePx);
  let data = new Float32Array(3 * sizePx * height);
  for (let i = 0; i < sizePx * height; i++) {
    const a = rgba[4 * i + 3] / 255;
    for (let k = 0; k < 3; k++) {
      data[3 * i + k] = a * rgba[4 * i + k] + (1 - a) * ground[3 * i + k];
    }
  }
  for (let pass = 0; pass < scene.blur; pass++) data = softened(data, sizePx, height);
  const bytes = Uint8Array.from(data, (v) => {
    return Math.max(0, Math.min(255, Math.round(v + scene.noise * normal())));
  });
  return await encodeLossy({ width: sizePx, height, channels: 3, data: bytes }, {
    quality: scene.jpeg,
  });
}

/** A 3 × 3 mean. */
function softened(data: Float32Array, width: number, height: number): Float32Array<ArrayBuffer> {
  const out = new Float32Array(data.length);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let k = 0; k < 3; k++, i++) {
        let sum = 0;
        for (let dy = -1; dy <= 1; dy++) {
          for (let dx = -1; dx <= 1; dx++) {
            const column = Math.max(0, Math.min(width - 1, x + dx));
            const row = Math.max(0, Math.min(height - 1, y + dy));
            sum += data[3 * (row * width + column) + k];
          }
        }
        out[i] = sum / 9;
      }
    }
  }
  return out;
}

/** A picture of a cell's size, in its middle. */
async function cell(bytes: Uint8Array): Promise<Uint8Array> {
  const image = await readImage(bytesSource("picture", bytes), { channels: 3, bits: 8 });
  const factor = CELL / Math.max(image.width, image.height);
  const width = Math.round(factor * image.width), height = Math.round(factor * image.height);
  const { data } = await resizeImage(image, width, height), out = new Uint8Array(3 * CELL * CELL);
  const left = (CELL - width) >> 1, top = (CELL - height) >> 1;
  for (let r = 0; r < height; r++) {
    out.set(
      (data as Uint8Array).subarray(3 * r * width, 3 * (r + 1) * width),
      3 * ((top + r) * CELL + left),
    );
  }
  return out;
}

/** The mesh in grey, lit from the camera. */
async function drawn(mesh: Mesh, yawDeg: number): Promise<Uint8Array> {
  const backend = cpuBackend(), scene = await backend.prepare(mesh);
  const camera = suiteCamera(framingOf(mesh), { yawDeg, pitchDeg: 0 }, { size: 2 * CELL });
  const { normal, mask } = await backend.draw(scene, camera, { maps: ["normal", "mask"] });
  backend.release(scene);
  const side = 2 * CELL, data = new Uint8Array(3 * side * side).fill(255);
  for (let i = 0; i < side * side; i++) {
    if (mask![i] === 0) continue;
    const facing = Math.max(0, normal![3 * i + 2] / 32767.5 - 1);
    data.fill(Math.round(255 * Math.pow(0.05 + 0.8 * facing, 1 / 2.2)), 3 * i, 3 * i + 3);
  }
  const small = await resizeImage({ width: side, height: side, channels: 3, data }, CELL, CELL);
  return small.data as Uint8Array;
}

function paste(data: Uint8Array, row: number, column: number): void {
  for (let r = 0; r < CELL; r++) {
    const to = 3 * ((row * CELL + r) * CELL * COLUMNS + column * CELL);
    sheet.set(data.subarray(3 * r * CELL, 3 * (r + 1) * CELL), to);
  }
}
