"""Pickles of many kinds as Python writes them, with what they hold in plain JSON.

Writes tests/core/files/golden/pickles_numpy<major>.json: base64 of each pickle and its content.
Run once with NumPy 1 and once with NumPy 2 (they write other module names):
    pip install numpy==1.26.4 scipy==1.11.4 joblib==1.1.1   # then again numpy==2.1.3 scipy==1.14.1 joblib==1.4.2
    python tests/crosscheck/pickle_cases.py
Python 2's byte strings are written by a small subclass of Python's own pickler, as cPickle did.
"""
import base64
import collections
import copy
import io
import json
import math
import pickle
import sys
import types
from pathlib import Path

import joblib
import numpy as np
import scipy.sparse as sp

ROOT = Path(__file__).resolve().parents[2]


def module(name, **members):
    """A stand-in module, so that its classes are pickled under the names of the real package."""
    made = types.ModuleType(name)
    for key, value in members.items():
        value.__module__ = name
        value.__qualname__ = value.__name__ = key
        setattr(made, key, value)
    sys.modules[name] = made
    return made


class Ch:
    """chumpy's array: on pickling it drops its caches and keeps `x` among other attributes."""

    def __init__(self, x):
        self.x = x
        self._dirty_vars = set()
        self._itr = None
        self._parents = self._cache = object()

    def __getstate__(self):
        state = copy.copy(self.__dict__)
        del state["_parents"], state["_cache"]
        return state


class Select(Ch):
    def __init__(self, a, idxs, preferred_shape):
        super().__init__(None)
        del self.x
        self.a, self.idxs, self.preferred_shape = a, idxs, preferred_shape


class TrackedArray(np.ndarray):
    """trimesh's array: a subclass without a state of its own."""


module("chumpy")
module("chumpy.ch", Ch=Ch)
module("chumpy.reordering", Select=Select)
module("trimesh")
module("trimesh.caching", TrackedArray=TrackedArray)


class Python2Pickler(pickle._Pickler):
    """Writes str as Python 2's byte strings and names as Python 2 had them, protocol 2."""

    dispatch = dict(pickle._Pickler.dispatch)

    def save_2(self, obj):
        data = obj if isinstance(obj, bytes) else obj.encode("latin-1")
        if len(data) < 256:
            self.write(b"U" + bytes([len(data)]) + data)
        else:
            self.write(b"T" + len(data).to_bytes(4, "little") + data)
        self.memoize(obj)

    dispatch[bytes] = save_2
    dispatch[str] = save_2


def python2(value):
    out = io.BytesIO()
    Python2Pickler(out, 2, fix_imports=True).dump(value)
    return out.getvalue().replace(b"scipy.sparse._csc", b"scipy.sparse.csc")


def content(v):
    """The value in JSON, as the tests compare it."""
    if isinstance(v, Select):
        return content(v.a.x.ravel()[v.idxs].reshape(v.preferred_shape).astype(np.float64))
    if isinstance(v, Ch):
        return content(v.x)
    if isinstance(v, np.ndarray):
        if v.dtype.kind in "US":
            values = [x.decode("latin1") if isinstance(x, bytes) else x for x in v.ravel().tolist()]
        else:
            values = [content(x) for x in v.ravel().tolist()]
        kind = "O" if v.dtype.kind == "O" else v.dtype.str[1:]
        return {"array": {"shape": list(v.shape), "dtype": kind, "values": values}}
    if sp.issparse(v):
        return {"sparse": {"shape": list(v.shape), "dense": v.toarray().ravel().tolist()}}
    if isinstance(v, (bytes, bytearray)):
        return {"bytes": v.hex()}
    if isinstance(v, (set, frozenset)):
        return {"set": sorted(v)}
    if isinstance(v, dict):
        return {"dict": [[content(k), content(x)] for k, x in v.items()]}
    if isinstance(v, (list, tuple)):
        return [content(x) for x in v]
    if isinstance(v, np.generic):
        return content(v.item())
    if isinstance(v, float) and (not math.isfinite(v) or v == 0 and math.copysign(1, v) < 0):
        return {"float": repr(v)}
    if isinstance(v, int) and not isinstance(v, bool) and abs(v) > 2**53 - 1:
        return {"int": str(v)}
    return v


