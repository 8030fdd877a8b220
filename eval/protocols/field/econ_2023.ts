/** `econ-2023`: Xiu et al., CVPR 2023; and what its copies in GTA, SIFU and HiLo change. */
import { type FieldDescription, fieldProtocol } from "../field_protocol.ts";

/** What ECON, GTA, SIFU and HiLo share. */
export const ECON_DESCRIPTION: FieldDescription = {
  id: "econ-2023",
  version: "1",
  title: "ECON's evaluator: 1,000 points to the nearest edges, P2S from the scan, 100 × NDC",
  source: "ECON d8f4e8b, lib/dataset/Evaluator.py: point_mesh_distance, calculate_chamfer_p2s",
  sources: {
    minTriangleArea: "PyTorch3D 9381c40, point_face_dist_forward, as ECON calls it",
    inputYawsDeg: "ECON d8f4e8b, EvalDataset.rotations",
    space: "as ICON cf46a6b, scripts/render_single.py",
  },
  constants: {
    samples: 1000,
    target: "edges",
    minTriangleArea: 5e-3,
    space: "height-180",
    unit: "ndc100",
    inputYawsDeg: [0, 120, 240],
    normalError: {
      sizePx: 512,
      yawsDeg: [0, 90, 180, 270],
      window: "ndc",
      space: "world",
      background: "black-renormalized",
      gridPaddingPx: 0,
      over: "image",
      times: 4,
    },
  },
  labels: { P2S: "s2p_ndc100", Chamfer: "chamfer_ndc100", Normal: "normal_error" },
  rank: { alignment: "none", key: "chamfer_ndc100" },
  quirks: [
    "P2S runs from the scan to the prediction",
    "distances are to the nearest edge: PyTorch3D takes triangles below 0.005 NDC² for degenerate, " +
    "which leaves a floor of about 0.1 × the edge length; …_surface keys are without it",
    "“cm” is 100 × NDC: true cm = value × 1.024 × (posed height / 180 cm)",
    "normals are in the world's frame and the background is renormalized to 0.211: silhouette " +
    "errors seen from +z and +x weigh 3.7 times those from −z and −x",
    "the original hands the subject's true SMPL fit to the method at test time",
  ],
};

export const ECON_2023 = fieldProtocol(ECON_DESCRIPTION);
