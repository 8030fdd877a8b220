"""A peer's side of render_peers.ts: draws the views that a JSON file names, prints seconds and memory.

    python tests/bench/render_peer.py open3d|pyrender|blender JOB.json     # needs open3d, pyrender on OSMesa, or bpy

JOB.json: {"scan": GLB, "cameras": [{"width", "height", "fx", "fy", "cx", "cy", "camFromScan"}], "png": DIR or null}.
Each view is colour, depth and normal, of the first and of the last surface along a pixel's ray, and the mask.
What is counted begins when the mesh is in memory: the peer's own scene, then all views.
pip install open3d==0.20.0 trimesh==5.2.0 pillow opencv-python-headless; for pyrender: pyrender==0.1.45, then
PyOpenGL==3.1.10 over its pin (3.1.0 lacks the OSMesa call), and Debian's libosmesa6; for blender: bpy==5.0.1.
Blender's Cycles (processor, 1 sample) writes colour, depth and normal into one EXR a camera. It has no last
surface of a pixel's ray: its back is a camera on the other side.
"""
import json
import os
import sys
import time

import numpy as np
import trimesh

peer, job_file = sys.argv[1:]
job = json.load(open(job_file))
loaded = trimesh.load(job["scan"], force="mesh", process=False)
vertices = np.asarray(loaded.vertices, np.float32)
faces = np.asarray(loaded.faces, np.uint32)
normals = np.asarray(loaded.vertex_normals, np.float32)
uvs = np.asarray(loaded.visual.uv, np.float32)
texture = np.asarray(loaded.visual.material.baseColorTexture.convert("RGB"))


def write(png, index, maps):
    """Six PNGs a view, as a data set has them: depth in 16 bits of 0.1 mm."""
    import cv2

    for name, values in maps.items():
        if name == "mask":
            continue
        if name.startswith("depth"):
            values = np.minimum(values * 10000, 65535).astype(np.uint16)
        cv2.imwrite(os.path.join(png, f"{index}_{name}.png"), values)


def open3d_views():
    import open3d as o3d

    scene = o3d.t.geometry.RaycastingScene()
    scene.add_triangles(o3d.core.Tensor(vertices), o3d.core.Tensor(faces))
    corner_uv, corner_normal = uvs[faces], normals[faces]

    def shade(hit, cam_from_scan, turn):
        ids = hit["primitive_ids"]
        b = hit["primitive_uvs"]
        weights = np.stack([1 - b[:, 0] - b[:, 1], b[:, 0], b[:, 1]], 1)[:, :, None]
        n = (corner_normal[ids] * weights).sum(1) @ cam_from_scan[:3, :3].T
        n /= np.maximum(np.linalg.norm(n, axis=1, keepdims=True), 1e-12)
        n *= turn
        t = (corner_uv[ids] * weights).sum(1)
        size = np.array([texture.shape[1], texture.shape[0]], np.float32)
        at = t * [1, -1] % 1 * size - 0.5
        low = np.floor(at).astype(np.int32)
        f = (at - low).astype(np.float32)
        total = 0
        for dx, dy in ((0, 0), (1, 0), (0, 1), (1, 1)):
            w = (f[:, 0] if dx else 1 - f[:, 0]) * (f[:, 1] if dy else 1 - f[:, 1])
            x, y = (low[:, 0] + dx) % texture.shape[1], (low[:, 1] + dy) % texture.shape[0]
            total = total + texture[y, x] * w[:, None]
        return total.astype(np.uint8), ((n + 1) / 2 * 65535).astype(np.uint16)

    for index, camera in enumerate(job["cameras"]):
        width, height = camera["width"], camera["height"]
        m = np.array(camera["camFromScan"], np.float32)
        eye = -m[:3, :3].T @ m[:3, 3]
        u, v = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
        d = np.stack(
            [(u - camera["cx"]) / camera["fx"], -(v - camera["cy"]) / camera["fy"], -np.ones_like(u)], -1
        ).astype(np.float32).reshape(-1, 3) @ m[:3, :3]
        rays = np.concatenate([np.broadcast_to(eye, d.shape), d], 1)
        first = {k: x.numpy() for k, x in scene.cast_rays(o3d.core.Tensor(rays)).items()}
        on = np.isfinite(first["t_hit"])
        # The last surface: the same rays from behind.
        far = 10.0
        back = np.concatenate([eye + far * d[on], -d[on]], 1).astype(np.float32)
        last = {k: x.numpy() for k, x in scene.cast_rays(o3d.core.Tensor(back)).items()}
        # At some edges the ray from behind passes by: there the first surface is the last.
        missed = ~np.isfinite(last["t_hit"])
        for key in ("primitive_ids", "primitive_uvs"):
            last[key][missed] = first[key][on][missed]
        last["t_hit"][missed] = far - first["t_hit"][on][missed]
        maps = {}
        for side, hit, turn in (("", {k: x[on] for k, x in first.items()}, 1), ("_back", last, -1)):
            color, normal = shade(hit, m, turn)
            depth = hit["t_hit"] if side == "" else far - hit["t_hit"]
            for name, values in (("color", color), ("normal", normal), ("depth", depth[:, None])):
                full = np.zeros((width * height, values.shape[1]), values.dtype)
                full[on] = values
                maps[name + side] = full.reshape(height, width, -1)
        maps["mask"] = on.reshape(height, width)
        yield index, int(on.sum()), maps


