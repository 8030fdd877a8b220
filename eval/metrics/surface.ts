/** A surface made ready for measuring, once for all metrics and protocols. */
import { buildTree, type SurfaceTree } from "../../core/geometry/bvh.ts";
import { type CanonicalOrder, canonicalOrder } from "../../core/geometry/canonical_order.ts";
import type { Bounds, Mesh } from "../../core/geometry/mesh.ts";
import { evenSamples } from "../../core/geometry/even_sampler.ts";
import {
  independentSamples,
  stratifiedSamples,
  type SurfaceSamples,
} from "../../core/geometry/sampler.ts";
import type { Backend } from "../../render/backend.ts";
import { InputError } from "../../core/work/errors.ts";

/**
 * A mesh whose triangles stand in canonical order, with what is computed from it on first use.
 * Since ties between equally near triangles go to the lowest, results do not depend on the order
 * of the file; triangles without area come last and win no tie.
 */
export class Surface implements Disposable {
  /** Positions as they came, triangles in canonical order. Nothing else of the mesh. */
  readonly mesh: Mesh;
  readonly order: CanonicalOrder;
  /** 1 for triangles that no pixel saw, in canonical order; absent where the mesh has no labels. */
  readonly inferred: Uint8Array | undefined;
  readonly seed: number;
  readonly subject: string;
  readonly role: "truth" | "prediction";
  #tree: SurfaceTree | undefined;
  #bounds: Bounds | undefined;
  #scene: { backend: Backend; prepared: Promise<unknown> } | undefined;
  readonly #parts = new Map<string, Surface>();
  readonly #others = new Map<string, SurfaceTree>();
  readonly #kept = new Map<string, unknown>();

  /**
   * @throws {InputError} If the mesh has no triangle, no area, stray indices, or a vertex of a
   * triangle is not finite.
   */
  constructor(
    mesh: Mesh,
    { seed, subject, role }: { seed: number; subject: string; role: "truth" | "prediction" },
  ) {
    checkTriangles(mesh, role);
    const order = canonicalOrder(mesh);
    const indices = new Uint32Array(mesh.indices.length);
    for (let i = 0; i < order.faces.length; i++) {
      const from = 3 * order.faces[i];
      indices[3 * i] = mesh.indices[from];
      indices[3 * i + 1] = mesh.indices[from + 1];
      indices[3 * i + 2] = mesh.indices[from + 2];
    }
    const labels = mesh.faceInferred;
    const inferred = labels === undefined ? undefined : new Uint8Array(order.faces.length);
    const faces = new Uint32Array(order.faces.length);
    for (let i = 0; i < faces.length; i++) {
      faces[i] = i;
      if (inferred !== undefined) inferred[i] = labels![order.faces[i]];
    }
    this.mesh = { positions: mesh.positions, indices };
    this.order = { ...order, faces };
    this.inferred = inferred;
    this.seed = seed;
    this.subject = subject;
    this.role = role;
  }

  /** The tree over the triangles. */
  get tree(): SurfaceTree {
    return this.#tree ??= buildTree(this.mesh);
  }

  /** The box round the triangles; vertices that no triangle uses do not count. */
  get bounds(): Bounds {
    return this.#bounds ??= usedBounds(this.mesh);
  }

  /** Unit normals of some triangles, xyz, length 3n; (0, 0, 0) for those without area. */
  normalsOf(faces: Uint32Array): Float64Array {
    return unitNormals(this.mesh, faces);
  }

