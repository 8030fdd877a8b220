/** `hilo-2024`: Yang et al., CVPR 2024: ECON's distances, other normals. */
import { fieldProtocol } from "../field_protocol.ts";
import { ECON_DESCRIPTION } from "./econ_2023.ts";

export const HILO_2024 = fieldProtocol({
  ...ECON_DESCRIPTION,
  id: "hilo-2024",
  title: "HiLo's evaluator: ECON's distances; normals on black, in a padded grid",
  source: "HiLo 1bbc6fe, lib/dataset/Evaluator.py",
  constants: {
    ...ECON_DESCRIPTION.constants,
    predictionScope: "largest-component",
    normalError: {
      ...ECON_DESCRIPTION.constants.normalError!,
      background: "black",
      gridPaddingPx: 2,
    },
  },
  labels: { P2S: "s2p_ndc100", Chamfer: "chamfer_ndc100", NC: "normal_error" },
  quirks: [
    ...ECON_DESCRIPTION.quirks.filter((text) => !text.startsWith("normals are")),
    "its “NC” is an error: lower is better",
    "make_grid pads each view by 2 px, which dilutes the normal error by 0.98742",
    "normals are in the world's frame on black: silhouette errors from +z and +x weigh 3 times " +
    "those from −z and −x",
  ],
});
