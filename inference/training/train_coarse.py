"""Trains the coarse network in slices.

    python train_coarse.py --views DIR... --val NAME=DIR... --out DIR --minutes 10 [--decay]

A slice goes on from `last.pt` in --out. What happens at step n depends on the seed, n and the set of
views, not on where slices were cut. Plain slices hold the learning rate; the one with `--decay N`
takes it to zero over its N steps and writes `best.pt`, leaving `last.pt` where it was.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
import torch

from data import CueErrors, Views, batch_of
from losses import coarse_loss, coarse_scores
from model import Coarse, Lifter, parameters_of

BATCH = 16
RATE = 1.5e-3
WARM = 200
EMA = 0.998
FITTED_OFTENER = 3


def rate_at(step, decay_from, decay):
    rate = RATE * min(1, (step + 1) / WARM)
    if decay:
        rate *= max(0.0, 1 - (step - decay_from) / decay)
    return rate


def evaluate(model, views, picked, lifter, bodies=True):
    model.eval()
    scores = {}
    for i in range(0, len(picked), 32):
        rng = np.random.default_rng([7, i])
        batch = batch_of(views, picked[i:i + 32], rng, None, augment=False, lifter=lifter,
                         bodies=bodies)
        with torch.no_grad():
            out = model(batch["picture"], batch["cue"], batch["body"])
        for key, value in coarse_scores(out, batch).items():
            scores.setdefault(key, []).append(value)
    model.train()
    return {key: float(torch.cat(v).mean()) for key, v in scores.items()}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--views", nargs="+", required=True)
    parser.add_argument("--val", nargs="*", default=[])
    parser.add_argument("--out", required=True)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--steps", type=int, default=10 ** 9)
    parser.add_argument("--decay", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--every", type=int, default=250)
    parser.add_argument("--lifter", required=True)
    parser.add_argument("--no-cue", action="store_true")
    parser.add_argument("--no-body", action="store_true")
    parser.add_argument("--begin", help="weights to begin from, of a network that saw no bodies or of this one")
    a = parser.parse_args()
    torch.set_num_threads(a.threads)
    out = Path(a.out)
    out.mkdir(parents=True, exist_ok=True)
    started = time.time()
    views = Views(a.views)
    errors = CueErrors(views)
    usable = np.flatnonzero(~views.lost)
    often = np.where(views.has_body[usable], FITTED_OFTENER, 1.0)
    often /= often.sum()
    lifter = Lifter()
    lifter.load_state_dict(torch.load(a.lifter, weights_only=True))
    lifter.eval()
    vals = {}
    for item in a.val:
        name, folder = item.split("=")
        v = Views([folder])
        vals[name] = (v, np.flatnonzero(~v.lost)[::2][:48])
    print(len(views), "views,", int(views.seen.sum()), "seen,", int(views.has_body.sum()),
          "fitted,", int(views.lost.sum()), "lost",
          {k: len(p) for k, (_, p) in vals.items()}, flush=True)

    torch.manual_seed(a.seed)
    model = Coarse().to(memory_format=torch.channels_last)
    if a.begin and not (out / "last.pt").exists():
        model.begin_from(torch.load(a.begin, weights_only=True)["ema"])
    ema = Coarse()
    ema.load_state_dict(model.state_dict())
    optimiser = torch.optim.AdamW(model.parameters(), lr=RATE, weight_decay=1e-4)
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
    while step < a.steps and (time.time() - started < 60 * a.minutes or a.decay):
        if a.decay and step >= decay_from + a.decay:
            break
        began = time.process_time()
        rng = np.random.default_rng([a.seed, step])
        batch = batch_of(views, rng.choice(usable, BATCH, p=often), rng, errors,
                         lifter=lifter, bodies=not a.no_body)
        if a.no_cue:
            batch["cue"].zero_()
        for group in optimiser.param_groups:
            group["lr"] = rate_at(step, decay_from, a.decay)
        with torch.autocast("cpu", torch.bfloat16):
            y = model(batch["picture"].contiguous(memory_format=torch.channels_last),
                      batch["cue"], batch["body"])
        loss, parts = coarse_loss(y.float(), batch)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        optimiser.step()
        keep = min(EMA, (step + 1) / (step + 20))
        with torch.no_grad():
            for p, q in zip(ema.state_dict().values(), model.state_dict().values()):
                if p.dtype.is_floating_point:
                    p.mul_(keep).add_(q, alpha=1 - keep)
                else:
                    p.copy_(q)
        step += 1
        seconds += time.process_time() - began
        for key, value in parts.items():
            total[key] = total.get(key, 0) + float(value.detach())
        counted += 1
        if step % a.every == 0 or (a.decay and step == decay_from + a.decay):
            line = {"step": step, "cpu_seconds": round(seconds), "views": len(views),
                    "decay": bool(a.decay), "train": {k: round(v / counted, 4) for k, v in total.items()}}
            for name, (v, picked) in vals.items():
                line[name] = {k: round(x, 4) for k, x in evaluate(ema, v, picked, lifter, not a.no_body).items()}
            print(json.dumps(line), flush=True)
            log.write(json.dumps(line) + "\n")
            log.flush()
            total, counted = {}, 0
            save(out / ("best.pt" if a.decay else "last.pt"), model, ema, optimiser, step, seconds)
    if a.decay:
        save(out / "best.pt", model, ema, optimiser, step, seconds)
    else:
        save(out / "last.pt", model, ema, optimiser, step, seconds)
    print("stopped at", step, "wall", round(time.time() - started), flush=True)


def save(path, model, ema, optimiser, step, seconds):
    state = {"model": model.state_dict(), "ema": ema.state_dict(), "optimiser": optimiser.state_dict(),
             "step": step, "seconds": seconds}
    torch.save(state, path.with_suffix(".tmp"))
    path.with_suffix(".tmp").rename(path)


if __name__ == "__main__":
    main()
