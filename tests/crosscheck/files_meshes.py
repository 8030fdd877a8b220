"""Compares the suite's mesh readers and writers with trimesh, on the bundled people.

    python tests/crosscheck/files_meshes.py     # needs numpy, trimesh, pillow, npx

1. A GLB is read by both: triangles, texture coordinates and pictures agree. 2. The suite writes PLY,
   OBJ and GLB; trimesh must read the same triangles, and the suite its own. 3. trimesh writes PLY
   (binary and text, with vertex colours), OBJ and GLB; the suite must read the same.
"""
import tempfile
from pathlib import Path

import numpy as np
import trimesh

from files_common import ROOT, run

PEOPLE = ["h01", "h13"]


def theirs(path):
    """Corner positions and texture coordinates (v down) of all parts, in order."""
    scene = trimesh.load(path, process=False, force="scene")
    corners, uvs = [], []
    for name in scene.graph.nodes_geometry:
        transform, geometry = scene.graph[name]
        part = scene.geometry[geometry].copy()
        part.apply_transform(transform)
        corners.append(part.vertices[part.faces].reshape(-1, 3))
        uv = getattr(part.visual, "uv", None)
        if uv is not None:
            uvs.append(np.stack([uv[:, 0], 1 - uv[:, 1]], 1)[part.faces].reshape(-1, 2))
    return np.concatenate(corners), np.concatenate(uvs) if uvs else None


def ours(path):
    with np.load(path) as data:
        mesh = dict(data)
    return mesh, mesh["positions"][mesh["indices"]].reshape(-1, 3), mesh.get("uvs")


def close(a, b, tolerance, what):
    assert a.shape == b.shape, (what, a.shape, b.shape)
    worst = np.abs(a - b).max()
    assert worst <= tolerance, (what, worst)


def in_order(corners, uvs=None):
    """Faces in an order that does not depend on the file: by their corners, as float32."""
    faces = corners.astype(np.float32).reshape(-1, 9)
    order = np.lexsort(faces.T)
    return faces[order], None if uvs is None else uvs.reshape(-1, 6)[order]


def main():
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        jobs = []
        for person in PEOPLE:
            glb = ROOT / f"fixtures/humans/subjects/{person}.glb"
            jobs.append({"do": "mesh-read", "from": glb, "to": folder / f"{person}.npz"})
            for kind in ("ply", "obj", "glb"):
                jobs.append({"do": "mesh-copy", "from": glb, "to": folder / f"{person}_ours.{kind}"})
                jobs.append({"do": "mesh-read", "from": folder / f"{person}_ours.{kind}",
                             "to": folder / f"{person}_ours_{kind}.npz"})
            whole = trimesh.util.concatenate([g for g in trimesh.load(glb, process=False).geometry.values()])
            plain = trimesh.Trimesh(whole.vertices, whole.faces, process=False)
            plain.visual.vertex_colors = (np.arange(len(plain.vertices) * 4) % 251).reshape(-1, 4).astype(np.uint8)
            plain.export(folder / f"{person}_binary.ply")
            plain.export(folder / f"{person}_text.ply", encoding="ascii")
            trimesh.load(glb, process=False).export(folder / f"{person}_theirs.glb")
            for name in ("binary.ply", "text.ply", "theirs.glb"):
                jobs.append({"do": "mesh-read", "from": folder / f"{person}_{name}",
                             "to": folder / f"{person}_{name}.npz"})
        run(jobs, folder)
        for person in PEOPLE:
            glb = ROOT / f"fixtures/humans/subjects/{person}.glb"
            mesh, corners, uvs = ours(folder / f"{person}.npz")
            want, want_uvs = theirs(glb)
            close(corners, want, 1e-6, f"{person} glb")
            close(uvs, want_uvs, 1e-6, f"{person} glb uv")
            parts = trimesh.load(glb, process=False).geometry.values()
            for m, part in enumerate(parts):
                picture = np.asarray(part.visual.material.baseColorTexture.convert("RGB"), int)
                off = np.abs(mesh[f"texture{m}"][:, :, :3].astype(int) - picture)
                # Two JPEG decoders may round differently.
                assert off.max() <= 4 and off.mean() < 0.5, (person, m, off.max(), off.mean())
            for kind in ("ply", "obj", "glb"):
                _, back, back_uvs = ours(folder / f"{person}_ours_{kind}.npz")
                close(back, corners, 0, f"{person} {kind} round trip")
                found, found_uvs = theirs(folder / f"{person}_ours.{kind}")
                a, b = in_order(found, found_uvs), in_order(corners, uvs if kind != "ply" else None)
                close(a[0], b[0], 1e-5, f"{person} {kind} as trimesh reads it")
                if kind != "ply":
                    close(back_uvs, uvs, 1e-7, f"{person} {kind} uv")
                    close(found_uvs.mean(0), uvs.astype(float).mean(0), 1e-6, f"{person} {kind} uv as trimesh reads it")
            for name in ("binary.ply", "text.ply"):
                mesh, back, _ = ours(folder / f"{person}_{name}.npz")
                # trimesh writes text with 8 digits.
                close(back, want, 0 if name == "binary.ply" else 1e-6, f"{person} {name}")
                count = len(mesh["positions"])
                colors = (np.arange(count * 4) % 251).reshape(-1, 4)
                assert (mesh["colors"] == colors).all(), (person, name)
            _, back, back_uvs = ours(folder / f"{person}_theirs.glb.npz")
            close(in_order(back)[0], in_order(want)[0], 1e-5, f"{person} theirs.glb")
        print(f"{len(PEOPLE)} people: GLB, PLY and OBJ agree with trimesh {trimesh.__version__}, both ways")


if __name__ == "__main__":
    main()
