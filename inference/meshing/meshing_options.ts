/** The options of the depth → mesh step as methods, experiment files and the command line say them. */
import { z } from "zod";
import { UsageError } from "../../core/work/errors.ts";
import type { MeshingOptions } from "./mesh_depth_maps.ts";

/** The names of the meshers, the default first. */
export const MESHERS = ["poisson", "stitch"] as const;

/** A closed surface has at least this many faces. */
const LEAST_FACES = 4;

/** Every option but the mesher, by its name in files: see docs/meshing.md. */
export const meshingOptionsShape = {
  openJumpsMm: z.number().positive().optional(),
  hidden: z.enum(["guess", "walls"]).optional(),
  smooth: z.enum(["auto", "off"]).optional(),
  poissonDepth: z.int().min(3).max(11).optional(),
  pieces: z.enum(["largest", "all"]).optional(),
  faces: z.int().min(LEAST_FACES).optional(),
  color: z.enum(["vertices", "texture", "none"]).optional(),
};

/** Takes the meshing options out of a method's. */
export function meshingOptionsOf(options: MeshingOptions): MeshingOptions {
  const { mesher, openJumpsMm, hidden, smooth, poissonDepth, pieces, faces, color } = options;
  return { mesher, openJumpsMm, hidden, smooth, poissonDepth, pieces, faces, color };
}

/** Options of one mesher alone, and what they do. */
const OF_ONE_MESHER = [
  ["openJumpsMm", "stitch", "leaving walls out"],
  ["hidden", "stitch", "what stands behind an arm"],
  ["poissonDepth", "poisson", "a depth of the tree"],
] as const;

/**
 * Checks that options go together.
 *
 * @throws {UsageError} If they do not.
 * @throws {RangeError} If a number of faces is no whole number from 4.
 */
export function checkMeshingOptions(options: MeshingOptions): void {
  const { mesher = MESHERS[0], openJumpsMm, faces } = options;
  if (!MESHERS.includes(mesher)) {
    throw new UsageError(`Cannot make a mesh: there is no mesher "${mesher}"`, {
      hint: `meshers are: ${MESHERS.join(", ")}`,
    });
  }
  for (const [name, owner, what] of OF_ONE_MESHER) {
    if (options[name] === undefined || mesher === owner) continue;
    throw new UsageError(`Cannot make a mesh: ${what} does not go with the mesher "${mesher}"`, {
      hint: `use it with --mesher ${owner}`,
    });
  }
  if (faces !== undefined && openJumpsMm !== undefined) {
    throw new UsageError("Cannot make a mesh: an open mesh cannot be decimated", {
      hint: "choose between fewer faces and open jumps",
    });
  }
  if (faces !== undefined && !(Number.isInteger(faces) && faces >= LEAST_FACES)) {
    throw new RangeError(
      `Cannot make a mesh: ${faces} faces are asked for, expected a whole number from 4`,
    );
  }
}
