"""Everything before and after the 2K2K network, from its description, on numpy, OpenCV and Pillow.

Used by twoktwok_reference.py; needs numpy, opencv-python-headless, pillow.
"""
import cv2
import numpy as np
from PIL import Image, ImageEnhance

BODY = [0, 16, 15, 18, 17, 5, 2, 6, 3, 7, 4, 12, 9, 13, 10, 14, 11, 19, 20, 21, 22, 23, 24]
FINGERS = [6, 10, 14, 18]


def keypoints31(person):
    """31 x 3 (x, y, confidence) from one person of an OpenPose file."""
    body = np.reshape(person["pose_keypoints_2d"], (25, 3)).astype(np.float64)
    left = np.reshape(person["hand_left_keypoints_2d"], (21, 3)).astype(np.float64)
    right = np.reshape(person["hand_right_keypoints_2d"], (21, 3)).astype(np.float64)
    points = body[BODY].copy()
    for ear, eye in ((3, 16), (4, 15)):
        if points[ear, 0] == 0 and points[ear, 1] == 0:
            points[ear] = body[eye]
    return np.concatenate((points, left[FINGERS], right[FINGERS]))


def bicubic(picture, side):
    """Keys' cubic with a = -0.75, half-pixel centres, replicated border, in float64, rounded once.

    OpenCV does the same in float32 (version 4: with weights of 11 bits), so it is asked whether it
    agrees; a pixel that it rounds the other way would show in every later tensor.
    """
    n = picture.shape[0]
    at = (np.arange(side) + 0.5) * n / side - 0.5
    first = np.floor(at).astype(int)
    t = at - first
    a = -0.75

    def outer(x):
        return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a

    def inner(x):
        return ((a + 2) * x - (a + 3)) * x * x + 1

    w = np.stack((outer(t + 1), inner(t), inner(1 - t)), 1)
    w = np.concatenate((w, 1 - w.sum(1, keepdims=True)), 1)
    index = np.clip(first[:, None] + np.arange(-1, 3), 0, n - 1)
    rows = np.einsum("ikxc,ik->ixc", picture[index].astype(np.float64), w)
    out = np.einsum("yikc,ik->yic", rows[:, index], w)
    out = np.clip(np.rint(out), 0, 255).astype(np.uint8)
    peer = cv2.resize(picture, (side, side), interpolation=cv2.INTER_CUBIC)
    off = np.abs(out.astype(int) - peer)
    assert off.max() <= 1 and (off > 0).mean() < (1e-4 if int(cv2.__version__[0]) > 4 else 0.1)
    return out


def square(picture, points, side):
    """Pads and scales a picture (h x w x 3) and its points to side x side."""
    h, w = picture.shape[:2]
    points = points.copy()
    diff = abs(h - w)
    a, b = diff // 2, diff - diff // 2
    if h < w:
        picture = cv2.copyMakeBorder(picture, a, b, 0, 0, cv2.BORDER_REPLICATE)
        points[:, 1] += a
    elif w < h:
        picture = cv2.copyMakeBorder(picture, 0, 0, a, b, cv2.BORDER_REPLICATE)
        points[:, 0] += a
    if max(h, w) != side:
        picture = bicubic(picture, side)
        points[:, :2] *= side / max(h, w)
    return picture, points


def square_mask(mask, side):
    """The mask (h x w, bool) on the square canvas: nearest pixel, nobody on the padding."""
    h, w = mask.shape
    longest = max(h, w)
    at = ((np.arange(side) + 0.5) * longest / side).astype(int)
    rows, cols = at - (longest - h) // 2, at - (longest - w) // 2
    inside = ((rows >= 0) & (rows < h))[:, None] & ((cols >= 0) & (cols < w))[None, :]
    return inside & mask[np.clip(rows, 0, h - 1)][:, np.clip(cols, 0, w - 1)]


def color_steps(picture, order=("brightness", "contrast", "saturation")):
    kinds = {
        "brightness": ImageEnhance.Brightness,
        "contrast": ImageEnhance.Contrast,
        "saturation": ImageEnhance.Color,
    }
    image = Image.fromarray(picture)
    for name in order:
        image = kinds[name](image).enhance(0.85)
    return np.asarray(image)


def _scaled(points, factor):
    return [(x * factor, y * factor) for x, y in points]


