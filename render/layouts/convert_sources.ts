/**
 * Which layouts can be turned into which without drawing, and what the others lack: said by name
 * before anything is written.
 */
import { placeEntries } from "../../core/files/place.ts";
import { InputError, UsageError } from "../../core/work/errors.ts";
import { viewSubjects } from "../../datasets/views.ts";
import { LAYOUTS } from "./layouts.ts";

/** Layouts that can be read back. */
export type ConvertSource = "suite" | "webdataset" | "2k2k";

/** What each source can become. */
export const CONVERSIONS: Readonly<Record<ConvertSource, readonly string[]>> = {
  suite: ["2k2k", "webdataset"],
  webdataset: ["suite"],
  "2k2k": ["suite"],
};

/** What files of each layout hold that no other layout's maps give. */
const NEEDS: Readonly<Record<string, string>> = {
  pifu: "parallel pictures of a window of ±102.4 about a person of 180, their precomputed light " +
    "(sh), UV_RENDER, UV_POS, UV_NORMAL and the mesh",
  icon: "parallel pictures of a window of ±102.4 about a person of 180, the body's normals " +
    "T_normal_F and T_normal_B, and vis",
  pamir: "pictures with a focal length of 5000 from 10 units away, color_uv, uv_pos, uv_nml and " +
    "samples inside and outside of the scan",
  sith: "parallel pictures of a window of ±1 m about the pelvis, uv_img, and samples of the scan",
  "integrated-pifu": "parallel pictures of a window of 1.1 × the scan's largest side",
  pshuman: "parallel pictures all around a box with a diagonal of 1, smpl_image and smpl_normal",
};

/** Layouts that are told by a folder of theirs, and which maps of a view they lack. */
const OTHERS: readonly { layout: string; folder: RegExp; lacks: string }[] = [
  { layout: "pifu", folder: /^PARAM$/, lacks: "color_back, depth and depth_back" },
  { layout: "icon", folder: /_\d+views$/, lacks: "color_back, and depth in more than 256 steps" },
  { layout: "pamir", folder: /^image_data$/, lacks: "color_back, depth and depth_back" },
  {
    layout: "integrated-pifu",
    folder: /^buffer_fixed_full_mesh$/,
    lacks: "color_back and depth_back",
  },
];

/**
 * Tells which layout a folder of rendered data is in.
 *
 * @throws {InputError} If it is none that can be read back: names what a known one lacks.
 */
export async function sourceOf(folder: string): Promise<ConvertSource> {
  if ((await viewSubjects(folder)).length > 0) return "suite";
  const { files, folders } = await placeEntries(folder);
  if (files.includes("shards.json")) return "webdataset";
  if (folders.includes("PERS") || folders.includes("ORTH")) return "2k2k";
  const other = OTHERS.find(({ folder }) => folders.some((name) => folder.test(name)));
  if (other !== undefined) {
    throw new InputError(
      `Cannot convert from layout ${other.layout}: its files lack ${other.lacks}`,
      { file: folder, hint: "render the scans in the other layout: render --layout" },
    );
  }
  throw new InputError(
    "Cannot convert: found no views of the suite, no shards.json and no PERS or ORTH folder",
    {
      file: folder,
      hint: "render them with --layout suite, or render --layout the other one from the scans",
    },
  );
}

/** @throws {UsageError} If files of the one layout do not suffice for the other: says what lacks. */
export function checkConversion(from: ConvertSource, to: string): void {
  if (CONVERSIONS[from].includes(to)) return;
  const known = LAYOUTS.some(({ name }) => name === to);
  const hint = `from ${from} to ${CONVERSIONS[from].join(" or ")}; ` +
    `all others: render --layout ${known ? to : "NAME"} from the scans`;
  if (from === to) throw new UsageError(`Cannot convert: it is in layout ${to} already`, { hint });
  const lacks = NEEDS[to];
  throw new UsageError(
    lacks !== undefined
      ? `Cannot convert from ${from} to ${to}: its maps do not hold ${lacks}`
      : known
      ? `Cannot convert from ${from} to ${to} in one step: convert to suite first`
      : `Cannot convert to "${to}": there is no such layout`,
    { hint },
  );
}
