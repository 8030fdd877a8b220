/** `pytorch3d`: the losses of PyTorch3D, as numbers. */
import { fieldProtocol } from "../field_protocol.ts";

export const PYTORCH3D = fieldProtocol({
  id: "pytorch3d",
  version: "1",
  title: "PyTorch3D's chamfer_distance and point_mesh_face_distance: squared, summed, in m²",
  source: "PyTorch3D 9381c40, loss.chamfer_distance, loss.point_mesh_face_distance, " +
    "ops.sample_points_from_meshes, default parameters",
  constants: {
    target: "points",
    minTriangleArea: 5e-3,
    exponent: 2,
    chamfer: "sum",
    unitFactor: 1,
    unit: "m2",
    faceToPoint: "mean",
  },
  labels: {
    chamfer_distance: "chamfer_sum_m2",
    "chamfer_distance (normals)": "normal_loss",
    point_mesh_face_distance: "point_mesh_m2",
  },
  rank: { alignment: "none", key: "chamfer_sum_m2" },
  quirks: [
    "distances are squared and both directions summed, between sampled points",
    "triangles below 0.005 m² (all of a scan's) have edges only in point_mesh_face_distance",
  ],
});
