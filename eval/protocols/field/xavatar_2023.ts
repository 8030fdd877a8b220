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
    localParts: "hands-and-face",
  },
  sources: { localParts: "X-Avatar 7a071b6, code/evaluate.py: find_hand_face_points" },
  labels: {
    CD: "chamfer_mm",
    "CD-MAX": "chamfer_max_mm",
    NC: "nc",
    IoU: "box_iou",
    "CD (hands)": "chamfer_xhands_mm",
    "CD-MAX (hands)": "chamfer_max_xhands_mm",
    "NC (hands)": "nc_xhands",
    "IoU (hands)": "box_iou_xhands",
    "CD (face)": "chamfer_xface_mm",
    "CD-MAX (face)": "chamfer_max_xface_mm",
    "NC (face)": "nc_xface",
    "IoU (face)": "box_iou_xface",
  },
  rank: { alignment: "none", key: "chamfer_mm" },
  quirks: [
    "the “max” variant takes the largest distance from the prediction in place of both directions",
    "a triangle without normal counts as agreeing fully",
    "“IoU” is the overlap of boxes, not of volumes",
    "hands and face need the subject's fit; which vertices are theirs is a rule of this suite, the " +
    "original's list is not public",
  ],
});
