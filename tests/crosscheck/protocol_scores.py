"""Protocols of the field: the suite's scores against the libraries their evaluators are made of.

Follows the descriptions in docs/protocols.md (not any evaluator's code) with trimesh, SciPy, libigl
and Open3D, on the same meshes and, where a protocol draws points, on the same points: then scores
must agree to 1e-4 relative. Samplers are compared by other points, within their noise. Prints a
table (protocol, quantity, ours, theirs, difference) and the noise of every protocol over 20 seeds.
Run from the repository's root:

    pip install -r tests/crosscheck/requirements.txt
    python tests/crosscheck/protocol_scores.py

Needs deno on the PATH. Exits with 1 if something differs by more than it may.
"""
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import igl
import numpy as np
import trimesh
from scipy.spatial import cKDTree

ROOT = Path(__file__).resolve().parents[2]
RELATIVE = 1e-4
rows, failures = [], 0


def check(protocol, quantity, ours, theirs, limit=RELATIVE, by="relative"):
    global failures
    difference = abs(ours - theirs) / max(abs(theirs), 1e-12) if by == "relative" else abs(ours - theirs)
    bad = not difference <= limit
    failures += bad
    rows.append((protocol, quantity, ours, theirs, difference, limit, by, "DIFFERS" if bad else ""))


class Data:
    def __init__(self, folder):
        self.folder = Path(folder)
        self.truth_vertices = self.read("truth_vertices", "<f4").reshape(-1, 3).astype(float)
        self.truth_faces = self.read("truth_mesh_faces", "<u4").reshape(-1, 3).astype(np.int64)
        self.prediction_vertices = self.read("prediction_vertices", "<f4").reshape(-1, 3).astype(float)

    def read(self, name, kind):
        return np.fromfile(self.folder / name, kind)

    def points(self, protocol, whose):
        return (
            self.read(f"{protocol}.{whose}_points", "<f8").reshape(-1, 3),
            self.read(f"{protocol}.{whose}_faces", "<u4"),
        )

    def faces(self, protocol):
        return self.read(f"{protocol}.mesh_faces", "<u4").reshape(-1, 3).astype(np.int64)


def to_surface(points, vertices, faces):
    squared, index, _ = igl.point_mesh_squared_distance(points, vertices, faces)
    return np.sqrt(squared), index


