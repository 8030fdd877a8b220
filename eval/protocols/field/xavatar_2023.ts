/** `xavatar-2023`: Shen et al., CVPR 2023; code/evaluate.py. */
import { fieldProtocol } from "../field_protocol.ts";

export const XAVATAR_2023 = fieldProtocol({
  id: "xavatar-2023",
  version: "1",
  title: "X-Avatar's evaluator: 10,000 points, both directions to the surface, in mm",
  source: "X-Avatar 7a071b6, code/evaluate.py: evaluate_per_frame",
  constants: {
    unitFactor: 1000,
    unit: "mm",
    normalConsistency: "nearest-triangle",
    boxIou: "axis-aligned",
    maximum: "prediction-twice",
  },
  labels: { CD: "chamfer_mm", "CD-MAX": "chamfer_max_mm", NC: "nc", IoU: "box_iou" },
  rank: { alignment: "none", key: "chamfer_mm" },
  quirks: [
    "the “max” variant takes the largest distance from the prediction in place of both directions",
    "a triangle without normal counts as agreeing fully",
    "“IoU” is the overlap of boxes, not of volumes",
    "its hand and face variants are not computed here",
  ],
});
