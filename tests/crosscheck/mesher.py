"""Meshes the cases of tests/bench/mesher.ts with pymeshlab and Open3D.

    python tests/crosscheck/mesher.py DIR open3d9|pymeshlab10 [CASE...]

Each case is meshed in a process of its own; <case>/<name>.ply and <name>.run.json (CPU seconds of
the meshing alone, peak memory of the process) are what `mesher.ts score` and `table` read.

pymeshlab10 is what 2K2K runs: normals from 70 neighbours, screened Poisson of depth 10. Open3D gets
the maps' normals; points whose normal is zero are left out, since one of them makes it crash.
"""

import json
import os
import resource
import subprocess
import sys

import numpy as np


def points_of(folder):
    with open(f"{folder}/camera.json") as file:
        camera = json.load(file)["camera"]
    pixels = np.fromfile(f"{folder}/pixels.bin", np.uint32)
    depths = np.fromfile(f"{folder}/depths.bin", np.float32).reshape(-1, 2).astype(np.float64)
    normals = np.fromfile(f"{folder}/normals.bin", np.float32).reshape(-1, 2, 3).astype(np.float64)
    u = pixels % camera["width"] + 0.5
    v = pixels // camera["width"] + 0.5
    rays = np.stack([(u - camera["cx"]) / camera["fx"], (camera["cy"] - v) / camera["fy"],
                     -np.ones(len(u))], axis=1)
    points = np.concatenate([rays * depths[:, :1], rays * depths[:, 1:]])
    normals = np.concatenate([normals[:, 0], normals[:, 1]])
    m = np.array(list(camera["camFromScan"].values()
                      if isinstance(camera["camFromScan"], dict) else camera["camFromScan"]))
    inverse = np.linalg.inv(m.reshape(4, 4))
    keep = np.linalg.norm(normals, axis=1) > 0.5
    points = points @ inverse[:3, :3].T + inverse[:3, 3]
    return points[keep], (normals @ inverse[:3, :3].T)[keep]


def cpu():
    use = resource.getrusage(resource.RUSAGE_SELF)
    return use.ru_utime + use.ru_stime


def write_ply(path, vertices, faces):
    head = (f"ply\nformat binary_little_endian 1.0\nelement vertex {len(vertices)}\n"
            "property float x\nproperty float y\nproperty float z\n"
            f"element face {len(faces)}\nproperty list uchar int vertex_indices\nend_header\n")
    rows = np.zeros(len(faces), dtype=[("n", "u1"), ("v", "<i4", 3)])
    rows["n"] = 3
    rows["v"] = faces
    with open(path, "wb") as file:
        file.write(head.encode())
        file.write(vertices.astype("<f4").tobytes())
        file.write(rows.tobytes())


def mesh_one(folder, name):
    depth = int(name.removeprefix("open3d").removeprefix("pymeshlab"))
    points, normals = points_of(folder)
    if name.startswith("open3d"):
        import open3d as o3d
        before = cpu()
        cloud = o3d.geometry.PointCloud()
        cloud.points = o3d.utility.Vector3dVector(points)
        cloud.normals = o3d.utility.Vector3dVector(normals)
        mesh, _ = o3d.geometry.TriangleMesh.create_from_point_cloud_poisson(cloud, depth=depth)
        vertices, faces = np.asarray(mesh.vertices), np.asarray(mesh.triangles)
    else:
        import pymeshlab
        before = cpu()
        meshes = pymeshlab.MeshSet()
        meshes.add_mesh(pymeshlab.Mesh(points))
        meshes.compute_normal_for_point_clouds(k=70)
        meshes.generate_surface_reconstruction_screened_poisson(depth=depth)
        vertices, faces = meshes.current_mesh().vertex_matrix(), meshes.current_mesh().face_matrix()
    run = {"cpu": cpu() - before,
           "peakMb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}
    write_ply(f"{folder}/{name}.ply", vertices, faces)
    with open(f"{folder}/{name}.run.json", "w") as file:
        json.dump(run, file)


if __name__ == "__main__":
    root, method, *cases = sys.argv[1:]
    if cases == ["--one"]:
        mesh_one(root, method)
    else:
        for case in cases or sorted(os.listdir(root)):
            done = subprocess.run([sys.executable, __file__, f"{root}/{case}", method, "--one"])
            if done.returncode != 0:
                print(f"{case}: {method} ended with {done.returncode}")
