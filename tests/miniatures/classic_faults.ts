/** The classic faults of data sets, put into any miniature by what its files are. */
import { encodeGlb } from "../../core/files/glb_write.ts";
import { readMesh } from "../../core/files/mesh_file.ts";
import { encodeNpz, openNpz } from "../../core/files/npz.ts";
import type { NpyArray } from "../../core/files/npy.ts";
import { encodePly } from "../../core/files/ply_write.ts";
import { readDataPickle } from "../../core/files/pickle_data.ts";
import { bytesSource, MemoryFolder } from "../../core/files/source.ts";
import {
  type Matrix4,
  rotationX,
  scaling,
  transformPoints,
} from "../../core/geometry/transform.ts";
import { type Files, without } from "./files.ts";
import type { Miniature } from "./layouts.ts";
import { pickle } from "./people.ts";
import { objText } from "./pictures.ts";

/** One fault. */
export interface ClassicFault {
  name: string;
  /** The miniature with the fault, or undefined where its layout cannot have it. */
  put(miniature: Miniature): Promise<Files | undefined>;
  /**
   * What names it: a fault of a subject, a note on it, or a row of `broken`. One of them suffices; empty:
   * nothing may be said, and the subjects stay.
   */
  named: readonly string[];
}

const bytesOf = (data: Uint8Array | string) =>
  typeof data === "string" ? new TextEncoder().encode(data) : data;

/** Files of scans by layout; the others' bodies and scenes stay. */
const SCANS: Readonly<Record<string, RegExp>> = {
  thuman2: /^data\/.*\.obj$/,
  "2k2k": /^obj\/.*\.(?:obj|ply)$/,
  renderpeople: /\.obj$/i,
  "custom-humans": /^mesh\/.*\.obj$/,
  cape: /^sequences\/.*\.npz$/,
  "cape-icon": /\/scans\/.*\.obj$/,
  "x-humans": /\/mesh-f\d+\.pkl$/,
  "4d-dress": /\/mesh-f\d+\.pkl$/,
  humman: /textured_meshes\/.*\.obj$/,
  multihuman: /^obj\/.*\.obj$/,
  buff: /\.ply$/,
  suite: /\.glb$/,
  gltf: /\.glb$/,
  mapped: /^scans\/.*\.obj$/,
};

/** The same scans moved; their fits stay. */
async function scansMoved({ format, files }: Miniature, matrix: Matrix4): Promise<Files> {
  const out: Files = { ...files };
  for (const [path, data] of Object.entries(files)) {
    if (SCANS[format].test(path)) out[path] = await scanMoved(path, bytesOf(data), matrix);
  }
  return out;
}

async function scanMoved(path: string, data: Uint8Array, matrix: Matrix4): Promise<Uint8Array> {
  const moved = (values: ArrayLike<number>) => transformPoints(matrix, Float32Array.from(values));
  if (/\.obj$/i.test(path)) {
    const text = new TextDecoder().decode(data);
    const line = (_: string, x: string, y: string, z: string) =>
      `v ${moved([Number(x), Number(y), Number(z)]).join(" ")}`;
    return new TextEncoder().encode(text.replace(/^v (\S+) (\S+) (\S+)/gm, line));
  }
  if (path.endsWith(".npz")) {
    const npz = await openNpz(bytesSource(path, data)), arrays: Record<string, NpyArray> = {};
    for (const name of npz.names) arrays[name] = await npz.read(name);
    const { v_posed } = arrays;
    const posed = { ...v_posed, data: moved(v_posed.data as Float32Array) };
    return encodeNpz({ ...arrays, v_posed: posed });
  }
  if (path.endsWith(".pkl")) {
    const fields = readDataPickle(data, path) as Map<string, NpyArray>;
    const vertices = fields.get("vertices")!;
    const changed = { ...vertices, data: Float64Array.from(moved(vertices.data as Float64Array)) };
    return pickle(Object.fromEntries([...fields, ["vertices", changed]]));
  }
  const name = /\.ply$/.test(path) ? "m.ply" : "m.glb";
  const { mesh } = await readMesh(new MemoryFolder({ [name]: data }), name);
  const placed = { ...mesh, positions: moved(mesh.positions) };
  delete placed.normals;
  return name === "m.ply" ? encodePly(placed) : await encodeGlb(placed);
}

