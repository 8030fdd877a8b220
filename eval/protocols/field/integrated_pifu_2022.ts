/** `integrated-pifu-2022`: Chan et al., ECCV 2022; apps/evaluate_model.py. */
import { fieldProtocol } from "../field_protocol.ts";

export const INTEGRATED_PIFU_2022 = fieldProtocol({
  id: "integrated-pifu-2022",
  version: "1",
  title: "IntegratedPIFu's evaluator: means of squared distances in the scan's own units",
  source: "IntegratedPIFu f68210d, apps/evaluate_model.py",
  constants: { exponent: 2, space: "file-units", unitFactor: 1, unit: "units2" },
  labels: { P2S: "p2s_units2", Chamfer: "chamfer_units2" },
  rank: { alignment: "none", key: "chamfer_units2" },
  quirks: [
    "distances are squared: one far point weighs as much as many near ones",
    "units are those of the scan's file: in THuman2.0 every scan has its own, about 0.42 a metre",
  ],
});
