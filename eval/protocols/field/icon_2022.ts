/** `icon-2022`: Xiu et al., CVPR 2022; lib/dataset/Evaluator.py. */
import { fieldProtocol } from "../field_protocol.ts";

export const ICON_2022 = fieldProtocol({
  id: "icon-2022",
  version: "1",
  title: "ICON's evaluator: 1,000 even points, P2S from the scan, 100 × NDC that it calls cm",
  source: "ICON cf46a6b, lib/dataset/Evaluator.py: calculate_chamfer_p2s, calculate_normal_consist",
  sources: {
    space: "ICON cf46a6b, scripts/render_single.py: posed height 180, half window 102.4",
    inputYawsDeg: "ICON cf46a6b, test data of three views",
    predictionScope: "ICON cf46a6b, clean_mesh: the piece with most vertices",
  },
  constants: {
    samples: 1000,
    sampler: "even",
    space: "height-180",
    unit: "ndc100",
    predictionScope: "largest-component",
    nanBecomes: 0,
    inputYawsDeg: [0, 120, 240],
    normalError: {
      sizePx: 512,
      yawsDeg: [0, 180, 90, 270],
      window: "ndc",
      space: "camera",
      background: "white",
      gridPaddingPx: 0,
      over: "image",
      times: 4,
    },
  },
  labels: { P2S: "s2p_ndc100", Chamfer: "chamfer_ndc100", Normal: "normal_error" },
  rank: { alignment: "none", key: "chamfer_ndc100" },
  quirks: [
    "P2S runs from the scan to the prediction",
    "“cm” is 100 × NDC: true cm = value × 1.024 × (posed height / 180 cm)",
    "the sampler may return fewer points than asked for, and has no seed in the original",
    "NaN distances become 0 in the original; here such meshes are refused",
    "the original hands the subject's true SMPL fit to the method at test time",
  ],
});
