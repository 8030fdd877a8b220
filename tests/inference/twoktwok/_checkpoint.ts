/** Makes checkpoints as PyTorch writes them, and ones that it does not. */
import { encodeZip } from "../../../core/files/zip_write.ts";

/** A tensor to write: a view of a storage. */
export interface WrittenTensor {
  storage: string;
  offset?: number;
  shape: readonly number[];
  strides?: readonly number[];
}

/** What a checkpoint holds. */
export interface WrittenCheckpoint {
  /** Raw storages by key. */
  storages: Record<string, Float32Array | BigInt64Array | Float64Array>;
  /** Tensors by name. */
  tensors: Record<string, WrittenTensor>;
  /** Device tag of all storages. Default: `cuda:0`. */
  device?: string;
  /** A global to ask for and call before anything else, as `module name`. */
  evil?: string;
  /** Other files of the archive. */
  extra?: Record<string, Uint8Array>;
  /** Deflate level of the archive. Default: 0, as PyTorch stores. */
  level?: number;
}

/** Opcodes of protocol 2. */
class Pickler {
  readonly #bytes: number[] = [0x80, 2];

  op(...bytes: number[]): this {
    this.#bytes.push(...bytes);
    return this;
  }

  text(value: string): this {
    const bytes = new TextEncoder().encode(value);
    this.op(0x58);
    this.#int32(bytes.length);
    for (const byte of bytes) this.#bytes.push(byte);
    return this;
  }

  int(value: number): this {
    this.op(0x4a);
    this.#int32(value);
    return this;
  }

  global(name: string): this {
    const [module, member] = name.split(" ");
    this.op(0x63);
    for (const byte of new TextEncoder().encode(`${module}\n${member}\n`)) this.#bytes.push(byte);
    return this;
  }

  tuple(items: readonly number[]): this {
    this.op(0x28);
    for (const item of items) this.int(item);
    return this.op(0x74);
  }

  finish(): Uint8Array {
    return Uint8Array.from([...this.#bytes, 0x2e]);
  }

  #int32(value: number): void {
    this.op(value & 255, value >> 8 & 255, value >> 16 & 255, value >> 24 & 255);
  }
}

/** Makes the file. */
export function writeCheckpoint(spec: WrittenCheckpoint): Uint8Array {
  const p = new Pickler();
  if (spec.evil !== undefined) p.global(spec.evil).op(0x28).text("true").op(0x74, 0x52, 0x30);
  // {"epoch": 3, "model_state_dict": OrderedDict()} filled by SETITEM
  p.op(0x7d).text("epoch").int(3).op(0x73);
  p.text("model_state_dict").global("collections OrderedDict").op(0x29, 0x52);
  for (const [name, { storage, offset, shape, strides }] of Object.entries(spec.tensors)) {
    const data = spec.storages[storage];
    const type = data instanceof Float32Array
      ? "FloatStorage"
      : data instanceof Float64Array
      ? "DoubleStorage"
      : "LongStorage";
    p.text(name).global("torch._utils _rebuild_tensor_v2").op(0x28);
    p.op(0x28).text("storage").global(`torch ${type}`).text(storage)
      .text(spec.device ?? "cuda:0").int(data.length).op(0x74, 0x51);
    p.int(offset ?? 0).tuple(shape).tuple(strides ?? contiguous(shape));
    p.op(0x89).global("collections OrderedDict").op(0x29, 0x52, 0x74, 0x52, 0x73);
  }
  p.op(0x73);
  const files = new Map<string, Uint8Array>([["made/data.pkl", p.finish()]]);
  for (const [key, data] of Object.entries(spec.storages)) {
    files.set(`made/data/${key}`, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  for (const [path, data] of Object.entries(spec.extra ?? {})) files.set(path, data);
  return encodeZip(files, { level: spec.level ?? 0 });
}

/** Strides of C order. */
export function contiguous(shape: readonly number[]): number[] {
  return shape.map((_, axis) => shape.slice(axis + 1).reduce((product, n) => product * n, 1));
}
