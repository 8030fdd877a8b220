/**
 * One zlib stream (RFC 1950, 1951), made in one go: repeats of the byte before become matches of
 * distance 1, and blocks of up to 32,768 literals get prefix codes of their own. Differences of
 * neighbouring pixels have hardly any other repeats that pay.
 *
 * The stream depends on the bytes alone, not on the pieces they come in.
 */
import { adler, startAdler, sumBytes, sumRun } from "./adler";
import { alignBits, flush, hold, put, putBytes, putCoded, startBits } from "./bits";
import { assignCodes, makeCodes } from "./codes";
import {
  CODES,
  COUNTS,
  DISTANCE_CODES,
  DISTANCE_COUNTS,
  LENGTH_CODES,
  LITERALS,
  MATCHES,
  META_CODES,
  META_COUNTS,
  META_SYMBOLS,
  META_WIDTHS,
  MORE_COUNTS,
  MOST_LITERALS,
  MOST_MATCHES,
  MOST_REPEATED,
  WIDTHS,
} from "./layout";

/** Widest code of literals and lengths: four of them, and 7 bits held back, fit 64 bits. */
const WIDEST: u32 = 14;
/** Shorter repeats stay literals: a match takes about as many bits. */
const SHORTEST: u32 = 4;
/** Longer repeats are cut, so that they need not be gathered. */
const LONGEST: u32 = 1 << 22;
/** Ends a block. */
const END: u32 = 256;
/** Literals, the end and lengths; distances; symbols that describe the others' codes. */
const SYMBOLS: u32 = 286;
const DISTANCES: u32 = 30;
const METAS: u32 = 19;

/** Literals and matches of the block, and literals after its last match. */
let literals: u32 = 0;
let matches: u32 = 0;
let open: u32 = 0;
/** Bytes of the block that are in matches. */
let repeated: u32 = 0;
/** The stream's last byte (256 before the first), and how often it has come again already. */
let last: u32 = 256;
let pending: u32 = 0;

/** Starts a stream at an address. */
export function startStream(at: usize): void {
  startBits(at);
  put(0x0178, 16); // 32 KiB window, quickest
  startAdler();
  literals = matches = open = repeated = pending = 0;
  last = 256;
}

/** Ends the stream. */
export function endStream(): void {
  putPending();
  putBlock(1);
  alignBits();
  put(bswap<u32>(adler()), 32);
}

/** Appends the same byte several times. */
export function putRun(value: u32, count: u32): void {
  if (count == 0) return;
  sumRun(value, count);
  if (last != value) {
    putPending();
    store<u8>(LITERALS + literals, value);
    addLiterals(1);
    last = value;
    count--;
  }
  repeat(count);
}

/** Appends bytes. Up to 16 before and 32 after them can be read, the one before can be written. */
export function putAll(at: usize, count: usize): void {
  if (count == 0) return;
  sumBytes(at, count);
  const end = at + count;
  if (last > 255) { // the first of all
    store<u8>(LITERALS, load<u8>(at));
    addLiterals(1);
    last = load<u8>(at++);
  }
  store<u8>(at - 1, last);
  const begin = repeatsEnd(at, end);
  repeat(<u32> (begin - at));
  if (begin == end) return;
  putPending();
  last = load<u8>(end - 1);
  // Repeats at the end may go on in what follows.
  const stop = repeatsStart(begin, end);
  at = begin;
  let same = repeatsAt(at);
  while (at < stop) {
    const next = repeatsAt(at + 16);
    let both = same | (next << 16);
    const room = stop - at;
    if (room < 32) both &= (1 << <u32> room) - 1;
    // Where this byte and the next three repeat the one before.
    const starts = both & (both >> 1) & (both >> 2) & (both >> 3) & 0xffff;
    v128.store(LITERALS + literals, v128.load(at));
    if (starts == 0) {
      addLiterals(<u32> min<usize>(room, 16));
      at += 16;
      same = next;
      continue;
    }
    const before = ctz(starts);
    addLiterals(before);
    at += before;
    const after = repeatsEnd(at + SHORTEST, stop);
    putMatch(<u32> (after - at));
    at = after;
    same = repeatsAt(at);
  }
  repeat(<u32> (end - stop));
}

/** Which of 16 bytes equal the one before them. */
// @ts-ignore: AssemblyScript's own
@inline
function repeatsAt(at: usize): u32 {
  return i8x16.bitmask(i8x16.eq(v128.load(at), v128.load(at - 1)));
}

