/** Body models: read them, pose them, name their points. */
export * from "./arrays.ts";
export * from "./body_file.ts";
export * from "./body_keypoints.ts";
export * from "./describe.ts";
export * from "./extra_points.ts";
export * from "./fit.ts";
export * from "./forward.ts";
export * from "./joints.ts";
export * from "./keypoint_layouts.ts";
export * from "./keypoints.ts";
export * from "./model.ts";
export * from "./open_body.ts";
export * from "./parts.ts";
export * from "./pose.ts";
