"""Trains the network that all part windows share, on what the coarse network says of each view.

    python train_parts.py --coarse best.pt --views DIR... --cues DIR... --val NAME=DIR... --out DIR
                          --minutes 10 [--decay N]

Slices as in train_coarse.py. `--cues` are folders of make_views.ts, for the front end's errors.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from data import CueErrors, Views, batch_of
from losses import angular, gradients
from model import Coarse, Lifter, Part, parameters_of
from train_coarse import EMA, rate_at, save

BATCH = 32
PATCH = 96


class PatchViews:
    """Patches below some folders, each with the codes that the coarse network gives for its view."""

    def __init__(self, folders, coarse, lifter, errors):
        self.patches, self.where, self.affine, self.codes = [], [], [], []
        self.views = Views(folders)
        for k, (file, _) in enumerate(self.views.files):
            base = file[:-len(".coarse.bin")]
            lines = [json.loads(l) for l in Path(base + ".jsonl").read_text().splitlines() if l]
            data = np.fromfile(base + ".patch.bin", np.uint8).reshape(-1, 10, PATCH, PATCH)
            at = 0
            for line in lines:
                self.codes.append(self.said(coarse, lifter, errors, len(self.codes)))
                for patch in line["patches"]:
                    self.where.append((k, at, len(self.codes) - 1))
                    self.affine.append(patch["toCrop"])
                    at += 1
            self.patches.append(data)
        self.affine = np.array(self.affine, np.float32).reshape(-1, 2, 3)

    def said(self, coarse, lifter, errors, i):
        rng = np.random.default_rng([11, i])
        one = batch_of(self.views, [i], rng, errors, augment=False, lifter=lifter)
        with torch.no_grad():
            out = coarse(one["picture"], one["cue"], one["body"])
        return out[0, :6].half()

    def __len__(self):
        return len(self.where)


def inputs_of(codes, affine):
    """Coarse codes sampled at the patches' pixels and turned into their axes, B x 6 x 96 x 96."""
    at = torch.arange(PATCH, dtype=torch.float32)
    y, x = torch.meshgrid(at, at, indexing="ij")
    points = torch.stack([x, y, torch.ones_like(x)], -1)
    grid = 2 * torch.einsum("bij,hwj->bhwi", affine, points) - 1
    sampled = F.grid_sample(codes, grid, align_corners=False, padding_mode="border")
    turn = affine[:, :, 0] / affine[:, :, 0].norm(dim=1, keepdim=True)
    cos, sin = turn[:, 0, None, None], turn[:, 1, None, None]
    planes = []
    for k in (0, 3):
        a, b, c = sampled[:, k], sampled[:, k + 1], sampled[:, k + 2]
        planes += [cos * a + sin * b, -sin * a + cos * b, c]
    return torch.stack(planes, 1)


def patches_of(views, indices, rng, augment=True):
    raw, codes = [], []
    for i in indices:
        f, j, k = views.where[i]
        raw.append(views.patches[f][j])
        codes.append(views.codes[k])
    raw = torch.from_numpy(np.stack(raw))
    coarse = inputs_of(torch.stack(codes).float(), torch.from_numpy(views.affine[indices]))
    rgb, normal = raw[:, :3].float() / 255, raw[:, 3:9].float() / 127.5 - 1
    inside = raw[:, 9:10].float()
    if augment:
        b = len(indices)
        u = lambda low, high, *s: torch.from_numpy(rng.uniform(low, high, s).astype(np.float32))
        rgb = rgb ** u(0.7, 1.4, b, 1, 1, 1) * u(0.6, 1.4, b, 1, 1, 1) * u(0.85, 1.15, b, 3, 1, 1)
        grey = rgb.mean(1, keepdim=True)
        rgb = (grey + (rgb - grey) * u(0.4, 1.3, b, 1, 1, 1)).clamp(0, 1)
        if rng.random() < 0.3:
            rgb = F.avg_pool2d(rgb, 3, 1, 1, count_include_pad=False)
        if rng.random() < 0.5:
            noise = rng.normal(0, rng.uniform(0, 0.03), rgb.shape).astype(np.float32)
            rgb = (rgb + torch.from_numpy(noise) * inside).clamp(0, 1)
        f = torch.from_numpy(np.flatnonzero(rng.random(b) < 0.5))
        for maps in (rgb, normal, inside, coarse):
            maps[f] = maps[f].flip(-1)
        for maps in (normal, coarse):
            maps[f, 0] *= -1
            maps[f, 3] *= -1
    return torch.cat([rgb, coarse], 1), normal, inside


def part_loss(out, normal, inside):
    parts = {"front": angular(out[:, :3], normal[:, :3], inside),
             "back": angular(out[:, 3:], normal[:, 3:], inside),
             "step": 0.5 * gradients(out[:, :3], normal[:, :3], inside)}
    return sum(parts.values()), parts


