/**
 * Writes HDF5 files: groups, arrays in one piece, lists of byte strings, links to other files. Values go
 * to the disk as they come, so a file may be larger than memory. The same calls give the same bytes
 * (the HDF5 library stamps the time of day into what it writes).
 *
 * HDF5 File Format Specification 3.0: superblock 2, object headers 2, links in headers, contiguous
 * layout, global heap. h5py and every HDF5 from 1.8 on read it.
 */
import { InputError } from "../work/errors.ts";
import { reason } from "../work/hash.ts";
import {
  byteListType,
  Bytes,
  contiguous,
  dataspace,
  datatype,
  externalLink,
  fillValue,
  groupMessages,
  hardLink,
  type Message,
  objectHeader,
  superblock,
} from "./_hdf5_messages.ts";
import { itemBytesOf, type NpyDtype } from "./npy.ts";

const SUPERBLOCK_BYTES = 48;
/** Data begins at multiples of this. */
const ALIGNMENT = 8;
/** More links than fit into one group's header. */
const MOST_LINKS = 100_000;

/** A link, or a group of them. */
type Node = { kind: "link"; link: (name: string) => Message } | Group;

interface Group {
  kind: "group";
  children: Map<string, Node>;
}

/** A file while it is being written. Close it, or bind it with `using`, and call `finish` before. */
export class Hdf5Writer implements Disposable {
  readonly #file: Deno.FsFile;
  readonly #path: string;
  readonly #root: Group = { kind: "group", children: new Map() };
  #end = SUPERBLOCK_BYTES;

  /** Use {@linkcode Hdf5Writer.create}. */
  private constructor(path: string, file: Deno.FsFile) {
    this.#path = path;
    this.#file = file;
  }

  /** Creates a file, or empties it. @throws {InputError} If the file system refuses. */
  static async create(path: string): Promise<Hdf5Writer> {
    try {
      const file = await Deno.open(path, { create: true, truncate: true, write: true });
      const writer = new Hdf5Writer(path, file);
      await writer.#write(new Uint8Array(SUPERBLOCK_BYTES));
      writer.#end = SUPERBLOCK_BYTES;
      return writer;
    } catch (cause) {
      throw new InputError(`Cannot write the HDF5 file: ${reason(cause)}`, { file: path, cause });
    }
  }

  /**
   * Writes an array. Values may come in pieces: all together they must fill the shape.
   *
   * @param path Names of groups, made where they are missing, then the array's: `0001/pts`.
   * @throws {RangeError} If the path is taken or the pieces do not fill the shape.
   */
  async array(
    path: string,
    { shape, dtype }: { shape: readonly number[]; dtype: NpyDtype },
    pieces: Iterable<ArrayBufferView>,
  ): Promise<void> {
    const size = shape.reduce((a, b) => a * b, 1) * itemBytesOf(dtype);
    const address = await this.#aligned();
    let written = 0;
    for (const { buffer, byteOffset, byteLength } of pieces) {
      await this.#write(new Uint8Array(buffer, byteOffset, byteLength));
      written += byteLength;
    }
    if (written !== size) {
      throw new RangeError(
        `Cannot write the array "${path}": found ${written} bytes, expected ${size} for its shape`,
      );
    }
    await this.#object(path, [
      dataspace(shape),
      datatype(dtype),
      fillValue(),
      contiguous(address, size),
    ]);
  }

  /**
   * Writes a list of byte strings (h5py: `special_dtype(vlen=np.uint8)`).
   *
   * @throws {RangeError} If the path is taken.
   */
  async byteLists(path: string, items: Iterable<Uint8Array>): Promise<void> {
    const references = new Bytes();
    let count = 0;
    for (const item of items) {
      const heap = await this.#aligned();
      await this.#write(heapCollection(item));
      references.u32(item.length).u64(heap).u32(1);
      count++;
    }
    const address = await this.#aligned();
    await this.#write(references.finish());
    await this.#object(path, [
      dataspace([count]),
      byteListType(),
      fillValue(),
      contiguous(address, 16 * count),
    ]);
  }

  /** Links to an object of another file; `file` is relative to this one's folder. */
  link(path: string, file: string, object: string): void {
    this.#put(path, { kind: "link", link: (name) => externalLink(name, file, object) });
  }

  /** Makes a group, and those above it. */
  group(path: string): void {
    this.#groupAt(path.split("/"));
  }

  /** Writes the groups and the head of the file. */
  async finish(): Promise<void> {
    const root = await this.#writeGroup(this.#root);
    const end = this.#end;
    await this.#file.seek(0, Deno.SeekMode.Start);
    await this.#write(superblock(end, root));
    await this.#file.syncData();
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }

  async #object(path: string, messages: Message[]): Promise<void> {
    const address = await this.#aligned();
    await this.#write(objectHeader(messages));
    this.#put(path, { kind: "link", link: (name) => hardLink(name, address) });
  }

  async #writeGroup({ children }: Group): Promise<number> {
    const links: Message[] = [];
    for (const [name, node] of [...children].sort(([a], [b]) => a < b ? -1 : 1)) {
      links.push(
        node.kind === "link" ? node.link(name) : hardLink(name, await this.#writeGroup(node)),
      );
    }
    const address = await this.#aligned();
    await this.#write(objectHeader(groupMessages(links)));
    return address;
  }

  #put(path: string, node: Node): void {
    const parts = path.split("/"), name = parts.pop()!;
    const { children } = this.#groupAt(parts);
    if (name === "" || children.has(name)) {
      throw new RangeError(`Cannot write "${path}" into the HDF5 file: the name is empty or taken`);
    }
    if (children.size >= MOST_LINKS) {
      throw new RangeError(`Cannot write "${path}" into the HDF5 file: its group is full`);
    }
    children.set(name, node);
  }

  #groupAt(parts: readonly string[]): Group {
    let group = this.#root;
    for (const part of parts) {
      let next = group.children.get(part);
      if (next === undefined) {
        group.children.set(part, next = { kind: "group", children: new Map() });
      }
      if (next.kind !== "group") {
        throw new RangeError(`Cannot write into "${parts.join("/")}": "${part}" is no group`);
      }
      group = next;
    }
    return group;
  }

  async #aligned(): Promise<number> {
    const rest = this.#end % ALIGNMENT;
    if (rest !== 0) await this.#write(new Uint8Array(ALIGNMENT - rest));
    return this.#end;
  }

  async #write(bytes: Uint8Array): Promise<void> {
    try {
      for (let done = 0; done < bytes.length;) {
        done += await this.#file.write(bytes.subarray(done));
      }
    } catch (cause) {
      throw new InputError(`Cannot write the HDF5 file: ${reason(cause)}`, {
        file: this.#path,
        cause,
      });
    }
    this.#end += bytes.length;
  }
}

/** A global heap with one object, index 1. Collections have at least 4096 bytes. */
function heapCollection(item: Uint8Array): Uint8Array {
  const used = 16 + 16 + Math.ceil(item.length / 8) * 8;
  // What is left over is object 0, which needs a head of 16 bytes of its own.
  const size = Math.max(4096, used + 16);
  const out = new Uint8Array(size), view = new DataView(out.buffer);
  out.set(new TextEncoder().encode("GCOL"));
  out[4] = 1;
  view.setBigUint64(8, BigInt(size), true);
  view.setUint16(16, 1, true);
  view.setUint16(18, 1, true);
  view.setBigUint64(24, BigInt(item.length), true);
  out.set(item, 32);
  view.setBigUint64(used + 8, BigInt(size - used), true);
  return out;
}
