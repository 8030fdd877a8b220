/** `sifu-2024`: Zhang et al., CVPR 2024: GTA's evaluator. */
import { fieldProtocol } from "../field_protocol.ts";
import { ECON_DESCRIPTION } from "./econ_2023.ts";

export const SIFU_2024 = fieldProtocol({
  ...ECON_DESCRIPTION,
  id: "sifu-2024",
  title: "SIFU's evaluator: ECON's on the prediction's largest piece",
  source: "SIFU 9334bf9, lib/dataset/Evaluator.py; apps/ICON.py: test_step, test_epoch_end",
  constants: { ...ECON_DESCRIPTION.constants, predictionScope: "largest-component" },
});
