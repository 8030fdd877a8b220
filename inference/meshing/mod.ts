/** Depth maps → closed meshes. */
export * from "./mesh_depth_maps.ts";
export * from "./solid.ts";
