"""Reads with Python and NumPy what the suite's pickle writer wrote (golden/pickles_written.json).

    python tests/crosscheck/pickle_written.py        # needs numpy, 1 or 2
"""
import base64
import io
import json
import math
import pickle
import warnings
from pathlib import Path

import numpy as np

warnings.simplefilter("error")  # also no deprecation
GOLDEN = Path(__file__).resolve().parents[1] / "core/files/golden/pickles_written.json"


def same(a, dtype, shape, values):
    assert isinstance(a, np.ndarray) and a.dtype == np.dtype(dtype) and a.shape == shape, (a.dtype, a.shape)
    assert a.ravel().tolist() == values, a
    assert a.flags["C_CONTIGUOUS"]


def main():
    files = {k: base64.b64decode(v) for k, v in json.loads(GOLDEN.read_text()).items()}
    for name in ("protocol 2", "protocol 3"):
        d = pickle.loads(files[name])
        assert d["ints"] == [0, 255, 256, -1, 65536, 2**31 - 1, -(2**31), 2**31, -(2**31) - 1, 2**53 - 1]
        assert all(type(x) is int for x in d["ints"])
        assert d["longs"] == [2**64, -(2**64), 127, 128, -128, -129, 255, 0, -1]
        assert d["floats"] == [0.5, 0.0, 3.0, 1e300, math.inf, -math.inf]
        assert all(type(x) is float for x in d["floats"]) and math.copysign(1, d["floats"][1]) == -1
        assert d["texts"] == ["", "é 日本 𝄞", "x" * 300]
        assert d["none"] is None and d["flags"] == [True, False] and d["tuple"] == (1, ())
        assert d["bytes"] == [b"", bytes([0, 128, 255]), bytes([200]) * 300]
        assert d["long_list"] == list(range(1200)) and d["map"] == {1: "one", "two": 2}
        same(d["f8"], "<f8", (2, 3), [1, 2, 3, 4, 5, 0.1])
        same(d["f4"], "<f4", (3,), [1.5, -2, float(np.float32(0.1))])
        same(d["i8"], "<i8", (1,), [-(2**62)])
        same(d["u1"], "u1", (0, 4), [])
        same(d["b1"], "?", (2,), [True, False])
        same(d["scalar"], "<f8", (), [7])
        assert pickle.loads(pickle.dumps(d["f8"])).tolist() == d["f8"].tolist()
    p = np.load(io.BytesIO(files["param.npy"]), allow_pickle=True).item()
    assert p["ortho_ratio"] == 0.4 and p["scale"] == 1.25 and list(p) == ["ortho_ratio", "scale", "center", "R"]
    same(p["center"], "<f8", (3,), [0, 90, 0])
    print(f"NumPy {np.__version__}: {len(files)} files read as written")


if __name__ == "__main__":
    main()
