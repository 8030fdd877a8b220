/**
 * Smoothing of normal maps; see `../detail_kernel.ts`. A pixel of a picture is four float32, xyz and
 * an unused one, so that one SIMD register holds it; sums are float64, two registers a pixel.
 */

/** Bytes a pixel. */
const PIXEL: usize = 16;

/** Normals as stored in maps (uint16, three a pixel) → float32; what is not covered becomes 0. */
export function unpack(mask: usize, normals: usize, out: usize, pixels: i32): void {
  for (let i = 0; i < pixels; i++, normals += 6, out += PIXEL) {
    if (load<u8>(mask + i) == 0) {
      v128.store(out, f64x2.splat(0));
      continue;
    }
    store<f32>(out, <f32> (2.0 * <f64> load<u16>(normals) / 65535.0 - 1.0));
    store<f32>(out, <f32> (2.0 * <f64> load<u16>(normals, 2) / 65535.0 - 1.0), 4);
    store<f32>(out, <f32> (2.0 * <f64> load<u16>(normals, 4) / 65535.0 - 1.0), 8);
    store<f32>(out, 0, 12);
  }
}

// @ts-ignore: AssemblyScript's own
@inline
function low(v: v128): v128 {
  return f64x2.promote_low_f32x4(v);
}

// @ts-ignore: AssemblyScript's own
@inline
function high(v: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<i64>(v, v, 1, 0));
}

// @ts-ignore: AssemblyScript's own
@inline
function joined(a: v128, b: v128): v128 {
  return v128.shuffle<i64>(f32x4.demote_f64x2_zero(a), f32x4.demote_f64x2_zero(b), 0, 2);
}

/** One box filter along a line that has `radius + 1` zeros before its start and `radius` after. */
function boxLine(line: usize, out: usize, width: i32, radius: i32): void {
  let entering = line - PIXEL * <usize> radius, leaving = line - PIXEL * <usize> (radius + 1);
  let a = f64x2.splat(0), b = f64x2.splat(0);
  for (let x = 0; x < 2 * radius; x++, entering += PIXEL) {
    const v = v128.load(entering);
    a = f64x2.add(a, low(v));
    b = f64x2.add(b, high(v));
  }
  for (let x = 0; x < width; x++, entering += PIXEL, leaving += PIXEL, out += PIXEL) {
    const v = v128.load(entering), w = v128.load(leaving);
    a = f64x2.add(a, f64x2.sub(low(v), low(w)));
    b = f64x2.add(b, f64x2.sub(high(v), high(w)));
    v128.store(out, joined(a, b));
  }
}

/**
 * Two box filters along each row; outside counts as 0. `lines` has room for
 * 2 · (width + 2 · radius + 1) pixels.
 */
export function blurRows(
  from: usize,
  to: usize,
  lines: usize,
  width: i32,
  rows: i32,
  radius: i32,
): void {
  const length = PIXEL * <usize> (width + 2 * radius + 1), row = PIXEL * <usize> width;
  memory.fill(lines, 0, 2 * length);
  const first = lines + PIXEL * <usize> (radius + 1), second = first + length;
  for (let y = 0; y < rows; y++, from += row, to += row) {
    memory.copy(first, from, row);
    boxLine(first, second, width, radius);
    boxLine(second, to, width, radius);
  }
}

/** A box filter down each column; outside counts as 0. `sums` has room for 2 · width pixels. */
export function blurColumns(
  from: usize,
  to: usize,
  sums: usize,
  width: i32,
  rows: i32,
  radius: i32,
): void {
  const row = PIXEL * <usize> width;
  memory.fill(sums, 0, 2 * row);
  for (let y = -radius; y < rows; y++) {
    const entering = from + <usize> (y + radius) * row;
    const leaving = from + <usize> (y - radius - 1) * row;
    const enters = y + radius < rows, leaves = y - radius - 1 >= 0;
    if (enters && leaves) exchangeRows(entering, leaving, sums, to + <usize> y * row, width);
    else {
      if (enters) addRow(entering, sums, width);
      if (leaves) subtractRow(leaving, sums, width);
      if (y >= 0) storeRow(sums, to + <usize> y * row, width);
    }
  }
}

