/** `human3diffusion-2024`: Xue et al., NeurIPS 2024; from the paper, there is no metric code. */
import { fieldProtocol } from "../field_protocol.ts";

export const HUMAN3DIFFUSION_2024 = fieldProtocol({
  id: "human3diffusion-2024",
  version: "1",
  title: "Human-3Diffusion's metrics: Chamfer and P2S in cm, F-score at 1 cm, normals",
  source: "Human-3Diffusion paper, section 5.1",
  assumed: [
    "samples",
    "sampler",
    "target",
    "exponent",
    "chamfer",
    "predictionScope",
    "normalConsistency",
    "fScoreStrict",
  ],
  constants: {
    fScoreThresholdM: 0.01,
    normalConsistency: "nearest-triangle",
  },
  labels: { CD: "chamfer_cm", P2S: "p2s_cm", "F-score": "f_1cm", NC: "nc" },
  rank: { alignment: "none", key: "chamfer_cm" },
  quirks: ["sampler, number of points, direction of P2S and alignment are assumed"],
});
