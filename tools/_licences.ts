/** Under which licences packages may be, and which of them are more than scripts. */

/** Licences (SPDX) that ask for no more than a notice. */
export const FREE: ReadonlySet<string> = new Set([
  "0BSD",
  "Apache-2.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "BlueOak-1.0.0",
  "CC0-1.0",
  "ISC",
  "MIT",
  "Unlicense",
]);

/** Packages under other licences, each with the reason why it may be used. Names may end in `*`. */
export const OTHERS: Readonly<Record<string, { licence: string; why: string }>> = {
  "@img/sharp-libvips-*": {
    licence: "LGPL-3.0-or-later",
    why: "a shared library that sharp loads; unchanged and replaceable",
  },
  "axe-core": { licence: "MPL-2.0", why: "in the browser tests only; unchanged" },
  "h5wasm": {
    licence: "SEE LICENSE IN LICENSE.txt",
    why: "in tests only; a notice of NIST's and HDF5's, of the BSD kind",
  },
};

/** Packages that hold machine code or start programs, and what for. */
export const NATIVE: Readonly<Record<string, string>> = {
  "sharp": "pictures: JPEG, PNG, WebP by libvips, in process (--allow-ffi)",
  "@img/*": "libvips and its binding, one package a system",
  "onnxruntime-node":
    "networks: ONNX Runtime, in process (--allow-ffi); its install script is not run",
  "@sparticuz/chromium": "in the browser tests only: a Chromium of its own",
  "playwright-core": "in the browser tests only: drives that Chromium",
};

/** The entry of a table whose names may end in `*`. */
export function entryFor<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  for (const [key, value] of Object.entries(table)) {
    if (key === name || key.endsWith("*") && name.startsWith(key.slice(0, -1))) return value;
  }
  return undefined;
}

/**
 * Judges an SPDX expression of names, OR, AND and brackets: `(MIT OR GPL-3.0)` may be used, as one of the
 * two suffices.
 */
export function mayBeUsed(expression: string): boolean {
  const words = expression.replaceAll(/[()]/g, " $& ").trim().split(/\s+/);
  let at = 0;
  const either = (): boolean => {
    let result = both();
    while (words[at] === "OR") {
      at++;
      const other = both();
      result = result || other;
    }
    return result;
  };
  const both = (): boolean => {
    let result = one();
    while (words[at] === "AND") {
      at++;
      const other = one();
      result = result && other;
    }
    return result;
  };
  const one = (): boolean => {
    const word = words[at++];
    if (word !== "(") return FREE.has(word);
    const result = either();
    return words[at++] === ")" && result;
  };
  return either() && at === words.length;
}
