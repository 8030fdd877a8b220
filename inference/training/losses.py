"""What the networks are trained against."""

import torch
import torch.nn.functional as F


def angular(pred, true, weight):
    """Mean of 1 - cosine plus half the absolute difference of the codes over the weights."""
    cosine = (pred * true).sum(1, keepdim=True)
    error = (1 - cosine) + 0.5 * (pred - true).abs().sum(1, keepdim=True)
    return (error * weight).sum() / weight.sum().clamp_min(1)


def gradients(pred, true, weight):
    """Mean absolute difference of the steps between neighbours, where both count."""
    total = 0
    for axis in (2, 3):
        n = pred.shape[axis] - 1
        step = lambda t: t.narrow(axis, 1, n) - t.narrow(axis, 0, n)
        both = weight.narrow(axis, 1, n) * weight.narrow(axis, 0, n)
        error = (step(pred) - step(true)).abs().sum(1, keepdim=True)
        total = total + (error * both).sum() / both.sum().clamp_min(1)
    return total


def centred(depth, weight):
    mean = (depth * weight).sum((2, 3), keepdim=True) / weight.sum((2, 3), keepdim=True).clamp_min(1)
    return depth - mean


def mean_over(error, weight):
    return (error * weight).sum() / weight.sum().clamp_min(1)


def boundary(mask):
    """1 inside of the grid, 4 on the two cells along the silhouette."""
    wide = F.max_pool2d(mask, 3, 1, 1) + F.max_pool2d(-mask, 3, 1, 1)
    return 1 + 3 * wide


def coarse_loss(out, batch):
    """Sum and parts. Depths are shares of the crop's side, about 2 m: 20 makes 5 cm one half."""
    inside = batch["mask"]
    front, back = batch["depth"][:, :1], batch["depth"][:, 1:]
    middle, half = 0.5 * (front + back), 0.5 * (back - front)
    parts = {
        "normal": angular(out[:, :3], batch["normal"][:, :3], inside) +
        angular(out[:, 3:6], batch["normal"][:, 3:], inside),
        "middle": 20 * mean_over((centred(out[:, 6:7], inside) - centred(middle, inside)).abs(), inside),
        "place": 4 * mean_over((out[:, 6:7] - middle).abs(), inside),
        "half": 20 * mean_over((out[:, 7:8] - half).abs(), inside),
        "step": 20 * gradients(out[:, 6:7], middle, inside),
        "mask": (F.binary_cross_entropy_with_logits(out[:, 8:9], inside, reduction="none") *
                 boundary(inside)).mean(),
    }
    return sum(parts.values()), parts


def coarse_scores(out, batch):
    """Per view: mean error of front and back depth after the best shift (share), normal angles, IoU."""
    inside = batch["mask"]
    mids, halves = out[:, 6:7], out[:, 7:8]
    truth = batch["depth"]
    error = (torch.cat([mids - halves, mids + halves], 1) - truth) * inside
    n = inside.sum((1, 2, 3)).clamp_min(1)
    # The median is the best shift for absolute errors.
    depth = []
    for e, m in zip(error, inside):
        values = torch.cat([e[0][m[0] > 0], e[1][m[0] > 0]])
        depth.append((values - values.median()).abs().mean() if len(values) else torch.tensor(0.0))
    angle = lambda p, t: torch.rad2deg(torch.acos((p * t).sum(1).clamp(-1, 1)))
    mean = lambda a: (a * inside[:, 0]).sum((1, 2)) / n
    mask = (out[:, 8:9] > 0).float()
    iou = (mask * inside).sum((1, 2, 3)) / ((mask + inside) > 0).sum((1, 2, 3)).clamp_min(1)
    return {"depth": torch.stack(depth), "front_deg": mean(angle(out[:, :3], batch["normal"][:, :3])),
            "back_deg": mean(angle(out[:, 3:6], batch["normal"][:, 3:])), "iou": iou}
