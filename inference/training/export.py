"""Writes a model folder: one ONNX graph a network and model.json, and measures parity.

    python export.py --coarse best.pt --lifter lifter.pt --part part.pt --out DIR [--name NAME]

`probe.json` holds some of PyTorch's outputs on made inputs; a test compares onnxruntime's with them.
"""

import argparse
import hashlib
import json
from pathlib import Path

import numpy as np
import torch
import torch.nn as nn

from data import BODY_PLANES, CUE_CHANNELS, CUE_GRID, GRID
from model import Coarse, Lifter, Part, parameters_of

OPSET = 17
CANVAS = 1024
# Rows and columns of the windows, by part group; make_parts.ts cuts its patches from them.
GROUPS = [
    ("face", [0], [192, 160], [180, 148]),
    ("upper", [1], [272, 176], [260, 164]),
    ("arm", [2, 3, 4, 5], [176, 112], [164, 100]),
    ("leg", [6, 7, 8, 9], [144, 128], [132, 116]),
    ("shoe", [10, 11], [96, 96], [84, 84]),
]


def folded(model):
    """A copy for inference: batch normalisation goes into the convolutions before it, in float64."""
    model = model.double().eval()
    for module in model.modules():
        if not isinstance(module, nn.Sequential):
            continue
        for i in range(len(module) - 1):
            conv, norm = module[i], module[i + 1]
            if isinstance(conv, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d):
                fused = torch.nn.utils.fusion.fuse_conv_bn_eval(conv, norm)
                module[i], module[i + 1] = fused, nn.Identity()
    return model.float()


def probe(*shape):
    """Numbers from 0 to 1 that any language makes alike: i · 1103515245 + 12345 modulo 2³¹."""
    i = np.arange(int(np.prod(shape)), dtype=np.uint64)
    values = (i * np.uint64(1103515245) + np.uint64(12345)) % np.uint64(2 ** 31)
    return torch.from_numpy((values / 2 ** 31).astype(np.float32).reshape(shape))


def export(model, inputs, names, path):
    torch.onnx.export(model, inputs, path, input_names=names, output_names=["out"],
                      opset_version=OPSET, dynamo=False, do_constant_folding=True,
                      dynamic_axes={"window": {2: "rows", 3: "columns"}, "out": {2: "rows", 3: "columns"}}
                      if names == ["window"] else None)
    data = Path(path).read_bytes()
    return {"file": Path(path).name, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest(),
            "parameters": parameters_of(model), "inputs": names}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--coarse", required=True)
    parser.add_argument("--lifter", required=True)
    parser.add_argument("--part", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--name", default="open-2k")
    parser.add_argument("--trained-on", required=True, help="JSON list as in predictions.json")
    parser.add_argument("--evidence", required=True)
    a = parser.parse_args()
    out = Path(a.out)
    out.mkdir(parents=True, exist_ok=True)
    nets, parity, probes = {}, {}, {}
    for name, model, file, key, inputs, names in [
        ("lifter", Lifter(), a.lifter, None, (probe(1, 17, 4),), ["points"]),
        ("coarse", Coarse(), a.coarse, "ema",
         (probe(1, 4, GRID, GRID), probe(1, CUE_CHANNELS, CUE_GRID, CUE_GRID),
          probe(1, BODY_PLANES, GRID, GRID)), ["picture", "cue", "body"]),
        ("part", Part(), a.part, "ema", (probe(1, 9, 96, 96),), ["window"]),
    ]:
        state = torch.load(file, weights_only=True)
        model.load_state_dict(state[key] if key else state)
        model.eval()
        count = parameters_of(model)
        with torch.no_grad():
            before = model(*inputs)
            model = folded(model)
            after = model(*inputs)
        nets[name] = export(model, inputs, names, str(out / f"{name}.onnx"))
        nets[name]["parameters"] = count
        parity[name] = {"difference": float((after - before).abs().max()),
                        "magnitude": float(before.abs().max())}
        flat = before.flatten()
        at = [int(k) for k in np.linspace(0, len(flat) - 1, 64).round()]
        probes[name] = {"inputs": [list(t.shape) for t in inputs], "values": len(flat), "at": at,
                        "expected": [float(flat[k]) for k in at]}
    (out / "probe.json").write_text(json.dumps(probes, sort_keys=True) + "\n")
    pipeline = {
        "canvasPx": CANVAS, "coarsePx": GRID, "parts": "2k2k-12",
        "groups": [{"net": "part", "parts": parts, "windowPx": window, "weightWindowPx": weight}
                   for _, parts, window, weight in GROUPS],
        "weightBlur": {"taps": 9, "sigmaPx": 3}, "colorFactor": 1,
        "normalise": {"mean": 0, "deviation": 1},
        "depth": {"min": 0, "max": 6, "backgroundFront": 6, "backgroundBack": 0, "unitPx": 256,
                  "centre": 2, "maskThreshold": 0.5},
        "normals": {"zStep": 1 / 256}, "cueChannels": 0, "refine": "none",
        "compact": {"personShare": 0.9, "cuePx": CUE_GRID, "lifter": True, "mirror": True, "body": True, "parts": "shared",
                    "refine": "integrate", "leastThicknessPx": 2},
    }
    model_json = {
        "schema": "scan2score/model-1", "kind": "2k2k", "name": a.name, "weights": "trained",
        "weightsEvidence": a.evidence, "license": "CC0-1.0",
        "trainedOn": json.loads(Path(a.trained_on).read_text()), "source": None, "opset": OPSET,
        "precision": "float32", "pipeline": pipeline, "nets": nets, "parity": parity,
    }
    (out / "model.json").write_text(json.dumps(model_json, indent=2, sort_keys=True) + "\n")
    print({n: (v["bytes"], v["parameters"]) for n, v in nets.items()}, parity)


if __name__ == "__main__":
    main()