def edges_of(faces):
    edges = np.sort(faces[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1)
    return np.unique(edges, axis=0)


def normals_of(vertices, faces):
    a, b, c = (vertices[faces[:, k]] for k in range(3))
    n = np.cross(b - a, c - a)
    length = np.linalg.norm(n, axis=1, keepdims=True)
    return n / np.where(length > 0, length, 1)


def factor_of(data, constants):
    size = np.ptp(data.truth_vertices[np.unique(data.truth_faces)], axis=0)
    space = {
        "metres": 1,
        "height-180": 180 / (102.4 * size[1]),
        "longest-axis": 1 / size.max(),
        "file-units": 1,
    }[constants["space"]]
    return space * constants["unitFactor"], space


def aligned(data, protocol, alignment, faces):
    """4 x 4 from the prediction as submitted to where it is scored."""
    if alignment == "icp":
        used = np.unique(faces)
        matrix, _, _ = trimesh.registration.icp(
            data.prediction_vertices[used], data.truth_vertices[np.unique(data.truth_faces)]
        )
        return matrix
    if alignment == "normalized":
        p = data.prediction_vertices[np.unique(faces)]
        g = data.truth_vertices[np.unique(data.truth_faces)]
        scale = np.ptp(g, axis=0).max() / np.ptp(p, axis=0).max()
        matrix = np.diag([scale, scale, scale, 1.0])
        middle = lambda v: (v.min(axis=0) + v.max(axis=0)) / 2  # noqa: E731
        matrix[:3, 3] = middle(g) - scale * middle(p)
        return matrix
    return np.eye(4)


def check_distances(data, protocol, record):
    constants = record["constants"]
    faces = data.faces(protocol)
    unit, exponent = constants["unit"], constants["exponent"]
    base = unit[:-1] if exponent == 2 else unit
    factor, space = factor_of(data, constants)
    for alignment, ours in record["scores"].items():
        m = aligned(data, protocol, alignment, faces)
        where = f"{protocol} {alignment}"
        if alignment == "icp":
            found = np.array(record["transforms"]["icp"]["matrix"])
            check(where, "matrix of trimesh's icp (largest entry's difference)",
                  np.abs(found - m).max(), 0.0, 1e-7, "absolute")
        vertices = trimesh.transform_points(data.prediction_vertices, m)
        p, p_faces = data.points(protocol, "prediction")
        g, g_faces = data.points(protocol, "truth")
        p = trimesh.transform_points(p, m)
        index_p = index_g = None
        if constants["target"] == "points":
            p2s, index_p = cKDTree(g).query(p)
            s2p, index_g = cKDTree(p).query(g)
        elif constants["target"] == "edges":
            # Every triangle of the pair is below the limit.
            p2s, _ = to_surface(p, data.truth_vertices, edges_of(data.truth_faces))
            s2p, _ = to_surface(g, vertices, edges_of(faces))
        else:
            p2s, _ = to_surface(p, data.truth_vertices, data.truth_faces)
            s2p, _ = to_surface(g, vertices, faces)
        mean = (lambda d: np.mean((factor * d) ** 2)) if exponent == 2 else (lambda d: np.mean(factor * d))
        check(where, f"p2s_{unit}", ours[f"p2s_{unit}"], mean(p2s))
        check(where, f"s2p_{unit}", ours[f"s2p_{unit}"], mean(s2p))
        name, weight = ("chamfer_sum", 1) if constants["chamfer"] == "sum" else ("chamfer", 0.5)
        check(where, f"{name}_{unit}", ours[f"{name}_{unit}"], weight * (mean(p2s) + mean(s2p)))
        check(where, f"p2s_max_{base}", ours[f"p2s_max_{base}"], factor * p2s.max())
        if constants["maximum"] == "hausdorff":
            check(where, f"hausdorff_{base}", ours[f"hausdorff_{base}"], factor * max(p2s.max(), s2p.max()))
        tau = constants["fScoreThresholdM"]
        if tau is not None:
            met = (lambda d: 100 * np.mean(d < tau)) if constants["fScoreStrict"] == "<" else (
                lambda d: 100 * np.mean(d <= tau))
            pr, re = met(p2s), met(s2p)
            check(where, "f_1cm", ours["f_1cm"], 2 * pr * re / max(pr + re, 1e-6))
        if constants["boxIou"] != "none":
            a, b = vertices[np.unique(faces)], data.truth_vertices[np.unique(data.truth_faces)]
            low, high = np.maximum(a.min(0), b.min(0)), np.minimum(a.max(0), b.max(0))
            both = np.prod(np.maximum(high - low, 0))
            union = np.prod(np.ptp(a, axis=0)) + np.prod(np.ptp(b, axis=0)) - both
            check(where, "box_iou", ours["box_iou"], both / union)
        if constants["normalConsistency"] != "none" or constants["faceToPoint"] != "none":
            n_p, n_g = normals_of(vertices, faces), normals_of(data.truth_vertices, data.truth_faces)
            if constants["normalConsistency"] == "nearest-triangle":
                _, t_p = to_surface(p, data.truth_vertices, data.truth_faces)
                _, t_g = to_surface(g, vertices, faces)
            else:
                t_p, t_g = g_faces[index_p], p_faces[index_g]
            there = np.abs((n_p[p_faces] * n_g[t_p]).sum(1)).mean()
            back = np.abs((n_g[g_faces] * n_p[t_g]).sum(1)).mean()
            # At edges the nearest triangle is any of several: those ties are broken otherwise.
            ties = 2e-3 if constants["normalConsistency"] == "nearest-triangle" else RELATIVE
            if constants["faceToPoint"] == "none":
                check(where, "nc", ours["nc"], (there + back) / 2, ties)
            else:
                check(where, "normal_loss", ours["normal_loss"], 2 - there - back)
                d, _ = to_surface(g, vertices, edges_of(faces))
                check(where, "point_face_m2", ours["point_face_m2"], np.mean(d ** 2))
                check(where, "face_point_m2", ours["face_point_m2"], face_to_points(vertices, faces, g))


def face_to_points(vertices, faces, points, candidates=48):
    """Mean over triangles of the squared distance from their edges to the nearest point."""
    corners = vertices[faces]
    _, near = cKDTree(points).query(corners.mean(axis=1), candidates)
    q = points[near]
    best = np.full(len(faces), np.inf)
    for i, j in ((0, 1), (1, 2), (2, 0)):
        a, e = corners[:, None, i], (corners[:, j] - corners[:, i])[:, None]
        t = np.clip(((q - a) * e).sum(2) / np.maximum((e * e).sum(2), 1e-30), 0, 1)
        best = np.minimum(best, (((q - a) - t[..., None] * e) ** 2).sum(2).min(1))
    return best.mean()


def check_normals(data, protocol, record):
    spec = record["constants"]["normalError"]
    if spec is None:
        return
    size, padding = spec["sizePx"], spec["gridPaddingPx"]

    def grid(whose):
        tiles = []
        for i, yaw in enumerate(np.radians(spec["yawsDeg"])):
            raw = data.read(f"{protocol}.{whose}_normal{i}", "<u2").reshape(size, size, 3)
            covered = raw.any(axis=2)
            n = raw / 65535 * 2 - 1
            if spec["space"] == "world":
                turn = np.array([[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]])
                n = n @ turn  # rows: n @ R is R transposed times n
            image = (n + 1) / 2
            image[~covered] = 1 if spec["background"] == "white" else 0
            tiles.append(np.pad(image, ((padding, 0), (padding, 0), (0, 0))))
        row = np.concatenate(tiles, axis=1)
        row = np.pad(row, ((0, padding), (0, padding), (0, 0)))
        if spec["background"] == "black-renormalized":
            v = row * 2 - 1
            row = (v / np.linalg.norm(v, axis=2, keepdims=True) + 1) / 2
        return row

    difference = ((grid("prediction") - grid("truth")) ** 2).sum(axis=2).mean() * spec["times"]
    check(f"{protocol} none", "normal_error (same views)", record["scores"]["none"]["normal_error"], difference)


def check_samplers(data, noise):
    """Other points: trimesh's even sampler and distances, Open3D's whole function."""
    g = trimesh.Trimesh(data.truth_vertices, data.truth_faces, process=False)
    p = trimesh.Trimesh(data.prediction_vertices, data.faces("icon-2022"), process=False)
    size = np.ptp(g.vertices, axis=0)[1]
    factor = 100 * 180 / (102.4 * size)
    theirs = []
    for seed in range(20):
        points, _ = trimesh.sample.sample_surface_even(g, 1000, seed=seed)
        theirs.append(factor * to_surface(np.asarray(points), p.vertices, p.faces)[0].mean())
    ours = np.array(noise["icon-2022"]["s2p_ndc100"])
    error = np.hypot(ours.std(ddof=1), np.std(theirs, ddof=1)) / np.sqrt(20)
    check("icon-2022 none", "s2p_ndc100, 20 other draws (in standard errors)",
          abs(ours.mean() - np.mean(theirs)) / error, 0.0, 3.0, "absolute")
    try:
        import open3d as o3d
    except ImportError:
        return
    mesh = lambda v, f: o3d.t.geometry.TriangleMesh(  # noqa: E731
        o3d.core.Tensor(v.astype(np.float32)), o3d.core.Tensor(f.astype(np.int32)))
    metric, params = o3d.t.geometry.Metric, o3d.t.geometry.MetricParameters
    values = [
        mesh(p.vertices, p.faces).compute_metrics(
            mesh(g.vertices, g.faces), [metric.ChamferDistance], params()
        ).numpy()[0]
        for _ in range(20)
    ]
    ours = np.array(noise["open3d-0.20"]["chamfer_sum_m"])
    error = np.hypot(ours.std(ddof=1), np.std(values, ddof=1)) / np.sqrt(20)
    check("open3d-0.20 none", "compute_metrics Chamfer, 20 other draws (in standard errors)",
          abs(ours.mean() - np.mean(values)) / error, 0.0, 3.0, "absolute")


def main():
    with tempfile.TemporaryDirectory() as folder:
        script = str(ROOT / "tests/crosscheck/protocol_scores.ts")
        subprocess.run(["deno", "run", "-A", script, folder], check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
        found = json.loads((Path(folder) / "scores.json").read_text())
        data = Data(folder)
        for protocol, record in found["protocols"].items():
            check_distances(data, protocol, record)
            check_normals(data, protocol, record)
        check_samplers(data, found["noise"])
    print("| protocol | quantity | ours | theirs | difference | allowed | |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for protocol, quantity, ours, theirs, difference, limit, by, bad in rows:
        print(f"| {protocol} | {quantity} | {ours:.8g} | {theirs:.8g} | {difference:.1e} ({by}) | {limit:g} | {bad} |")
    print("\nNoise over 20 seeds, one pair:\n\n| protocol | key | mean | deviation | relative |\n| --- | --- | --- | --- | --- |")
    relative = {}
    for protocol, keys in found["noise"].items():
        for key, values in keys.items():
            if None in values:  # a key that this pair has no value for
                continue
            mean, deviation = np.mean(values), np.std(values, ddof=1)
            relative.setdefault(protocol, {})[key] = deviation / mean
            print(f"| {protocol} | {key} | {mean:.6g} | {deviation:.2e} | {100 * deviation / mean:.3f} % |")
    ratio = relative["suite-1"]["chamfer_cm"] / relative["icon-2022"]["chamfer_ndc100"]
    print(f"\nsuite-1's deviation is {ratio:.3f} of icon-2022's (relative to the mean; at most 0.2)")
    print(f"{len(rows)} comparisons, {failures} beyond what is allowed")
    sys.exit(1 if failures or ratio > 0.2 else 0)


if __name__ == "__main__":
    main()
