"""Body models in the exact official layouts, with made-up numbers, and what smplx makes of them.

    pip install numpy==1.26.4 scipy==1.11.4 joblib==1.1.1 torch smplx==0.1.28   # NumPy 1: as in the official files
    python tests/crosscheck/body_make_models.py              # writes the goldens, needs 3 GB of memory
    python tests/crosscheck/body_make_models.py --keep DIR   # also keeps the full-size model files

Every number follows from an integer hash of its place, so that tests/body/_official.ts makes the same
models without Python. Writes to tests/body/golden/:
  official.json        fits, and vertices (every 97th) and joints of smplx for the full-size models
  small_<name>.gz      small models (40 vertices) as Python pickles and npz files: the objects, dtypes,
                       chumpy and SciPy wrapping, protocols and Python 2 strings of the official files
  small.json           the same of smplx for those
"""
import argparse
import gzip
import io
import json
import pickle
import sys
import tempfile
from pathlib import Path

import numpy as np
import scipy.sparse as sp
import torch

sys.path.insert(0, str(Path(__file__).parent))
from pickle_cases import Ch, python2  # noqa: E402  (stand-ins of chumpy, Python 2's strings)

import smplx  # noqa: E402
from smplx import body_models  # noqa: E402

GOLDEN = Path(__file__).resolve().parents[1] / "body/golden"
STEP = 97

# What chumpy's arrays can do as far as smplx asks.
Ch.__array__ = lambda self, dtype=None: np.asarray(self.x, dtype)
Ch.__getitem__ = lambda self, at: self.x[at]
Ch.shape = property(lambda self: self.x.shape)

BODY = [-1, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 12, 13, 14, 16, 17, 18, 19]


def hands(left, right):
    return [p for s, w in ((left, 20), (right, 21)) for k in range(5) for p in (w, s + 3 * k, s + 3 * k + 1)]


PARENTS = {
    "smpl": BODY + [20, 21],
    "smplh": BODY + hands(22, 37),
    "smplx": BODY + [15, 15, 15] + hands(25, 40),
}
SIZES = {"smpl": (6890, 13776), "smplh": (6890, 13776), "smplx": (10475, 20908)}


def mix(count, salt):
    """A 32-bit hash of 0 … count − 1: murmur3's finaliser."""
    x = np.arange(count, dtype=np.uint32) * np.uint32(0x9E3779B1) + np.uint32(salt)
    x ^= x >> np.uint32(16)
    x *= np.uint32(0x85EBCA6B)
    x ^= x >> np.uint32(13)
    x *= np.uint32(0xC2B2AE35)
    x ^= x >> np.uint32(16)
    return x


def signed(shape, salt, scale, keep=1):
    """Numbers in ±scale with 24 bits (exact in float32); only one in `keep` is not zero."""
    h = mix(int(np.prod(shape)), salt)
    value = ((h >> np.uint32(8)).astype(np.float64) / 2**23 - 1) * scale
    return np.where(h % keep == 0, value, 0.0).reshape(shape)


