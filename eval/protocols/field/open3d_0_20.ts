/** `open3d-0.20`: TriangleMesh.compute_metrics of Open3D. */
import { fieldProtocol } from "../field_protocol.ts";

export const OPEN3D_0_20 = fieldProtocol({
  id: "open3d-0.20",
  version: "1",
  title: "Open3D's compute_metrics: the sum of both directions, Hausdorff, F-score at 1 cm, in m",
  source: "Open3D 22a6a30, t.geometry.TriangleMesh.compute_metrics, default parameters",
  constants: {
    samples: 1000,
    chamfer: "sum",
    unitFactor: 1,
    unit: "m",
    maximum: "hausdorff",
    fScoreThresholdM: 0.01,
    fScoreStrict: "<",
  },
  labels: {
    ChamferDistance: "chamfer_sum_m",
    HausdorffDistance: "hausdorff_m",
    FScore: "f_1cm",
  },
  rank: { alignment: "none", key: "chamfer_sum_m" },
  quirks: [
    "Chamfer is the sum of both directions: twice what the human-digitization papers print",
    "with the default 1,000 points it is a noisy number",
  ],
});
