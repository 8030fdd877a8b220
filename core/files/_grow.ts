/** Typed arrays that grow, for readers that learn the counts last. */

/** Floats in a row. `data` is longer than `length`; write at `length` after `reserve`. */
export class Floats {
  data: Float32Array<ArrayBuffer> = new Float32Array(1 << 12);
  length = 0;

  /** Makes room for `count` more. */
  reserve(count: number): void {
    if (this.length + count <= this.data.length) return;
    const size = Math.max(2 * this.data.length, this.length + count);
    this.data = new Float32Array(this.data.buffer.transfer(4 * size));
  }

  /** Hands the values over without copying; the list is empty afterwards. */
  take(): Float32Array<ArrayBuffer> {
    const out = new Float32Array(this.data.buffer.transfer(4 * this.length));
    this.data = new Float32Array(0);
    this.length = 0;
    return out;
  }
}

/** Whole numbers from 0 to 2^32 − 1 in a row; see `Floats`. */
export class Indices {
  data: Uint32Array<ArrayBuffer> = new Uint32Array(1 << 12);
  length = 0;

  /** Makes room for `count` more. */
  reserve(count: number): void {
    if (this.length + count <= this.data.length) return;
    const size = Math.max(2 * this.data.length, this.length + count);
    this.data = new Uint32Array(this.data.buffer.transfer(4 * size));
  }

  /** Appends one value. */
  push(value: number): void {
    this.reserve(1);
    this.data[this.length++] = value;
  }

  /** Hands the values over without copying; the list is empty afterwards. */
  take(): Uint32Array<ArrayBuffer> {
    const out = new Uint32Array(this.data.buffer.transfer(4 * this.length));
    this.data = new Uint32Array(0);
    this.length = 0;
    return out;
  }
}