/** Where bytes stop to equal the one before them. */
function repeatsEnd(at: usize, end: usize): usize {
  while (at < end) {
    const same = repeatsAt(at);
    if (same != 0xffff) return min(end, at + ctz(~same));
    at += 16;
  }
  return end;
}

/** Where the bytes up to the end begin to equal the one before them. */
function repeatsStart(at: usize, end: usize): usize {
  while (end >= at + 16 && repeatsAt(end - 16) == 0xffff) end -= 16;
  while (end > at && load<u8>(end - 1) == load<u8>(end - 2)) end--;
  return end;
}

/** Takes in literals that were stored after those there are: up to 16. */
// @ts-ignore: AssemblyScript's own
@inline
function addLiterals(count: u32): void {
  literals += count;
  open += count;
  if (literals >= MOST_LITERALS) putFullBlock();
}

/** Writes a block of exactly as many literals as end one; the others begin the next. */
function putFullBlock(): void {
  const over = literals - MOST_LITERALS;
  literals = MOST_LITERALS;
  putBlock(0);
  v128.store(LITERALS, v128.load(LITERALS + MOST_LITERALS));
  literals = open = over;
}

/** Takes in repeats of the last byte. */
function repeat(count: u32): void {
  for (pending += count; pending >= LONGEST; pending -= LONGEST) putMatch(LONGEST);
}

/** Appends the repeats of the last byte: nothing that follows belongs to them. */
function putPending(): void {
  if (pending >= SHORTEST) putMatch(pending);
  else if (pending > 0) {
    v128.store(LITERALS + literals, i8x16.splat(<u8> last));
    addLiterals(pending);
  }
  pending = 0;
}

function putMatch(count: u32): void {
  const match = MATCHES + 8 * matches++;
  store<u16>(match, open);
  store<u32>(match, count, 4);
  open = 0;
  repeated += count;
  if (matches >= MOST_MATCHES || repeated >= MOST_REPEATED) putBlock(0);
}

/** Writes what was gathered as one block, in the shortest of the three ways there are. */
function putBlock(final: u32): void {
  countSymbols();
  makeCodes(COUNTS, SYMBOLS, WIDTHS, CODES, WIDEST);
  const literalWidths = trimmed(WIDTHS, SYMBOLS, END + 1), distances = WIDTHS + literalWidths;
  makeCodes(DISTANCE_COUNTS, DISTANCES, distances, DISTANCE_CODES, 15);
  const distanceWidths = trimmed(distances, DISTANCES, 1);
  const symbols = metaSymbols(literalWidths + distanceWidths);
  makeCodes(META_COUNTS, METAS, META_WIDTHS, META_CODES, 7);
  const metas = metaCount();
  const own: u32 = 14 + 3 * metas + metaBits(symbols) + symbolBits();
  const fixed: u32 = fixedBits(), stored: u32 = matches > 0 ? 0xffffffff : 8 * literals + 40;
  if (stored <= min<u32>(own, fixed)) {
    put(final, 3);
    alignBits();
    put(literals | (~literals << 16), 32);
    putBytes(LITERALS, literals);
  } else {
    if (fixed <= own) {
      put(final | 2, 3);
      fixCodes();
    } else {
      put(final | 4, 3);
      put((literalWidths - 257) | ((distanceWidths - 1) << 5) | ((metas - 4) << 10), 14);
      putHeader(metas, symbols);
    }
    putSymbols();
  }
  literals = matches = open = repeated = 0;
}

