"""Renders every layout and loads every one of its files with the library that its method uses.

    python tests/crosscheck/layout_files.py [OUT]    # needs numpy, scipy, h5py, torch, opencv, OpenEXR, trimesh, webdataset, npx

A file that no rule below takes fails the run, so nothing is written that was not loaded. Beside shapes
and dtypes, values are checked across files: projected vertices fall on the mask, masks agree with
depths and alpha, cameras say the same as the pictures.
"""
import json
import pickle
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

import os

os.environ["OPENCV_IO_ENABLE_OPENEXR"] = "1"
import cv2
import h5py
import numpy as np
import OpenEXR
import scipy.io
import scipy.spatial
import torch
import trimesh
import webdataset

ROOT = Path(__file__).resolve().parents[2]
PEOPLE = ["h01", "h05"]
N = 256
VIEWS = 2
LAYOUTS = ["2k2k", "pifu", "icon", "pamir", "sith", "integrated-pifu", "pshuman", "webdataset"]
BODY_VERTICES = len(np.load(ROOT / "fixtures/humans/open_body.npz")["v_template"])


def render(layout, out):
    # Cameras that turn the other way number their views by it.
    yaws = "--yaws=0,30"
    subprocess.run(
        ["npx", "-y", "deno@2.9.6", "task", "--quiet", "scan2score", "render", "fixtures:humans", "-o", str(out),
         "--layout", layout, "--only", ",".join(PEOPLE), yaws, "--size", str(N), "--samples", "1000",
         "--quiet"],
        cwd=ROOT, check=True)


# Loaders: each returns what the method's own code would hold.
def image(path):
    data = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    assert data is not None, path
    if data.ndim == 3 and data.shape[2] >= 3:
        data = data[..., [2, 1, 0, 3][:data.shape[2]]]
    return data


def exr(path):
    data = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)[..., ::-1]
    with OpenEXR.File(str(path)) as file:
        channels = file.channels()
        same = channels["RGB"].pixels if "RGB" in channels else np.stack([channels[c].pixels for c in "RGB"], -1)
    assert np.array_equal(data, same) and data.dtype == np.float32
    return data


def npy_dict(path):
    return np.load(path, allow_pickle=True).item()


def mesh(path):
    return trimesh.load(path, process=False, maintain_order=True)


def on_mask(points, mask, pixels, least=0.9):
    """Share of the points in the picture whose pixel (x, y) is set in the mask; `least` of all are in it."""
    x, y = np.floor(pixels[:, 0]).astype(int), np.floor(pixels[:, 1]).astype(int)
    inside = (x >= 0) & (y >= 0) & (x < mask.shape[1]) & (y < mask.shape[0])
    assert len(points) and inside.mean() > least, inside.mean()
    # A vertex at the silhouette may fall on the pixel beside it.
    near = cv2.dilate((mask > 0).astype(np.uint8), np.ones((3, 3)))
    return (near[y[inside], x[inside]] > 0).mean()


def full(data, shape, dtype):
    assert data.shape == shape and data.dtype == dtype, (data.shape, data.dtype, shape, dtype)
    return data


def pixels_of_ndc(xy):
    return (xy + 1) / 2 * N


# Rules: (pattern over the relative path) -> check(path, root); every file must meet one.
def color_2k2k(path, root):
    data = full(image(path), (N, N, 3), np.uint8)
    depth = image(Path(str(path).replace("COLOR/NOSHADING", "DEPTH").replace("COLOR/SHADED", "DEPTH")))
    assert not data[depth == 0].any() and data[depth > 0].any(axis=1).mean() > 0.95


def depth_2k2k(path, root):
    data = full(image(path), (N, N), np.uint16) / 32
    t = (data[data > 0] - N / 2) * 2 * np.tan(np.radians(25)) / N + 1
    assert 0.5 < t.min() and t.max() < 1.6
    if "_front" in path.name:
        back = image(str(path).replace("front", "back")) / 32
        assert np.array_equal(back > 0, data > 0) and (back >= data).all()


def keypoint_2k2k(path, root):
    data = full(np.load(path), (31, 3), np.float64)
    known = data[:, 2] == 1
    assert known.sum() >= 23 and (data[~known] == 0).all()
    mask = image(str(path).replace("keypoint", "DEPTH").replace("npy", "png")) > 0
    # The published factor moves points outwards by up to 4 % of the picture.
    near = cv2.dilate(mask.astype(np.uint8), np.ones((25, 25)))
    assert near[np.floor(data[known, 1]).astype(int), np.floor(data[known, 0]).astype(int)].all()


