"""Poses without pictures: joints of random figures in random poses seen by random cameras.

Mirrors datasets/repose_pose.ts (limbs of known poses put together and varied) without its test for
self-intersection, which joints alone cannot tell.
"""

import json
from pathlib import Path

import numpy as np

GROUPS = [[0, 1, 2, 4, 5, 7, 8, 10, 11], [3, 6, 9], [12, 15], [13, 16, 18, 20, 22],
          [14, 17, 19, 21, 23]]
MIRROR = [0, 2, 1, 3, 5, 4, 6, 8, 7, 9, 11, 10, 12, 14, 13, 15, 17, 16, 19, 18, 21, 20, 23, 22]
DISTANCE_RADII = 2.8


class Skeletons:
    """Rest joints and poses of the figures of some data sets."""

    def __init__(self, body_file, folders):
        body = np.load(body_file)
        regress = body["J_regressor"].astype(np.float64)
        base, directions = regress @ body["v_template"], np.einsum("jv,vkb->jkb", regress, body["shapedirs"])
        self.parents = body["kintree_table"][0].astype(np.int64)
        self.rest, self.poses = [], []
        for folder, ids, known in folders:
            for name in ids:
                fit = json.loads((Path(folder) / "subjects" / f"{name}.json").read_text())["body"]
                self.rest.append((base + directions @ np.array(fit["betas"])) * fit["scale"])
                if name in known:
                    self.poses.append(fit["pose"])
        self.rest, self.poses = np.array(self.rest), np.array(self.poses)

    def draw(self, rng, n):
        """Joints x, y (shares of a crop) and depth behind the pelvis (shares), n x 24 x 3."""
        pose = np.zeros((n, 24, 3))
        for group in GROUPS:
            source = self.poses[rng.integers(0, len(self.poses), n)]
            mirrored = rng.random(n) < 0.5
            flipped = source[:, MIRROR] * [1, -1, -1]
            chosen = np.where(mirrored[:, None, None], flipped, source)
            free = (rng.random(n) < 0.4)[:, None, None]
            sd = np.full((n, len(group), 3), 0.12)
            for k, j in enumerate(group):
                if j in (16, 17, 18, 19):
                    sd[:, k] = np.where(free[:, 0], 0.35, 0.12)
                if j in (0, 10, 11):
                    sd[:, k] = 0.03
                if j in (4, 5):
                    sd[:, k, 1:] = 0.04
                if j in (18, 19):
                    sd[:, k, [0, 2]] = 0.04
            pose[:, group] = chosen[:, group] + rng.normal(0, 1, sd.shape) * sd
        joints = self.forward(pose, self.rest[rng.integers(0, len(self.rest), n)])
        around = rng.random(n) < 0.15
        yaw = np.radians(np.where(around, rng.uniform(-180, 180, n), rng.uniform(-60, 60, n)))
        pitch = np.radians(rng.normal(0, 4, n))
        c, s, p, q = np.cos(yaw), np.sin(yaw), np.cos(pitch), np.sin(pitch)
        middle = 0.5 * (joints.max(1, keepdims=True) + joints.min(1, keepdims=True))
        x, y, z = np.moveaxis(joints - middle, 2, 0)
        x, z = c[:, None] * x + s[:, None] * z, -s[:, None] * x + c[:, None] * z
        y, z = p[:, None] * y - q[:, None] * z, q[:, None] * y + p[:, None] * z
        distance = DISTANCE_RADII * (0.1 + np.abs(np.stack([x, y, z])).max((0, 2)))[:, None]
        ortho = (rng.random(n) < 0.2)[:, None]
        zoom = np.where(ortho, 1, distance / (distance - z))
        u, v = x * zoom, -y * zoom
        size = np.maximum(np.ptp(u, 1), np.ptp(v, 1)) * 1.12 / rng.uniform(0.82, 0.98, n)
        out = np.stack([u, v, -z], 2) / size[:, None, None]
        out[:, :, :2] += 0.5
        out[:, :, 2] -= out[:, :1, 2]
        return out.astype(np.float32)

    def forward(self, pose, rest):
        n = len(pose)
        angle = np.linalg.norm(pose, axis=2)[..., None, None]
        axis = pose / np.maximum(angle[..., 0], 1e-9)
        k = np.zeros((n, 24, 3, 3))
        k[..., 0, 1], k[..., 0, 2], k[..., 1, 2] = -axis[..., 2], axis[..., 1], -axis[..., 0]
        k = k - np.swapaxes(k, 2, 3)
        turn = np.eye(3) + np.sin(angle) * k + (1 - np.cos(angle)) * (k @ k)
        world, place = np.zeros((n, 24, 3, 3)), np.zeros((n, 24, 3))
        for j in range(24):
            parent = self.parents[j]
            if j == 0:
                world[:, 0], place[:, 0] = turn[:, 0], rest[:, 0]
                continue
            world[:, j] = world[:, parent] @ turn[:, j]
            place[:, j] = place[:, parent] + np.einsum(
                "nij,nj->ni", world[:, parent], rest[:, j] - rest[:, parent])
        return place
