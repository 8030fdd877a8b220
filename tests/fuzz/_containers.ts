/** Changes what is inside a container and closes it again as it should be, so that damage gets in. */
import { gunzipSync, gzipSync } from "node:zlib";
import { encodeZip } from "../../core/files/zip_write.ts";
import { bytesSource, readAll } from "../../core/files/source.ts";
import { openZip } from "../../core/files/zip.ts";
import { joined, mutateBytes, mutateJson, type Mutator } from "./_mutate.ts";

/** One of several mutators, the first as often as all others. */
export function oneOf(first: Mutator, ...others: readonly Mutator[]): Mutator {
  return (bytes, rng, more) => {
    const chosen = rng.below(2) === 0 ? first : others[rng.below(others.length)];
    return chosen(bytes, rng, more);
  };
}

/** Members of a sound zip archive, read once for each. */
const members = new WeakMap<Uint8Array, [string, Uint8Array][]>();

/** Reads the members of `archives`, for {@linkcode insideZip}. */
export async function learnZips(archives: readonly Uint8Array[]): Promise<void> {
  for (const archive of archives) {
    const zip = await openZip(bytesSource("seed.zip", archive));
    const files: [string, Uint8Array][] = [];
    for (const path of await zip.list()) files.push([path, await readAll(await zip.open(path))]);
    members.set(archive, files);
  }
}

/** Changes one member; sizes and checksums are right again. */
export function insideZip(inner: Mutator = mutateBytes): Mutator {
  return (bytes, rng, others) => {
    const files = members.get(bytes);
    if (files === undefined || files.length === 0) return mutateBytes(bytes, rng, others);
    const at = rng.below(files.length);
    const level = rng.below(2) === 0 ? 0 : 6;
    return encodeZip(
      files.map(([path, data], i) => [
        path,
        i === at ? inner(data, rng, files.map(([, other]) => other)) : data,
      ]),
      { level },
    );
  };
}

/** Changes a `.npy`: its values, or its head with the length of the head right again. */
export const npyParts: Mutator = (bytes, rng, others) => {
  if (bytes.length < 10 || bytes[0] !== 0x93 || rng.below(3) === 0) {
    return mutateBytes(bytes, rng, others);
  }
  const end = 10 + (bytes[8] | bytes[9] << 8);
  const head = mutateBytes(bytes.slice(10, end), rng, [bytes.subarray(10, end)]).slice(0, 65535);
  const start = bytes.slice(0, 10);
  start[8] = head.length & 255;
  start[9] = head.length >> 8;
  return joined(start, head, bytes.subarray(end));
};

/** Changes the JSON of a GLB, or its buffer; lengths of chunks are right again. */
export const glbChunks: Mutator = (bytes, rng, others) => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const jsonBytes = view.getUint32(12, true), rest = 20 + jsonBytes;
  const oldJson = bytes.slice(20, rest), oldBuffer = bytes.slice(rest + 8);
  const json = rng.below(4) > 0 ? mutateJson(oldJson, rng, others) : oldJson;
  const buffer = json === oldJson ? mutateBytes(oldBuffer, rng, others) : oldBuffer;
  const padded = (data: Uint8Array, filler: number) =>
    joined(data, new Uint8Array((4 - data.length % 4) % 4).fill(filler));
  const chunk = (kind: number, data: Uint8Array) =>
    joined(new Uint8Array(Uint32Array.of(data.length, kind).buffer), data);
  const body = joined(
    chunk(0x4e4f534a, padded(json, 32)),
    oldBuffer.length === 0 ? new Uint8Array(0) : chunk(0x004e4942, padded(buffer, 0)),
  );
  const head = new Uint8Array(Uint32Array.of(0x46546c67, 2, 12 + body.length).buffer);
  return joined(head, body);
};

/** Changes a tar archive; the sums of all heads are right again. */
export const tarHeads: Mutator = (bytes, rng, others) => {
  const out = mutateBytes(bytes, rng, others);
  for (let at = 0; at + 512 <= out.length; at += 512) {
    // Heads stand at any block: a block that looks like one gets its sum.
    if (String.fromCharCode(...out.subarray(at + 257, at + 262)) !== "ustar") continue;
    let sum = 8 * 32;
    for (let i = 0; i < 512; i++) if (i < 148 || i >= 156) sum += out[at + i];
    out.set(new TextEncoder().encode(sum.toString(8).padStart(6, "0") + "\0 "), at + 148);
  }
  return out;
};

/** Changes what a gzip stream holds. */
export function insideGzip(inner: Mutator): Mutator {
  return (bytes, rng, others) =>
    new Uint8Array(gzipSync(inner(new Uint8Array(gunzipSync(bytes)), rng, others), { level: 1 }));
}

/** Changes chunks of a PNG; their checksums are right again. */
export const pngChunks: Mutator = (bytes, rng, others) => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts: Uint8Array[] = [bytes.subarray(0, 8)], chunks: [Uint8Array, Uint8Array][] = [];
  for (let at = 8; at + 12 <= bytes.length;) {
    const length = view.getUint32(at);
    chunks.push([bytes.slice(at + 4, at + 8), bytes.slice(at + 8, at + 8 + length)]);
    at += 12 + length;
  }
  const chosen = rng.below(3) === 0 ? rng.below(chunks.length) : 0;
  chunks.forEach(([kind, data], i) => {
    const inner = i === chosen ? mutateBytes(data, rng, others) : data;
    const length = new Uint8Array(4), sum = new Uint8Array(4), body = joined(kind, inner);
    new DataView(length.buffer).setUint32(0, inner.length);
    new DataView(sum.buffer).setUint32(0, crc(body));
    parts.push(length, body, sum);
  });
  return joined(...parts);
};

function crc(bytes: Uint8Array): number {
  let sum = ~0;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? sum >>> 1 ^ 0xedb88320 : sum >>> 1;
  }
  return ~sum >>> 0;
}
