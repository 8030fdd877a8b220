/** Readers of arrays, pickles, body models, fits, checkpoints and graphs. */
import { gunzipSync } from "node:zlib";
import { readBodyModel } from "../../body/body_file.ts";
import { readTransfer } from "../../body/transfer.ts";
import { encodeNpy, type NpyArray, readNpy, readNpyText } from "../../core/files/npy.ts";
import { encodeNpz, openNpz } from "../../core/files/npz.ts";
import { readDataPickle } from "../../core/files/pickle_data.ts";
import { encodePickle, PickleFloat, PickleTuple } from "../../core/files/pickle_write.ts";
import { bytesSource } from "../../core/files/source.ts";
import { encodeZip } from "../../core/files/zip_write.ts";
import { readFits } from "../../datasets/fits/read.ts";
import { decodeModel } from "../../inference/onnx/format.ts";
import { openCheckpoint } from "../../inference/twoktwok/checkpoint.ts";
import { officialArrays } from "../body/_official.ts";
import { contiguous, writeCheckpoint } from "../inference/twoktwok/_checkpoint.ts";
import { written } from "../core/files/_written_pickles.ts";
import { insideZip, learnZips, npyParts, oneOf } from "./_containers.ts";
import { mutateBytes, mutateJson } from "./_mutate.ts";
import type { Target } from "./targets.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);

const f8 = (...shape: number[]): NpyArray => ({
  shape,
  dtype: "f8",
  data: Float64Array.from(
    { length: shape.reduce((a, b) => a * b, 1) },
    (_, i) => Math.sin(i + 1) / 4,
  ),
});

/** A fit as AGORA, CAPE and THuman2 write it. */
const FIT: Record<string, NpyArray> = {
  betas: f8(1, 10),
  body_pose: f8(1, 69),
  global_orient: f8(1, 3),
  transl: f8(1, 3),
  scale: f8(1),
};

const GOLDEN = new URL("../body/golden/", import.meta.url);

/** A small body that a program of another language wrote. */
const golden = (name: string) =>
  new Uint8Array(gunzipSync(Deno.readFileSync(new URL(`${name}.gz`, GOLDEN))));

async function zips(...seeds: Uint8Array[]): Promise<Uint8Array[]> {
  await learnZips(seeds);
  return seeds;
}

/** A graph by hand: protobuf's wire format as `inference/onnx/format.ts` names it. */
function graphBytes(): Uint8Array {
  const field = (tag: number, data: Uint8Array | number[]) => [tag << 3 | 2, data.length, ...data];
  const text = (tag: number, value: string) => field(tag, bytesOf(value));
  const value = (name: string) => [
    ...text(1, name),
    ...field(2, field(1, [8, 1, ...field(2, field(1, [8, 3]))])),
  ];
  const node = [...text(1, "x"), ...text(2, "y"), ...text(3, "n"), ...text(4, "Relu")];
  const tensor = [8, 2, 16, 1, ...text(8, "w"), ...field(9, new Uint8Array(8))];
  const graph = [
    ...field(1, node),
    ...text(2, "g"),
    ...field(5, tensor),
    ...field(11, value("x")),
    ...field(12, value("y")),
  ];
  return Uint8Array.from([8, 8, ...field(7, graph)]);
}

async function readCheckpoint(bytes: Uint8Array): Promise<void> {
  const checkpoint = await openCheckpoint(bytesSource("fuzzed.pth.tar", bytes));
  for (const [key, { storage }] of checkpoint.tensors) {
    await (storage.dtype === "int64" ? checkpoint.readScalar(key) : checkpoint.read(key));
  }
}

async function readFit(bytes: Uint8Array): Promise<void> {
  const fits = await readFits(bytesSource("fuzzed", bytes));
  for (let i = 0; i < Math.min(fits.frames, 20); i++) fits.frame(i);
}

