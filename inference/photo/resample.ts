/** Parts of pictures at another size, to a fraction of a pixel. */

/** Rows of interleaved 8-bit channels. */
export interface Samples {
  width: number;
  height: number;
  channels: number;
  data: Uint8Array;
}

/** An upright box, pixels; may reach beyond the picture. */
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** What is cut out, and to which size. */
export interface ResampleRequest {
  box: Box;
  width: number;
  height: number;
  /** `cubic` for pictures (Catmull–Rom), `linear` for masks: it never overshoots. */
  kernel: "cubic" | "linear";
}

/**
 * Resamples a box of a picture. Where it shrinks, the kernel grows so that every pixel counts.
 * Outside of the picture its nearest pixels are repeated.
 */
export function resample(source: Samples, request: ResampleRequest): Samples {
  const { box, width, height, kernel } = request;
  const { channels } = source;
  const across = taps(source.width, { start: box.x, length: box.width, count: width, kernel });
  const down = taps(source.height, { start: box.y, length: box.height, count: height, kernel });
  const row = new Float32Array(width * channels);
  const rows = new Map<number, Float32Array>();
  const rowOf = (y: number): Float32Array => {
    const made = rows.get(y);
    if (made !== undefined) return made;
    const out = new Float32Array(width * channels);
    const from = y * source.width * channels;
    for (let x = 0; x < width; x++) {
      for (let t = across.first[x]; t < across.first[x + 1]; t++) {
        const at = from + across.index[t] * channels, weight = across.weight[t];
        for (let k = 0; k < channels; k++) out[x * channels + k] += weight * source.data[at + k];
      }
    }
    rows.set(y, out);
    return out;
  };
  const data = new Uint8Array(width * height * channels);
  for (let y = 0; y < height; y++) {
    row.fill(0.5); // rounds to nearest
    const first = down.first[y], end = down.first[y + 1];
    for (let t = first; t < end; t++) {
      const from = rowOf(down.index[t]), weight = down.weight[t];
      for (let i = 0; i < row.length; i++) row[i] += weight * from[i];
    }
    for (let i = 0, at = y * row.length; i < row.length; i++, at++) {
      data[at] = row[i] < 0 ? 0 : row[i] > 255 ? 255 : row[i];
    }
    for (const made of rows.keys()) if (made < down.index[first]) rows.delete(made);
  }
  return { width, height, channels, data };
}

/** For output i: taps first[i] to first[i + 1], each a source index and a weight; weights sum to 1. */
interface Taps {
  first: Int32Array;
  index: Int32Array;
  weight: Float64Array;
}

interface Axis {
  start: number;
  length: number;
  count: number;
  kernel: "cubic" | "linear";
}

function taps(size: number, { start, length, count, kernel }: Axis): Taps {
  const step = length / count, stretch = Math.max(1, step);
  const reach = (kernel === "cubic" ? 2 : 1) * stretch;
  const weigh = kernel === "cubic" ? catmullRom : triangle;
  const first = new Int32Array(count + 1), index: number[] = [], weight: number[] = [];
  for (let i = 0; i < count; i++) {
    const centre = start + (i + 0.5) * step - 0.5;
    const from = index.length;
    let sum = 0;
    for (let s = Math.ceil(centre - reach); s <= Math.floor(centre + reach); s++) {
      const w = weigh((s - centre) / stretch);
      if (w === 0) continue;
      index.push(Math.min(size - 1, Math.max(0, s)));
      weight.push(w);
      sum += w;
    }
    for (let t = from; t < index.length; t++) weight[t] /= sum;
    first[i + 1] = index.length;
  }
  return { first, index: Int32Array.from(index), weight: Float64Array.from(weight) };
}

/** Cubic convolution with a = −1/2 (Keys 1981). */
function catmullRom(x: number): number {
  const t = Math.abs(x);
  if (t < 1) return (1.5 * t - 2.5) * t * t + 1;
  return t < 2 ? ((-0.5 * t + 2.5) * t - 4) * t + 2 : 0;
}

function triangle(x: number): number {
  return Math.max(0, 1 - Math.abs(x));
}
