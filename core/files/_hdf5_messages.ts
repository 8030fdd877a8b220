/** The pieces that HDF5 object headers consist of (HDF5 File Format Specification 3.0, III and IV). */
import type { NpyDtype } from "./npy.ts";

/** "Not there" as an address. */
export const UNDEFINED = 0xffffffffffffffffn;

/** Grows by little-endian numbers. */
export class Bytes {
  readonly #parts: number[] = [];

  u8(...values: number[]): this {
    this.#parts.push(...values);
    return this;
  }

  u16(value: number): this {
    return this.u8(value & 0xff, value >>> 8 & 0xff);
  }

  u32(value: number): this {
    return this.u16(value & 0xffff).u16(value >>> 16);
  }

  u64(value: number | bigint): this {
    const big = BigInt(value);
    return this.u32(Number(big & 0xffffffffn)).u32(Number(big >> 32n));
  }

  text(value: string): this {
    return this.u8(...new TextEncoder().encode(value));
  }

  get length(): number {
    return this.#parts.length;
  }

  finish(): Uint8Array {
    return Uint8Array.from(this.#parts);
  }
}

/** A message of an object header. */
export interface Message {
  type: number;
  data: Uint8Array;
}

/** An object header, version 2, in one chunk. */
export function objectHeader(messages: readonly Message[]): Uint8Array {
  const body = new Bytes();
  for (const { type, data } of messages) {
    if (data.length > 0xffff) {
      throw new RangeError(`Cannot write HDF5: a message has ${data.length} bytes`);
    }
    body.u8(type).u16(data.length).u8(0);
    for (let i = 0; i < data.length; i += 4096) body.u8(...data.subarray(i, i + 4096));
  }
  const chunk = body.finish();
  const head = new Bytes().text("OHDR").u8(2, 2).u32(chunk.length).finish();
  return withChecksum(new Uint8Array([...head, ...chunk]));
}

/** The superblock, version 2. */
export function superblock(endOfFile: number, root: number): Uint8Array {
  const bytes = new Bytes().u8(0x89).text("HDF\r\n").u8(0x1a).text("\n").u8(2, 8, 8, 0)
    .u64(0).u64(UNDEFINED).u64(endOfFile).u64(root);
  return withChecksum(bytes.finish());
}

/** Messages of a group whose links stand in its header. */
export function groupMessages(links: readonly Message[]): Message[] {
  const linkInfo = new Bytes().u8(0, 0).u64(UNDEFINED).u64(UNDEFINED).finish();
  return [{ type: 0x02, data: linkInfo }, { type: 0x0a, data: Uint8Array.of(0, 0) }, ...links];
}

/** A link to an object of this file. */
export function hardLink(name: string, address: number): Message {
  return { type: 0x06, data: linkHead(name, undefined).u64(address).finish() };
}

/** A link to an object of another file, whose path is relative to this one's folder. */
export function externalLink(name: string, file: string, object: string): Message {
  const value = new Bytes().u8(0).text(file).u8(0).text(object).u8(0);
  const data = linkHead(name, 64).u16(value.length).u8(...value.finish()).finish();
  return { type: 0x06, data };
}

function linkHead(name: string, kind: number | undefined): Bytes {
  const text = new TextEncoder().encode(name);
  // Flags: length of the name in two bytes, the link's type where it is not hard, a character set.
  const head = new Bytes().u8(1, 0x01 | 0x10 | (kind === undefined ? 0 : 0x08));
  if (kind !== undefined) head.u8(kind);
  return head.u8(1).u16(text.length).u8(...text);
}

/** A simple dataspace. */
export function dataspace(shape: readonly number[]): Message {
  const bytes = new Bytes().u8(2, shape.length, 0, shape.length === 0 ? 0 : 1);
  for (const side of shape) bytes.u64(side);
  return { type: 0x01, data: bytes.finish() };
}

/** The type of an array's values: IEEE floats, two's complement, or h5py's booleans. */
export function datatype(dtype: NpyDtype): Message {
  return { type: 0x03, data: datatypeBytes(dtype) };
}

/** Variable-length lists of unsigned bytes. */
export function byteListType(): Message {
  const bytes = new Bytes().u8(0x19, 0, 0, 0).u32(16).u8(...datatypeBytes("u1"));
  return { type: 0x03, data: bytes.finish() };
}

/** Exponent and mantissa of the floats. */
const FLOATS = { f2: [10, 5, 15], f4: [23, 8, 127], f8: [52, 11, 1023] } as const;

function datatypeBytes(dtype: NpyDtype): Uint8Array {
  if (dtype === "b1") {
    // An enumeration over int8 with FALSE and TRUE: what h5py reads as bool.
    const bytes = new Bytes().u8(0x38, 2, 0, 0).u32(1).u8(...datatypeBytes("i1"));
    return bytes.text("FALSE\0TRUE\0").u8(0, 1).finish();
  }
  const size = Number(dtype.slice(1)), bits = 8 * size;
  if (dtype === "f2" || dtype === "f4" || dtype === "f8") {
    const [mantissa, exponent, bias] = FLOATS[dtype];
    return new Bytes().u8(0x11, 0x20, bits - 1, 0).u32(size).u16(0).u16(bits)
      .u8(mantissa, exponent, 0, mantissa).u32(bias).finish();
  }
  const signed = dtype[0] === "i" ? 0x08 : 0;
  return new Bytes().u8(0x10, signed, 0, 0).u32(size).u16(0).u16(bits).finish();
}

/** Nothing is written where nothing was written: readers take zeros. */
export function fillValue(): Message {
  return { type: 0x05, data: Uint8Array.of(3, 0x0a) };
}

/** Values in one piece. */
export function contiguous(address: number, size: number): Message {
  const bytes = new Bytes().u8(3, 1).u64(size === 0 ? UNDEFINED : address).u64(size);
  return { type: 0x08, data: bytes.finish() };
}

function withChecksum(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(bytes.length + 4);
  out.set(bytes);
  new DataView(out.buffer).setUint32(bytes.length, lookup3(bytes), true);
  return out;
}

/** Bob Jenkins' lookup3 (`hashlittle`, initial value 0), the checksum of HDF5's metadata. */
export function lookup3(bytes: Uint8Array): number {
  let a = 0xdeadbeef + bytes.length | 0, b = a, c = a;
  const rot = (x: number, k: number) => x << k | x >>> 32 - k;
  const word = (at: number) => {
    let value = 0;
    for (let i = 0; i < 4; i++) value |= (bytes[at + i] ?? 0) << 8 * i;
    return value;
  };
  let at = 0;
  for (; bytes.length - at > 12; at += 12) {
    a = a + word(at) | 0, b = b + word(at + 4) | 0, c = c + word(at + 8) | 0;
    a = (a - c ^ rot(c, 4)) | 0, c = c + b | 0;
    b = (b - a ^ rot(a, 6)) | 0, a = a + c | 0;
    c = (c - b ^ rot(b, 8)) | 0, b = b + a | 0;
    a = (a - c ^ rot(c, 16)) | 0, c = c + b | 0;
    b = (b - a ^ rot(a, 19)) | 0, a = a + c | 0;
    c = (c - b ^ rot(b, 4)) | 0, b = b + a | 0;
  }
  if (at === bytes.length) return c >>> 0;
  a = a + word(at) | 0, b = b + word(at + 4) | 0, c = c + word(at + 8) | 0;
  c = (c ^ b) - rot(b, 14) | 0;
  a = (a ^ c) - rot(c, 11) | 0;
  b = (b ^ a) - rot(a, 25) | 0;
  c = (c ^ b) - rot(b, 16) | 0;
  a = (a ^ c) - rot(c, 4) | 0;
  b = (b ^ a) - rot(a, 14) | 0;
  c = (c ^ b) - rot(b, 24) | 0;
  return c >>> 0;
}
