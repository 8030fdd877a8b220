/** Names of the formats that predictions are written in: without the code that writes them. */

/** The formats, the default first. */
export const MESH_FORMATS = ["ply", "glb", "obj"] as const;

/** One of them. */
export type OutputFormat = (typeof MESH_FORMATS)[number];
