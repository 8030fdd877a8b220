/** A person in an awkward file (centimetres, z up, turned), rendered in a layout. */
import { bytesSource } from "../../../core/files/source.ts";
import { readDataPickle } from "../../../core/files/pickle_data.ts";
import { writeMesh } from "../../../core/files/mesh_file.ts";
import { readImage } from "../../../core/files/image.ts";
import { readExr } from "../../../core/files/exr.ts";
import { readNpyHeader } from "../../../core/files/npy.ts";
import { buildTree } from "../../../core/geometry/bvh.ts";
import { closestPoints } from "../../../core/geometry/closest.ts";
import type { Mesh } from "../../../core/geometry/mesh.ts";
import {
  invert,
  type Matrix4,
  multiply,
  rotationX,
  rotationY,
  scaling,
  transformPoints,
  translation,
} from "../../../core/geometry/transform.ts";
import { FIXTURES } from "../../../core/work/paths.ts";
import { readBodyFile } from "../../../body/body_file.ts";
import { transformFit } from "../../../body/place.ts";
import { loadScan } from "../../../datasets/load.ts";
import { openDataset } from "../../../datasets/open.ts";
import type { Subject } from "../../../datasets/subject.ts";
import { LayoutFolder, type LayoutSubject } from "../../../render/layouts/layout.ts";
import { layoutNamed } from "../../../render/layouts/layouts.ts";
import { RENDER_DEFAULTS, type RenderOptions } from "../../../render/render_options.ts";
import { prepareSubject } from "../../../render/subject_scene.ts";
import type { ViewAngles } from "../../../render/view_names.ts";

/** The person as the layouts should see them, and the file that they are given. */
export interface AwkwardPerson {
  subject: Subject;
  /** Upright, facing +z, metres. */
  upright: Mesh;
}

/** How the file's frame was made from the upright one (both in metres): z up, turned, moved. */
const FILE_FROM_UPRIGHT: Matrix4 = multiply(
  translation(0.3, -0.2, 0.1),
  multiply(rotationX(Math.PI / 2), rotationY(0.6)),
);

/** Writes the person h05 into a folder as a centimetre, z-up GLB. */
export async function awkwardPerson(folder: string): Promise<AwkwardPerson> {
  const { subjects } = await openDataset(`${FIXTURES}/humans`);
  const given = subjects.find(({ id }) => id === "h05")!;
  const { mesh } = await loadScan(given), model = await readBodyFile(given.fit!.bodyFile!);
  const place = (matrix: Matrix4, points: Float32Array) => transformPoints(matrix, points);
  const { normals: _, ...plain } = mesh;
  const file = `${folder}/h05.glb`;
  const cm = multiply(scaling(100), FILE_FROM_UPRIGHT);
  await writeMesh(file, { ...plain, positions: place(cm, mesh.positions) });
  const moved = (points: Float64Array) => transformPoints(FILE_FROM_UPRIGHT, points);
  const turn = FILE_FROM_UPRIGHT.slice();
  turn[3] = turn[7] = turn[11] = 0;
  return {
    subject: {
      ...given,
      dataset: "test set",
      scanFile: file,
      companions: [],
      unit: "cm",
      upright: invert(turn),
      fit: { ...given.fit!, fit: transformFit(model, given.fit!.fit, FILE_FROM_UPRIGHT) },
      keypoints: {
        body25: moved(given.keypoints!.body25),
        handLeft: moved(given.keypoints!.handLeft),
        handRight: moved(given.keypoints!.handRight),
      },
    },
    // As the layouts see it: in the file's frame, turned back, not moved.
    upright: {
      ...plain,
      positions: place(multiply(invert(turn), FILE_FROM_UPRIGHT), mesh.positions),
    },
  };
}

/** Renders views of a person and hands over the folder. */
export async function withLayout(
  name: string,
  { views, options = {} }: { views: readonly ViewAngles[]; options?: Partial<RenderOptions> },
  work: (run: LayoutRun) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const person = await awkwardPerson(folder), layout = layoutNamed(name);
    const all: RenderOptions = { ...RENDER_DEFAULTS, size: 96, layout: name, ...options };
    const scene = await prepareSubject(person.subject, {
      needs: { ...layout.needs(all), mesh: true },
    });
    const subject = {
      id: "h05",
      set: "Set",
      scene: scene as LayoutSubject["scene"],
      metresPerUnit: 0.01,
      views,
      options: all,
    };
    const out = new LayoutFolder(`${folder}/out`);
    const set = { set: "Set", subjects: ["h05"], views, options: all };
    layout.check?.(set);
    const outcomes = [];
    if (layout.subject !== undefined) outcomes.push(await layout.subject(subject, out));
    for (const [index, angles] of views.entries()) {
      if (layout.view === undefined) continue;
      outcomes.push(await layout.view({ ...subject, angles, index }, out));
    }
    if (layout.shard !== undefined) {
      const one = async function* () {
        yield await Promise.resolve(subject);
      };
      outcomes.push(await layout.shard(0, one(), out));
    }
    for (const [path, data] of await layout.finish?.(set) ?? []) await out.put(path, data);
    await work(new LayoutRun(person, subject, out));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** What was written, read back. */
export class LayoutRun {
  constructor(
    readonly person: AwkwardPerson,
    readonly subject: LayoutSubject,
    readonly out: LayoutFolder,
  ) {}

  async bytes(path: string): Promise<Uint8Array> {
    return await Deno.readFile(`${this.out.folder}/${path}`);
  }

  async text(path: string): Promise<string> {
    return new TextDecoder().decode(await this.bytes(path));
  }

  async image(path: string) {
    return await readImage(bytesSource(path, await this.bytes(path)));
  }

  async exr(path: string) {
    return await readExr(bytesSource(path, await this.bytes(path)));
  }

  /** The dictionary of an object `.npy`, as plain numbers and lists. */
  async dictionary(path: string): Promise<Map<string, unknown>> {
    const bytes = await this.bytes(path);
    const start = 10 + new DataView(bytes.buffer).getUint16(8, true);
    const root = readDataPickle(bytes.subarray(start), path);
    const found = root instanceof Map ? root : (root as { data: unknown[] }).data[0];
    return found as Map<string, unknown>;
  }

  async npy(path: string): Promise<Float64Array> {
    const bytes = await this.bytes(path);
    const { dataStart, dtype } = await readNpyHeader(bytesSource(path, bytes));
    if (dtype !== "f8") throw new Error(`found ${dtype}`);
    return new Float64Array(bytes.slice(dataStart).buffer);
  }
}

/** Numbers of an array in a dictionary. */
export function numbersOf(value: unknown): number[] {
  if (typeof value === "number") return [value];
  return Array.from((value as { data: Float64Array }).data);
}

/** Farthest distance of points (xyz interleaved) to a mesh, and how many there are. */
export function farthest(mesh: Mesh, points: number[]): { far: number; count: number } {
  using tree = buildTree(mesh);
  const { distance } = closestPoints(tree, Float64Array.from(points));
  return { far: distance.reduce((a, b) => Math.max(a, b), 0), count: distance.length };
}