/** Files of fits by layout. */
const FITS: Readonly<Record<string, RegExp>> = {
  thuman2: /^(?:smplx|THuman2\.0_smpl)\//,
  "2k2k": /^smpl\//,
  "custom-humans": /^smplx\/.*\.json$/,
  "cape-icon": /\.npz$/,
  "x-humans": /\/SMPL\//,
  "4d-dress": /\/SMPL\//,
  humman: /^[^/]+\/smpl_params\//,
  multihuman: /^smplx\//,
  mapped: /^registrations\//,
};

/** Pictures that scans name, or that belong to them by custom. */
const PICTURES = /(?:\.(?:jpe?g|png)|\/atlas-f\d+\.pkl)$/;

/** Every one that a file can have; lists of keypoints are 2K2K's. */
export const CLASSIC_FAULTS: readonly ClassicFault[] = [
  {
    name: "missing texture",
    put({ files }) {
      const has = Object.keys(files).some((path) => PICTURES.test(path));
      return Promise.resolve(has ? without(files, PICTURES) : undefined);
    },
    named: ["texture-missing"],
  },
  {
    name: "missing fit",
    put({ format, files }) {
      if (FITS[format] === undefined) return Promise.resolve(undefined);
      const first = Object.keys(files).filter((path) => FITS[format].test(path)).sort()[0];
      const { [first]: _, ...rest } = files;
      return Promise.resolve(rest);
    },
    named: ["fit-missing"],
  },
  {
    name: "wrong scale",
    put: (miniature) => scansMoved(miniature, scaling(2.5)),
    named: ["fit-scale", "size", "unit"],
  },
  {
    name: "lying scan",
    // Where fits tell how scans stand, they tell this, too: tests/datasets/faults_test.ts.
    put: async (miniature) =>
      /^(?:renderpeople|buff|gltf|suite)$/.test(miniature.format)
        ? await scansMoved(miniature, rotationX(-Math.PI / 2))
        : undefined,
    named: ["up-axis"],
  },
  {
    name: "keypoints of some",
    put({ format, files }) {
      return Promise.resolve(
        format === "2k2k" ? without(files, /Joint3D\/2K2K\/00001/) : undefined,
      );
    },
    named: ["keypoints-missing"],
  },
  {
    name: "duplicate id",
    put({ format, files }) {
      // Layouts whose ids hold the whole path, or one level of names, cannot have it.
      const path = Object.keys(files).filter((path) => SCANS[format].test(path)).sort()[0];
      const copy: Readonly<Record<string, string>> = {
        thuman2: `more/${path}`,
        "2k2k": `more/${path}`,
        renderpeople: `more/${path}`,
        "custom-humans": `more/${path}`,
        "cape-icon": `more/${path}`,
        "x-humans": `more/${path}`,
        "4d-dress": `more/${path}`,
        humman: `more/${path}`,
        buff: `more/${path.replace(/^.*\//, "")}`,
      };
      if (copy[format] === undefined) return Promise.resolve(undefined);
      return Promise.resolve({ ...files, [copy[format]]: files[path] });
    },
    named: ["duplicate-id"],
  },
  {
    name: ".DS_Store, ._files",
    put({ files }) {
      const junk: Files = { ".DS_Store": "\0\0\0\x01Bud1" };
      for (const path of Object.keys(files)) {
        junk[path.replace(/[^/]+$/, ".DS_Store")] = "\0\0\0\x01Bud1";
        junk[path.replace(/([^/]+)$/, "._$1")] = "\0\x05\x16\x07";
      }
      return Promise.resolve({ ...files, ...junk });
    },
    named: [],
  },
  {
    name: "OBJ named .ply",
    async put({ format, files }) {
      if (!/^(?:2k2k|buff)$/.test(format)) return undefined;
      const path = Object.keys(files).filter((path) => path.endsWith(".ply")).sort()[0];
      const data = bytesOf(files[path]);
      const { mesh } = await readMesh(new MemoryFolder({ "m.ply": data }), "m.ply");
      return { ...files, [path]: objText(mesh) };
    },
    named: ["misnamed"],
  },
];
