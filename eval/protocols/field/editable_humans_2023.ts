/** `editable-humans-2023`: Ho et al., CVPR 2023; tools/evaluate.py. */
import { fieldProtocol } from "../field_protocol.ts";

export const EDITABLE_HUMANS_2023 = fieldProtocol({
  id: "editable-humans-2023",
  version: "1",
  title: "Editable Humans' evaluator: 1,000,000 points to the nearest points, in mm, no alignment",
  source: "editable-humans 97ac85b, tools/evaluate.py",
  constants: {
    samples: 1_000_000,
    target: "points",
    unitFactor: 1000,
    unit: "mm",
    normalConsistency: "nearest-sample",
    fScoreThresholdM: 0.01,
    boxIou: "axis-aligned",
    outerDirections: null,
    outerStartM: null,
  },
  labels: { "pred → scan": "p2s_mm", "scan → pred": "s2p_mm", NC: "nc", "F-score": "f_1cm" },
  rank: { alignment: "none", key: "chamfer_mm" },
  quirks: [
    "distances are between sampled points: two equal surfaces of 2 m² are 0.7 mm apart",
    "the original compares squared distances with 1e-4 m²: the same as 1 cm",
    "“IoU” is the overlap of boxes, not of volumes",
  ],
});
