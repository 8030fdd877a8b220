"""Training views of the coarse network: reading, cues, augmentation. All arrays are NumPy or torch on CPU.

A record (written by make_views.ts) is 14 planes of RECORD x RECORD bytes: picture 3, coverage 1, front
and back normal codes 6, front and back depth as two little-endian 16-bit planes (4 bytes a cell). The
network works at half of that. A record of a fitted body (look.ts) is 9 planes of GRID x GRID 16-bit
integers: front and back normal codes, middle depth, half thickness, coverage, times BODY_SCALE.
"""

import hashlib
import json
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

RECORD = 128
GRID = 64
CUE_GRID = 32
BODY_PLANES = 9
BODY_SCALE = 16384

# The points of a cue: landmark of the photo front end (of 33), joint of the body model (of 24).
POINTS = [
    ("nose", 0, 15), ("l_shoulder", 11, 16), ("r_shoulder", 12, 17), ("l_elbow", 13, 18),
    ("r_elbow", 14, 19), ("l_wrist", 15, 20), ("r_wrist", 16, 21), ("l_hip", 23, 1),
    ("r_hip", 24, 2), ("l_knee", 25, 4), ("r_knee", 26, 5), ("l_ankle", 27, 7), ("r_ankle", 28, 8),
    ("l_toe", 31, 10), ("r_toe", 32, 11), ("l_hand", 19, 22), ("r_hand", 20, 23),
]
LANDMARK = [p[1] for p in POINTS]
JOINT = [p[2] for p in POINTS]
NAME = {p[0]: i for i, p in enumerate(POINTS)}
MIRRORED = [NAME[("r" if n[0] == "l" else "l") + n[1:]] if n[1] == "_" else i
            for i, (n, _, _) in enumerate(POINTS)]
# Bones by channel: pairs of points; 17 is the middle of the shoulders, 18 that of the hips.
_N = {**NAME, "neck": 17, "pelvis": 18}
GROUPS = [
    [("l_shoulder", "r_shoulder"), ("l_hip", "r_hip"), ("neck", "pelvis"),
     ("l_shoulder", "l_hip"), ("r_shoulder", "r_hip")],
    [("neck", "nose")],
    [("l_shoulder", "l_elbow")], [("r_shoulder", "r_elbow")],
    [("l_elbow", "l_wrist"), ("l_wrist", "l_hand")], [("r_elbow", "r_wrist"), ("r_wrist", "r_hand")],
    [("l_hip", "l_knee")], [("r_hip", "r_knee")],
    [("l_knee", "l_ankle"), ("l_ankle", "l_toe")], [("r_knee", "r_ankle"), ("r_ankle", "r_toe")],
]
BONES = [(_N[a], _N[b]) for g in GROUPS for a, b in g]
GROUP_OF_BONE = [i for i, g in enumerate(GROUPS) for _ in g]
CUE_CHANNELS = 2 * len(GROUPS)
CUE_SIGMA = 0.03  # share of the picture's side


def scale_of_world(xy, world):
    """Shares of the picture's side a metre: least squares between world x, y and picture, centred."""
    a = world[11:33, :2] - world[11:33, :2].mean(0)
    b = xy[11:33] - xy[11:33].mean(0)
    return float((a * b).sum() / max(1e-9, (a * a).sum()))


def cue_of_landmarks(points, world):
    """The 17 points of a cue from the front end's 33: x, y, z (shares), confidence; z is 0 at the hips."""
    s = scale_of_world(points[:, :2], world)
    out = np.zeros((17, 4), np.float32)
    out[:, :2] = points[LANDMARK, :2]
    out[:, 2] = s * world[LANDMARK, 2]
    out[:, 3] = points[LANDMARK, 2]
    out[:, 2] -= 0.5 * (out[NAME["l_hip"], 2] + out[NAME["r_hip"], 2])
    return out