def list_2k2k(path, root):
    lines = path.read_text().splitlines()
    assert len(lines) == len(PEOPLE) * VIEWS
    for line in lines:
        tokens = line.split(" ")
        assert len(tokens) == 3 and all(Path(str(root) + token).is_file() for token in tokens)


def param_pifu(path, root):
    p = npy_dict(path)
    assert list(p) == ["sh", "ortho_ratio", "scale", "center", "R"]
    full(p["sh"], (9, 3), np.float64), full(p["center"], (3,), np.float64), full(p["R"], (3, 3), np.float64)
    subject = path.parent.name
    v = mesh(root / f"GEO/OBJ/{subject}/{subject}_100k.obj").vertices
    # TrainDataset.get_render: the three matrices, without augmentation.
    s = p["scale"] / (p["ortho_ratio"] * (N / 2))
    ndc = (p["R"] @ (v - p["center"]).T).T * [s, -s, s]
    assert abs(np.abs(ndc[:, 1]).max() - 90 / 102.4) < 1e-5
    assert on_mask(v, image(root / "MASK" / subject / f"{path.stem}.png"), pixels_of_ndc(ndc[:, :2])) > 0.999


def obj_corners(path):
    """Positions (n, 3), texture coordinates (m, 2, v up), and both indices of each corner, (f, 3)."""
    rows = {"v": [], "vt": [], "f": []}
    for line in path.read_text().splitlines():
        kind, *values = line.split()
        if kind in rows:
            rows[kind].append([value.split("/")[:2] for value in values] if kind == "f" else values)
    faces = np.array(rows["f"], int) - 1
    return np.array(rows["v"], float)[:, :3], np.array(rows["vt"], float), faces[..., 0], faces[..., 1]


def linear(srgb):
    srgb = srgb / 255
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


def lit_by_transfer(transfer, faces, sh, obj_file, texture, lit):
    """The renderers' shader: texture × (transfer · sh) at the middles of triangles is what was drawn over them."""
    vertices, uv, corners, uv_corners = obj_corners(obj_file)
    assert np.array_equal(faces, corners) and transfer.shape == (len(vertices), 9)
    # A vertex that sees the whole sky has π Y in band 0; no vertex has more.
    assert 0 <= transfer[:, 0].min() + 1e-6 and 0.8 < transfer[:, 0].max() < 0.8863
    shading = np.maximum(0, transfer[corners].mean(1) @ sh)
    middle = uv[uv_corners].mean(1)

    def at(picture):
        h, w = picture.shape[:2]
        return linear(picture[((1 - middle[:, 1]) * h).astype(int), (middle[:, 0] * w).astype(int)].astype(float))

    wanted, found = at(texture) * shading, at(lit)
    drawn = found.max(1) > 0
    assert drawn.mean() > 0.5 and np.median(np.abs(np.minimum(wanted, 1) - found)[drawn]) < 0.02


def bounce_pifu(path, root):
    transfer = full(np.loadtxt(path), (path.read_text().count("\n"), 9), np.float64)
    faces = np.load(path.parent / "face.npy")
    assert faces.dtype == np.int64
    folder = path.parent.parent
    subject = folder.name[:-4]
    source = folder / f"{subject}_100k.obj"
    assert source.read_bytes() == (root / f"GEO/OBJ/{subject}/{subject}_100k.obj").read_bytes()
    # At yaw 0 the light's frame is the mesh's.
    sh = npy_dict(root / f"PARAM/{subject}/0_0_00.npy")["sh"]
    lit_by_transfer(transfer, faces, sh, source, image(folder / f"tex/{subject}_dif_2k.jpg"),
                    image(root / f"UV_RENDER/{subject}/0_0_00.jpg"))


def faces_pifu(path, root):
    data = np.load(path)
    full(data, (len(data), 3), np.int64)


def texture(path, root):
    data = image(path)
    assert data.ndim == 3 and data.shape[2] == 3 and data.dtype == np.uint8 and min(data.shape[:2]) >= N


def jpg(path, root):
    full(image(path), (N, N, 3), np.uint8)


