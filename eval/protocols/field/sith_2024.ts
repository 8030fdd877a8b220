/** `sith-2024`: Ho et al., CVPR 2024; tools/evaluate.py. */
import { fieldProtocol } from "../field_protocol.ts";

export const SITH_2024 = fieldProtocol({
  id: "sith-2024",
  version: "1",
  title: "SiTH's evaluator: similarity ICP, then 100,000 points to the nearest points, in mm",
  source: "SiTH 6401549, tools/evaluate.py: compute_surface_metrics, main",
  sources: {
    icp: "SiTH 6401549, tools/evaluate.py; trimesh a513c0e, registration.icp, procrustes",
  },
  alignments: ["none", "icp"],
  constants: {
    samples: 100_000,
    target: "points",
    unitFactor: 1000,
    unit: "mm",
    icp: { maxIterations: 20, threshold: 1e-5, reflection: "allowed", scale: "free" },
    normalConsistency: "nearest-sample",
    fScoreThresholdM: 0.01,
    boxIou: "axis-aligned",
  },
  labels: { "P-to-S": "p2s_mm", "S-to-P": "s2p_mm", NC: "nc", "F-score": "f_1cm", IoU: "box_iou" },
  rank: { alignment: "icp", key: "chamfer_mm" },
  quirks: [
    "the alignment may scale and mirror the prediction: a wrong size or a mirror image can score well",
    "distances are between sampled points: two equal surfaces of 2 m² are 2.2 mm apart",
    "“IoU” is the overlap of boxes, not of volumes",
    "the original pairs files by their place in the sorted folders; here by name",
    "the table prints cm, the code mm",
  ],
});
