"""Compares the suite's npz and PNG files with NumPy and Pillow.

    python tests/crosscheck/files_arrays.py     # needs numpy, pillow, npx

1. NumPy writes arrays of every kind, byte order and axis order, stored and deflated; the suite reads
   them and writes an archive of its own, which NumPy must read as the same arrays. 2. Pictures go the
   same way through PNG, 8 and 16 bits.
"""
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

from files_common import ROOT, run

KINDS = "f2 f4 f8 i1 i2 i4 i8 u1 u2 u4 u8".split()


def arrays(rng):
    out = {}
    for kind in KINDS:
        for order in "<>":
            for shape in [(), (0,), (5,), (3, 4), (2, 3, 4)]:
                raw = rng.bytes(int(np.prod(shape)) * int(kind[1]))
                a = np.frombuffer(raw, order + kind).reshape(shape)
                name = f"{kind}{'le' if order == '<' else 'be'}{'x'.join(map(str, shape))}"
                out[name] = a
                out[name + "F"] = np.asfortranarray(a)
    out["flags"] = rng.random((4, 5)) < 0.5
    return out


def main():
    rng = np.random.default_rng(2)
    made = arrays(rng)
    shapes = [(1, 1), (7, 5), (64, 300)]
    pictures = {f"{mode}{h}x{w}": (mode, rng.integers(0, 2 ** bits, (h, w, c), dtype=f"u{bits // 8}"))
                for h, w in shapes for mode, c, bits in [("L", 1, 8), ("RGB", 3, 8), ("RGBA", 4, 8), ("I;16", 1, 16)]}
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        np.savez(folder / "stored.npz", **made)
        np.savez_compressed(folder / "packed.npz", **made)
        body = ROOT / "fixtures/humans/open_body.npz"
        jobs = [{"do": "npz-copy", "from": source, "to": folder / f"{name}_copy.npz"}
                for name, source in [("stored", folder / "stored.npz"), ("packed", folder / "packed.npz"), ("body", body)]]
        for name, (mode, pixels) in pictures.items():
            Image.fromarray(pixels[:, :, 0] if pixels.shape[2] == 1 else pixels).save(folder / f"{name}.png")
            np.savez(folder / f"{name}_in.npz", image=pixels)
            jobs.append({"do": "png-read", "from": folder / f"{name}.png", "to": folder / f"{name}_read.npz"})
            jobs.append({"do": "png-write", "from": folder / f"{name}_in.npz", "to": folder / f"{name}_ours.png"})
        run(jobs, folder)
        for name, source in [("stored", made), ("packed", made), ("body", dict(np.load(body)))]:
            copy = dict(np.load(folder / f"{name}_copy.npz"))
            assert set(copy) == set(source)
            for key, a in source.items():
                b = copy[key]
                assert b.shape == a.shape and b.dtype == a.dtype.newbyteorder("="), (name, key, b.dtype, a.dtype)
                assert np.ascontiguousarray(a.astype(b.dtype)).tobytes() == b.tobytes() or \
                    np.array_equal(a, b, equal_nan=a.dtype.kind == "f"), (name, key)
        for name, (mode, pixels) in pictures.items():
            with np.load(folder / f"{name}_read.npz") as found:
                assert np.array_equal(found["image"], pixels), name
            with Image.open(folder / f"{name}_ours.png") as image:
                assert image.mode == mode, (name, image.mode)
                assert np.array_equal(np.asarray(image).reshape(pixels.shape), pixels), name
        print(f"{3} archives with {2 * len(made) + 9} arrays and {len(pictures)} pictures agree, both ways")


if __name__ == "__main__":
    main()