def png_gray(path, root):
    assert set(np.unique(full(image(path), (N, N), np.uint8))) <= {0, 255}


def png_rgb(path, root):
    full(image(path), (N, N, 3), np.uint8)


def png_rgba(path, root):
    data = full(image(path), (N, N, 4), np.uint8)
    assert set(np.unique(data[..., 3])) == {0, 255} and not data[data[..., 3] == 0].any()


def uv_pos(path, root):
    data = full(exr(path), (N, N, 3), np.float32)
    mask = image(str(path).replace("UV_POS", "UV_MASK").replace("uv_pos", "uv_mask").replace(".exr", ".png")) > 0
    assert not data[~mask].any() and mask.mean() > 0.3
    assert np.ptp(data[mask][:, 1]) > 0.5


def obj(path, root):
    m = mesh(path)
    assert len(m.vertices) > 1000 and len(m.faces) > 2000 and np.isfinite(m.vertices).all()


def calib_icon(path, root):
    data = np.loadtxt(path)
    full(data, (8, 4), np.float64)
    calib = data[4:] @ data[:4]
    subject = path.parent.parent.name
    v = mesh(root / f"humans/scans/{subject}/{subject}.obj").vertices * 100
    ndc = v @ calib[:3, :3].T + calib[:3, 3]
    alpha = image(path.parent.parent / "render" / f"{path.stem}.png")[..., 3]
    assert on_mask(v, alpha, pixels_of_ndc(ndc[:, :2])) > 0.999
    assert path.read_text().split()[0] == "%.18e" % data[0, 0]


def depth_icon(path, root):
    data = full(image(path), (N, N), np.uint8)
    near = data[data > 0]
    assert 60 < near.min() and near.max() < 200 and len(np.unique(near)) > 10, (near.min(), near.max())


def vis_icon(path, root):
    vis = torch.load(path)
    assert isinstance(vis, torch.Tensor) and vis.dtype == torch.float32
    assert vis.shape == (BODY_VERTICES, 1) and set(vis.unique().tolist()) == {0.0, 1.0}
    assert 0.05 < vis.mean() < 0.6


def cam_pamir(path, root):
    cam = scipy.io.loadmat(path)["cam"][0]
    assert len(cam) == VIEWS
    for struct in cam:
        one = {k: struct[k][0, 0].ravel() for k in ("center", "direction", "right", "up")}
        assert abs(np.linalg.norm(one["center"]) - 10) < 1e-12
        assert np.allclose(one["center"], -10 * one["direction"])
        r = np.stack([one["right"], -one["up"], one["direction"]])
        assert np.allclose(r @ r.T, np.eye(3)) and np.linalg.det(r) > 0
    subject = path.parent.parent.name
    v = mesh(root / f"mesh_data/{subject}/{subject}.obj").vertices
    for i, struct in enumerate(cam):
        p = (v - struct["center"][0, 0].ravel())
        x, y, z = (p @ struct[k][0, 0].ravel() for k in ("right", "up", "direction"))
        focal = 5000 * N / 512
        pixels = np.stack([focal * x / z + N / 2, N / 2 - focal * y / z], 1)
        assert on_mask(v, image(path.parent.parent / f"mask/{i:04d}.png"), pixels) > 0.999


def sh_pamir(path, root):
    full(scipy.io.loadmat(path)["sh"], (VIEWS, 9, 3), np.float64)


def prt_pamir(path, root):
    data = scipy.io.loadmat(path)
    transfer = full(data["bounce0"], (len(data["bounce0"]), 9), np.float64)
    faces = full(data["face"], (len(data["face"]), 3), np.int64)
    folder = path.parent.parent
    drawn = root / "image_data" / folder.name
    for view, sh in enumerate(scipy.io.loadmat(drawn / "meta/sh_data.mat")["sh"]):
        lit_by_transfer(transfer, faces, sh, folder / f"{folder.name}.obj", image(folder / f"{folder.name}.jpg"),
                        image(drawn / f"color_uv/{view:04d}.png"))