/** See `targets.ts`. */
export const ARRAY_TARGETS: readonly Target[] = [
  {
    name: "npy",
    seeds: () => [
      encodeNpy(f8(3, 4)),
      encodeNpy({ shape: [2], dtype: "i8", data: BigInt64Array.of(1n, -1n) }),
      encodeNpy({ shape: [], dtype: "f4", data: Float32Array.of(1) }),
    ],
    read: (bytes) => readNpy(bytesSource("fuzzed.npy", bytes)),
    mutate: oneOf(npyParts, mutateBytes),
  },
  {
    name: "npy-text",
    seeds: () => {
      const plain = encodeNpy({ shape: [2], dtype: "i4", data: Int32Array.of(1, 2) });
      const text = new TextDecoder("latin1").decode(plain).replace("<i4", "<U1");
      return [Uint8Array.from(text, (c) => c.charCodeAt(0))].map((bytes) => {
        bytes.set(plain.subarray(0, 1));
        return bytes;
      });
    },
    read: (bytes) => readNpyText(bytesSource("fuzzed.npy", bytes)),
    mutate: npyParts,
  },
  {
    name: "npz",
    seeds: () => zips(encodeNpz({ a: f8(2, 3), b: f8(4) }), encodeNpz({ a: f8(9) }, { level: 6 })),
    async read(bytes) {
      const npz = await openNpz(bytesSource("fuzzed.npz", bytes));
      for (const name of npz.names) await npz.read(name);
    },
    mutate: oneOf(insideZip(npyParts), mutateBytes),
  },
  {
    name: "pickle",
    seeds: () => [
      ...Object.entries(written()).filter(([name]) => name.startsWith("protocol"))
        .map(([, bytes]) => bytes),
      encodePickle({ a: [1, "x", null, new PickleFloat(2), new PickleTuple([1])], b: f8(3) }),
      bytesOf("(dp0\nS'a'\np1\n(lp2\nI1\naF2.5\nas."),
    ],
    // deno-lint-ignore require-await -- a reader that throws at once is one that refuses
    read: async (bytes) => readDataPickle(bytes, "fuzzed.pkl"),
    mutate: mutateBytes,
  },
  {
    name: "body",
    seeds: () =>
      zips(encodeNpz(officialArrays("smpl", { v: 24, f: 12, betas: 10 }), { level: 6 })).then(
        (npz) => [...npz, golden("small_smpl_protocol5.pkl"), golden("small_smpl_python2.pkl")],
      ),
    read: (bytes) => readBodyModel(bytesSource("fuzzed", bytes)),
    mutate: oneOf(mutateBytes, insideZip(npyParts)),
  },
  {
    name: "fit",
    seeds: async () => [
      ...await zips(encodeNpz(FIT), encodeNpz({ pose: f8(2, 72), betas: f8(10), trans: f8(2, 3) })),
      encodePickle(FIT),
      bytesOf(JSON.stringify({
        betas: [Array(10).fill(0.1)],
        body_pose: [Array(69).fill(0.1)],
        global_orient: [[0, 0, 0]],
        transl: [[0, 0, 0]],
        scale: [1],
      })),
    ],
    read: readFit,
    mutate: (bytes, rng, others) =>
      (bytes[0] === 0x7b ? mutateJson : rng.below(2) === 0 ? insideZip(npyParts) : mutateBytes)(
        bytes,
        rng,
        others,
      ),
  },
  {
    name: "transfer",
    seeds: async () => [
      ...await zips(encodeNpz({ mtx: f8(4, 6) })),
      encodePickle({ matrix: f8(4, 3) }),
    ],
    read: (bytes) => readTransfer(bytesSource("fuzzed", bytes), { source: 3, target: 4 }),
    mutate: oneOf(mutateBytes, insideZip(npyParts)),
  },
  {
    name: "checkpoint",
    seeds: () =>
      zips(
        writeCheckpoint({
          storages: { "0": new Float32Array(30), "1": BigInt64Array.of(5n) },
          tensors: {
            "module.net.weight": { storage: "0", shape: [5, 2], strides: contiguous([5, 2]) },
            "module.net.other": { storage: "0", offset: 10, shape: [4, 5], strides: [1, 4] },
            "module.net.count": { storage: "1", shape: [] },
          },
        }),
      ),
    read: readCheckpoint,
    mutate: oneOf(insideZip(), mutateBytes),
  },
  {
    name: "onnx",
    seeds: () => [graphBytes()],
    // deno-lint-ignore require-await -- as above
    read: async (bytes) => decodeModel(bytes, "fuzzed.onnx"),
    mutate: mutateBytes,
  },
  {
    name: "zip-in-zip",
    seeds: () => zips(encodeZip([["a.npz", encodeNpz({ a: f8(2) })]])),
    async read(bytes) {
      const outer = await openNpz(bytesSource("fuzzed.zip", bytes));
      for (const path of await outer.folder.list()) {
        const inner = await openNpz(await outer.folder.open(path));
        for (const name of inner.names) await inner.read(name);
      }
    },
    mutate: insideZip(),
  },
];