def cue_of_joints(joints):
    """The same from the body's 24 joints (x, y, z behind the centre's plane, shares)."""
    out = np.ones((17, 4), np.float32)
    out[:, :3] = joints[JOINT]
    out[:, 2] -= 0.5 * (out[NAME["l_hip"], 2] + out[NAME["r_hip"], 2])
    return out


def draw_cue(points):
    """Cue planes, B x 20 x 32 x 32, from B x 17 x 4: for each group presence and presence times depth."""
    b = points.shape[0]
    mid = lambda i, j: 0.5 * (points[:, i] + points[:, j])
    p = torch.cat([points, mid(1, 2)[:, None], mid(7, 8)[:, None]], 1)
    start = p[:, [a for a, _ in BONES]]
    end = p[:, [e for _, e in BONES]]
    at = (torch.arange(CUE_GRID, dtype=torch.float32) + 0.5) / CUE_GRID
    y, x = torch.meshgrid(at, at, indexing="ij")
    d = (end - start)[..., None, None]
    px, py = x - start[..., 0, None, None], y - start[..., 1, None, None]
    t = ((px * d[:, :, 0] + py * d[:, :, 1]) / (d[:, :, 0] ** 2 + d[:, :, 1] ** 2 + 1e-8)).clamp(0, 1)
    square = (px - t * d[:, :, 0]) ** 2 + (py - t * d[:, :, 1]) ** 2
    sure = start[..., 3, None, None] + t * d[:, :, 3]
    presence = torch.exp(-square / (2 * CUE_SIGMA ** 2)) * sure
    depth = start[..., 2, None, None] + t * d[:, :, 2]
    out = torch.zeros(b, CUE_CHANNELS, CUE_GRID, CUE_GRID)
    for g in range(len(GROUPS)):
        own = [i for i, k in enumerate(GROUP_OF_BONE) if k == g]
        best, which = presence[:, own].max(1)
        z = torch.gather(depth[:, own], 1, which[:, None])[:, 0]
        out[:, 2 * g] = best
        out[:, 2 * g + 1] = 4 * best * z
    return out


def lifted(lifter, points):
    """Points of a cue with corrected depths; cues without any confidence stay."""
    with torch.no_grad():
        z = lifter(points)
    out = points.clone()
    out[:, :, 2] = torch.where(points[:, :, 3].amax(1, keepdim=True) > 0, z, points[:, :, 2])
    return out


class Views:
    """All records below some folders, in memory."""

    def __init__(self, folders):
        maps, bodies, lines = [], [], []
        self.files = []
        for folder in folders:
            for file in sorted(Path(folder).glob("*.jsonl")):
                base = str(file)[:-len(".jsonl")]
                found = [f for f in (base + ".bin", base + ".coarse.bin") if Path(f).exists()]
                text = file.read_text()
                if not found or not text:
                    continue
                maps.append(np.fromfile(found[0], np.uint8).reshape(-1, 14, RECORD, RECORD))
                own = [json.loads(line) for line in text.splitlines() if line]
                lines += own
                self.files.append((found[0], hashlib.sha256(text.encode()).hexdigest()))
                if any(l.get("body") for l in own):
                    bodies.append(np.fromfile(base + ".body.bin", "<i2").reshape(-1, BODY_PLANES, GRID, GRID))
        self.maps = maps
        self.where = [(i, j) for i, m in enumerate(maps) for j in range(len(m))]
        self.lines = lines
        assert len(self.where) == len(lines)
        self.true = np.stack([cue_of_joints(np.array(l["joints"], np.float32).reshape(24, 3))
                              for l in lines])
        self.seen = np.array(["cue" in l and l["cue"] is not None for l in lines])
        self.cue = self.true.copy()
        for i in np.flatnonzero(self.seen):
            cue = lines[i]["cue"]
            self.cue[i] = cue_of_landmarks(np.array(cue["points"], np.float32).reshape(33, 3),
                                           np.array(cue["worldM"], np.float32).reshape(33, 3))
        self.lost = np.array(["cue" in l and l["cue"] is None for l in lines])
        self.has_body = np.array([bool(l.get("body")) for l in lines])
        self.bodies = np.concatenate(bodies) if bodies else np.zeros((0, BODY_PLANES, GRID, GRID), "<i2")
        self.body_at = np.cumsum(self.has_body) - 1
        assert self.has_body.sum() == len(self.bodies)
        self.body_cue = self.true.copy()
        for i in np.flatnonzero(self.has_body):
            self.body_cue[i] = cue_of_joints(np.array(lines[i]["body"], np.float32).reshape(24, 3))

    def body(self, i):
        return self.bodies[self.body_at[i]].astype(np.float32) / BODY_SCALE

    def __len__(self):
        return len(self.lines)

    def record(self, i):
        f, j = self.where[i]
        return self.maps[f][j]