/** Counts literals, lengths and distances. */
function countSymbols(): void {
  memory.fill(COUNTS, 0, 4 * 320);
  memory.fill(MORE_COUNTS, 0, 3 * 1024);
  let at = LITERALS;
  // Four counters, since one that was just written cannot be read at once.
  for (const end = LITERALS + (literals & ~7); at < end; at += 8) {
    const bytes = load<u64>(at);
    count(COUNTS, <usize> (bytes & 255));
    count(MORE_COUNTS, <usize> ((bytes >> 8) & 255));
    count(MORE_COUNTS + 1024, <usize> ((bytes >> 16) & 255));
    count(MORE_COUNTS + 2048, <usize> ((bytes >> 24) & 255));
    count(COUNTS, <usize> ((bytes >> 32) & 255));
    count(MORE_COUNTS, <usize> ((bytes >> 40) & 255));
    count(MORE_COUNTS + 1024, <usize> ((bytes >> 48) & 255));
    count(MORE_COUNTS + 2048, <usize> (bytes >> 56));
  }
  for (const end = LITERALS + literals; at < end; at++) count(COUNTS, load<u8>(at));
  for (let i: usize = 0; i < 1024; i += 16) {
    const a = i32x4.add(v128.load(COUNTS + i), v128.load(MORE_COUNTS + i));
    const b = i32x4.add(v128.load(MORE_COUNTS + i, 1024), v128.load(MORE_COUNTS + i, 2048));
    v128.store(COUNTS + i, i32x4.add(a, b));
  }
  store<u32>(COUNTS + 4 * END, 1);
  let pieces: u32 = 0;
  for (let match = MATCHES; match < MATCHES + 8 * matches; match += 8) {
    const length = load<u32>(match, 4), full = fullPieces(length), rest = length - 258 * full;
    countMany(COUNTS + 4 * (END + 29), full);
    const split = rest > 258;
    count(COUNTS, END + 1 + lengthSymbol(split ? rest - 3 : rest));
    if (split) count(COUNTS, END + 1);
    pieces += full + 1 + u32(split);
  }
  countMany(DISTANCE_COUNTS, pieces);
}

// @ts-ignore: AssemblyScript's own
@inline
function count(counts: usize, symbol: usize): void {
  store<u32>(counts + 4 * symbol, load<u32>(counts + 4 * symbol) + 1);
}

/** Adds to a count; those of very long runs stop where the code builder's numbers would. */
function countMany(counter: usize, times: u32): void {
  store<u32>(counter, min<u32>(1 << 22, load<u32>(counter) + min<u32>(1 << 22, times)));
}

/** How many matches of 258 a longer one begins with: 3 to 260 are left. */
// @ts-ignore: AssemblyScript's own
@inline
function fullPieces(length: u32): u32 {
  return (length - 3) / 258;
}

/** The symbol of a match's length, less 257. */
// @ts-ignore: AssemblyScript's own
@inline
function lengthSymbol(length: u32): u32 {
  const over = length - 3;
  if (over < 8) return over;
  if (length == 258) return 28;
  const extra = 29 - clz(over);
  return 4 * extra + (over >> extra);
}

/** Bits that the block's symbols take in its own codes. */
function symbolBits(): u32 {
  let bits: u32 = 0;
  for (let symbol: u32 = 0; symbol < SYMBOLS; symbol++) {
    const times = load<u32>(COUNTS + 4 * symbol);
    if (times > 0) bits += times * ((load<u32>(CODES + 4 * symbol) >> 24) + extraBits(symbol));
  }
  return bits + load<u32>(DISTANCE_COUNTS) * (load<u32>(DISTANCE_CODES) >> 24);
}

/** Bits that they take in the format's fixed codes. */
function fixedBits(): u32 {
  let bits: u32 = 5 * load<u32>(DISTANCE_COUNTS);
  for (let symbol: u32 = 0; symbol < SYMBOLS; symbol++) {
    bits += load<u32>(COUNTS + 4 * symbol) * (fixedWidth(symbol) + extraBits(symbol));
  }
  return bits;
}

function fixedWidth(symbol: u32): u32 {
  return symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8;
}

/** Bits that follow the code of a length. */
function extraBits(symbol: u32): u32 {
  return symbol < END + 9 || symbol == END + 29 ? 0 : (symbol - END - 5) >> 2;
}

function fixCodes(): void {
  for (let symbol: u32 = 0; symbol < 288; symbol++) store<u8>(WIDTHS + symbol, fixedWidth(symbol));
  assignCodes(WIDTHS, 288, CODES);
  memory.fill(WIDTHS, 5, 32);
  assignCodes(WIDTHS, 32, DISTANCE_CODES);
}