def near_pamir(path, root):
    data, samples = scipy.io.loadmat(path), scipy.io.loadmat(path.parent / "samples.mat")
    body = mesh(root / f"mesh_data/{path.parent.parent.name}/smpl/smpl_mesh.obj").vertices
    tree = scipy.spatial.KDTree(body)
    for name in [k for k in samples if k.endswith("side")]:
        distance, _ = tree.query(samples[name], k=4)
        index = full(data[f"idx_{name}"], (len(samples[name]), 4), np.int64)
        # The OBJ has nine digits.
        assert np.allclose(full(data[f"dist_{name}"], index.shape, np.float64), distance, atol=1e-6)
        assert np.allclose(np.linalg.norm(body[index] - samples[name][:, None], axis=2), distance, atol=1e-6)


def samples_pamir(path, root):
    data = scipy.io.loadmat(path)
    counts = {k: full(data[k], (len(data[k]), 3), np.float64) for k in data if k.endswith("side")}
    assert set(counts) == {f"{a}_points_{b}" for a in ("surface", "uniform") for b in ("inside", "outside")}
    assert len(counts["surface_points_inside"]) + len(counts["surface_points_outside"]) == 1000
    assert len(counts["surface_points_inside"]) > 200
    subject = path.parent.parent.name
    box = mesh(root / f"mesh_data/{subject}/{subject}.obj").bounds
    inside = counts["uniform_points_inside"]
    assert (inside >= box[0]).all() and (inside <= box[1]).all()


def meta_pamir(path, root):
    data = scipy.io.loadmat(path)
    assert [data[k].item() for k in ("sigma", "sigma_small", "curv_thresh")] == [0.025, 0.01, 0.004]


def smpl_pamir(path, root):
    with open(path, "rb") as file:
        p = pickle.load(file)
    shapes = {k: (v.shape, str(v.dtype)) for k, v in p.items()}
    assert shapes == {
        "betas": ((1, 10), "float32"), "global_orient": ((1, 3), "float32"),
        "global_body_translation": ((3,), "float32"), "body_scale": ((1,), "float32"),
        "body_pose": ((1, 72), "float32"), "body_pose_embedding": ((1, 32), "float32")}, shapes


def smpl_icon(path, root):
    with open(path, "rb") as file:
        p = pickle.load(file)
    shapes = {k: (v.shape, str(v.dtype)) for k, v in p.items()}
    assert shapes == {
        "betas": ((1, 10), "float32"), "full_pose": ((24, 3, 3), "float32"),
        "transl": ((3,), "float64"), "scale": ((1,), "float64")}, shapes
    r = p["full_pose"].astype(float)
    assert np.abs(r @ r.transpose(0, 2, 1) - np.eye(3)).max() < 1e-6 and (np.linalg.det(r) > 0).all()


def hdf5_sith(path, root):
    linked = path.parent == root
    with h5py.File(path, "r") as file:
        assert list(file) == (PEOPLE if linked else [path.stem])
        for subject in file:
            g = file[subject]
            n = 4000
            for name, shape in {"pts": (n, 3), "rgb": (n, 3), "nrm": (n, 3), "d": (n, 1), "cam_eva": (VIEWS, 1),
                                "cam_azh": (VIEWS, 1), "cam_rad": (VIEWS, 1), "cam_pos": (VIEWS, 3),
                                "smpl_v": (BODY_VERTICES, 3), "joints_3d": (135, 3)}.items():
                full(g[name][()], shape, np.float32)
            vis = g["vis"][()]
            assert vis.dtype == bool and vis.shape[0] == VIEWS and 0.02 < vis.mean() < 0.6
            assert np.allclose(np.linalg.norm(g["nrm"][()], axis=1), 1, atol=1e-3)
            for name in ("rgb_img", "nrm_img"):
                assert h5py.check_vlen_dtype(g[name].dtype) == np.uint8
                for data in g[name]:
                    assert full(cv2.imdecode(data, cv2.IMREAD_UNCHANGED), (N, N, 4), np.uint8).any()
            inside = (g["d"][()] < 0).mean()
            assert 0.15 < inside < 0.6, inside


def json_file(path, root):
    json.loads(path.read_text())