def shape_of(points):
    q = points[..., :3] - points[..., [7, 8], :3].mean(-2, keepdims=True)
    return q.reshape(*q.shape[:-2], 51)


class CueErrors:
    """What the front end got wrong on the views that it saw, for those that it did not see."""

    def __init__(self, views):
        seen = np.flatnonzero(views.seen)
        cue, true = views.cue[seen], views.true[seen]
        # A twentieth of the views show the front end nothing but a hand; dropped cues stand for those.
        found = np.median(np.linalg.norm((cue - true)[:, :, :2], axis=2), 1) < 0.08
        cue, true = cue[found], true[found]
        mirrored = lambda p: (p[:, MIRRORED] * np.float32([-1, 1, 1, 1]) + np.float32([1, 0, 0, 0]))
        cue, true = np.concatenate([cue, mirrored(cue)]), np.concatenate([true, mirrored(true)])
        self.shape = shape_of(true)
        self.error = cue - true
        self.neighbours = {}

    def draw(self, views, i, rng):
        if i not in self.neighbours:
            d = ((self.shape - shape_of(views.true[i])) ** 2).sum(1)
            self.neighbours[i] = np.argpartition(d, 8)[:8]
        out = views.true[i] + self.error[rng.choice(self.neighbours[i])]
        out[:, 3] = np.clip(out[:, 3], 0, 1)
        return out


def maps_of(raw):
    """Picture, coverage, normal codes, depths and mask of records, at half of their side."""
    b = len(raw)
    half = slice(1, None, 2)
    picture = F.avg_pool2d(torch.from_numpy(raw[:, :4].astype(np.float32) / 255), 2)
    normal = torch.from_numpy(raw[:, 4:10, half, half].astype(np.float32)) / 127.5 - 1
    depth = np.ascontiguousarray(raw[:, 10:]).reshape(b, -1).view("<u2").reshape(b, 2, RECORD, RECORD)
    depth = torch.from_numpy(depth[:, :, half, half].astype(np.float32))
    inside = (depth[:, :1] > 0).float()
    return picture[:, :3], picture[:, 3:], normal, (depth / 32768 - 1) * inside, inside


