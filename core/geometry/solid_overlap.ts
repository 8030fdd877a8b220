/** Volumes of what two closed surfaces share and cover, by exact booleans of solids (Manifold). */
import type { ManifoldToplevel } from "manifold-3d";
import { InputError } from "../work/errors.ts";
import type { Mesh } from "./mesh.ts";
import { weldByPosition } from "./weld.ts";

/** Volumes in the cube of the meshes' unit. */
export interface SolidOverlap {
  /** Of each solid. */
  a: number;
  b: number;
  /** Of what lies in both, and of what lies in either. */
  both: number;
  either: number;
}

type Solid = InstanceType<ManifoldToplevel["Manifold"]>;

let library: Promise<ManifoldToplevel> | undefined;

/**
 * Intersects two solids. Vertices at the same position are one. A surface that runs through itself
 * is taken for what it is, which may count a volume twice.
 *
 * @throws {InputError} If a mesh is not a closed, oriented manifold, or is inside out; the message
 * says which.
 */
export async function solidOverlap(
  a: Pick<Mesh, "positions" | "indices">,
  b: Pick<Mesh, "positions" | "indices">,
): Promise<SolidOverlap> {
  const { Manifold, Mesh } = await (library ??= loadLibrary());
  const solids: Solid[] = [];
  const keep = (solid: Solid): Solid => (solids.push(solid), solid);
  try {
    const [first, second] = [a, b].map((mesh, i) => {
      const name = i === 0 ? "first" : "second";
      let solid: Solid;
      try {
        solid = keep(new Manifold(new Mesh(welded(mesh))));
      } catch (cause) {
        const status = (cause as { code?: string }).code ?? String(cause);
        throw new InputError(
          `Cannot intersect solids: the ${name} mesh is no closed manifold (${status})`,
          { cause },
        );
      }
      if (!(solid.volume() > 0)) {
        throw new InputError(`Cannot intersect solids: the ${name} mesh is inside out or empty`);
      }
      return solid;
    });
    const both = keep(first.intersect(second)), either = keep(first.add(second));
    return {
      a: first.volume(),
      b: second.volume(),
      both: both.volume(),
      either: either.volume(),
    };
  } finally {
    for (const solid of solids) solid.delete();
  }
}

async function loadLibrary(): Promise<ManifoldToplevel> {
  const { default: load } = await import("manifold-3d");
  const loaded = await load();
  loaded.setup();
  return loaded;
}

/** Vertices of different positions, and triangles that have three of them. */
function welded({ positions, indices }: Pick<Mesh, "positions" | "indices">) {
  const { weldedOf, firstOf } = weldByPosition(positions);
  const vertProperties = new Float32Array(3 * firstOf.length);
  for (let i = 0; i < firstOf.length; i++) {
    vertProperties.set(positions.subarray(3 * firstOf[i], 3 * firstOf[i] + 3), 3 * i);
  }
  const triVerts: number[] = [];
  for (let i = 0; i < indices.length; i += 3) {
    const [a, b, c] = [indices[i], indices[i + 1], indices[i + 2]].map((v) => weldedOf[v]);
    if (a !== b && b !== c && c !== a) triVerts.push(a, b, c);
  }
  return { numProp: 3, vertProperties, triVerts: Uint32Array.from(triVerts) };
}