/** Writes literals, matches and the end of the block. */
function putSymbols(): void {
  // Lengths with their extra bits.
  for (let symbol: u32 = END + 1; symbol < END + 29; symbol++) {
    const code = load<u32>(CODES + 4 * symbol), width = code >> 24, extra = extraBits(symbol);
    const step = symbol - END - 1;
    const first = step < 8 ? 3 + step : 3 + ((4 + (step & 3)) << extra);
    for (let over: u32 = 0; over < <u32> 1 << extra; over++) {
      const bits = (code & 0xffffff) | (over << width) | ((width + extra) << 24);
      store<u32>(LENGTH_CODES + 4 * (first + over), bits);
    }
  }
  store<u32>(LENGTH_CODES + 4 * 258, load<u32>(CODES + 4 * (END + 29)));

  let at = LITERALS;
  for (let match = MATCHES; match < MATCHES + 8 * matches; match += 8) {
    const before = <usize> load<u16>(match);
    putCoded(CODES, at, before);
    at += before;
    let length = load<u32>(match, 4);
    for (let full = fullPieces(length); full > 0; full--, length -= 258) putLength(258);
    if (length > 258) {
      putLength(length - 3);
      length = 3;
    }
    putLength(length);
  }
  putCoded(CODES, at, LITERALS + literals - at);
  const code = load<u32>(CODES + 4 * END);
  put(code & 0xffffff, code >> 24);
}

/** A match's length, and the distance 1. */
// @ts-ignore: AssemblyScript's own
@inline
function putLength(length: u32): void {
  const code = load<u32>(LENGTH_CODES + 4 * length), distance = load<u32>(DISTANCE_CODES);
  hold(code & 0xffffff, code >> 24);
  hold(distance & 0xffffff, distance >> 24);
  flush();
}

/** How many widths there are without the zeros at the end. */
function trimmed(widths: usize, size: u32, least: u32): u32 {
  while (size > least && load<u8>(widths + size - 1) == 0) size--;
  return size;
}

/** Describes the widths (section 3.2.7): symbols and, at bit 8, extra bits. Returns how many. */
function metaSymbols(size: u32): u32 {
  memory.fill(META_COUNTS, 0, 4 * METAS);
  let symbols: u32 = 0;
  for (let at: u32 = 0; at < size;) {
    const width = <u32> load<u8>(WIDTHS + at);
    let run: u32 = 1;
    while (at + run < size && load<u8>(WIDTHS + at + run) == width) run++;
    at += run;
    if (width > 0) {
      symbols = metaSymbol(symbols, width, 0);
      run--;
    }
    for (; run >= 3;) {
      if (width > 0) {
        const taken = min<u32>(run, 6);
        symbols = metaSymbol(symbols, 16, taken - 3);
        run -= taken;
      } else {
        const taken = min<u32>(run, 138);
        symbols = metaSymbol(symbols, taken < 11 ? 17 : 18, taken - (taken < 11 ? 3 : 11));
        run -= taken;
      }
    }
    for (; run > 0; run--) symbols = metaSymbol(symbols, width, 0);
  }
  return symbols;
}

function metaSymbol(index: u32, symbol: u32, extra: u32): u32 {
  count(META_COUNTS, symbol);
  store<u16>(META_SYMBOLS + 2 * index, symbol | (extra << 8));
  return index + 1;
}

/** How many of the header's own widths are written: zeros at the end are not. */
function metaCount(): u32 {
  let metas: u32 = METAS;
  while (metas > 4 && load<u8>(META_WIDTHS + metaOrder(metas - 1)) == 0) metas--;
  return metas;
}

/** 16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15. */
function metaOrder(index: u32): u32 {
  if (index < 3) return 16 + index;
  if (index == 3) return 0;
  return index & 1 ? 9 - (index >> 1) : 6 + (index >> 1);
}

function metaExtra(symbol: u32): u32 {
  return symbol == 16 ? 2 : symbol == 17 ? 3 : symbol == 18 ? 7 : 0;
}

function metaBits(symbols: u32): u32 {
  let bits: u32 = 0;
  for (let i: u32 = 0; i < symbols; i++) {
    const symbol = <u32> load<u8>(META_SYMBOLS + 2 * i);
    bits += load<u8>(META_WIDTHS + symbol) + metaExtra(symbol);
  }
  return bits;
}

function putHeader(metas: u32, symbols: u32): void {
  for (let i: u32 = 0; i < metas; i++) put(load<u8>(META_WIDTHS + metaOrder(i)), 3);
  for (let i: u32 = 0; i < symbols; i++) {
    const symbol = <u32> load<u8>(META_SYMBOLS + 2 * i);
    const code = load<u32>(META_CODES + 4 * symbol);
    hold(code & 0xffffff, code >> 24);
    hold(load<u8>(META_SYMBOLS + 2 * i + 1), metaExtra(symbol));
    flush();
  }
}
