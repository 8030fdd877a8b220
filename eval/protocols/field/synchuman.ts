/** `synchuman`: Chen et al. 2025; from the paper, there is no code. */
import { fieldProtocol } from "../field_protocol.ts";

export const SYNCHUMAN = fieldProtocol({
  id: "synchuman",
  version: "1",
  title: "SyncHuman's metrics: both meshes centred, longest axis 1, distances × 100",
  source: "SyncHuman paper",
  assumed: [
    "samples",
    "sampler",
    "target",
    "unitFactor",
    "normalConsistency",
    "predictionScope",
    "exponent",
  ],
  alignments: ["none", "normalized"],
  constants: {
    samples: 100_000,
    space: "longest-axis",
    unit: "axis100",
    normalConsistency: "nearest-triangle",
  },
  labels: { P2S: "p2s_axis100", CD: "chamfer_axis100", NC: "nc" },
  rank: { alignment: "normalized", key: "chamfer_axis100" },
  quirks: [
    "each mesh is centred and scaled by its own box: a wrong size does not show, and an outlier " +
    "changes the scale of everything",
    "the number of samples, the target and the factor 100 are assumed",
  ],
});
