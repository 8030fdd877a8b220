/** What all views of a mesh share on the CPU. */
import type { Mesh } from "../../core/geometry/mesh.ts";
import { angleWeightedNormals } from "../../core/geometry/normals.ts";
import { weldByPosition } from "../../core/geometry/weld.ts";
import { withDefaults } from "../../core/work/options.ts";
import { PREPARE_DEFAULTS, type PrepareOptions } from "../backend.ts";
import { checkMesh } from "./_check_mesh.ts";
import { spatialOrder } from "./_spatial_order.ts";
import { buildMipMap, type MipMap } from "./mip_map.ts";

/**
 * A mesh made ready: plain arrays, nothing shared with the mesh but its textures, so that it can be
 * posted to workers. Triangles stand in drawing order, neighbours in space together; vertices at
 * the same position are one, numbered in the order of their first use.
 */
export interface CpuScene {
  /** The mesh's index of each triangle, length faces. */
  faceOf: Uint32Array;
  /** Welded positions in the scan's frame, metres; xyz interleaved. */
  positions: Float32Array;
  /** Welded vertices, three a triangle. */
  corners: Uint32Array;
  /** Vertex normals, xyz interleaved; absent where each triangle's own is wanted. */
  normals?: PerVertex<Float32Array>;
  /** sRGB vertex colours, RGBA. */
  colors?: PerVertex<Uint8Array>;
  /** Texture coordinates a corner, length 6 · faces. */
  uvs?: Float32Array;
  /** Index into `materials` a triangle; absent means 0 for all. */
  faceMaterials?: Uint16Array;
  /** At least one. */
  materials: readonly CpuMaterial[];
}

/** Values at vertices and the vertices of each triangle's corners (welded or the file's own). */
export interface PerVertex<Values> {
  values: Values;
  /** Three a triangle. */
  corners: Uint32Array;
}

/** How triangles are coloured. */
export interface CpuMaterial {
  /** Linear RGB factor. */
  rgb: readonly [number, number, number];
  mipMap?: MipMap;
}

/** What a mesh without any colours shows (a body fit), linear: a mid grey. */
const NO_MATERIAL: CpuMaterial = { rgb: [0.5, 0.5, 0.5] };

/** Where vertices have colours but nothing says how they are used. */
const PLAIN_MATERIAL: CpuMaterial = { rgb: [1, 1, 1] };

/**
 * Makes a mesh ready to be drawn: checks it, welds it, orders it, computes normals and mip maps.
 *
 * @throws {InputError} If a position is not finite, an index leads nowhere, an array does not fit
 * the others, or `file` normals are asked of a mesh without any.
 */
export function prepareScene(mesh: Mesh, options: PrepareOptions = {}): CpuScene {
  const { normals: source } = withDefaults(PREPARE_DEFAULTS, options);
  checkMesh(mesh, source);
  const order = spatialOrder(mesh.positions, mesh.indices);
  const vertices = inOrder(mesh.indices, order, 3);
  const { positions, corners } = weldedInOrder(mesh.positions, vertices);
  const { materials = [], uvs, colors, faceMaterials } = mesh;
  const scene: CpuScene = {
    faceOf: order,
    positions,
    corners,
    materials: materials.map(({ baseColor: [r, g, b], texture }) => ({
      rgb: [r, g, b],
      ...texture !== undefined && uvs !== undefined ? { mipMap: buildMipMap(texture) } : {},
    })),
  };
  if (materials.length === 0) {
    scene.materials = [colors === undefined ? NO_MATERIAL : PLAIN_MATERIAL];
  } else if (faceMaterials !== undefined) {
    scene.faceMaterials = inOrder(faceMaterials, order, 1);
  }
  if (scene.materials.some(({ mipMap }) => mipMap !== undefined)) {
    scene.uvs = inOrder(uvs!, order, 6);
  }
  if (colors !== undefined) scene.colors = { values: colors.slice(), corners: vertices };
  if (source === "file") scene.normals = { values: mesh.normals!.slice(), corners: vertices };
  if (source === "smooth") {
    scene.normals = { values: angleWeightedNormals(positions, corners), corners };
  }
  return scene;
}

/** Rows of `size` values, one a triangle, in another order. */
function inOrder<A extends Float32Array | Uint32Array | Uint16Array>(
  rows: A,
  order: Uint32Array,
  size: number,
): A {
  const out = rows.slice() as A;
  for (let i = 0, to = 0; i < order.length; i++) {
    for (let k = 0, from = order[i] * size; k < size; k++) out[to++] = rows[from++];
  }
  return out;
}

/** Makes one vertex of those at the same position, numbered by first use. Unused ones are left out. */
function weldedInOrder(
  from: Float32Array,
  vertices: Uint32Array,
): { positions: Float32Array; corners: Uint32Array } {
  const { weldedOf, count } = weldByPosition(from);
  const numbers = new Uint32Array(count); // + 1
  const positions = new Float32Array(3 * count);
  const corners = new Uint32Array(vertices.length);
  let used = 0;
  for (let i = 0; i < vertices.length; i++) {
    const vertex = vertices[i], welded = weldedOf[vertex];
    if (numbers[welded] === 0) {
      for (let k = 0; k < 3; k++) positions[3 * used + k] = from[3 * vertex + k];
      numbers[welded] = ++used;
    }
    corners[i] = numbers[welded] - 1;
  }
  return { positions: positions.slice(0, 3 * used), corners };
}
