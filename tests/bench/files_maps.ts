// deno-lint-ignore-file no-console -- a benchmark reports on the terminal
/**
 * Times writing and reading maps of 2048² as the renderer makes them, in memory, one thread:
 *
 *   deno run --allow-read --allow-env --allow-ffi tests/bench/files_maps.ts
 */
import { encodeExr, readExr } from "../../core/files/exr.ts";
import { encodePng, type Image, readImage } from "../../core/files/image.ts";
import { bytesSource } from "../../core/files/source.ts";
import { record } from "./_record.ts";

const SIZE = 2048;
const ROUNDS = 7;

/** What a person covers: an upright ellipse, about a fifth of the picture. */
function covered(x: number, y: number): number {
  return 1 - ((x - 1024) / 400) ** 2 - ((y - 1024) / 900) ** 2;
}

function depthMap(full: boolean): Float32Array {
  return Float32Array.from({ length: SIZE * SIZE }, (_, i) => {
    const x = i % SIZE, y = Math.floor(i / SIZE), inside = covered(x, y);
    if (inside <= 0) return full ? 3 + 0.01 * Math.sin(x / 37) * Math.cos(y / 53) : 0;
    return 2.2 - 0.2 * Math.sqrt(inside) + 0.0005 * Math.sin(x * 1.7) * Math.sin(y * 2.3);
  });
}

function colourMap(channels: 1 | 3 | 4, bits: 8 | 16): Image {
  const data = bits === 8
    ? new Uint8Array(channels * SIZE * SIZE)
    : new Uint16Array(channels * SIZE * SIZE);
  for (let y = 0; y < SIZE; y++) {
    for (let x = 0; x < SIZE; x++) {
      const inside = covered(x, y);
      if (inside <= 0) continue;
      for (let c = 0; c < channels; c++) {
        const fine = 0.02 * Math.sin(x * 1.7 + c) * Math.sin(y * 2.3);
        const value = c === 3 || channels === 1 ? 1 : 0.2 + 0.3 * c * Math.sqrt(inside) + fine;
        data[channels * (y * SIZE + x) + c] = Math.round((2 ** bits - 1) * Math.min(1, value));
      }
    }
  }
  return { width: SIZE, height: SIZE, channels, data };
}

async function show(name: string, encode: () => Uint8Array, decode: (b: Uint8Array) => unknown) {
  const writing: number[] = [], reading: number[] = [];
  let bytes = encode();
  for (let round = 0; round < ROUNDS; round++) {
    let start = performance.now();
    bytes = encode();
    writing.push(performance.now() - start);
    start = performance.now();
    await decode(bytes);
    reading.push(performance.now() - start);
  }
  const text = (values: number[]) =>
    `${median(values).toFixed(0)} (${Math.min(...values).toFixed(0)}) ms`;
  await record(`files_maps ${name} written, least`, Math.min(...writing), "ms");
  await record(`files_maps ${name} read, least`, Math.min(...reading), "ms");
  const size = `${(bytes.length / 1e6).toFixed(2)} MB`;
  console.log(`${name.padEnd(24)} write ${text(writing)}, read ${text(reading)}, ${size}`);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

const half = depthMap(false), full = depthMap(true);
for (const [name, Y] of [["EXR depth", half], ["EXR depth, full", full]] as const) {
  const image = { width: SIZE, height: SIZE, channels: { Y } };
  await show(name, () => encodeExr(image), (bytes) => readExr(bytesSource("x", bytes)));
}
for (
  const [name, channels, bits] of [
    ["PNG normal, RGB 16", 3, 16],
    ["PNG colour, RGBA 8", 4, 8],
    ["PNG mask, grey 8", 1, 8],
  ] as const
) {
  const image = colourMap(channels, bits);
  await show(name, () => encodePng(image), (bytes) => readImage(bytesSource("x", bytes)));
}