def main():
    cases = []

    def add(name, data, value):
        cases.append({"name": name, "pickle": base64.b64encode(data).decode(), "content": content(value)})

    plain = {
        "numbers": [0, 1, 255, 256, 65535, 65536, -1, -129, 2**31 - 1, -(2**31), 2**40, -(2**53) + 1, 2**70, -(2**64)],
        "floats": [0.5, -0.0, 1e300, math.inf, -math.inf, math.nan, 1 / 3],
        "texts": ["", "plain", "é", "日本", "𝄞", "quote' \" \\ \n end", "x" * 300],
        "none": None, "yes": True, "no": False,
        "tuples": ((), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4)),
        "bytes": b"", "all bytes": bytes(range(256)) * 2,
        "set": {3, 1, 2}, "frozen": frozenset([5, 4]),
        "ordered": collections.OrderedDict([("z", 1), ("a", [2])]),
        "long list": list(range(1100)), 7: "number as a key",
    }
    shared = ["shared"]
    for protocol in range(6) if np.__version__ < "2" else [2, 5]:
        add(f"plain, protocol {protocol}", pickle.dumps(plain, protocol), plain)
        add(f"shared, protocol {protocol}", pickle.dumps([shared, shared, {"s": shared}], protocol), [shared, shared, {"s": shared}])
        arrays = {
            "f8": np.linspace(-1, 1, 6).reshape(2, 3), "f4": np.float32([1.5, -2]), "f2": np.float16([0.5, 65504]),
            "i8": np.array([2**62, -(2**62)]), "i4": np.int32([[1], [2]]), "i2": np.int16([-3]), "i1": np.int8([-4]),
            "u8": np.uint64([2**63]), "u4": np.uint32([2**32 - 1]), "u2": np.uint16([65535]), "u1": np.uint8([255, 0]),
            "b1": np.array([True, False]),
            "big endian": np.array([1, 2, 3], ">i4"), "big endian f8": np.array([0.1], ">f8"),
            "fortran": np.asfortranarray(np.arange(24.0).reshape(2, 3, 4)),
            "zero-d": np.array(3.25), "empty": np.zeros((0, 3)), "slice": np.arange(10)[::3],
            "text": np.array(["male", "ü"]), "byte text": np.array([b"LFHD", b"x"]), "text zero-d": np.array("male"),
            "objects": np.array([{"a": 1}, None, "s"], dtype=object),
            "tracked": np.arange(3.0).view(TrackedArray),
            "scalars": [np.float32(1.5), np.float64(0.1), np.int64(-7), np.bool_(True), np.uint8(200)],
        }
        add(f"arrays, protocol {protocol}", pickle.dumps(arrays, protocol), arrays)
        dense = np.array([[0, 0.25, 0], [0.5, 0, 0]])
        matrices = {"csc": sp.csc_matrix(dense), "csr": sp.csr_matrix(dense)}
        add(f"sparse, protocol {protocol}", pickle.dumps(matrices, protocol), matrices)
        if protocol >= 2:
            base = Ch(np.arange(12.0).reshape(2, 2, 3))
            chs = {"shapedirs": base, "selected": Select(base, np.array([0, 2, 11]), (3, 1))}
            add(f"chumpy, protocol {protocol}", pickle.dumps(chs, protocol), chs)
    two = {"f": np.arange(600.0).reshape(100, 2, 3), "u": np.uint8([128, 255]), "J": sp.csc_matrix(dense),
           "sd": Ch(np.arange(4.0)), "style": "lbs", "b": "é"}
    add("python 2", python2(two), two)
    out = io.BytesIO()
    held = {"pose": np.arange(5.0), "frames": [np.asfortranarray(np.arange(6).reshape(2, 3)), np.zeros(0)]}
    joblib.dump(held, out)
    add("joblib", out.getvalue(), held)
    major = np.__version__.split(".")[0]
    path = ROOT / f"tests/core/files/golden/pickles_numpy{major}.json"
    path.write_text(json.dumps({"python": sys.version.split()[0], "numpy": np.__version__, "cases": cases}) + "\n")
    print(f"wrote {path.relative_to(ROOT)}: {len(cases)} cases, {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
