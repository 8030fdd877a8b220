"""Fit files as the field's data sets hold them, and where smplx puts their bodies.

    pip install numpy==1.26.4 scipy==1.11.4 joblib==1.1.1 torch smplx==0.1.28
    python tests/crosscheck/fit_files.py

Writes tests/datasets/fits/golden/files.json: each file in base64, the small body model it goes with
(tests/body/golden/small_*.gz), and the vertices that its authors' recipe gives with smplx.
The numbers are made up; names, shapes, dtypes, containers and protocols are the published ones.
"""
import base64
import io
import json
import pickle
import sys
import tempfile
from pathlib import Path

import joblib
import numpy as np
import torch
from scipy.spatial.transform import Rotation

sys.path.insert(0, str(Path(__file__).parent))
from body_make_models import make, npz  # noqa: E402
from pickle_cases import TrackedArray  # noqa: E402

from smplx import body_models  # noqa: E402

GOLDEN = Path(__file__).resolve().parents[1] / "datasets/fits/golden"
rng = np.random.default_rng(11)


def draw(*shape, scale=0.4):
    return rng.normal(0, scale, shape).round(4)


def tracked(x):
    return np.asarray(x, np.float32).view(TrackedArray)


def f64(x):
    return torch.tensor(np.asarray(x, np.float64).reshape(1, -1))


class Models:
    def __init__(self, folder):
        self.folder = folder
        for kind in ("smplh", "smplx"):
            body_models.VERTEX_IDS[kind] = {name: i for i, name in enumerate(body_models.VERTEX_IDS[kind])}
        for kind, betas in (("smpl", 300), ("smplh", 16), ("smplx", 400)):
            arrays = make(kind, 40, 60, betas)
            if kind == "smpl":
                (folder / "smpl.pkl").write_bytes(pickle.dumps(arrays))
            else:
                (folder / f"{kind}.npz").write_bytes(npz(arrays))

    def __call__(self, kind, scale=1.0, translation=0.0, pelvis=False, **given):
        """Vertices (40, 3): smplx's, then scaled and moved."""
        hands = np.size(given.get("left_hand_pose", np.zeros(45)))
        kw = {"dtype": torch.float64, "num_betas": 10, "flat_hand_mean": given.pop("flat", False),
              "use_pca": hands < 45, "num_pca_comps": min(hands, 45)}
        v_template = given.pop("v_template", None)
        if kind == "smpl":
            model = body_models.SMPL(str(self.folder / "smpl.pkl"), dtype=torch.float64, num_betas=10)
        elif kind == "smplh":
            model = body_models.SMPLH(str(self.folder / "smplh.npz"), ext="npz", **kw)
        else:
            model = body_models.SMPLX(str(self.folder / "smplx.npz"), ext="npz", num_expression_coeffs=10, **kw)
        if v_template is not None:
            model.v_template[:] = torch.tensor(v_template)
        with torch.no_grad():
            given = {k: f64(v) for k, v in given.items()}
            out = model(**given)
            v = out.vertices[0].numpy()
            if pelvis:  # CustomHumans: transl = −J0 of the body without expression
                v = v - model(betas=given["betas"], body_pose=given["body_pose"]).joints[0, 0].numpy()
        return v * scale + translation


