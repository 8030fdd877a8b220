"""Exact distances: the suite against libigl, point-cloud-utils, Open3D and trimesh.

The same points, the same triangles, both ways. For every library: the largest and mean difference
per point, how many points differ by more than 1e-6 m, the difference of the means, and the time for
building and asking both ways in this run on this machine (the suite: one thread; libigl,
point-cloud-utils and Open3D: all cores). Run from the repository's root:

    pip install -r tests/crosscheck/requirements.txt
    python tests/crosscheck/geometry_distances.py                 # the made pair, 500,000 triangles
    python tests/crosscheck/geometry_distances.py TRUTH PREDICTION   # two mesh files
    options: --no-trimesh (slow: half a minute), --runs N

Needs deno on the PATH. Exits with 1 if a library that should agree to 1e-6 m does not.
Open3D keeps points in float32 (about 1e-7 m); trimesh takes candidates whose squared distance is
within 1e-8 as tied, so it may be up to 1e-4 m too far: it is reported, not required.
"""
import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
LIMIT_M = 1e-6


def ask_suite(folder, arguments, runs):
    command = ["deno", "run", "-A", str(ROOT / "tests/bench/geometry_distances.ts"), "--json"]
    command += ["--runs", str(runs), "--save", str(folder)]
    if arguments:
        command += ["--truth", arguments[0], "--prediction", arguments[1]]
    return json.loads(subprocess.run(command, check=True, capture_output=True, cwd=ROOT).stdout)


def load(folder):
    data = {}
    for name in ("truth", "prediction"):
        data[name] = (
            np.fromfile(folder / f"{name}_vertices.f32", "<f4").reshape(-1, 3),
            np.fromfile(folder / f"{name}_faces.u32", "<u4").reshape(-1, 3),
        )
        data[f"{name}_points"] = np.fromfile(folder / f"{name}_points.f64", "<f8").reshape(-1, 3)
    data["s2p"] = np.fromfile(folder / "s2p.f64", "<f8")
    data["p2s"] = np.fromfile(folder / "p2s.f64", "<f8")
    return data


def with_igl(points, vertices, faces):
    import igl

    squared, *_ = igl.point_mesh_squared_distance(
        points, vertices.astype(np.float64), faces.astype(np.int64)
    )
    return np.sqrt(squared)


def with_pcu(points, vertices, faces):
    import point_cloud_utils as pcu

    distance, *_ = pcu.closest_points_on_mesh(
        points, vertices.astype(np.float64), faces.astype(np.int64)
    )
    return distance


def with_open3d(points, vertices, faces):
    import open3d as o3d

    scene = o3d.t.geometry.RaycastingScene()
    scene.add_triangles(vertices, faces)
    found = scene.compute_closest_points(points.astype(np.float32))
    # Its own distance is float32 throughout; measure from its point in float64.
    return np.linalg.norm(found["points"].numpy().astype(np.float64) - points, axis=1)


def with_trimesh(points, vertices, faces):
    import trimesh

    mesh = trimesh.Trimesh(vertices.astype(np.float64), faces, process=False)
    return trimesh.proximity.closest_point(mesh, points)[1]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("meshes", nargs="*", help="TRUTH PREDICTION")
    parser.add_argument("--no-trimesh", action="store_true")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()

    libraries = {"libigl": with_igl, "point-cloud-utils": with_pcu, "open3d": with_open3d}
    if not options.no_trimesh:
        libraries["trimesh"] = with_trimesh
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        suite = ask_suite(folder, options.meshes, options.runs)
        data = load(folder)
    ours = suite["medianMs"] / 1000
    print(f"{suite['faces']} triangles, {suite['samples']} points each way")
    print(
        f"suite: {ours:.3f} s median, {suite['minMs'] / 1000:.3f} min, "
        f"{suite['firstMs'] / 1000:.3f} first; peak {suite['peakRssMb']} MB; "
        f"S2P {suite['s2pMm']:.6f} mm, P2S {suite['p2sMm']:.6f} mm"
    )
    failed = False
    for library, ask in libraries.items():
        seconds = []
        for _ in range(1 if library == "trimesh" else options.runs):
            started = time.perf_counter()
            s2p = ask(data["truth_points"], *data["prediction"])
            p2s = ask(data["prediction_points"], *data["truth"])
            seconds.append(time.perf_counter() - started)
        difference = np.abs(np.concatenate([s2p - data["s2p"], p2s - data["p2s"]]))
        means = max(abs(s2p.mean() - data["s2p"].mean()), abs(p2s.mean() - data["p2s"].mean()))
        took = float(np.median(seconds))
        print(
            f"{library:18} largest {difference.max():.3g} m, mean {difference.mean():.3g} m, "
            f"over 1e-6 m: {int((difference > LIMIT_M).sum())} of {len(difference)}, "
            f"means {means:.3g} m; {took:.3f} s, suite / it = {ours / took:.2f}"
        )
        if library != "trimesh" and difference.max() > LIMIT_M:
            failed = True
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
