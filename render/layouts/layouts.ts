/** All layouts that can be written: one line each. */
import { ICON_LAYOUT } from "./icon.ts";
import { INTEGRATED_PIFU_LAYOUT } from "./integrated_pifu.ts";
import type { Layout } from "./layout.ts";
import { PAMIR_LAYOUT } from "./pamir.ts";
import { PIFU_LAYOUT } from "./pifu.ts";
import { PSHUMAN_LAYOUT } from "./pshuman.ts";
import { SITH_LAYOUT } from "./sith.ts";
import { SUITE_LAYOUT } from "./suite_layout.ts";
import { TWOKTWOK_LAYOUT } from "./twoktwok.ts";
import { WEBDATASET_LAYOUT } from "./webdataset.ts";

/** Every layout, in the order of the help. */
export const LAYOUTS: readonly Layout[] = [
  SUITE_LAYOUT,
  TWOKTWOK_LAYOUT,
  PIFU_LAYOUT,
  ICON_LAYOUT,
  PAMIR_LAYOUT,
  SITH_LAYOUT,
  INTEGRATED_PIFU_LAYOUT,
  PSHUMAN_LAYOUT,
  WEBDATASET_LAYOUT,
];

/** The layout of a name. @throws {RangeError} If there is none. */
export function layoutNamed(name: string): Layout {
  const layout = LAYOUTS.find((layout) => layout.name === name);
  if (layout !== undefined) return layout;
  const names = LAYOUTS.map((layout) => layout.name).join(", ");
  throw new RangeError(`Cannot write layout "${name}", expected one of ${names}`);
}

/** What layouts call the data sets that their authors rendered. */
const PUBLISHED_SETS: Readonly<Record<string, string>> = {
  renderpeople: "RP",
  thuman2: "THuman2",
  "2k2k": "2K2K",
};

/** The name of a set in paths, from the data set's format and name. */
export function setName({ format, name }: { format: string; name: string }): string {
  return PUBLISHED_SETS[format] ?? (name.replaceAll(/[^\w-]+/g, "_") || "set");
}
