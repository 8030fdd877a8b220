/** Files: where bytes come from, and the formats that the suite reads and writes. */
export * from "./check_mesh.ts";
export * from "./disk.ts";
export * from "./exr.ts";
export * from "./glb.ts";
export * from "./image.ts";
export * from "./mesh_file.ts";
export * from "./mesh_format.ts";
export * from "./mtl.ts";
export * from "./note.ts";
export * from "./npy.ts";
export * from "./npz.ts";
export * from "./obj.ts";
export * from "./obj_write.ts";
export * from "./ply.ts";
export * from "./source.ts";
export * from "./zip.ts";
export * from "./zip_write.ts";
