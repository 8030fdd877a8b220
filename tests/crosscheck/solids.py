"""Self-intersections, winding numbers, FID and KID: the suite against pymeshlab, libigl and SciPy.

Self-intersecting triangles of bundled people must be as many as pymeshlab selects, up to 3 (it
works in floating point, the suite exactly). Winding numbers must lie within 0.05 of libigl's exact
ones at 5,000 points, and be on the same side of a half at all that are not within 0.05 of it. The
Fréchet distance must agree with the one by a matrix square root, the kernel distance with the
formula written out. Run from the repository's root; a library that is missing is left out and said:

    pip install numpy==2.4.6 scipy==1.17.1 libigl==2.6.3 pymeshlab==2025.7.post1 trimesh==5.2.0
    python tests/crosscheck/solids.py [ID...]

Needs deno on the PATH. Exits with 1 if anything differs by more.
"""
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
ids = sys.argv[1:] or ["h02", "h04", "h20"]
failed = False


def check(what, ours, theirs, tolerance):
    global failed
    difference = abs(ours - theirs)
    failed |= not difference <= tolerance
    print(f"{what:<44} {ours:>14.8g} {theirs:>14.8g} {difference:>10.2g}")


with tempfile.TemporaryDirectory() as place:
    folder = Path(place)
    command = ["deno", "run", "-A", str(ROOT / "tests/crosscheck/solids.ts"), place, *ids]
    found = json.loads(subprocess.run(command, check=True, capture_output=True, cwd=ROOT).stdout)
    print(f"{'quantity':<44} {'ours':>14} {'theirs':>14} {'difference':>10}")
    for person in found["people"]:
        name = person["id"]
        try:
            import pymeshlab

            meshes = pymeshlab.MeshSet()
            meshes.load_new_mesh(str(folder / f"{name}.ply"))
            meshes.compute_selection_by_self_intersections_per_face()
            theirs = meshes.current_mesh().selected_face_number()
            check(f"{name}: self-intersecting triangles", person["faces"], theirs, 3)
        except ImportError as error:
            print("pymeshlab is not here:", error)
        try:
            import igl
            import trimesh

            mesh = trimesh.load(folder / f"{name}.ply", process=False)
            points = np.fromfile(folder / f"{name}_points.f64").reshape(-1, 3)
            ours = np.fromfile(folder / f"{name}_winding.f64")
            theirs = igl.winding_number(
                np.ascontiguousarray(mesh.vertices, dtype=np.float64),
                np.ascontiguousarray(mesh.faces, dtype=np.int64), points)
            check(f"{name}: winding number, largest difference", np.abs(ours - theirs).max(), 0, 0.05)
            clear = np.abs(theirs - 0.5) > 0.05
            wrong = ((ours >= 0.5) != (theirs >= 0.5)) & clear
            check(f"{name}: points on another side, of {clear.sum()}", int(wrong.sum()), 0, 0)
        except ImportError as error:
            print("libigl or trimesh is not here:", error)
    for entry in found["sets"]:
        read = lambda which: np.fromfile(
            folder / f"{entry['name']}_{which}.f32", dtype=np.float32
        ).astype(np.float64).reshape(-1, entry["dims"])
        a, b = read("a"), read("b")
        try:
            from scipy.linalg import sqrtm

            root = sqrtm(np.cov(a.T) @ np.cov(b.T)).real
            fid = ((a.mean(0) - b.mean(0)) ** 2).sum() + np.trace(np.cov(a.T) + np.cov(b.T) - 2 * root)
            check(f"{entry['name']}: Fréchet distance", entry["fid"], fid, 1e-4 * fid)
        except ImportError as error:
            print("SciPy is not here:", error)
        kernel = lambda x, y: (x @ y.T / entry["dims"] + 1) ** 3
        m, n = len(a), len(b)
        within = lambda k, count: (k.sum() - np.trace(k)) / (count * (count - 1))
        kid = within(kernel(a, a), m) + within(kernel(b, b), n) - 2 * kernel(a, b).mean()
        check(f"{entry['name']}: kernel distance", entry["kid"], kid, 1e-5 * abs(kid))
sys.exit(1 if failed else 0)
