/** Options of the depth → mesh step, and what they say of a method. */
import { Option } from "@commander-js/extra-typings";
import { UsageError } from "../core/work/errors.ts";
import type { Json } from "../core/work/json.ts";
import { MESH_FORMATS, type OutputFormat } from "../inference/output_formats.ts";
import { MESHERS } from "../inference/meshing/meshing_options.ts";
import { positive } from "./_options.ts";

export const MESHER = new Option(
  "--mesher <name>",
  "how depth becomes a mesh (2k2k: poisson; oracle-depth: a plain stitch); none ends after 2k2k's maps",
).choices([...MESHERS, "none"]);
export const FACES = new Option("--faces <n>", "merge edges until so many faces are left")
  .argParser(positive);
export const COLOR = new Option(
  "--color <where>",
  "where a mesh's colours go; texture needs glb or obj (default: vertices)",
).choices(["vertices", "texture", "none"] as const);
export const SMOOTH = new Option(
  "--smooth <when>",
  "auto: smooth depths that are noisier than their normals (default: auto)",
).choices(["auto", "off"] as const);
export const POISSON_DEPTH = new Option(
  "--poisson-depth <n>",
  "poisson: 2^n cells along the longest side, 3 to 11 (default: 9)",
).argParser(positive);
export const HIDDEN = new Option(
  "--hidden <how>",
  "stitch: part an arm from the trunk behind it, or join them by walls (default: guess)",
).choices(["guess", "walls"] as const);
export const PIECES = new Option(
  "--pieces <which>",
  "keep the largest piece of a mesh, or all (default: largest)",
).choices(["largest", "all"] as const);
export const OPEN_JUMPS = new Option(
  "--open-jumps <mm>",
  "stitch: leave out walls at depth jumps above this many millimetres",
).argParser(positive);
export const MESH_FORMAT = new Option("--mesh-format <name>", "format of the meshes")
  .choices(MESH_FORMATS).default("ply" as OutputFormat);

/** The flags above but the format. */
export interface MeshingFlags {
  mesher?: string | undefined;
  faces?: number | undefined;
  color?: string | undefined;
  smooth?: string | undefined;
  poissonDepth?: number | undefined;
  hidden?: string | undefined;
  pieces?: string | undefined;
  openJumps?: number | undefined;
}

/** The methods that make depth maps, which these options mesh, and the one that stitches plainly. */
const DEPTH_METHODS = ["2k2k", "oracle-depth"], STITCHED = [...DEPTH_METHODS, "inflate"];

/**
 * The options as methods take them.
 *
 * @throws {UsageError} If the method makes its meshes in another way.
 */
export function meshingChoices(method: string, flags: MeshingFlags): { [key: string]: Json } {
  const { mesher, openJumps, faces, color, smooth, poissonDepth, hidden, pieces } = flags;
  const meshing = { mesher, faces, color, smooth, poissonDepth, hidden, pieces };
  const refuse = (flag: string, methods: readonly string[]) => {
    throw new UsageError(
      `Cannot use --${flag} with ${method}: it is an option of ${methods.join(", ")}`,
    );
  };
  if (openJumps !== undefined && !STITCHED.includes(method)) refuse("open-jumps", STITCHED);
  const given = Object.entries(meshing).filter((pair): pair is [string, string | number] =>
    pair[1] !== undefined
  );
  if (given.length > 0 && !DEPTH_METHODS.includes(method)) {
    const [name] = given[0];
    refuse(name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`), DEPTH_METHODS);
  }
  return {
    ...(openJumps === undefined ? {} : { openJumpsMm: openJumps }),
    ...Object.fromEntries(given),
  };
}
