/** `gta-2023`: Zhang et al., NeurIPS 2023: ECON's evaluator on the largest piece. */
import { fieldProtocol } from "../field_protocol.ts";
import { ECON_DESCRIPTION } from "./econ_2023.ts";

export const GTA_2023 = fieldProtocol({
  ...ECON_DESCRIPTION,
  id: "gta-2023",
  title: "GTA's evaluator: ECON's on the prediction's largest piece",
  source: "GTA 1979d4b, lib/dataset/Evaluator.py; apps/ICON.py: test_step",
  constants: { ...ECON_DESCRIPTION.constants, predictionScope: "largest-component" },
  quirks: [
    ...ECON_DESCRIPTION.quirks,
    "its released “hard” slice of CAPE holds only the first half of the 100 scans",
  ],
});