FOOT = [(0, 1 / 24), (0, 1 / 24), (0, -1 / 24), (0, -1 / 24)]
LOWER_ARM = _scaled([(0, -1 / 6), (0, 0), (0, 1 / 24)], 4 / 3)
UPPER_ARM = [(0, -3 / 16), (0, 1 / 16)]
TRUNK = _scaled([(-1 / 6, -1 / 4), (1 / 6, -1 / 4), (-1 / 8, 1 / 4), (1 / 8, 1 / 4)], 2 / 3)
PARTS = [
    ([4, 3], [(-1 / 12, 1 / 24), (1 / 12, 1 / 24)], 1 / 6),
    ([6, 5, 12, 11], TRUNK, None),
    ([5, 7], UPPER_ARM, 1 / 4),
    ([7, 9, (23, 24, 25, 26)], LOWER_ARM, 5 / 18),
    ([6, 8], UPPER_ARM, 1 / 4),
    ([8, 10, (27, 28, 29, 30)], LOWER_ARM, 5 / 18),
    ([11, 13], [(-3 / 128, -5 / 32), (-3 / 128, 3 / 32)], 1 / 4),
    ([13, 15], [(-3 / 128, -9 / 64), (-3 / 128, 9 / 64)], 9 / 32),
    ([12, 14], [(3 / 128, -5 / 32), (3 / 128, 3 / 32)], 1 / 4),
    ([14, 16], [(3 / 128, -9 / 64), (3 / 128, 9 / 64)], 9 / 32),
    ([17, 18, 19, 15], FOOT, None),
    ([20, 21, 22, 16], FOOT, None),
]


def part_affines(points, side):
    """z, 12 x 2 x 3 float32, part canvas to picture, from points on the square canvas."""
    xy = points[:, :2].copy()
    xy[xy == 0] = side / 2
    u = 2 * xy / side - 1
    forward = []
    for sources, targets, threshold in PARTS:
        p = []
        for s in sources:
            if isinstance(s, tuple):
                known = [k for k in s if u[k, 0] != 0 and u[k, 1] != 0]
                p.append(u[known].mean(0))
            else:
                p.append(u[s])
        q = np.array(targets, np.float64)
        if threshold is not None:
            length = np.linalg.norm(p[-1] - p[0] if len(p) == 3 else p[1] - p[0])
            if length < threshold:
                q = q * (length / threshold)
        rows, right = [], []
        for (px, py), (qx, qy) in zip(p, q):
            rows += [[px, -py, 1, 0], [py, px, 0, 1]]
            right += [qx, qy]
        a, b, s, t = np.linalg.pinv(np.array(rows)) @ np.array(right)
        forward.append([[a, -b, s], [b, a, t]])
    m = np.array(forward, np.float32)
    inverse = np.linalg.inv(m[:, :, :2])
    return np.concatenate((inverse, -inverse @ m[:, :, 2:]), 2)


def depth_files(front, back):
    """The 16-bit depth maps and the two point lists (xyz float64, in order) of the published files."""
    side = front.shape[0]
    front, back = front.copy(), back.copy()
    behind = front > back
    front[behind] = 0
    back[behind] = 0
    step = side / 4 * 32  # 16384 for the published canvas of 2048
    f16 = np.minimum(np.trunc(front.astype(np.float64) * step), 65535).astype(np.uint16)
    b16 = np.minimum(np.trunc(back.astype(np.float64) * step), 65535).astype(np.uint16)
    square3 = np.ones((3, 3), np.uint8)
    cut = np.where(cv2.erode(f16, square3, iterations=3) > 0, b16, 0).astype(np.uint16)
    main = [points_of(f16, side), points_of(cut, side)]
    f, b = f16.astype(np.float64), cut.astype(np.float64)
    c = [b]
    for _ in range(3):
        c.append(cv2.dilate(c[-1], square3))
    e4 = cv2.erode(f, square3, iterations=4)
    r0 = (b > 0) & ~(e4 > 0)
    r = [r0] + [(c[i] > 0) & ~(c[i - 1] > 0) for i in (1, 2, 3)]
    seams = [
        (r[1], (5 * f + c[1]) / 6), (r[2], (3 * f + 2 * c[2]) / 5), (r[3], (f + 3 * c[3]) / 4),
        (r[0], (6.5 * f + 0.5 * b) / 7), (r[1], (4.5 * f + 1.5 * c[1]) / 6),
        (r[2], (2.5 * f + 2.5 * c[2]) / 5), (r[3], (0.5 * f + 3.5 * c[3]) / 4),
    ]
    extra = [points_of(np.where(ring, value, 0), side) for ring, value in seams]
    return f16, b16, main, extra


def points_of(v, side):
    f = side / 2 / np.tan(np.radians(25))
    rows, cols = np.nonzero(v > 0)
    d = v[rows, cols].astype(np.float64) / 32
    t = (d - side / 2) / f + 1
    ray = np.stack(((cols + 0.5 - side / 2) / f, (rows + 0.5 - side / 2) / f, np.ones(len(d))), 1)
    p = t[:, None] * ray / np.linalg.norm(ray, axis=1, keepdims=True)
    p = p[p[:, 2] > 0.3]
    return (p - [0, 0, 1]) * [1, -1, -1] / 1.0367394227574303
