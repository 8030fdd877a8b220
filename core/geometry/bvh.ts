/**
 * A tree over the triangles of a mesh, for nearest points (`closest.ts`) and rays (`ray.ts`).
 *
 * Four children a node, balanced, about two triangles a leaf; boxes in float32, triangles measured
 * in float64 (see `kernel/assembly/tree.ts`). 500,000 triangles: about 90 ms and 43 MB.
 *
 * One thread. Building two such trees and asking 100,000 points each way takes 0.4 s, less than
 * half of what Open3D's Embree needs on two cores; the suite spends the other cores on other
 * subjects, which needs no shared memory and loses nothing to starting workers.
 */
import { InputError } from "../work/errors.ts";
import { closeKernel, type Kernel, KERNEL_MEMORY_LIMIT, openKernel } from "./kernel/kernel.ts";
import type { Mesh } from "./mesh.ts";

/**
 * A built tree. It holds a copy of the triangles; the mesh may change afterwards.
 *
 * Its memory is WebAssembly's, which the garbage collector does free, but does not count when it
 * decides to run: a hundred forgotten trees of 500,000 triangles stood at 4 GB, a hundred released
 * ones below 0.4 GB. Whoever makes many trees must `release` them, or bind them with `using`.
 */
export class SurfaceTree implements Disposable {
  /** How many triangles. */
  readonly faces: number;
  /** The mesh's triangle in each slot of the tree; a view of the tree's memory. */
  readonly slotFaces: Uint32Array;
  /** Where the working arrays are; for `closest.ts` and `ray.ts`. */
  readonly work: WorkArea;
  #kernel: Kernel | undefined;
  /** Where cylinders can be made, 0 once they are there; and what was spent without them. */
  #discsAt: number;
  #spent = 0;

  /** Use {@linkcode buildTree}. */
  constructor(
    kernel: Kernel,
    { slotFaces, work, discsAt }: {
      slotFaces: Uint32Array;
      work: WorkArea;
      discsAt: number;
    },
  ) {
    this.#discsAt = discsAt;
    this.faces = slotFaces.length;
    this.slotFaces = slotFaces;
    this.work = work;
    this.#kernel = kernel;
  }

  /**
   * The machine that searches the tree.
   *
   * @throws {RangeError} If the tree was released.
   */
  get kernel(): Kernel {
    if (this.#kernel === undefined) {
      throw new RangeError("Cannot search a tree: its memory was given back");
    }
    return this.#kernel;
  }

