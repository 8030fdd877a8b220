/** Numbers out of text bytes, without making strings. */

const NEWLINE = 10, RETURN = 13, BACKSLASH = 92;

/** 10^0 … 10^22: the powers of ten that float64 holds exactly. */
const POWERS = Float64Array.from({ length: 23 }, (_, i) => Number(`1e${i}`));
/** Below this one more digit keeps a mantissa under 2^53. */
const MANTISSA_LIMIT = 900719925474099;

/**
 * A place in text. The bytes must be followed by a newline at `end − 1`, so that scanning needs no
 * bound checks.
 */
export class NumberCursor {
  bytes: Uint8Array = new Uint8Array(0);
  at = 0;
  /** The number of the line that `at` is on, from 1. */
  line = 1;
  /** Set when the last token was not a number. */
  bad = false;

  /** Moves over blanks and continued line ends; returns the byte there. */
  blanks(): number {
    const { bytes } = this;
    for (;;) {
      const byte = bytes[this.at];
      if (byte > 32 && byte !== BACKSLASH || byte === NEWLINE) return byte;
      if (byte === BACKSLASH) {
        const skip = bytes[this.at + 1] === NEWLINE
          ? 2
          : bytes[this.at + 1] === RETURN && bytes[this.at + 2] === NEWLINE
          ? 3
          : 0;
        if (skip === 0) return byte;
        this.at += skip;
        this.line++;
      } else {
        this.at++;
      }
    }
  }

  /** Moves over blanks and line ends, up to `end`; returns false if there is nothing more. */
  blanksAndLines(end: number): boolean {
    const { bytes } = this;
    while (this.at < end && bytes[this.at] <= 32) {
      if (bytes[this.at] === NEWLINE) this.line++;
      this.at++;
    }
    return this.at < end;
  }

  /**
   * Reads a number whose float32 value is exactly that of `Number(text)`: digits up to 2^53 and
   * powers up to 10^±22 take one correctly rounded operation (Clinger 1990); longer mantissas are
   * bracketed by their first 16 digits and by one more, and if both round to the same float32,
   * that is it; the rest goes through `Number`. `nan`, `inf` and `1.#QNAN` are numbers.
   */
  float(): number {
    const { bytes } = this;
    const start = this.at;
    let at = start;
    let byte = bytes[at];
    const negative = byte === 45;
    if (negative || byte === 43) byte = bytes[++at];
    let mantissa = 0, exponent = 0, digits = 0, cut = false;
    while (byte >= 48 && byte <= 57) {
      if (mantissa < MANTISSA_LIMIT) {
        mantissa = mantissa * 10 + (byte - 48);
      } else {
        exponent++;
        cut = true;
      }
      digits++;
      byte = bytes[++at];
    }
    if (byte === 46) {
      byte = bytes[++at];
      while (byte >= 48 && byte <= 57) {
        if (mantissa < MANTISSA_LIMIT) {
          mantissa = mantissa * 10 + (byte - 48);
          exponent--;
        } else {
          cut = true;
        }
        digits++;
        byte = bytes[++at];
      }
    }
    if (digits === 0) return this.#special(start);
    if (byte === 101 || byte === 69) {
      byte = bytes[++at];
      const down = byte === 45;
      if (down || byte === 43) byte = bytes[++at];
      if (!(byte >= 48 && byte <= 57)) return this.#special(start);
      let power = 0;
      while (byte >= 48 && byte <= 57) {
        if (power < 100000) power = power * 10 + (byte - 48);
        byte = bytes[++at];
      }
      exponent += down ? -power : power;
    }
    if (byte > 32 && byte !== BACKSLASH) return this.#special(start);
    this.at = at;
    if (exponent >= -22 && exponent <= 22) {
      const value = scaled(mantissa, exponent);
      if (!cut) return negative ? -value : value;
      const rounded = Math.fround(value);
      if (rounded === Math.fround(scaled(mantissa + 1, exponent))) {
        return negative ? -rounded : rounded;
      }
    }
    return Number(new TextDecoder("latin1").decode(bytes.subarray(start, at)));
  }

  /** Reads a whole number of at most 15 digits, which may be negative. */
  int(): number {
    const { bytes } = this;
    let at = this.at;
    const negative = bytes[at] === 45;
    if (negative || bytes[at] === 43) at++;
    const first = at;
    let value = 0;
    let byte = bytes[at];
    while (byte >= 48 && byte <= 57) {
      value = value * 10 + (byte - 48);
      byte = bytes[++at];
    }
    if (at === first || at - first > 15) this.bad = true;
    this.at = at;
    return negative ? -value : value;
  }

  /** The token that begins at `from`, at most 40 letters of it. */
  token(from: number): string {
    let to = from;
    while (this.bytes[to] > 32 && to < from + 40) to++;
    return String.fromCharCode(...this.bytes.subarray(from, to));
  }

  /** NaN and infinities as C libraries print them; everything else is no number. */
  #special(start: number): number {
    const token = this.token(start);
    this.at = start + token.length;
    if (/^[+-]?inf(inity)?$|^[+-]?1\.#INF0*$/i.test(token)) {
      return token.startsWith("-") ? -Infinity : Infinity;
    }
    if (!/^[+-]?nan(\(\w*\))?$|^[+-]?1\.#(QNAN|SNAN|IND)0*$/i.test(token)) this.bad = true;
    return NaN;
  }
}

function scaled(mantissa: number, exponent: number): number {
  return exponent < 0 ? mantissa / POWERS[-exponent] : mantissa * POWERS[exponent];
}
