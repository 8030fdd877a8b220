"""Compares the suite's OpenEXR reader and writer with the OpenEXR library, bit by bit.

    python tests/crosscheck/files_exr.py        # needs numpy, OpenEXR, npx

1. The library writes float and half pictures in each compression that the suite reads; the suite
   must read the same bits. 2. The suite writes each of its compressions; the library must read the
   same bits and find a whole, upright picture.
"""
import itertools
import tempfile
from pathlib import Path

import numpy as np
import OpenEXR

from files_common import run

CHANNELS = {"Y": ["Y"], "RGB": ["R", "G", "B"], "RGBA": ["R", "G", "B", "A"], "layer": ["depth.Z", "mask.Y"]}
SIZES = [(1, 1), (17, 9), (64, 33), (255, 130)]
LIBRARY = {"none": OpenEXR.NO_COMPRESSION, "rle": OpenEXR.RLE_COMPRESSION,
           "zips": OpenEXR.ZIPS_COMPRESSION, "zip": OpenEXR.ZIP_COMPRESSION}


def picture(rng, names, size, dtype, kind):
    planes = {}
    for name in names:
        plane = rng.normal(size=size)
        if kind == "map":  # background, and a smooth thing in the middle
            y, x = np.mgrid[: size[0], : size[1]]
            r = np.hypot(y - size[0] / 2, x - size[1] / 2) / min(size)
            plane = np.where(r < 0.3, 2.5 - np.sqrt(np.maximum(0.09 - r * r, 0)), 0)
        if kind == "special":
            plane.flat[:: 7] = np.inf
            plane.flat[1:: 7] = np.nan
            plane.flat[2:: 7] = -0.0
        planes[name] = plane.astype(dtype)
    return planes


def same(found, wanted, what):
    assert set(found) == set(wanted), (what, set(found), set(wanted))
    for name in wanted:
        a = np.asarray(found[name], np.float32)
        b = np.asarray(wanted[name], np.float32)
        assert a.shape == b.shape and (a.view(np.uint32) == b.view(np.uint32)).all(), (what, name)


def main():
    rng = np.random.default_rng(1)
    cases = list(itertools.product(CHANNELS.items(), SIZES, ["noise", "map", "special"]))
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        jobs, checks = [], []
        for i, (((group, names), size, kind), dtype, compression) in enumerate(
                itertools.product(cases, [np.float32, np.float16], LIBRARY)):
            planes = picture(rng, names, size, dtype, kind)
            path = folder / f"theirs{i}.exr"
            header = {"compression": LIBRARY[compression], "type": OpenEXR.scanlineimage}
            with OpenEXR.File(header, {n: p for n, p in planes.items()}) as file:
                file.write(str(path))
            jobs.append({"do": "exr-read", "from": path, "to": folder / f"theirs{i}.npz"})
            checks.append((jobs[-1]["to"], planes, f"read {group} {size} {kind} {dtype.__name__} {compression}"))
        written = []
        for i, (((group, names), size, kind), compression) in enumerate(
                itertools.product(cases, ["none", "zips", "zip"])):
            planes = picture(rng, names, size, np.float32, kind)
            np.savez(folder / f"ours{i}.npz", **planes)
            jobs.append({"do": "exr-write", "from": folder / f"ours{i}.npz", "to": folder / f"ours{i}.exr",
                         "compression": compression})
            written.append((folder / f"ours{i}.exr", planes, f"write {group} {size} {kind} {compression}"))
        run(jobs, folder)
        for path, planes, what in checks:
            with np.load(path) as found:
                same(dict(found), planes, what)
        for path, planes, what in written:
            with OpenEXR.File(str(path), separate_channels=True) as file:
                same({n: c.pixels for n, c in file.channels().items()}, planes, what)
                (low, high), (dlow, dhigh) = file.header()["dataWindow"], file.header()["displayWindow"]
                h, w = next(iter(planes.values())).shape
                assert tuple(low) == tuple(dlow) == (0, 0) and tuple(high) == tuple(dhigh) == (w - 1, h - 1), what
        print(f"{len(checks)} files read and {len(written)} written: every bit agrees with OpenEXR {OpenEXR.__version__}")


if __name__ == "__main__":
    main()