def main():
    cases = []
    with tempfile.TemporaryDirectory() as folder:
        pose = Models(Path(folder))

        def add(name, data, model, vertices, frame=0, **options):
            cases.append({"name": name, "file": base64.b64encode(data).decode(), "model": model, "frame": frame,
                          "options": options, "vertices": np.asarray(vertices).round(8).ravel().tolist()})

        x = {"betas": draw(1, 10), "global_orient": draw(1, 3), "body_pose": draw(1, 63), "left_hand_pose": draw(1, 12),
             "right_hand_pose": draw(1, 12), "jaw_pose": draw(1, 3), "leye_pose": draw(1, 3), "reye_pose": draw(1, 3),
             "expression": draw(1, 10)}
        x = {k: np.asarray(v, np.float32) for k, v in x.items()}

        # THuman2.0: float32 TrackedArrays, scale () and translation (3) float64, protocol 3.
        scale, translation = np.array(0.416), draw(3)
        data = {**{k: tracked(v) for k, v in x.items()}, "scale": scale, "translation": translation}
        add("thuman2-smplx", pickle.dumps(data, 3), "smplx.npz", pose("smplx", 0.416, translation, **x))

        # gDNA's SMPL fits of THuman2.0: rotation matrices.
        full = draw(24, 3)
        matrices = Rotation.from_rotvec(full).as_matrix().astype(np.float32)[None]
        data = {"betas": x["betas"], "full_pose": matrices, "transl": translation[None], "scale": np.array([0.4])}
        smpl = {"global_orient": full[0], "body_pose": full[1:]}
        add("thuman2-smpl", pickle.dumps(data, 4), "smpl_protocol5.pkl", pose("smpl", 0.4, translation, betas=x["betas"], **smpl))

        # PaMIR: protocol 2, the root both alone and at the front of body_pose.
        body_pose = full.astype(np.float32).reshape(1, 72)
        data = {"betas": x["betas"], "global_orient": body_pose[:, :3], "body_pose": body_pose,
                "global_body_translation": np.float32(translation), "body_scale": np.float32([0.44]),
                "body_pose_embedding": np.float32(draw(1, 32))}
        add("pamir", pickle.dumps(data, 2), "smpl_protocol5.pkl",
            pose("smpl", np.float64(np.float32(0.44)), np.float32(translation), betas=x["betas"], global_orient=body_pose[:, :3], body_pose=body_pose[:, 3:]))

        # CustomHumans: JSON without root and translation; flat hands; the pelvis at the origin.
        local = {k: v for k, v in x.items() if k != "global_orient"}
        data = {k: np.float64(v)[0].round(6).tolist() for k, v in local.items()}
        add("custom-humans", json.dumps(data).encode(), "smplx.npz", pose("smplx", pelvis=True, flat=True, **data))

        # SiTH's aligned THuman2.0: the same frame, but mean hands, and global_orient is kept.
        aligned = {"transl": [0.0, 0.0, 0.0], **{k: v[0].tolist() for k, v in x.items()}}
        add("sith", json.dumps(aligned).encode(), "smplx.npz", pose("smplx", pelvis=True, **local))

        # CAPE: pose and translation; the shape is beside it.
        shape = draw(40, 3, scale=1.0)
        data = {"pose": full.reshape(72), "transl": translation, "v_cano": shape, "v_posed": shape}
        add("cape", npz(data), "smpl_protocol5.pkl", pose("smpl", 1, translation, v_template=shape, **smpl), restShape=shape.ravel().tolist())

        # X-Humans: one-dimensional arrays; 45 rotations a hand from the mean hand; shape beside it.
        hands = {"left_hand_pose": draw(45), "right_hand_pose": draw(45)}
        mean_shape = draw(10)
        one = {k: v[0] for k, v in x.items() if "hand" not in k} | hands | {"transl": translation}
        add("x-humans smplx", pickle.dumps(one, 4), "smplx.npz", pose("smplx", **{**one, "betas": mean_shape}), betas=mean_shape.tolist(), gender="female")
        one = {"global_orient": full[0], "transl": translation, "body_pose": full[1:].reshape(69), "betas": x["betas"][0]}
        add("x-humans smpl", pickle.dumps(one, 4), "smpl_protocol5.pkl", pose("smpl", **one))
        add("humman", npz(one), "smpl_protocol5.pkl", pose("smpl", **one))

        # AMASS: all joints' rotations as they are; several frames.
        poses, trans = draw(3, 156), draw(3, 3)
        data = {"poses": poses, "trans": trans, "betas": draw(16), "gender": np.array("male"), "mocap_framerate": np.array(120.0), "dmpls": draw(3, 8)}
        model = body_models.SMPLH
        p = poses[2]
        betas16 = data["betas"].copy()
        betas16[10:] = 0  # smplx takes ten of SMPL-H's sixteen
        data["betas"] = betas16
        add("amass smplh", npz(data), "smplh.npz",
            pose("smplh", flat=True, betas=betas16[:10], global_orient=p[:3], body_pose=p[3:66], left_hand_pose=p[66:111], right_hand_pose=p[111:], transl=trans[2]), frame=2)
        poses = draw(2, 165)
        p = poses[1]
        data = {"poses": poses, "trans": draw(2, 3), "betas": draw(10), "gender": np.array("neutral"), "mocap_frame_rate": np.array(60.0),
                "surface_model_type": np.array("smplx")}
        add("amass smplx", npz(data), "smplx.npz",
            pose("smplx", flat=True, betas=data["betas"], expression=np.zeros(10), global_orient=p[:3], body_pose=p[3:66], jaw_pose=p[66:69], leye_pose=p[69:72],
                 reye_pose=p[72:75], left_hand_pose=p[75:120], right_hand_pose=p[120:], transl=data["trans"][1]), frame=1)

        # 4D-Humans: rotation matrices; PHALP's tracks are zlib-compressed joblib files.
        one = {"global_orient": matrices[0, :1], "body_pose": matrices[0, 1:], "betas": x["betas"][0]}
        add("hmr2", npz(one), "smpl_protocol5.pkl", pose("smpl", betas=x["betas"], **smpl))
        add("hmr2 batch", pickle.dumps({k: v[None] for k, v in one.items()}, 4), "smpl_protocol5.pkl", pose("smpl", betas=x["betas"], **smpl))
        other = draw(24, 3)
        om = Rotation.from_rotvec(other).as_matrix().astype(np.float32)
        tracks = {f"demo/{i:06d}.jpg": {"time": i, "tid": [1, 2], "smpl": [one, {"global_orient": om[:1], "body_pose": om[1:], "betas": x["betas"][0]}][: 2 - i],
                                        "camera": [np.zeros(3)]} for i in range(2)}
        for compress in (0, 3):
            path = Path(folder) / "tracks.pkl"
            joblib.dump(tracks, path, compress=compress)
            add(f"phalp, compress {compress}", path.read_bytes(), "smpl_protocol5.pkl",
                pose("smpl", betas=x["betas"], global_orient=other[0], body_pose=other[1:]), frame=1)

        # SMPLify-X results; SMPLify's; the same in JSON, with the root at the front or apart.
        data = {"camera_rotation": np.eye(3, dtype=np.float32)[None], "camera_translation": np.float32(draw(1, 3)), **x}
        add("smplify-x", pickle.dumps(data, 2), "smplx.npz", pose("smplx", **x))
        data = {"cam_t": draw(3), "f": np.array([5000.0, 5000.0]), "pose": full.reshape(72), "betas": x["betas"][0]}
        add("smplify", pickle.dumps(data, 2), "smpl_protocol5.pkl", pose("smpl", betas=x["betas"], **smpl))
        data = {"pose": full.reshape(72).tolist(), "betas": np.float64(x["betas"][0]).tolist(), "trans": translation.tolist()}
        add("json, pose of 72", json.dumps([data]).encode(), "smpl_protocol5.pkl", pose("smpl", betas=x["betas"], transl=translation, **smpl))
        data = {k: np.float64(v).tolist() for k, v in x.items()} | {"transl": translation.tolist()}
        add("json, smplx names", json.dumps(data).encode(), "smplx.npz", pose("smplx", transl=translation, **x))
    GOLDEN.mkdir(parents=True, exist_ok=True)
    path = GOLDEN / "files.json"
    path.write_text(json.dumps({"smplx": "0.1.28", "cases": cases}, separators=(",", ":")) + "\n")
    print(f"wrote {path.name}: {len(cases)} cases, {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