def batch_of(views, indices, rng, errors=None, augment=True, lifter=None, bodies=True):
    """Network inputs and targets of some views.

    Where a body was fitted, its joints are the cue and it is seen (a sixth of the time not, when
    augmenting, and never without `bodies`); elsewhere a lifter corrects the cue's depths.
    """
    b = len(indices)
    rgb, cover, normal, depth, inside = maps_of(np.stack([views.record(i) for i in indices]))
    points, body = [], np.zeros((b, BODY_PLANES, GRID, GRID), np.float32)
    fitted = np.zeros(b, bool)
    for k, i in enumerate(indices):
        fitted[k] = bodies and views.has_body[i] and not (augment and rng.random() < 1 / 6)
        if fitted[k]:
            p = views.body_cue[i].copy()
            body[k] = views.body(i)
        elif views.seen[i]:
            p = views.cue[i].copy()
        elif errors is not None:
            p = errors.draw(views, i, rng)
        else:
            p = views.true[i].copy()
        if augment and not fitted[k]:
            p[:, :2] += rng.normal(0, 0.004, (17, 2))
            p[:, 2] += rng.normal(0, 0.01, 17)
            if rng.random() < 0.1:
                p[:, 3] = 0
            if rng.random() < 0.1:
                p[rng.integers(17), 3] = 0
        points.append(p)
    points, body = torch.from_numpy(np.stack(points)), torch.from_numpy(body)
    if lifter is not None:
        f = torch.from_numpy(fitted)[:, None, None]
        points = torch.where(f, points, lifted(lifter, points))
    if augment:
        rgb, cover, inside = augmented(rgb, cover, inside, rng)
        flip = rng.random(b) < 0.5
        if flip.any():
            f = torch.from_numpy(np.flatnonzero(flip))
            for maps in (rgb, cover, inside, normal, depth, body):
                maps[f] = maps[f].flip(-1)
            for maps in (normal, body):
                maps[f, 0] *= -1
                maps[f, 3] *= -1
            q = points[f][:, MIRRORED]
            q[..., 0] = 1 - q[..., 0]
            points[f] = q
    return {"picture": torch.cat([rgb, cover], 1), "cue": draw_cue(points), "body": body,
            "normal": normal, "depth": depth, "mask": inside}


def augmented(rgb, cover, inside, rng):
    """Light, colour, blur, noise, mistakes of the mask, occluders, cuts."""
    b = len(rgb)
    u = lambda low, high, *shape: torch.from_numpy(rng.uniform(low, high, shape).astype(np.float32))
    colour = rgb / cover.clamp_min(1 / 255)
    colour = colour.clamp(0, 1) ** u(0.7, 1.4, b, 1, 1, 1)
    at = torch.linspace(-1, 1, GRID)
    ramp = 1 + u(-0.35, 0.35, b, 1, 1, 1) * at.view(1, 1, -1, 1) + u(-0.35, 0.35, b, 1, 1, 1) * at
    colour = colour * ramp * u(0.6, 1.4, b, 1, 1, 1) * u(0.85, 1.15, b, 3, 1, 1)
    grey = colour.mean(1, keepdim=True)
    colour = grey + (colour - grey) * u(0.4, 1.3, b, 1, 1, 1)
    cover, inside = cover.clone(), inside.clone()
    ground = u(0, 1, b, 3, 1, 1)
    colour = torch.where(cover > 0.004, colour, ground)
    for i in range(b):
        kind = rng.random()
        if kind < 0.08:
            cover[i] = F.max_pool2d(cover[i][None], 3, 1, 1)[0]
        elif kind < 0.16:
            cover[i] = -F.max_pool2d(-cover[i][None], 3, 1, 1)[0]
        elif kind < 0.4:
            cover[i] = F.avg_pool2d(cover[i][None], 3, 1, 1, count_include_pad=False)[0]
        if rng.random() < 0.2:
            colour[i] = F.avg_pool2d(colour[i][None], 3, 1, 1, count_include_pad=False)[0]
        if rng.random() < 0.06:
            y, x = rng.integers(0, GRID - 15, 2)
            h, w = rng.integers(4, 15, 2)
            cover[i, :, y:y + h, x:x + w] = 0
            inside[i, :, y:y + h, x:x + w] = 0
        if rng.random() < 0.06:
            y = rng.integers(30, 60)
            cover[i, :, y:] = 0
            inside[i, :, y:] = 0
    if rng.random() < 0.5:
        noise = rng.normal(0, rng.uniform(0, 0.04), colour.shape).astype(np.float32)
        colour = colour + torch.from_numpy(noise)
    return colour.clamp(0, 1) * cover, cover, inside