def pyrender_views():
    os.environ["PYOPENGL_PLATFORM"] = "osmesa"
    np.infty = np.inf  # gone in numpy 2
    import pyrender
    from OpenGL import GL

    textured = pyrender.Mesh.from_trimesh(loaded, smooth=True)
    coded = trimesh.Trimesh(vertices, faces, process=False)
    coded.visual.vertex_colors = ((normals + 1) / 2 * 255).astype(np.uint8)
    coded = pyrender.Mesh.from_trimesh(coded, smooth=True)
    width, height = job["cameras"][0]["width"], job["cameras"][0]["height"]
    renderer = pyrender.OffscreenRenderer(width, height)
    clear, less = GL.glClearDepth, GL.glDepthFunc
    scenes = []
    for mesh in (textured, coded):
        scene = pyrender.Scene(bg_color=[0, 0, 0, 0])
        scene.add(mesh)
        scenes.append(scene)
    for index, camera in enumerate(job["cameras"]):
        m = np.array(camera["camFromScan"], np.float64)
        pose = np.linalg.inv(m)
        maps, covered = {}, 0
        for side in ("", "_back"):
            if side:  # pyrender has no farthest hit: its two calls are turned round
                import pyrender.renderer as r

                r.glClearDepth = lambda _: clear(0.0)
                r.glDepthFunc = lambda _: less(GL.GL_GREATER)
            for kind, scene in zip(("color", "normal"), scenes):
                lens = pyrender.IntrinsicsCamera(
                    camera["fx"], camera["fy"], camera["cx"], camera["cy"], znear=0.05, zfar=20
                )
                node = scene.add(lens, pose=pose)
                values, depth = renderer.render(
                    scene, flags=pyrender.RenderFlags.FLAT | pyrender.RenderFlags.SKIP_CULL_FACES
                )
                scene.remove_node(node)
                if kind == "color":
                    maps["color" + side], maps["depth" + side] = values, depth[:, :, None]
                    on = depth > 0
                else:
                    n = (values[on].astype(np.float32) / 127.5 - 1) @ m[:3, :3].T.astype(np.float32)
                    full = np.zeros((height, width, 3), np.uint16)
                    full[on] = ((n * (-1 if side else 1) + 1) / 2 * 65535).clip(0, 65535)
                    maps["normal" + side] = full
            if side:
                r.glClearDepth, r.glDepthFunc = clear, less
            else:
                covered = int(on.sum())
                maps["mask"] = on
        yield index, covered, maps
    renderer.delete()


