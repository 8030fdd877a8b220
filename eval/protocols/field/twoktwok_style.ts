/** `2k2k-style`: 2K2K publishes no evaluation code; this is PIFuHD's geometry, labelled assumed. */
import { fieldProtocol } from "../field_protocol.ts";

export const TWOKTWOK_STYLE = fieldProtocol({
  id: "2k2k-style",
  version: "1",
  title: "Assumed: 2K2K publishes no evaluation code; PIFuHD's distances in cm stand in for it",
  source: "PIFuHD e47c4d9, lib/evaluator.py; that 2K2K used it is assumed",
  assumed: ["samples", "sampler", "target", "exponent", "chamfer", "unitFactor", "predictionScope"],
  constants: {},
  labels: { P2S: "p2s_cm", Chamfer: "chamfer_cm" },
  rank: { alignment: "none", key: "chamfer_cm" },
  quirks: [
    "no source gives the evaluator of 2K2K's own tables: do not set these numbers beside them",
  ],
});
