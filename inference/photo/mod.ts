/** Photos: from any picture file to keypoints, mask and a square working picture. */
export * from "./analyse_photo.ts";
export * from "./landmarks.ts";
export * from "./matte.ts";
export * from "./networks.ts";
export * from "./own_keypoints.ts";
export * from "./own_mask.ts";
export * from "./read_photo.ts";
export * from "./working_picture.ts";
