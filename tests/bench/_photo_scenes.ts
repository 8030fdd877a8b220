/** Photos with a known answer: the bundled people, drawn by the suite, in front of something. */
import { DiskFolder } from "../../core/files/disk.ts";
import { encodeLossy, readImage, resizeImage } from "../../core/files/image.ts";
import { bytesSource } from "../../core/files/source.ts";
import { project } from "../../core/geometry/camera.ts";
import { FIXTURES } from "../../core/work/paths.ts";
import { random } from "../../core/work/random.ts";
import { loadScan } from "../../datasets/load.ts";
import { openDataset } from "../../datasets/open.ts";
import { decodePhoto, type Photo } from "../../inference/photo/read_photo.ts";
import { framingOf, suiteCamera } from "../../render/cameras.ts";
import { cpuBackend } from "../../render/cpu/cpu_backend.ts";
import { type SphericalLight, studioLight } from "../../render/light.ts";

/** A drawn person. */
export interface DrawnPerson {
  id: string;
  yawDeg: number;
  sizePx: number;
  /** RGBA, shaded, alpha = coverage. */
  rgba: Uint8Array;
  /** 255 where a pixel's centre is covered. */
  mask: Uint8Array;
  /** Normals in the camera's frame, (n + 1) · 32767.5. */
  normal: Uint16Array;
  /** Rows of x, y in pixels. */
  body25: [number, number][];
  handLeft: [number, number][];
  handRight: [number, number][];
  /** Height of the mask, pixels. */
  heightPx: number;
}

/** Ids of one split of the bundled people. */
export async function split(name: "train" | "test"): Promise<string[]> {
  const text = await Deno.readTextFile(`${FIXTURES}/humans/${name}.txt`);
  return text.trim().split(/\s+/);
}

/** Draws people, one at a time. */
export async function* drawPeople(
  ids: readonly string[],
  { yawsDeg, sizePx, light }: {
    yawsDeg: readonly number[];
    sizePx: number;
    /** Default: a studio light for each. */
    light?: SphericalLight;
  },
): AsyncGenerator<DrawnPerson> {
  const { subjects } = await openDataset(`${FIXTURES}/humans`);
  const backend = cpuBackend();
  for (const id of ids) {
    const subject = subjects.find((subject) => subject.id === id)!;
    const { mesh } = await loadScan(subject);
    const scene = await backend.prepare(mesh), framing = framingOf(mesh, subject.upright);
    for (const yawDeg of yawsDeg) {
      const camera = suiteCamera(framing, { yawDeg, pitchDeg: 0 }, { size: sizePx });
      const { shaded, mask, normal } = await backend.draw(scene, camera, {
        maps: ["shaded", "mask", "normal"],
        supersample: 2,
        light: light ?? studioLight(0, id, yawDeg),
      });
      const onPicture = (points: Float64Array) =>
        Array.from({ length: points.length / 3 }, (_, k): [number, number] => {
          const [u, v] = project(camera, [points[3 * k], points[3 * k + 1], points[3 * k + 2]]);
          return [u, v];
        });
      const { body25, handLeft, handRight } = subject.keypoints!;
      const rows = mask!.findIndex((v) => v > 0), last = mask!.findLastIndex((v) => v > 0);
      yield {
        id,
        yawDeg,
        sizePx,
        rgba: shaded!,
        mask: mask!,
        normal: normal!,
        body25: onPicture(body25),
        handLeft: onPicture(handLeft),
        handRight: onPicture(handRight),
        heightPx: Math.floor(last / sizePx) - Math.floor(rows / sizePx) + 1,
      };
    }
    backend.release(scene);
  }
}

/** Puts a person before a background (RGB, the person's size) and through a JPEG, as photos are. */
export async function photoOf(person: DrawnPerson, background: Uint8Array): Promise<Photo> {
  const { rgba, sizePx } = person;
  const data = new Uint8Array(background.length);
  for (let i = 0; i < sizePx * sizePx; i++) {
    const a = rgba[4 * i + 3] / 255;
    for (let k = 0; k < 3; k++) {
      data[3 * i + k] = Math.round(a * rgba[4 * i + k] + (1 - a) * background[3 * i + k]);
    }
  }
  const jpeg = await encodeLossy({ width: sizePx, height: sizePx, channels: 3, data }, {
    quality: 92,
  });
  return await decodePhoto(bytesSource(`${person.id}_${person.yawDeg}.jpg`, jpeg));
}