def blender_views():
    import tempfile

    import bpy
    import mathutils
    from PIL import Image

    bpy.ops.wm.read_factory_settings(use_empty=True)
    folder = tempfile.mkdtemp()
    Image.fromarray(texture).save(os.path.join(folder, "texture.png"))
    mesh = bpy.data.meshes.new("scan")
    mesh.vertices.add(len(vertices))
    mesh.vertices.foreach_set("co", vertices.ravel())
    mesh.loops.add(faces.size)
    mesh.loops.foreach_set("vertex_index", faces.ravel().astype(np.int32))
    mesh.polygons.add(len(faces))
    mesh.polygons.foreach_set("loop_start", np.arange(0, faces.size, 3, dtype=np.int32))
    mesh.uv_layers.new().data.foreach_set("uv", uvs[faces].ravel())
    mesh.update(calc_edges=True)
    mesh.polygons.foreach_set("use_smooth", np.ones(len(faces), bool))
    material = bpy.data.materials.new("scan")
    material.use_nodes = True
    tree = material.node_tree
    tree.nodes.clear()
    image, light, out = (
        tree.nodes.new(f"ShaderNode{kind}") for kind in ("TexImage", "Emission", "OutputMaterial")
    )
    image.image = bpy.data.images.load(os.path.join(folder, "texture.png"))
    tree.links.new(image.outputs["Color"], light.inputs["Color"])
    tree.links.new(light.outputs["Emission"], out.inputs["Surface"])
    mesh.materials.append(material)
    scene = bpy.context.scene
    scene.collection.objects.link(bpy.data.objects.new("scan", mesh))
    lens = bpy.data.cameras.new("camera")
    eye = bpy.data.objects.new("camera", lens)
    scene.collection.objects.link(eye)
    scene.camera = eye
    scene.render.engine = "CYCLES"
    scene.cycles.device, scene.cycles.samples, scene.cycles.use_denoising = "CPU", 1, False
    scene.cycles.max_bounces = 0
    scene.render.use_persistent_data = True
    layer = scene.view_layers[0]
    layer.use_pass_z = layer.use_pass_normal = True
    settings = scene.render.image_settings
    if hasattr(settings, "media_type"):
        settings.media_type = "MULTI_LAYER_IMAGE"
    settings.file_format = "OPEN_EXR_MULTILAYER"
    for index, camera in enumerate(job["cameras"]):
        scene.render.resolution_x, scene.render.resolution_y = camera["width"], camera["height"]
        lens.sensor_width, lens.lens = 36, 36 * camera["fx"] / camera["width"]
        m = np.array(camera["camFromScan"])
        other = np.diag([-1.0, 1, -1, 1]) @ m  # turned about the camera's upright, seen from behind
        other[2, 3] = m[2, 3]
        for side, matrix in (("", m), ("_back", other)):
            eye.matrix_world = mathutils.Matrix(np.linalg.inv(matrix).tolist())
            scene.render.filepath = os.path.join(folder, f"{index}{side}.exr")
            bpy.ops.render.render(write_still=True)
        yield index, 0, {}


wall, cpu, covered = time.perf_counter(), time.process_time(), 0
views = {"open3d": open3d_views, "pyrender": pyrender_views, "blender": blender_views}[peer]
for index, pixels, maps in views():
    covered += pixels
    if job["png"] is not None:
        write(job["png"], index, maps)
status = open("/proc/self/status").read()
sys.stdout.flush()
print()
print(json.dumps({
    "peer": peer,
    "wallSeconds": time.perf_counter() - wall,
    "cpuSeconds": time.process_time() - cpu,
    "peakMb": int(status.split("VmHWM:")[1].split()[0]) / 1024,
    "covered": covered,
}))
