/** Writing bits, least first, as RFC 1951 has them. */

/** Where the next byte goes. */
export let to: usize = 0;
let held: u64 = 0;
let holds: u64 = 0;

/** Starts at an address, with no bits held back. */
export function startBits(at: usize): void {
  to = at;
  held = 0;
  holds = 0;
}

/** Goes on elsewhere: what was written so far has been taken away. */
export function moveBits(at: usize): void {
  to = at;
}

/** Appends up to 32 bits. */
// @ts-ignore: AssemblyScript's own
@inline
export function put(bits: u64, count: u64): void {
  hold(bits, count);
  flush();
}

/** Appends bits that {@linkcode flush} writes; up to 56 may be held. */
// @ts-ignore: AssemblyScript's own
@inline
export function hold(bits: u64, count: u64): void {
  held |= bits << holds;
  holds += count;
}

/** Writes all whole bytes that are held; fewer than 8 bits stay. */
// @ts-ignore: AssemblyScript's own
@inline
export function flush(): void {
  store<u64>(to, held);
  to += <usize> (holds >> 3);
  held >>= holds & 56;
  holds &= 7;
}

/** Fills up the last byte with zeros. */
export function alignBits(): void {
  holds = (holds + 7) & ~7;
  flush();
}

/** Appends bytes after {@linkcode alignBits}. */
export function putBytes(from: usize, count: u32): void {
  memory.copy(to, from, count);
  to += count;
}

/** Appends the codes of bytes: uint32 at `codes`, of up to 14 bits, their width at bit 24. */
export function putCoded(codes: usize, from: usize, count: usize): void {
  // Variables of the function stay in registers.
  let out = to, bits = held, width = holds;
  const end = from + count;
  for (const whole = from + (count & ~3); from < whole; from += 4) {
    const bytes = load<u32>(from);
    const a = load<u32>(codes + 4 * (bytes & 255)), b = load<u32>(codes + 4 * ((bytes >> 8) & 255));
    const c = load<u32>(codes + 4 * ((bytes >> 16) & 255)), d = load<u32>(codes + 4 * (bytes >> 24));
    bits |= <u64> (a & 0xffffff) << width;
    width += a >> 24;
    bits |= <u64> (b & 0xffffff) << width;
    width += b >> 24;
    bits |= <u64> (c & 0xffffff) << width;
    width += c >> 24;
    bits |= <u64> (d & 0xffffff) << width;
    width += d >> 24;
    store<u64>(out, bits);
    out += <usize> (width >> 3);
    bits >>= width & 56;
    width &= 7;
  }
  for (; from < end; from++) {
    const code = load<u32>(codes + 4 * <usize> load<u8>(from));
    bits |= <u64> (code & 0xffffff) << width;
    width += code >> 24;
    store<u64>(out, bits);
    out += <usize> (width >> 3);
    bits >>= width & 56;
    width &= 7;
  }
  to = out;
  held = bits;
  holds = width;
}