def param_integrated(path, root):
    p = npy_dict(path)
    full(p["center"], (3,), np.float64), full(p["R"], (3, 3), np.float64)
    assert p["scale_factor"] > 0 and np.allclose(p["R"] @ p["R"].T, np.eye(3))
    yaw = path.stem[-3:]
    depth = exr(root / f"buffer_depth_maps_of_full_mesh/{path.parent.name}/rendered_depthmap_{yaw}.exr")[..., 0]
    mask = image(path.parent / f"rendered_mask_{yaw}.png")
    assert np.array_equal(depth < 100, mask > 0) and abs(depth[mask > 0].mean() - 10) < 0.5


    # TrainDataset: extrinsic [R | −center], then scale_factor about the middle of the picture.
    subject = path.parent.name
    v = mesh(root / f"split_mesh/results/{subject}/{subject}_clean.obj").vertices @ p["R"].T - p["center"]
    # As published, a hand at half height may pull the window aside.
    assert on_mask(v, mask, v[:, :2] * [p["scale_factor"], -p["scale_factor"]] + N / 2, least=0.6) > 0.999


def parse_integrated(path, root):
    data = torch.Tensor(full(np.load(path), (N, N), np.float32))
    # HumanParseDataset: one map a class.
    classes = torch.stack([(data == level).float() for level in (0, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)])
    assert (classes.sum(0) == 1).all() and (classes.sum((1, 2)) > 0).all()
    mask = image(root / f"buffer_fixed_full_mesh/{path.parent.name}/rendered_mask_{path.stem[-3:]}.png")
    assert np.array_equal(data.numpy() > 0, mask > 0)


def nml_integrated(path, root):
    data = full(exr(path), (N, N, 3), np.float32)
    length = np.linalg.norm(data, axis=2)
    covered = length > 0
    assert np.allclose(length[covered], 1, atol=1e-3) and 0.02 < covered.mean() < 0.6
    facing = data[..., 2][covered]
    assert (facing > -1e-3).all() if "nmlF" in path.name else (facing < 1e-3).all()


def depth_integrated(path, root):
    full(exr(path), (N, N, 3), np.float32)


def normal_pshuman(path, root):
    data = full(image(path), (N, N, 4), np.uint16)
    n = data[..., :3] / 65535 * 2 - 1
    assert np.allclose(np.linalg.norm(n[data[..., 3] > 0], axis=1), 1, atol=1e-3)


def depth_pshuman(path, root):
    data = full(image(path), (N, N), np.uint16)
    mask = image(path.parent.parent / "image" / path.name)[..., 3] > 0
    d = data[mask] / 65535 * 2 + 0.5
    assert np.array_equal(mask, data < 65535) and abs(d.mean() - 1.5) < 0.2


def camera_pshuman(path, root):
    p = npy_dict(path)
    full(p["intrinsic"], (3, 3), np.float64), full(p["extrinsic"], (3, 4), np.float64)
    r = p["extrinsic"][:, :3]
    assert np.allclose(r @ r.T, np.eye(3)) and np.linalg.det(r) > 0
    center = -r.T @ p["extrinsic"][:, 3]
    a = np.radians(p["azimuth"])
    assert np.allclose(center, 1.5 * np.array([np.sin(a), -np.cos(a), 0]), atol=1e-9), center
    assert p["camera"] == "ORTHO" and p["distance"] == 1.5


def meta_pshuman(path, root):
    assert npy_dict(path) == {"views": VIEWS}


def tar_webdataset(path, root):
    samples = list(webdataset.WebDataset(str(path), shardshuffle=False).decode("rgb8", handler=webdataset.reraise_exception))
    assert [s["__key__"] for s in samples] == [f"{p}_{v}" for p in PEOPLE for v in ("y000", "y030")]
    for s in samples:
        full(s["color.png"], (N, N, 3), np.uint8)
        camera = s["camera.json"]
        assert camera["width"] == N and s["json"]["dataset"] == "humans"
        with tempfile.NamedTemporaryFile(suffix=".exr") as file:
            file.write(s["depth.exr"])
            file.flush()
            depth = cv2.imread(file.name, cv2.IMREAD_UNCHANGED)
        full(depth, (N, N), np.float32)
        mask = cv2.imdecode(np.frombuffer(s["mask.png"], np.uint8) if isinstance(s["mask.png"], bytes) else cv2.imencode(".png", s["mask.png"])[1], 0)
        assert np.array_equal(depth > 0, mask > 0)


def text(path, root):
    assert path.read_text().split() in (PEOPLE, [])


