"""Trains the network that corrects the depths of the front end's points from all of them together.

    python train_lifter.py --cues DIR... --val NAME=DIR... --out FILE [--steps N]

It learns from poses without pictures (lifter_data.py), seen with the front end's errors on views whose
poses are near; it is measured on views that the front end really saw.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch

from data import MIRRORED, CueErrors, Views, cue_of_joints, shape_of
from lifter_data import Skeletons
from model import Lifter

HERE = Path(__file__).parent
BANK = 60000
NEAR = 8


def noisy(true, errors, rng):
    """The front end's view of true points: errors of one of the NEAR nearest poses that it saw."""
    out = np.empty_like(true)
    bank = torch.from_numpy(errors.shape)
    for i in range(0, len(true), 4096):
        d = torch.cdist(torch.from_numpy(shape_of(true[i:i + 4096])), bank)
        near = d.topk(NEAR, largest=False).indices.numpy()
        pick = near[np.arange(len(near)), rng.integers(0, NEAR, len(near))]
        out[i:i + 4096] = true[i:i + 4096] + errors.error[pick]
    out[..., 3] = out[..., 3].clip(0, 1)
    out[..., :2] += rng.normal(0, 0.005, out[..., :2].shape)
    out[..., 2] += rng.normal(0, 0.02, out[..., 2].shape)
    return out


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--cues", nargs="+", required=True)
    parser.add_argument("--val", nargs="*", default=[])
    parser.add_argument("--figures", required=True, help="folder of humans_train")
    parser.add_argument("--fixtures", required=True, help="folder of humans")
    parser.add_argument("--out", required=True)
    parser.add_argument("--steps", type=int, default=4000)
    a = parser.parse_args()
    torch.set_num_threads(1)
    ids = lambda name: (HERE / "splits" / f"{name}.txt").read_text().split()
    skeletons = Skeletons(Path(a.fixtures) / "open_body.npz", [
        (a.figures, ids("train"), set(ids("poses_train"))),
        (a.fixtures, ids("fixtures_train"), set(ids("poses_fixtures_train")))])
    errors = CueErrors(Views(a.cues))
    rng = np.random.default_rng(0)
    true = np.stack([cue_of_joints(j) for j in skeletons.draw(rng, BANK)])
    seen = noisy(true, errors, rng)
    real = Views(a.cues)
    keep = real.seen & (np.median(np.linalg.norm((real.cue - real.true)[:, :, :2], axis=2), 1) < 0.08)
    own_seen, own_true = real.cue[keep], real.true[keep]
    vals = {}
    for item in a.val:
        v = Views([item.split("=")[1]])
        vals[item.split("=")[0]] = (torch.from_numpy(v.cue[v.seen]), torch.from_numpy(v.true[v.seen]))
    torch.manual_seed(0)
    model = Lifter()
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=1e-4)
    flip = torch.tensor([-1.0, 1, 1, 1])
    for step in range(a.steps):
        i, k = rng.integers(0, len(true), 224), rng.integers(0, len(own_true), 32)
        x = torch.from_numpy(np.concatenate([seen[i], own_seen[k]]))
        y = torch.from_numpy(np.concatenate([true[i], own_true[k]]))
        if step % 2:
            x, y = x[:, MIRRORED] * flip, y[:, MIRRORED] * flip
        for group in optimiser.param_groups:
            group["lr"] = 1e-3 * min(1, (step + 1) / 100) * (1 - step / a.steps)
        loss = (model(x) - y[:, :, 2]).abs().mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        if (step + 1) % 1000 == 0:
            model.eval()
            line = {"step": step + 1, "loss": round(float(loss.detach()), 4)}
            for name, (x, y) in vals.items():
                with torch.no_grad():
                    out = model(x)
                line[name] = {"front_end": round(float((x[..., 2] - y[..., 2]).abs().median()), 4),
                              "lifted": round(float((out - y[..., 2]).abs().median()), 4),
                              "front_end_mean": round(float((x[..., 2] - y[..., 2]).abs().mean()), 4),
                              "lifted_mean": round(float((out - y[..., 2]).abs().mean()), 4)}
            print(json.dumps(line), flush=True)
            model.train()
    torch.save(model.state_dict(), a.out)


if __name__ == "__main__":
    main()