  /** What was made under this name before, or is made now and kept. */
  keep<T>(name: string, make: () => T): T {
    if (!this.#kept.has(name)) this.#kept.set(name, make());
    return this.#kept.get(name) as T;
  }

  /** Area of the triangles. */
  get area(): number {
    const { cumulative, drawable } = this.order;
    return cumulative[drawable - 1];
  }

  /**
   * Points of the surface, stratified; drawn from (seed, subject, role, …purpose) alone and kept.
   */
  samples(count: number, ...purpose: readonly string[]): SurfaceSamples {
    return this.keep(
      ["samples", count, ...purpose].join(" "),
      () => stratifiedSamples(this.mesh, this.#drawing(count, purpose)),
    );
  }

  /** Points as other evaluators draw them; from (seed, subject, role) alone, and kept. */
  drawn(sampler: "area" | "even", count: number): SurfaceSamples {
    return this.keep(`drawn ${sampler} ${count}`, () => {
      const drawing = this.#drawing(count, [sampler]);
      return sampler === "area"
        ? independentSamples(this.mesh, drawing)
        : evenSamples(this.mesh, { ...drawing, area: this.area });
    });
  }

  #drawing(count: number, purpose: readonly string[]) {
    const { seed, subject, role, order } = this;
    return { count, seed, purpose: [subject, role, ...purpose], order };
  }

  /** Some of its triangles as a surface of their own, by name; released with it. */
  part(name: string, faces: Uint32Array): Surface {
    let part = this.#parts.get(name);
    if (part === undefined) {
      const indices = new Uint32Array(3 * faces.length);
      for (let i = 0; i < faces.length; i++) {
        for (let k = 0; k < 3; k++) indices[3 * i + k] = this.mesh.indices[3 * faces[i] + k];
      }
      const { seed, subject, role } = this;
      part = new Surface({ positions: this.mesh.positions, indices }, { seed, subject, role });
      this.#parts.set(name, part);
    }
    return part;
  }

  /** Another tree over this surface, by name: built when first asked for, released with it. */
  otherTree(name: string, make: () => SurfaceTree): SurfaceTree {
    let tree = this.#others.get(name);
    if (tree === undefined) this.#others.set(name, tree = make());
    return tree;
  }

  /** What a back-end prepared of it, smooth normals; once for all views. */
  scene(backend: Backend): Promise<unknown> {
    if (this.#scene?.backend !== backend) {
      this.#releaseScene();
      this.#scene = { backend, prepared: backend.prepare(this.mesh, { normals: "smooth" }) };
    }
    return this.#scene!.prepared;
  }

  /**
   * Gives back the memory of trees and scene. The surface stays usable: what is needed again is
   * built again.
   */
  release(): void {
    this.#tree?.release();
    this.#tree = undefined;
    for (const tree of this.#others.values()) tree.release();
    this.#others.clear();
    for (const part of this.#parts.values()) part.release();
    this.#releaseScene();
  }

  #releaseScene(): void {
    const scene = this.#scene;
    this.#scene = undefined;
    scene?.prepared.then((prepared) => scene.backend.release(prepared), () => {});
  }

  [Symbol.dispose](): void {
    this.release();
  }
}

function usedBounds({ positions: p, indices }: Mesh): Bounds {
  let x0 = Infinity, y0 = Infinity, z0 = Infinity;
  let x1 = -Infinity, y1 = -Infinity, z1 = -Infinity;
  for (let i = 0; i < indices.length; i++) {
    const at = 3 * indices[i], x = p[at], y = p[at + 1], z = p[at + 2];
    if (x < x0) x0 = x;
    if (x > x1) x1 = x;
    if (y < y0) y0 = y;
    if (y > y1) y1 = y;
    if (z < z0) z0 = z;
    if (z > z1) z1 = z;
  }
  return { min: [x0, y0, z0], max: [x1, y1, z1] };
}

function unitNormals({ positions: p, indices }: Mesh, faces: Uint32Array): Float64Array {
  const normals = new Float64Array(3 * faces.length);
  for (let i = 0, n = 0; n < faces.length; i += 3, n++) {
    const face = 3 * faces[n];
    const a = 3 * indices[face], b = 3 * indices[face + 1], c = 3 * indices[face + 2];
    const ux = p[b] - p[a], uy = p[b + 1] - p[a + 1], uz = p[b + 2] - p[a + 2];
    const vx = p[c] - p[a], vy = p[c + 1] - p[a + 1], vz = p[c + 2] - p[a + 2];
    const nx = uy * vz - uz * vy, ny = uz * vx - ux * vz, nz = ux * vy - uy * vx;
    const length = Math.sqrt(nx * nx + ny * ny + nz * nz);
    if (!(length > 0)) continue;
    normals[i] = nx / length, normals[i + 1] = ny / length, normals[i + 2] = nz / length;
  }
  return normals;
}

const NAMES = { truth: "the scan", prediction: "the prediction" } as const;

function checkTriangles(
  { positions, indices, faceInferred }: Mesh,
  role: keyof typeof NAMES,
): void {
  const refuse = (found: string, wanted: string): never => {
    throw new InputError(`Cannot score: ${NAMES[role]} ${found}, expected ${wanted}`);
  };
  const vertices = positions.length / 3, faces = indices.length / 3;
  if (faces === 0) refuse("has no triangles", "at least one");
  if (!Number.isInteger(faces)) refuse(`has ${indices.length} indices`, "three a triangle");
  for (let i = 0; i < indices.length; i++) {
    const at = 3 * indices[i];
    // A vertex that is not there reads as undefined, and NaN is not equal to itself.
    if (
      positions[at] - positions[at] + positions[at + 1] - positions[at + 1] +
          positions[at + 2] - positions[at + 2] === 0
    ) continue;
    if (indices[i] >= vertices) {
      refuse(`has a triangle with vertex ${indices[i]}`, `one of its ${vertices}`);
    }
    const found = [...positions.subarray(at, at + 3)].join(", ");
    refuse(`has vertex ${indices[i]} at (${found})`, "finite coordinates");
  }
  if (faceInferred !== undefined && faceInferred.length !== faces) {
    refuse(`has ${faceInferred.length} labels`, `one for each of its ${faces} triangles`);
  }
}
