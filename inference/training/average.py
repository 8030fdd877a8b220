"""Averages the states of runs that started from one checkpoint with different seeds.

    python average.py --out DIR/last.pt RUN/last.pt...

Weights, running statistics and averages are averaged; the optimiser's state is the first run's.
"""

import argparse

import torch


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", required=True)
    parser.add_argument("runs", nargs="+")
    a = parser.parse_args()
    states = [torch.load(run, weights_only=True) for run in a.runs]
    merged = states[0]
    for key in ("model", "ema"):
        for name, value in merged[key].items():
            if value.dtype.is_floating_point:
                merged[key][name] = torch.stack([s[key][name] for s in states]).mean(0)
    merged["step"] = max(s["step"] for s in states)
    merged["seconds"] = sum(s["seconds"] for s in states)
    torch.save(merged, a.out)


if __name__ == "__main__":
    main()