/** Makes the backgrounds by name; pictures of a folder are added under their file names. */
export async function backgrounds(
  sizePx: number,
  { only, folder }: { only: readonly string[] | undefined; folder: string | undefined },
): Promise<Map<string, Uint8Array>> {
  const plain = (value: number) => new Uint8Array(3 * sizePx * sizePx).fill(value);
  const makers: [string, () => Uint8Array | Promise<Uint8Array>][] = [
    ["black", () => plain(0)],
    ["grey", () => plain(128)],
    ["white", () => plain(250)],
    ["gradient", () => gradient(sizePx)],
    ["cloud", () => cloud(sizePx)],
    ["shapes", () => shapes(sizePx)],
  ];
  if (folder !== undefined) {
    const disk = new DiskFolder(folder);
    for (const name of await disk.list()) {
      makers.push([name, async () => {
        const image = await readImage(await disk.open(name), { channels: 3, bits: 8 });
        return (await resizeImage(image, sizePx, sizePx)).data as Uint8Array;
      }]);
    }
  }
  const made = new Map<string, Uint8Array>();
  for (const [name, make] of makers) {
    if (only === undefined || only.includes(name)) made.set(name, await make());
  }
  return made;
}

/** Three colours blended across the picture, with the noise of a sensor. */
function gradient(sizePx: number): Uint8Array {
  const { float } = random(1, "photo-bench", "gradient");
  const corners = Array.from({ length: 9 }, () => 255 * float());
  return painted(
    sizePx,
    (u, v, k) =>
      corners[k] * (1 - u) * (1 - v) + corners[3 + k] * u + corners[6 + k] * v * (1 - u) +
      6 * (float() - 0.5),
  );
}

/** Coloured value noise of nine octaves, about 1/f. */
function cloud(sizePx: number): Uint8Array {
  const { float } = random(2, "photo-bench", "cloud");
  const octaves = [2, 3, 4, 5, 6, 7, 8, 9, 10].map((octave) => {
    const cells = 2 ** octave;
    return {
      cells,
      amplitude: 160 * 2 ** (-0.8 * (octave - 2)),
      grid: Float32Array.from({ length: 3 * (cells + 1) ** 2 }, () => float() - 0.5),
    };
  });
  return painted(sizePx, (u, v, k) => {
    let sum = 128;
    for (const { cells, amplitude, grid } of octaves) {
      const i = Math.floor(u * cells), j = Math.floor(v * cells), a = u * cells - i;
      const at = (row: number, column: number) => grid[3 * (row * (cells + 1) + column) + k];
      const top = at(j, i) * (1 - a) + at(j, i + 1) * a;
      const bottom = at(j + 1, i) * (1 - a) + at(j + 1, i + 1) * a;
      sum += amplitude * (top + (v * cells - j) * (bottom - top));
    }
    return sum;
  });
}

/** Ninety overlapping discs and turned rectangles of any colour: hard edges everywhere. */
function shapes(sizePx: number): Uint8Array {
  const { float } = random(3, "photo-bench", "shapes");
  const items = Array.from({ length: 90 }, () => ({
    x: float(),
    y: float(),
    w: 0.15 * float(),
    h: 0.15 * float(),
    turn: Math.PI / 2 * float(),
    round: float() < 0.5,
    color: [255 * float(), 255 * float(), 255 * float()],
  }));
  return painted(sizePx, (u, v, k) => {
    const top = items.findLast(({ x, y, w, h, turn, round }) => {
      const c = Math.cos(turn), s = Math.sin(turn);
      const a = ((u - x) * c + (v - y) * s) / w, b = ((v - y) * c - (u - x) * s) / h;
      return round ? a * a + b * b < 1 : Math.max(Math.abs(a), Math.abs(b)) < 1;
    });
    return top?.color[k] ?? 150;
  });
}

function painted(
  sizePx: number,
  color: (u: number, v: number, channel: number) => number,
): Uint8Array {
  const out = new Uint8Array(3 * sizePx * sizePx);
  for (let y = 0, i = 0; y < sizePx; y++) {
    for (let x = 0; x < sizePx; x++) {
      for (let k = 0; k < 3; k++, i++) {
        out[i] = Math.min(255, Math.max(0, color((x + 0.5) / sizePx, (y + 0.5) / sizePx, k)));
      }
    }
  }
  return out;
}
