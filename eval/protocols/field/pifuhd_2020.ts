/** `pifuhd-2020`: Saito et al., CVPR 2020; the evaluator in its repository. */
import { fieldProtocol } from "../field_protocol.ts";

export const PIFUHD_2020 = fieldProtocol({
  id: "pifuhd-2020",
  version: "1",
  title: "PIFuHD's evaluator: 10,000 points, both directions to the surface, in cm",
  source: "PIFuHD e47c4d9, lib/evaluator.py: MeshEvaluator",
  constants: {
    nanBecomes: 0,
    inputYawsDeg: [0, 90, 180, 270],
    normalError: {
      sizePx: 512,
      yawsDeg: [0, 180, 90, 270],
      window: "renderpeople",
      space: "camera",
      background: "white",
      gridPaddingPx: 0,
      over: "image",
      times: 4,
    },
  },
  labels: { P2S: "p2s_cm", Chamfer: "chamfer_cm", Normal: "normal_error" },
  rank: { alignment: "none", key: "chamfer_cm" },
  quirks: [
    "P2S runs from the prediction to the scan; in ICON's line of work it runs the other way",
    "the original draws new points for each metric and has no seed; here the run's seed draws once",
    "normal views show y from −6 to 191 cm: scans whose feet are not at y = 0 are cut off",
    "NaN distances become 0 in the original; here such meshes are refused",
  ],
});
