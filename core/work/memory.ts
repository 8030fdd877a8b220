/** How many workers fit into the memory, and which work does not: told by the meshes that it holds. */
import { countMesh } from "../files/mesh_count.ts";
import { openPlace } from "../files/place.ts";
import { InputError } from "./errors.ts";
import { basename } from "./path.ts";

/** Kinds of work, by what they keep in memory. */
export type MemoryUse = keyof typeof USES;

/** A mesh that a worker may hold, and the pictures that are read with it. */
export interface MeshPlace {
  mesh: string;
  pictures?: readonly string[];
}

/** What a worker holds while it does one piece of work. */
export interface Holding {
  use: MemoryUse;
  /** Lists of meshes, of each of which one is held at a time. */
  meshes: readonly (readonly MeshPlace[])[];
}

/** The most that a process may use. */
export interface MemoryLimit {
  bytes: number;
  /** What does not fit on its own: fails, or is tried with one worker all the same. */
  beyond: "fails" | "is tried";
}

/** What came out. */
export interface Fitting {
  workers: number;
  /** Why a piece of work does not fit, by its index. */
  tooLarge: Map<number, InputError>;
}

/** What a process needs besides its workers, bytes: measured, rounded up. */
const PROCESS_BYTES = 250e6;

/**
 * What a worker needs without a mesh, for a triangle, and for a byte of a compressed picture with the smaller copies
 * that it is drawn from, bytes: the slopes of `tests/bench/memory_ceilings.ts` between 0.6 and 10 million
 * triangles, rounded up; docs/scale.md has the table. Scores need no pictures; networks and maps no meshes.
 */
const USES = {
  render: { worker: 500e6, face: 300, picture: 25 },
  repose: { worker: 500e6, face: 300, picture: 25 },
  inspect: { worker: 500e6, face: 300, picture: 25 },
  align: { worker: 500e6, face: 300, picture: 25 },
  eval: { worker: 500e6, face: 200, picture: 0 },
  report: { worker: 500e6, face: 300, picture: 25 },
  infer: { worker: 700e6, face: 0, picture: 0 },
  convert: { worker: 500e6, face: 0, picture: 0 },
} as const;

/**
 * Chooses workers so that the largest work that fits may be done by all of them at once.
 *
 * @param holdings By piece of work; nothing is known of those without one.
 * @param workers The most to use.
 */
export async function fitInto(
  limit: MemoryLimit,
  holdings: readonly (Holding | undefined)[],
  workers: number,
): Promise<Fitting> {
  const counted = new Map<string, Promise<Size>>(), tooLarge = new Map<number, InputError>();
  const room = limit.bytes - PROCESS_BYTES;
  let most = 0;
  for (const [index, holding] of holdings.entries()) {
    if (holding === undefined) continue;
    const { bytes, largest } = await needOf(holding, counted);
    if (bytes > room && limit.beyond === "fails") {
      tooLarge.set(index, refusal(limit, holding.use, { bytes: bytes + PROCESS_BYTES, largest }));
    } else most = Math.max(most, bytes);
  }
  if (most === 0) return { workers, tooLarge };
  return { workers: Math.max(1, Math.min(workers, Math.floor(room / most))), tooLarge };
}

interface Size {
  faces: number;
  pictureBytes: number;
}

async function needOf({ use, meshes }: Holding, counted: Map<string, Promise<Size>>) {
  const { worker, face, picture } = USES[use];
  let bytes: number = worker, largest = { faces: 0, mesh: "" };
  for (const list of meshes) {
    let most = 0;
    for (const place of list) {
      const { mesh } = place;
      if (!counted.has(mesh)) counted.set(mesh, sizeOf(place));
      const { faces, pictureBytes } = await counted.get(mesh)!;
      if (faces > largest.faces) largest = { faces, mesh };
      most = Math.max(most, face * faces + picture * pictureBytes);
    }
    bytes += most;
  }
  return { bytes, largest };
}

/** How large a mesh is. Of files that cannot be read the reader will tell. */
async function sizeOf({ mesh, pictures = [] }: MeshPlace): Promise<Size> {
  try {
    const { faces, pictureBytes } = await countMesh(mesh);
    let packed = pictureBytes;
    for (const picture of pictures) packed += (await openPlace(picture)).byteLength;
    return { faces, pictureBytes: packed };
  } catch (error) {
    if (error instanceof InputError) return { faces: 0, pictureBytes: 0 };
    throw error;
  }
}

function refusal(
  limit: MemoryLimit,
  use: MemoryUse,
  { bytes, largest: { faces, mesh } }: { bytes: number; largest: { faces: number; mesh: string } },
): InputError {
  const why = mesh === "" ? "" : `: "${basename(mesh)}" has about ${triangles(faces)}`;
  return new InputError(
    `Cannot ${use} within ${gigabytes(limit.bytes, Math.floor)}: about ` +
      `${gigabytes(bytes, Math.ceil)} are needed${why}`,
    {
      hint: mesh === ""
        ? "give more with --memory"
        : "give more with --memory, or leave the subject out with --only",
    },
  );
}

function gigabytes(bytes: number, whole: (tenths: number) => number): string {
  return `${(whole(bytes / 1e8) / 10).toFixed(1)} GB`;
}

function triangles(count: number): string {
  const said = count < 1e6
    ? `${Math.round(count / 1000)} thousand`
    : `${(count / 1e6).toFixed(1)} million`;
  return `${said} triangles`;
}
