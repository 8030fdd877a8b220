/** How many workers fit into the memory: told by the largest mesh that one of them may hold. */
import { InputError } from "../core/work/errors.ts";
import { countMesh } from "../core/files/mesh_count.ts";
import { openPlace } from "../core/files/place.ts";
import { basename } from "../core/work/path.ts";
import type { Subject } from "../datasets/subject.ts";

/** Work that reads meshes. */
export type MeshWork = "render" | "inspect" | "align" | "eval" | "report";

/** What a process and each of its workers need besides meshes, bytes: measured, rounded up. */
const PROCESS_BYTES = 250e6, WORKER_BYTES = 500e6;

/**
 * What a worker needs a triangle, bytes: the slopes of `tests/bench/memory_ceilings.ts` between 0.6 and
 * 10 million triangles, rounded up. docs/scale.md has the table.
 */
const FACE_BYTES: Readonly<Record<MeshWork, number>> = {
  render: 300,
  inspect: 300,
  align: 300,
  eval: 200,
  report: 300,
};

/** What a byte of a compressed picture becomes, with the smaller copies that it is drawn from. */
const PICTURE_RATIO = 25;

/** The share of the free memory that is used where nothing is said. */
const FREE_SHARE = 0.8;

/** A mesh that a worker may hold, and the pictures that are read with it. */
export interface MeshPlace {
  mesh: string;
  pictures?: readonly string[];
}

/** The options of a command. */
export interface MemoryFlags {
  workers?: number | undefined;
  /** The most that the process may use, bytes. */
  memory?: number | undefined;
}

/**
 * How many workers to use: as asked, else one a core, and no more than fit into `memory`. Where neither is
 * said they fit into the free memory, as far as this process may ask for it.
 *
 * @param meshes Lists of which a worker holds one mesh each at a time.
 * @throws {InputError} If not even one worker fits into the memory that was given.
 */
export async function workersFor(
  work: MeshWork,
  meshes: readonly (readonly MeshPlace[])[],
  flags: MemoryFlags,
): Promise<number> {
  const { workers = navigator.hardwareConcurrency, memory } = flags;
  const limit = memory ?? (flags.workers === undefined ? freeBytes() : undefined);
  if (limit === undefined) return workers;
  let need = WORKER_BYTES, faces = 0, file = "";
  for (const list of meshes) {
    let most = 0;
    for (const place of list) {
      const bytes = await meshBytes(work, place);
      if (bytes.all <= most) continue;
      most = bytes.all;
      if (bytes.faces > faces) faces = bytes.faces, file = place.mesh;
    }
    need += most;
  }
  if (memory !== undefined && PROCESS_BYTES + need > memory) {
    const large = file === "" ? "" : `: "${basename(file)}" has about ${millions(faces)} triangles`;
    throw new InputError(
      `Cannot ${work} within ${gigabytes(memory)}: about ${gigabytes(PROCESS_BYTES + need)} are ` +
        `needed${large}`,
      {
        ...(file === "" ? {} : { file }),
        hint: "give more with --memory, or leave the subject out with --only",
      },
    );
  }
  return Math.max(1, Math.min(workers, Math.floor((limit - PROCESS_BYTES) / need)));
}

/** What holding and using a mesh takes. Of files that cannot be read the reader will tell. */
async function meshBytes(
  work: MeshWork,
  { mesh, pictures = [] }: MeshPlace,
): Promise<{ all: number; faces: number }> {
  try {
    const { faces, pictureBytes } = await countMesh(mesh);
    let packed = pictureBytes;
    for (const picture of pictures) packed += (await openPlace(picture)).byteLength;
    return { all: FACE_BYTES[work] * faces + PICTURE_RATIO * packed, faces };
  } catch (error) {
    if (error instanceof InputError) return { all: 0, faces: 0 };
    throw error;
  }
}

/** The scans of subjects, with their textures. */
export function scansOf(subjects: readonly Subject[]): MeshPlace[] {
  return subjects.map(({ scanFile, companions }) => ({ mesh: scanFile, pictures: companions }));
}

/** What other programs leave free, as far as this process may know. */
function freeBytes(): number | undefined {
  const { state } = Deno.permissions.querySync({ name: "sys", kind: "systemMemoryInfo" });
  return state === "granted" ? FREE_SHARE * Deno.systemMemoryInfo().available : undefined;
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}

function millions(count: number): string {
  return count < 1e6
    ? `${Math.round(count / 1000)} thousand`
    : `${(count / 1e6).toFixed(1)} million`;
}