/** Adds one row, subtracts another and stores the sums, all at once: what most rows need. */
function exchangeRows(
  entering: usize,
  leaving: usize,
  sums: usize,
  out: usize,
  width: i32,
): void {
  for (
    let x = 0;
    x < width;
    x++, entering += PIXEL, leaving += PIXEL, out += PIXEL, sums += 2 * PIXEL
  ) {
    const v = v128.load(entering), w = v128.load(leaving);
    const a = f64x2.sub(f64x2.add(v128.load(sums), low(v)), low(w));
    const b = f64x2.sub(f64x2.add(v128.load(sums, 16), high(v)), high(w));
    v128.store(sums, a);
    v128.store(sums, b, 16);
    v128.store(out, joined(a, b));
  }
}

function addRow(row: usize, sums: usize, width: i32): void {
  for (let x = 0; x < width; x++, row += PIXEL, sums += 2 * PIXEL) {
    const v = v128.load(row);
    v128.store(sums, f64x2.add(v128.load(sums), low(v)));
    v128.store(sums, f64x2.add(v128.load(sums, 16), high(v)), 16);
  }
}

function subtractRow(row: usize, sums: usize, width: i32): void {
  for (let x = 0; x < width; x++, row += PIXEL, sums += 2 * PIXEL) {
    const v = v128.load(row);
    v128.store(sums, f64x2.sub(v128.load(sums), low(v)));
    v128.store(sums, f64x2.sub(v128.load(sums, 16), high(v)), 16);
  }
}

function storeRow(sums: usize, out: usize, width: i32): void {
  for (let x = 0; x < width; x++, out += PIXEL, sums += 2 * PIXEL) {
    v128.store(out, joined(v128.load(sums), v128.load(sums, 16)));
  }
}

/** Makes unit vectors of what is covered; (0, 0, 1) of what has no length. */
export function normalize(mask: usize, picture: usize, pixels: i32): void {
  for (let i = 0; i < pixels; i++, picture += PIXEL) {
    if (load<u8>(mask + i) == 0) continue;
    const x: f64 = load<f32>(picture), y: f64 = load<f32>(picture, 4);
    const z: f64 = load<f32>(picture, 8);
    const length = Math.sqrt(x * x + y * y + z * z);
    const any = length > 1e-9, scale = any ? 1 / length : 0;
    store<f32>(picture, <f32> (x * scale));
    store<f32>(picture, <f32> (y * scale), 4);
    store<f32>(picture, any ? <f32> (z * scale) : 1, 8);
  }
}

/**
 * Normals after the smallest rotation that takes the smooth normal to (0, 0, 1); (0, 0, 1) where
 * that one is opposite. Only what is covered is written, three float32 a pixel, one after the other.
 *
 * @returns How many pixels that is.
 */
export function relative(mask: usize, n: usize, smooth: usize, out: usize, pixels: i32): i32 {
  let count = 0;
  for (let i = 0; i < pixels; i++, n += PIXEL, smooth += PIXEL) {
    if (load<u8>(mask + i) == 0) continue;
    count++;
    const lx: f64 = load<f32>(smooth), ly: f64 = load<f32>(smooth, 4);
    const lz: f64 = load<f32>(smooth, 8);
    const x: f64 = load<f32>(n), y: f64 = load<f32>(n, 4), z: f64 = load<f32>(n, 8);
    if (lz < -0.999999) {
      store<f32>(out, 0);
      store<f32>(out, 0, 4);
      store<f32>(out, 1, 8);
    } else {
      // R n = n − (l + e)(l + e)·n / (1 + l·e) + 2 e (l·n), with e = (0, 0, 1) (Rodrigues).
      const dot = lx * x + ly * y + lz * z, share = (dot + z) / (1 + lz);
      store<f32>(out, <f32> (x - share * lx));
      store<f32>(out, <f32> (y - share * ly), 4);
      store<f32>(out, <f32> (z - share * (lz + 1) + 2 * dot), 8);
    }
    out += 12;
  }
  return count;
}

