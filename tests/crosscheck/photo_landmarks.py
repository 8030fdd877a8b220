"""Independent pass of the photo front end's networks, in numpy, from docs/photo.md.

Reads tests/inference/photo/golden/person.jpg, finds the person (detector, then two looks of the
landmark network) and writes tests/inference/photo/golden/person_points.json: the region, the 33
points, the metric points, and the segmentation's coverage of the region, for the tests to compare
with.
Run: python tests/crosscheck/photo_landmarks.py (needs numpy, onnxruntime, pillow).
"""
import json
from pathlib import Path

import numpy as np
import onnxruntime as ort
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests" / "inference" / "photo" / "golden"
MODELS = ROOT / "fixtures" / "models" / "pose"


def sigmoid(v):
    return 1 / (1 + np.exp(-np.clip(v, -100, 100)))


def crop(image, region, n, outside):
    """n x n x 3 samples of a turned square; the picture is halved while it is twice too fine."""
    cx, cy, side, angle = region
    level = 0
    while side / 2 ** (level + 1) >= 2 * n:
        h, w = image.shape[0] // 2 * 2, image.shape[1] // 2 * 2
        image = image[:h, :w].reshape(h // 2, 2, w // 2, 2, 3).mean(axis=(1, 3))
        level += 1
    k = 2**level
    offset = (np.arange(n) + 0.5 - n / 2) * side / n
    u, v = np.meshgrid(offset, offset)
    x = (cx + u * np.cos(angle) - v * np.sin(angle)) / k - 0.5
    y = (cy + u * np.sin(angle) + v * np.cos(angle)) / k - 0.5
    if outside == "black":
        image = np.pad(image, ((1, 1), (1, 1), (0, 0)))
        x, y = x + 1, y + 1
    h, w = image.shape[:2]
    inside = (x > -1) & (y > -1) & (x < w) & (y < h)
    x, y = np.clip(x, 0, w - 1), np.clip(y, 0, h - 1)
    i, j = np.minimum(x.astype(int), w - 2), np.minimum(y.astype(int), h - 2)
    fx, fy = (x - i)[..., None], (y - j)[..., None]
    out = (image[j, i] * (1 - fx) + image[j, i + 1] * fx) * (1 - fy)
    out += (image[j + 1, i] * (1 - fx) + image[j + 1, i + 1] * fx) * fy
    if outside == "black":
        out[~inside] = 0
    return out


def anchors():
    rows = []
    for g, repeats in ((28, 2), (14, 2), (7, 6)):
        for i in range(g):
            for j in range(g):
                rows += [((j + 0.5) / g, (i + 0.5) / g)] * repeats
    return np.array(rows)


def region_of(c, e):
    dx, dy = e[0] - c[0], e[1] - c[1]
    angle = np.pi / 2 - np.arctan2(-dy, dx)
    return c[0], c[1], 2.5 * np.hypot(dx, dy), (angle + np.pi) % (2 * np.pi) - np.pi


def detect(session, image):
    h, w = image.shape[:2]
    side = max(h, w)
    x = crop(image, (w / 2, h / 2, side, 0), 224, "black") / 127.5 - 1
    boxes, scores = session.run(["boxes", "scores"], {"image": x[None].astype(np.float32)})
    rows, scores = boxes[0].astype(float) / 224, sigmoid(scores[0, :, 0].astype(float))
    a = anchors()
    for first in (0, 4, 6, 8, 10):
        rows[:, first : first + 2] += a
    best = scores.argmax()
    lo, hi = rows[:, :2] - rows[:, 2:4] / 2, rows[:, :2] + rows[:, 2:4] / 2
    common = np.maximum(0, np.minimum(hi, hi[best]) - np.maximum(lo, lo[best])).prod(axis=1)
    area = rows[:, 2] * rows[:, 3]
    keep = (common / (area + area[best] - common) > 0.3) & (scores >= 0.5)
    mean = (rows[keep] * scores[keep, None]).sum(axis=0) / scores[keep].sum()
    centre = np.array([w, h]) / 2
    return region_of((mean[4:6] - 0.5) * side + centre, (mean[6:8] - 0.5) * side + centre)


def look(session, image, region):
    cx, cy, side, angle = region
    x = crop(image, region, 256, "edge") / 255
    names = ["landmarks", "presence", "segmentation", "heatmaps", "world"]
    out = dict(zip(names, session.run(names, {"image": x[None].astype(np.float32)})))
    raw = out["landmarks"].reshape(39, 5).astype(float)
    heat = sigmoid(out["heatmaps"][0].astype(float))
    rotation = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    points = np.zeros((35, 5))
    for i in range(35):
        p = raw[i, :2] / 256
        c, r = int(64 * p[0]), int(64 * p[1])
        c0, c1, r0, r1 = max(0, c - 3), min(63, c + 3), max(0, r - 3), min(63, r + 3)
        window = heat[r0 : r1 + 1, c0 : c1 + 1, i]
        if window.size and window.max() >= 0.5:
            rows, columns = np.mgrid[r0 : r1 + 1, c0 : c1 + 1]
            p = np.array([(window * columns).sum(), (window * rows).sum()]) / window.sum() / 64
        points[i, :2] = rotation @ ((p - 0.5) * side) + (cx, cy)
        points[i, 2] = raw[i, 2] / 256 * side
        points[i, 3:] = sigmoid(raw[i, 3:])
    world = out["world"].reshape(39, 3)[:33].astype(float)
    world[:, :2] = world[:, :2] @ rotation.T
    covered = (out["segmentation"] > 0).mean()
    return points, world, float(out["presence"][0, 0]), float(covered)


def main():
    image = np.asarray(Image.open(GOLDEN / "person.jpg").convert("RGB")).astype(float)
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    load = lambda name: ort.InferenceSession(str(MODELS / name), options, ["CPUExecutionProvider"])
    region = detect(load("pose_detection.onnx"), image)
    landmarks = load("pose_landmark_full.onnx")
    first, *_ = look(landmarks, image, region)
    second_region = region_of(first[33, :2], first[34, :2])
    points, world, presence, covered = look(landmarks, image, second_region)
    result = {
        "first_region": list(region),
        "second_region": list(second_region),
        "points33": points[:33].round(4).tolist(),
        "world_m": world.round(5).tolist(),
        "presence": presence,
        "covered": covered,
    }
    path = GOLDEN / "person_points.json"
    path.write_text(json.dumps(result, indent=1) + "\n")
    print(f"{path.relative_to(ROOT)}: presence {presence:.4f}, region {np.round(second_region, 2)}")


main()
