/** Meshes, where they are near each other, and how to measure it. */
export * from "./bvh.ts";
export * from "./camera.ts";
export * from "./canonical_frame.ts";
export * from "./canonical_order.ts";
export * from "./closest.ts";
export * from "./eigen.ts";
export * from "./icp.ts";
export * from "./kdtree.ts";
export * from "./mesh.ts";
export * from "./morton.ts";
export * from "./normals.ts";
export * from "./ray.ts";
export * from "./sampler.ts";
export * from "./similarity.ts";
export * from "./topology.ts";
export * from "./transform.ts";
export * from "./weld.ts";