def make(kind, v, f, betas):
    """The arrays of a model, dense, float64 and int64."""
    parents = PARENTS[kind]
    j = len(parents)
    template = signed((v, 3), 1, 1.0)
    i = np.arange(f)
    weights = np.zeros((v, j))
    base = mix(v, 2) % j
    for offset, w in ((0, 8), (1, 4), (3, 3), (7, 1)):
        weights[np.arange(v), (base + offset) % j] = w / 16
    regressor = np.zeros((j, v))
    first = mix(j, 3) % v
    for k in range(8):
        regressor[np.arange(j), (first + 3 * k) % v] = 1 / 8
    model = {
        "v_template": template,
        "f": np.stack([i % v, (i + 1) % v, (i + v // 2) % v], 1),
        "shapedirs": signed((v, 3, betas), 4, 2.0**-5, 8),
        "posedirs": signed((v, 3, 9 * (j - 1)), 5, 2.0**-6, 16),
        "J_regressor": regressor,
        "J": regressor @ template,
        "weights": weights,
        "kintree_table": np.stack([np.array([2**32 - 1] + parents[1:]), np.arange(j)]),
    }
    if kind != "smpl":
        for side, salt in (("l", 6), ("r", 7)):
            model[f"hands_components{side}"] = signed((45, 45), 10 * salt, 0.25)
            model[f"hands_mean{side}"] = signed((45,), 10 * salt + 1, 0.5)
            model[f"hands_coeffs{side}"] = signed((9, 45), 10 * salt + 2, 1.0)
    if kind == "smplx":
        bary = np.array([0.5, 0.375, 0.125])
        model["lmk_faces_idx"] = (mix(51, 8) % f).astype(np.int64)
        model["lmk_bary_coords"] = np.tile(bary, (51, 1))
        model["dynamic_lmk_faces_idx"] = (mix(79 * 17, 9) % f).astype(np.int64).reshape(79, 17)
        model["dynamic_lmk_bary_coords"] = np.tile(bary, (79, 17, 1))
    return model


def as_smpl_pkl(m):
    """basicModel_*_lbs_10_207_0_v1.0.0.pkl: Python 2, protocol 2."""
    v = m["v_template"].shape[0]
    return {
        "J_regressor_prior": sp.csc_matrix(m["J_regressor"]), "f": m["f"].astype(np.uint32),
        "J_regressor": sp.csc_matrix(m["J_regressor"]), "kintree_table": m["kintree_table"].astype(np.uint32),
        "J": m["J"], "weights_prior": m["weights"], "weights": m["weights"], "vert_sym_idxs": np.arange(v)[::-1].copy(),
        "posedirs": m["posedirs"], "bs_style": "lbs", "v_template": m["v_template"], "shapedirs": Ch(m["shapedirs"]),
        "bs_type": "lrotmin",
    }


def as_smplx_pkl(m):
    """SMPLX_*.pkl: Python 2, dense arrays, dictionaries of names, lists of arrays."""
    return {
        **m, "f": m["f"].astype(np.uint32), "dynamic_lmk_bary_coords": list(m["dynamic_lmk_bary_coords"]),
        "joint2num": {"Pelvis": 0, "L_Hip": 1}, "part2num": {"Global": 0}, "bs_style": "lbs", "bs_type": "lrotmin",
        "vt": np.zeros((7, 2)), "ft": np.zeros(m["f"].shape, np.uint32), "allow_missing": "caf\xe9",
    }


def npz(arrays):
    out = io.BytesIO()
    np.savez(out, **arrays)
    return out.getvalue()


CASES = {
    "smpl": [
        {},
        {"betas": 10, "pose": 0.6, "transl": True},
        {"betas": 4, "pose": 1.8},
    ],
    "smplh": [
        {"pca": 6},
        {"betas": 10, "pose": 0.6, "pca": 12, "flat": True, "hands": 1.0, "transl": True},
        {"betas": 10, "pose": 0.6, "pca": 45, "hands": 0.6},
        {"betas": 2, "pose": 1.2, "hands": 0.6, "flat": True},
        {"betas": 2, "pose": 0.3, "hands": 0.3},
    ],
    "smplx": [
        {"pca": 6},
        {"betas": 10, "expression": 10, "pose": 0.5, "face": 0.3, "pca": 12, "hands": 1.0, "transl": True, "contour": True},
        {"betas": 10, "expression": 10, "pose": 0.5, "face": 0.3, "pca": 12, "hands": 1.0, "flat": True, "contour": True},
        {"betas": 300, "expression": 100, "pose": 0.4, "pca": 45, "hands": 0.4, "contour": True},
        {"betas": 1, "expression": 3, "pose": 0.2, "face": 1.0, "hands": 0.6, "transl": True, "contour": True, "turn": 0.9},
        {"betas": 1, "expression": 3, "pose": 0.2, "hands": 0.6, "flat": True, "contour": True, "turn": -0.4},
        {"betas": 1, "pose": 0.2, "hands": 0.6, "contour": True, "turn": 0.3},
    ],
}


def numbers(rng, count, scale):
    return (rng.normal(0, scale, count)).round(4)


def posed(kind, path, case, rng, num_betas, limits):
    """Poses one case with smplx in float64 and returns its golden record."""
    beta_limit, expression_limit = limits
    nb, ne = min(case.get("betas", 0), beta_limit), min(case.get("expression", 0), expression_limit)
    record = {"kind": kind, "flatHandMean": case.get("flat", False), "pca": case.get("pca", 0)}
    record["betas"] = numbers(rng, nb, 0.8 if nb < 20 else 0.2).tolist()
    scale = case.get("pose", 0)
    record["globalOrient"] = numbers(rng, 3, scale).tolist()
    record["bodyPose"] = numbers(rng, 69 if kind == "smpl" else 63, scale * 0.5).tolist()
    if "turn" in case:  # turn the head about y, for the jaw line
        record["bodyPose"] = [0.0] * 63
        record["globalOrient"] = [0.0, case["turn"], 0.0]
    record["transl"] = numbers(rng, 3, 1 if case.get("transl") else 0).tolist()
    kw = {"dtype": torch.float64, "num_betas": num_betas}
    t = lambda x: torch.tensor([x], dtype=torch.float64)  # noqa: E731
    given = {"global_orient": t(record["globalOrient"]), "body_pose": t(record["bodyPose"]), "transl": t(record["transl"])}
    if kind != "smpl":
        n = case.get("pca", 0)
        kw |= {"use_pca": n > 0, "num_pca_comps": n or 6, "flat_hand_mean": record["flatHandMean"]}
        for side in ("left", "right"):
            record[f"{side}Hand"] = numbers(rng, n or 45, case.get("hands", 0)).tolist()
            given[f"{side}_hand_pose"] = t(record[f"{side}Hand"])
    if kind == "smplx":
        kw |= {"num_expression_coeffs": max(ne, 10) if expression_limit >= 10 else expression_limit,
               "use_face_contour": case.get("contour", False)}
        record["contour"] = case.get("contour", False)
        record["expression"] = numbers(rng, ne, 0.5).tolist()
        for name, field in (("jaw_pose", "jawPose"), ("leye_pose", "leftEyePose"), ("reye_pose", "rightEyePose")):
            record[field] = numbers(rng, 3, case.get("face", 0)).tolist()
            given[name] = t(record[field])
    cls = {"smpl": body_models.SMPL, "smplh": body_models.SMPLH, "smplx": body_models.SMPLX}[kind]
    model = cls(str(path), ext=path.suffix[1:], **kw)
    pad = lambda x, n: t(x + [0.0] * (n - len(x)))  # noqa: E731
    given["betas"] = pad(record["betas"], model.num_betas)
    if kind == "smplx":
        given["expression"] = pad(record["expression"], model.num_expression_coeffs)
    with torch.no_grad():
        out = model(**given)
    v, j = out.vertices[0].numpy(), out.joints[0].numpy()
    step = STEP if len(v) > 1000 else 1
    record |= {"step": step, "vertices": v[::step].round(8).ravel().tolist(), "joints": j.round(8).ravel().tolist()}
    return record


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--keep", type=Path)
    args = parser.parse_args()
    rng = np.random.default_rng(4)
    GOLDEN.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        folder = args.keep or Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        records = []
        for kind, betas in (("smpl", 10), ("smplh", 16), ("smplx", 400)):
            m = make(kind, *SIZES[kind], betas)
            if kind == "smpl":
                path = folder / "SMPL.pkl"
                path.write_bytes(python2(as_smpl_pkl(m)))
            else:
                path = folder / f"{kind.upper()}.npz"
                path.write_bytes(npz({**m, "f": m["f"].astype(np.uint32)}))
            for case in CASES[kind]:
                records.append(posed(kind, path, case, rng, 300 if kind == "smplx" else 10, (300 if kind == "smplx" else 10, 100)))
            print(kind, path.stat().st_size >> 20, "MiB")
        write("official.json", {"smplx": "0.1.28", "cases": records})

        # Small models: vertex numbers of smplx's extra points have to exist.
        names = list(body_models.VERTEX_IDS["smplh"])
        for kind in ("smplh", "smplx"):
            body_models.VERTEX_IDS[kind] = {name: i for i, name in enumerate(names)}
        small = {
            "smpl_python2.pkl": ("smpl", 10, lambda m: python2(as_smpl_pkl(m))),
            "smpl_protocol5.pkl": ("smpl", 300, lambda m: pickle.dumps({**m, "J_regressor": sp.csr_matrix(m["J_regressor"])}, 5)),
            "smplh_protocol2.pkl": ("smplh", 16, lambda m: pickle.dumps({**m, "shapedirs": Ch(m["shapedirs"])}, 2)),
            "smplh.npz": ("smplh", 16, lambda m: npz({**m, "gender": np.array("male"), "bs_style": np.array("lbs")})),
            "smplx_python2.pkl": ("smplx", 400, lambda m: python2(as_smplx_pkl(m))),
            "smplx_protocol3.pkl": ("smplx", 20, lambda m: pickle.dumps({**m, "gender": "female"}, 3)),
            "smplx.npz": ("smplx", 400, lambda m: npz({**m, "joint2num": np.array({"Pelvis": 0}, dtype=object)})),
        }
        records = []
        for name, (kind, betas, write_file) in small.items():
            m = make(kind, 40, 60, betas)
            path = folder / name
            path.write_bytes(write_file(m))
            (GOLDEN / f"small_{name}.gz").write_bytes(gzip.compress(path.read_bytes(), 9, mtime=0))
            case = CASES[kind][1]
            limits = (min(betas, 300), 100) if betas >= 300 else (10, 10)
            records.append({"file": name, **posed(kind, path, case, rng, betas if betas < 400 else 300, limits)})
        write("small.json", {"smplx": "0.1.28", "cases": records})


def write(name, value):
    path = GOLDEN / name
    path.write_text(json.dumps(value, separators=(",", ":")) + "\n")
    print(f"wrote {name}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
