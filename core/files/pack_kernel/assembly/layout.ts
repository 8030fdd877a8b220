/** Where things lie in the memory. Bytes; rows of pictures begin at `ROOM`. */

/** Literals that end a block: long enough for the codes' description not to count. */
export const MOST_LITERALS: u32 = 32768;
/** Matches that end a block. */
export const MOST_MATCHES: u32 = 8192;
/** Bytes in matches that end a block: what it takes has a limit. */
export const MOST_REPEATED: u32 = 1 << 23;

/** How often each literal or length, and each distance, occurs; then their codes. uint32. */
export const COUNTS: usize = 1024;
export const DISTANCE_COUNTS: usize = COUNTS + 4 * 288;
export const CODES: usize = DISTANCE_COUNTS + 4 * 32;
export const DISTANCE_CODES: usize = CODES + 4 * 288;
/** Bits of each code, the two alphabets one after the other as the header has them. uint8. */
export const WIDTHS: usize = DISTANCE_CODES + 4 * 32;
/** The same of the alphabet that describes the others. */
export const META_COUNTS: usize = WIDTHS + 320;
export const META_CODES: usize = META_COUNTS + 4 * 20;
export const META_WIDTHS: usize = META_CODES + 4 * 20;
/** The header's symbols: uint16, the symbol and its extra bits. */
export const META_SYMBOLS: usize = META_WIDTHS + 32;
/** Three more sets of counts, and what the code builder sorts. uint32. */
export const MORE_COUNTS: usize = META_SYMBOLS + 2 * 320;
export const SORTED: usize = MORE_COUNTS + 3 * 1024;
export const TREE: usize = SORTED + 4 * 288;
/** Number of codes of each width. uint32. */
export const WIDTH_COUNTS: usize = TREE + 4 * 288;
/** Code and extra bits of each length, 0 to 258: bits, and how many at bit 24. uint32. */
export const LENGTH_CODES: usize = WIDTH_COUNTS + 4 * 64;

/** The block's literals. */
export const LITERALS: usize = 16384;
/** The block's matches: uint16 literals before it, uint16 distance, uint32 length. */
export const MATCHES: usize = LITERALS + MOST_LITERALS + 64;

/** Free for rows and for what is made of them. */
export const ROOM: usize = MATCHES + 8 * (MOST_MATCHES + 8);