  /**
   * Notes how many leaves a search looked into. Searches from far away look into many. Cylinders
   * (`kernel/assembly/disc.ts`) spare most of these, but take time to make: about as much as to look
   * into as many leaves as there are triangles. So they are made once that many were too many.
   */
  noteSearch(leaves: number, points: number): void {
    if (this.#discsAt === 0) return;
    this.#spent += Math.max(0, leaves - NEAR_LEAVES * points);
    if (this.#spent < this.faces) return;
    this.kernel.makeDiscs(this.#discsAt);
    this.#discsAt = 0;
  }

  /** Gives the memory back, to be used by the next tree. The tree cannot be searched any more. */
  release(): void {
    if (this.#kernel !== undefined) closeKernel(this.#kernel);
    this.#kernel = undefined;
  }

  [Symbol.dispose](): void {
    this.release();
  }
}

/** Addresses of the arrays that batches of work pass through. */
export interface WorkArea {
  /** How many items fit. */
  readonly items: number;
  /** 64 bytes an item. */
  readonly input: number;
  /** 8 bytes an item. */
  readonly numbers: number;
  /** 24 bytes an item. */
  readonly points: number;
  /** 4 bytes an item. */
  readonly indices: number;
}

/** Most triangles a leaf, on average. */
const LEAF_SIZE = 2.8;
/** Leaves that a search from nearby looks into. */
const NEAR_LEAVES = 16;
/** Points or rays that one call into the kernel handles. */
const BATCH = 1024;

const NODE_BYTES = 96, DISC_BYTES = 128, TRIANGLE_BYTES = 36, RECORD_BYTES = 16, STACK_BYTES = 2048;

/**
 * Builds the tree.
 *
 * @throws {InputError} If there is no triangle, a triangle uses a vertex that is not there or not
 * finite, or the tree would not fit into 4 GB (about 45 million triangles).
 */
export function buildTree(mesh: Pick<Mesh, "positions" | "indices">): SurfaceTree {
  const { positions, indices } = mesh;
  const faces = indices.length / 3;
  if (faces === 0) {
    throw new InputError("Cannot measure a surface: found no triangles, expected at least one");
  }
  let depth = 1;
  while (faces / 4 ** depth > LEAF_SIZE) depth++;

  // 1. Lay out the memory. The records of the build use the place of the nodes.
  let end = 1024;
  const place = (bytes: number) => {
    const at = end;
    end = Math.ceil((at + bytes) / 16) * 16;
    return at;
  };
  const stack = place(STACK_BYTES);
  const work: WorkArea = {
    items: BATCH,
    input: place(64 * BATCH),
    numbers: place(8 * BATCH),
    points: place(24 * BATCH),
    indices: place(4 * BATCH),
  };
  const facesAt = place(4 * faces);
  const trianglesAt = place(TRIANGLE_BYTES * faces + 16); // corners are read 16 bytes at a time
  const nodesAt = place(Math.max(NODE_BYTES * (4 ** depth - 1) / 3, RECORD_BYTES * faces));
  const discsAt = place(DISC_BYTES * discCount(depth));
  if (end > KERNEL_MEMORY_LIMIT) {
    throw new InputError(
      `Cannot measure a surface: found ${faces} triangles, expected at most 45 million`,
      { hint: "reduce the mesh" },
    );
  }
  const kernel = openKernel(end);
  kernel.setup(nodesAt, trianglesAt, facesAt, stack, faces, depth);

  // 2. Order the triangles by their centres, 3. copy them into their slots, 4. make the boxes.
  const memory = kernel.memory.buffer;
  const records = new Float32Array(memory, nodesAt, 4 * faces);
  const recordFaces = new Uint32Array(memory, nodesAt, 4 * faces);
  putCentres(records, recordFaces, mesh);
  kernel.order(nodesAt);
  const slotFaces = new Uint32Array(memory, facesAt, faces);
  for (let slot = 0; slot < faces; slot++) slotFaces[slot] = recordFaces[4 * slot + 3];
  putTriangles(new Float32Array(memory, trianglesAt, 9 * faces), slotFaces, { positions, indices });
  kernel.boxes();
  kernel.dropDiscs();
  return new SurfaceTree(kernel, { slotFaces, work, discsAt });
}

/** Nodes of the three lowest levels, whose children have cylinders (`kernel/assembly/disc.ts`). */
function discCount(depth: number): number {
  let count = 0;
  for (let level = depth - 1; level >= Math.max(0, depth - 3); level--) count += 4 ** level;
  return count;
}

/** Writes three times the centre of each triangle, and its index. */
function putCentres(
  records: Float32Array,
  recordFaces: Uint32Array,
  { positions, indices }: Pick<Mesh, "positions" | "indices">,
): void {
  for (let i = 0, at = 0; i < indices.length; i += 3, at += 4) {
    const a = 3 * indices[i], b = 3 * indices[i + 1], c = 3 * indices[i + 2];
    const x = positions[a] + positions[b] + positions[c];
    const y = positions[a + 1] + positions[b + 1] + positions[c + 1];
    const z = positions[a + 2] + positions[b + 2] + positions[c + 2];
    // A vertex that is not there reads as undefined: the sum is NaN then, too.
    if (!(x - x === 0 && y - y === 0 && z - z === 0)) refuseTriangle(positions, indices, i / 3);
    records[at] = x;
    records[at + 1] = y;
    records[at + 2] = z;
    recordFaces[at + 3] = i / 3;
  }
}

function refuseTriangle(positions: Float32Array, indices: Uint32Array, face: number): never {
  for (let k = 3 * face; k < 3 * face + 3; k++) {
    const vertex = indices[k];
    if (vertex >= positions.length / 3) {
      throw new InputError(
        `Cannot measure a surface: triangle ${face} uses vertex ${vertex}, ` +
          `expected one below ${positions.length / 3}`,
      );
    }
    const corner = positions.subarray(3 * vertex, 3 * vertex + 3);
    if (!corner.every(Number.isFinite)) {
      throw new InputError(
        `Cannot measure a surface: vertex ${vertex} of triangle ${face} is at ` +
          `(${corner.join(", ")}), expected finite coordinates`,
      );
    }
  }
  throw new RangeError(`Cannot measure a surface: triangle ${face} has coordinates too large`);
}

/** Copies corners, in lexicographic order: what triangles share is then the same in all of them. */
function putTriangles(
  out: Float32Array,
  slotFaces: Uint32Array,
  { positions: p, indices }: Pick<Mesh, "positions" | "indices">,
): void {
  for (let slot = 0, at = 0; slot < slotFaces.length; slot++, at += 9) {
    const face = 3 * slotFaces[slot];
    let a = 3 * indices[face], b = 3 * indices[face + 1], c = 3 * indices[face + 2], t = 0;
    if (isBefore(p, b, a)) t = a, a = b, b = t;
    if (isBefore(p, c, b)) {
      t = b, b = c, c = t;
      if (isBefore(p, b, a)) t = a, a = b, b = t;
    }
    out[at] = p[a], out[at + 1] = p[a + 1], out[at + 2] = p[a + 2];
    out[at + 3] = p[b], out[at + 4] = p[b + 1], out[at + 5] = p[b + 2];
    out[at + 6] = p[c], out[at + 7] = p[c + 1], out[at + 8] = p[c + 2];
  }
}

/** Whether the point at offset `i` comes before the one at `j`: by x, then y, then z. */
function isBefore(p: Float32Array, i: number, j: number): boolean {
  if (p[i] !== p[j]) return p[i] < p[j];
  if (p[i + 1] !== p[j + 1]) return p[i + 1] < p[j + 1];
  return p[i + 2] < p[j + 2];
}