def degrees(p, t, inside):
    angle = torch.rad2deg(torch.acos((p * t).sum(1).clamp(-1, 1)))
    return float((angle * inside[:, 0]).sum() / inside.sum())


def evaluate(model, views):
    model.eval()
    picked = np.arange(len(views))[::max(1, len(views) // 160)]
    sums, weight = {}, 0
    for i in range(0, len(picked), 32):
        x, normal, inside = patches_of(views, picked[i:i + 32], None, augment=False)
        with torch.no_grad():
            y = model(x)
        unit = lambda n: n / n.norm(dim=1, keepdim=True).clamp_min(1e-6)
        n = float(inside.sum())
        for key, value in {
            "front_deg": degrees(y[:, :3], normal[:, :3], inside),
            "back_deg": degrees(y[:, 3:], normal[:, 3:], inside),
            "coarse_front_deg": degrees(unit(x[:, 3:6]), normal[:, :3], inside),
            "coarse_back_deg": degrees(unit(x[:, 6:9]), normal[:, 3:], inside),
        }.items():
            sums[key] = sums.get(key, 0) + n * value
        weight += n
    model.train()
    return {k: v / weight for k, v in sums.items()}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--coarse", required=True)
    parser.add_argument("--lifter", required=True)
    parser.add_argument("--views", nargs="+", required=True)
    parser.add_argument("--cues", nargs="+", required=True)
    parser.add_argument("--val", nargs="*", default=[])
    parser.add_argument("--out", required=True)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--decay", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--every", type=int, default=100)
    parser.add_argument("--threads", type=int, default=1)
    a = parser.parse_args()
    torch.set_num_threads(a.threads)
    out = Path(a.out)
    out.mkdir(parents=True, exist_ok=True)
    started = time.time()
    coarse = Coarse()
    coarse.load_state_dict(torch.load(a.coarse, weights_only=True)["ema"])
    coarse.eval()
    errors = CueErrors(Views(a.cues))
    lifter = Lifter()
    lifter.load_state_dict(torch.load(a.lifter, weights_only=True))
    lifter.eval()
    views = PatchViews(a.views, coarse, lifter, errors)
    vals = {name: PatchViews([folder], coarse, lifter, errors)
            for name, folder in (item.split("=") for item in a.val)}
    print(len(views), "patches of", len(views.codes), "views",
          {k: len(v) for k, v in vals.items()}, flush=True)
    torch.manual_seed(a.seed)
    model = Part().to(memory_format=torch.channels_last)
    ema = Part()
    ema.load_state_dict(model.state_dict())
    optimiser = torch.optim.AdamW(model.parameters(), lr=1.5e-3, weight_decay=1e-4)
    step, seconds = 0, 0.0
    if (out / "last.pt").exists():
        state = torch.load(out / "last.pt", weights_only=True)
        model.load_state_dict(state["model"])
        ema.load_state_dict(state["ema"])
        optimiser.load_state_dict(state["optimiser"])
        step, seconds = state["step"], state["seconds"]
    else:
        print("parameters", parameters_of(model))
    decay_from, total, counted = step, {}, 0
    log = open(out / "log.jsonl", "a")
    while time.time() - started < 60 * a.minutes or a.decay:
        if a.decay and step >= decay_from + a.decay:
            break
        began = time.process_time()
        rng = np.random.default_rng([a.seed, step])
        x, normal, inside = patches_of(views, rng.integers(0, len(views), BATCH), rng)
        for group in optimiser.param_groups:
            group["lr"] = rate_at(step, decay_from, a.decay)
        with torch.autocast("cpu", torch.bfloat16):
            y = model(x.contiguous(memory_format=torch.channels_last))
        loss, parts = part_loss(y.float(), normal, inside)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        optimiser.step()
        keep = min(EMA, (step + 1) / (step + 20))
        with torch.no_grad():
            for p, q in zip(ema.state_dict().values(), model.state_dict().values()):
                p.mul_(keep).add_(q, alpha=1 - keep) if p.dtype.is_floating_point else p.copy_(q)
        step += 1
        seconds += time.process_time() - began
        for key, value in parts.items():
            total[key] = total.get(key, 0) + float(value.detach())
        counted += 1
        if step % a.every == 0 or (a.decay and step == decay_from + a.decay):
            line = {"step": step, "cpu_seconds": round(seconds), "patches": len(views),
                    "decay": bool(a.decay), "train": {k: round(v / counted, 4) for k, v in total.items()}}
            for name, v in vals.items():
                line[name] = {k: round(x, 3) for k, x in evaluate(ema, v).items()}
            print(json.dumps(line), flush=True)
            log.write(json.dumps(line) + "\n")
            log.flush()
            total, counted = {}, 0
            save(out / ("best.pt" if a.decay else "last.pt"), model, ema, optimiser, step, seconds)
    save(out / ("best.pt" if a.decay else "last.pt"), model, ema, optimiser, step, seconds)
    print("stopped at", step, "wall", round(time.time() - started), flush=True)


if __name__ == "__main__":
    main()