RULES = {
    "2k2k": [("PERS/COLOR/*/*/*.png", color_2k2k), ("PERS/DEPTH/*/*.png", depth_2k2k),
             ("PERS/keypoint/*/*.npy", keypoint_2k2k), ("list/*.txt", list_2k2k)],
    "pifu": [("PARAM/*/*.npy", param_pifu), ("RENDER/*/*.jpg", jpg), ("UV_RENDER/*/*.jpg", jpg),
             ("MASK/*/*.png", png_gray), ("UV_MASK/*/*.png", png_gray), ("UV_NORMAL/*/*.png", png_rgb),
             ("UV_POS/*/*.exr", uv_pos), ("GEO/OBJ/*/*.obj", obj), ("val.txt", text),
             ("*_OBJ/bounce/bounce0.txt", bounce_pifu), ("*_OBJ/bounce/face.npy", faces_pifu),
             ("*_OBJ/tex/*_dif_2k.jpg", texture), ("*_OBJ/*_100k.obj", obj)],
    "icon": [("*_2views/*/calib/*.txt", calib_icon), ("*_2views/*/vis/*.pt", vis_icon),
             ("*_2views/*/*depth_?/*.png", depth_icon), ("*_2views/*/*/*.png", png_rgba),
             ("humans/all.txt", text), ("humans/*/*/*.obj", obj), ("humans/smpl/*.obj", obj),
             ("humans/smpl/*.pkl", smpl_icon)],
    "pamir": [("image_data/*/meta/cam_data.mat", cam_pamir), ("image_data/*/meta/sh_data.mat", sh_pamir),
              ("image_data/*/sample/samples.mat", samples_pamir), ("image_data/*/sample/meta.mat", meta_pamir),
              ("image_data/*/meta/uv_pos.exr", uv_pos), ("image_data/*/meta/uv_mask.png", png_gray),
              ("image_data/*/meta/uv_nml.png", png_rgb), ("image_data/*/color/*.jpg", jpg),
              ("image_data/*/mask/*.png", png_gray), ("image_data/*/color_uv/*.png", png_rgb),
              ("image_data/*/sample/sample2smpl.mat", near_pamir), ("mesh_data/*/bounce/prt_data.mat", prt_pamir),
              ("mesh_data/*/*.jpg", texture), ("mesh_data/*/*.obj", obj), ("mesh_data/*/smpl/*.obj", obj), ("mesh_data/*/smpl/*.pkl", smpl_pamir),
              ("data_list.txt", text)],
    "sith": [("*.hdf5", hdf5_sith), ("subjects/*.hdf5", hdf5_sith), ("humans/*/*.obj", obj), ("humans/*/*.json", json_file)],
    "integrated-pifu": [("*/*/rendered_params_*.npy", param_integrated), ("*/*/rendered_nml?_*.exr", nml_integrated),
                        ("*/*/rendered_depthmap_*.exr", depth_integrated), ("*/*/rendered_image_*.png", png_rgba),
                        ("*/*/rendered_mask_*.png", png_gray),
                        ("render_human_parse_results/*/rendered_parse_*.npy", parse_integrated),
                        ("split_mesh/results/*/*_clean.obj", obj)],
    "pshuman": [("*/image/*.png", png_rgba), ("*/smpl_image/*.png", png_rgba), ("*/normal/*.png", normal_pshuman),
                ("*/smpl_normal/*.png", normal_pshuman), ("*/depth/*.png", depth_pshuman),
                ("*/camera/*.npy", camera_pshuman), ("*/meta.npy", meta_pshuman)],
    "webdataset": [("*.tar", tar_webdataset), ("shards.json", json_file)],
}


def main(out):
    for layout in LAYOUTS:
        root = out / layout
        render(layout, root)
        counts = Counter()
        for path in sorted(p for p in root.rglob("*") if p.is_file()):
            local = path.relative_to(root)
            if local.parts[0] == ".work" or str(local) in ("manifest.json", "timing.json"):
                continue
            rule = next((check for pattern, check in RULES[layout] if local.full_match(pattern)), None) \
                if hasattr(local, "full_match") else \
                next((check for pattern, check in RULES[layout]
                      if len(Path(pattern).parts) == len(local.parts) and local.match(pattern)), None)
            assert rule is not None, f"{layout}: no rule for {local}"
            rule(path, root)
            counts[rule.__name__] += 1
        print(f"{layout:16} {sum(counts.values()):4} files: " + ", ".join(f"{k} {n}" for k, n in sorted(counts.items())))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory() as folder:
            main(Path(folder))
