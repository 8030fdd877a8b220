"""An independent PyTorch run of the 2K2K system, from its description in docs/models.md.

Makes checkpoints in PyTorch's own zip format with calibrated random weights, runs them on a picture
and writes every named tensor, so that `scan2score infer --method 2k2k --stages` can be compared.

  python twoktwok_reference.py input  -o DIR --shape square|portrait [--missing] | --view VIEW
  python twoktwok_reference.py make   -o FILE.pth.tar --input DIR [--kind unstructured|silhouette]
  python twoktwok_reference.py run    -o DIR --input DIR --checkpoint FILE [--threads 2]
  python twoktwok_reference.py compare DIR_A DIR_B
  python twoktwok_reference.py golden            (writes tests/inference/twoktwok/golden)

Needs tests/crosscheck/requirements.txt (torch, numpy, opencv-python-headless, pillow).
"""
import argparse
import gzip
import json
import os
import resource
import time
from pathlib import Path

import cv2
import numpy as np
import torch
import torch.nn as nn

import twoktwok_front as front
from twoktwok_network import PUBLISHED, TINY, Model

HERE = Path(__file__).resolve().parent


# ---- inputs -------------------------------------------------------------------------------------

def make_input(out, shape, side, missing):
    """A made person: blobs on a cloudy background, with OpenPose keypoints and a mask."""
    out.mkdir(parents=True, exist_ok=True)
    h, w = (side, side) if shape == "square" else (side * 3 // 4, side // 2 - 7)
    rng = np.random.default_rng(5)
    coarse = rng.integers(0, 256, (max(h, w) // 32 + 2, max(h, w) // 32 + 2, 3)).astype(np.uint8)
    picture = cv2.resize(coarse, (max(h, w),) * 2, interpolation=cv2.INTER_CUBIC)[:h, :w].copy()
    size = min(h, w * 2) * 0.9

    def at(x, y):  # body units: y from the middle of the figure, up; the figure leans by 4 degrees
        c, s = np.cos(0.07), np.sin(0.07)
        return [w / 2 + (x * c - y * s) * size, h / 2 - (x * s + y * c) * size]

    joints = {
        0: (0, .42), 1: (0, .33), 2: (-.10, .32), 3: (-.17, .18), 4: (-.20, .05), 5: (.10, .32),
        6: (.16, .19), 7: (.21, .06), 8: (0, .05), 9: (-.055, .04), 10: (-.06, -.19),
        11: (-.07, -.42), 12: (.055, .04), 13: (.07, -.19), 14: (.075, -.42), 15: (-.015, .44),
        16: (.015, .44), 17: (-.04, .43), 18: (.04, .43), 19: (.10, -.455), 20: (.115, -.45),
        21: (.07, -.44), 22: (-.10, -.455), 23: (-.115, -.45), 24: (-.065, -.44),
    }
    body = np.zeros((25, 3))
    for k, (x, y) in joints.items():
        body[k] = (*at(x, y), 0.9)
    hands = {}
    for name, wrist, sign in (("left", 7, 1), ("right", 4, -1)):
        points = np.zeros((21, 3))
        for k in range(21):
            x, y = joints[wrist]
            points[k] = (*at(x + sign * (.004 * (k % 5)), y - .004 * (k % 4 + 1) * 2), 0.8)
        hands[name] = points
    if missing:
        body[18] = 0  # left ear: the eye steps in
        body[21] = 0  # left heel
        body[20] = 0  # left small toe
        hands["right"][10] = 0
        body[15] = (at(*joints[15])[0], 0, 0.4)  # right eye: one coordinate is 0
    mask = np.zeros((h, w), np.uint8)
    bones = [(0, 1, .07), (1, 8, .09), (2, 3, .035), (3, 4, .03), (5, 6, .035), (6, 7, .03),
             (9, 10, .05), (10, 11, .035), (12, 13, .05), (13, 14, .035), (11, 22, .02), (14, 19, .02)]
    for a, b, r in bones:
        pa, pb = at(*joints[a]), at(*joints[b])
        cv2.line(mask, tuple(map(int, pa)), tuple(map(int, pb)), 255, max(1, int(2 * r * size)))
    people = {
        "people": [{
            "pose_keypoints_2d": body.reshape(-1).tolist(),
            "hand_left_keypoints_2d": hands["left"].reshape(-1).tolist(),
            "hand_right_keypoints_2d": hands["right"].reshape(-1).tolist(),
        }],
    }
    cv2.imwrite(str(out / "picture.png"), picture[:, :, ::-1])
    cv2.imwrite(str(out / "mask.png"), mask)
    (out / "keypoints.json").write_text(json.dumps(people) + "\n")


def view_input(out, view):
    """A rendered view of the suite (`scan2score render`), as OpenPose and a mask would give it."""
    out.mkdir(parents=True, exist_ok=True)
    points = json.loads((view / "keypoints.json").read_text())
    flat = {k: np.reshape(points[k], -1).tolist() for k in ("body25", "handLeft", "handRight")}
    person = {"pose_keypoints_2d": flat["body25"], "hand_left_keypoints_2d": flat["handLeft"],
              "hand_right_keypoints_2d": flat["handRight"]}
    (out / "keypoints.json").write_text(json.dumps({"people": [person]}) + "\n")
    cv2.imwrite(str(out / "picture.png"), cv2.imread(str(view / "shaded.png"), cv2.IMREAD_COLOR))
    cv2.imwrite(str(out / "mask.png"), cv2.imread(str(view / "mask.png"), cv2.IMREAD_GRAYSCALE))


def load_input(folder, side):
    """network picture (uint8 RGB, side x side), z, and the plain picture."""
    picture = cv2.imread(str(folder / "picture.png"), cv2.IMREAD_COLOR)[:, :, ::-1].copy()
    mask = cv2.imread(str(folder / "mask.png"), cv2.IMREAD_GRAYSCALE)
    person = json.loads((folder / "keypoints.json").read_text())["people"][0]
    points = front.keypoints31(person)
    plain, points = front.square(picture, points, side)
    inside = front.square_mask(mask > 0, side)
    cut = np.where(inside[:, :, None], plain, 0).astype(np.uint8)
    return front.color_steps(cut), front.part_affines(points, side), plain


def tensor_of(picture):
    x = torch.from_numpy(picture.astype(np.float32)).permute(2, 0, 1)[None]
    return (x / 255 - 0.5) / 0.5


# ---- weights ------------------------------------------------------------------------------------

def calibrated(size, picture, z, seed):
    """Random weights whose activations stay in range on this input, by batch statistics."""
    torch.manual_seed(seed)
    model = Model(size).eval()
    g = torch.Generator().manual_seed(seed + 1)
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.weight.data = 0.6 + 0.6 * torch.rand(module.num_features, generator=g)
            module.bias.data = 0.3 * torch.randn(module.num_features, generator=g)
            module.register_forward_pre_hook(_take_statistics)

    def spread(conv, means, deviations):
        def hook(_module, _inputs, out):
            raw = out.detach()
            for c in range(conv.out_channels):
                mean, dev = raw[:, c].mean(), raw[:, c].std() + 1e-6
                scale = deviations[c] / dev
                conv.weight.data[c] *= scale
                conv.bias.data[c] = means[c] + (conv.bias.data[c] - mean) * scale
            return conv._conv_forward(_inputs[0], conv.weight, conv.bias)

        return conv.register_forward_hook(hook)

    hooks = [spread(model.ImgNorm_to_Dep.Conv_1x1, (1.9, 2.1, 0.0), (0.15, 0.15, 2.0)),
             spread(model.refine.merge3_2, (1.9, 2.1, 0.0), (0.2, 0.2, 2.0))]
    for name in (*size["groups"], "down"):
        net = getattr(model, f"img2normal_{name}")
        hooks.append(spread(net.Conv_1x1.conv[0], (0.5, 0.5, 0.8) * 2, (0.25, 0.25, 0.1) * 2))
    with torch.inference_mode():
        model(tensor_of(picture), torch.from_numpy(z))
    for hook in hooks:
        hook.remove()
    for module in model.modules():
        module._forward_pre_hooks.clear()
    return model


@torch.inference_mode()
def _take_statistics(module, inputs):
    x = inputs[0]
    module.running_mean.copy_(x.mean((0, 2, 3)))
    spread = x.var((0, 2, 3))
    # Channels that hardly vary here are not blown up: other inputs must stay in range too.
    module.running_var.copy_(spread + 0.3 * spread.mean() + 1e-4)


@torch.no_grad()
def show_silhouette(model, picture):
    """Makes the coarse mask 1 exactly where the picture differs from its constant background."""
    corner_value = (float(picture[0, 0, 0]) / 255 - 0.5) / 0.5
    net = model.ImgNorm_to_Dep
    channels = 6  # each colour above and below the background

    def plain_norm(norm, n):
        norm.running_mean[:n], norm.running_var[:n] = 0, 1
        norm.weight[:n], norm.bias[:n] = (1 + norm.eps) ** 0.5, 0

    def only(conv, norm, pairs):
        n = len(pairs)
        conv.weight[:n], conv.bias[:n] = 0, 0
        centre = conv.kernel_size[0] // 2
        for out, (source, value) in enumerate(pairs):
            conv.weight[out, source, centre, centre] = value
        plain_norm(norm, n)

    first, through = net.Conv1_1.conv, [(c, 1.0) for c in range(channels)]
    only(first[0], first[1], [(c % 3, 40.0 if c < 3 else -40.0) for c in range(channels)])
    for c in range(channels):
        first[0].bias[c] = (-40.0 if c < 3 else 40.0) * corner_value - 0.3
    only(first[3], first[4], through)
    net.Att2.psi[1].weight[:], net.Att2.psi[1].bias[:] = 0, 20
    last = net.Up_conv2.conv
    only(last[0], last[1], through)
    only(last[3], last[4], through)
    net.Conv_1x1.weight[2], net.Conv_1x1.bias[2] = 0, -0.05
    net.Conv_1x1.weight[2, :channels] = 8


def save_checkpoint(model, path, *, prefix="", optimizer=False, legacy_names=False, drop=()):
    """Writes what the published training writes."""
    state = model.state_dict()
    if prefix:
        state = type(state)((prefix + k, v) for k, v in state.items())
    for key in list(state):
        if any(key.removeprefix(prefix).startswith(d) for d in drop):
            del state[key]
    adam = {"state": {}, "param_groups": []}
    if optimizer:
        o = torch.optim.Adam(model.refine.parameters(), lr=1e-4)
        for p in model.refine.parameters():
            p.grad = torch.zeros_like(p)
        o.step()
        adam = o.state_dict()
    torch.save({
        "epoch": 0,
        "model": "Model",
        "best_loss": torch.tensor(1e9),
        "model_state_dict": state,
        "optimizer_state_dict": adam,
    }, path)


# ---- runs ---------------------------------------------------------------------------------------

def run(model, picture, z, threads, out):
    torch.set_num_threads(threads)
    x, zt = tensor_of(picture), torch.from_numpy(z)
    spans, mark = {}, [time.perf_counter(), cpu_seconds()]

    def clock(name):
        now = [time.perf_counter(), cpu_seconds()]
        spans[name] = {"wall": now[0] - mark[0], "cpu": now[1] - mark[1]}
        mark[:] = now

    start = list(mark)
    with torch.inference_mode():
        keep = model(x, zt, {}, clock)
    total = {"wall": time.perf_counter() - start[0], "cpu": cpu_seconds() - start[1]}
    report = {
        "threads": threads, "stages": spans, "forward": total,
        "peakMb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "load": os.getloadavg()[0],
    }
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        np.save(out / "network_input.npy", picture.transpose(2, 0, 1)[None].astype(np.float32))
        np.save(out / "part_affine.npy", z)
        for name, value in keep.items():
            np.save(out / f"{name}.npy", value.float().numpy())
        (out / "timing.json").write_text(json.dumps(report, indent=1) + "\n")
    return keep, report


def cpu_seconds():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


RANGES = {"normal": 1.0, "part_normal": 1.0, "coarse_normal": 1.0, "coarse_depth_front": 6.0,
          "coarse_depth_back": 6.0, "depth_front": 6.0, "depth_back": 6.0, "coarse_mask": 1.0,
          "mask": 1.0, "occupancy": 1.0, "part_affine": 1.0, "network_input": 255.0}


def compare(a, b):
    """Prints each tensor's largest and mean difference as a share of its range.

    A coarse mask value within rounding of 0.5 may fall on either side; the fine maps then differ in
    its neighbourhood of 48 pixels and a cell. Such places are counted, and left out below the line.
    """
    masks = [np.load(f / "coarse_mask.npy") for f in (a, b)]
    flips = (masks[0] > 0.5) != (masks[1] > 0.5)
    near = flips & (np.abs(masks[0] - 0.5) <= 1e-3)
    print(f"coarse mask: {flips.sum()} values on the other side of 0.5, {(flips & ~near).sum()} of "
          "them more than 1e-3 away")
    touched = cv2.dilate(near[0, 0].astype(np.uint8), np.ones((15, 15), np.uint8))
    apart = np.kron(touched, np.ones((8, 8), np.uint8)) > 0
    for path in sorted(a.glob("*.npy")):
        x, y = np.load(path), np.load(b / path.name)
        if x.shape != y.shape:
            print(f"{path.stem:22} shapes {x.shape} {y.shape}")
            continue
        span = RANGES[path.stem.rstrip("0123456789").rstrip("_")]
        d = np.abs(x.astype(np.float64) - y) / span
        if path.stem in ("depth_front", "depth_back", "mask"):
            d = d[:, :, ~apart]
        elif path.stem.startswith("coarse_depth"):
            d = d[~near]
        print(f"{path.stem:22} max {d.max():.2e}  mean {d.mean():.2e}  over 2e-4: {(d > 2e-4).sum()}")
    gap = [np.load(f / "depth_back.npy") - np.load(f / "depth_front.npy") for f in (a, b)]
    flips = ((gap[0] >= 0) != (gap[1] >= 0)) & ~apart
    print(f"silhouettes (front <= back): {(gap[0] >= 0).mean():.3f} of the picture, {flips.sum()} "
          f"pixels differ, {(flips & (np.abs(gap[0]) > 1e-3)).sum()} with |front - back| > 1e-3; "
          f"left out {apart.mean():.4f} of the picture")


# ---- golden values of the ordinary tests ---------------------------------------------------------

def golden():
    """The small case: a checkpoint, an input and every tensor of the run, as one .npz."""
    out = HERE.parent / "inference" / "twoktwok" / "golden"
    out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    for shape, missing in (("square", False), ("portrait", True)):
        folder = out / shape
        make_input(folder, shape, 256 if shape == "square" else 300, missing)
        picture, z, _ = load_input(folder, TINY["canvas"])
        if shape == "square":
            model = calibrated(TINY, picture, z, 3)
            show_silhouette(model, picture)
            save_checkpoint(model, out / "tiny.pth.tar", optimizer=True)
            data = (out / "tiny.pth.tar").read_bytes()
            (out / "tiny.pth.tar.gz").write_bytes(gzip.compress(data, 9, mtime=0))
            (out / "tiny.pth.tar").unlink()
        keep, _ = run(model, picture, z, 1, None)
        arrays = {k: v.numpy() for k, v in keep.items() if not k.startswith("part_normal")}
        arrays["network_input"] = picture.transpose(2, 0, 1)
        arrays["part_affine"] = z
        small = {}
        for name, value in arrays.items():
            value = np.squeeze(value)
            # Full-size maps are kept at every third pixel: enough to catch any wrong one.
            small[name] = value[..., 1::3, 1::3] if value.shape[-1] == TINY["canvas"] else value
        np.savez_compressed(folder / "stages.npz", **small)


    golden_clouds(out)


def golden_clouds(out):
    """Counts and every 37th point of the clouds of depths that tests make by the same formula."""
    side = 256
    r, c = np.mgrid[:side, :side]
    inside = (r - 120) ** 2 + 4 * (c - 130) ** 2 < 100 ** 2
    d_front = np.where(inside, 1.75 + (7 * r + 13 * c) % 61 / 512, 6).astype(np.float32)
    d_back = np.where(inside, 1.84375 + (5 * r + 11 * c) % 59 / 512, 0).astype(np.float32)
    f16, b16, main, seams = front.depth_files(d_front, d_back)
    lists = [*main, *seams]
    np.savez_compressed(
        out / "clouds.npz",
        sums=np.array([f16.sum(), b16.sum()], np.float64),
        counts=np.array([len(p) for p in lists], np.int32),
        points=np.concatenate(lists)[::37].astype(np.float32),
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    verbs = parser.add_subparsers(dest="verb", required=True)
    p = verbs.add_parser("input")
    p.add_argument("-o", type=Path, required=True)
    p.add_argument("--shape", choices=("square", "portrait"), default="square")
    p.add_argument("--side", type=int, default=2048)
    p.add_argument("--missing", action="store_true")
    p.add_argument("--view", type=Path, help="a view of the suite instead of a made person")
    p = verbs.add_parser("make")
    p.add_argument("-o", type=Path, required=True)
    p.add_argument("--input", type=Path, required=True)
    p.add_argument("--kind", choices=("unstructured", "silhouette"), default="unstructured")
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--prefix", default="")
    p.add_argument("--optimizer", action="store_true")
    p.add_argument("--drop", action="append", default=[])
    p = verbs.add_parser("run")
    p.add_argument("-o", type=Path)
    p.add_argument("--input", type=Path, required=True)
    p.add_argument("--checkpoint", type=Path, required=True)
    p.add_argument("--threads", type=int, default=2)
    p = verbs.add_parser("compare")
    p.add_argument("a", type=Path)
    p.add_argument("b", type=Path)
    verbs.add_parser("golden")
    a = parser.parse_args()
    if a.verb == "input" and a.view is not None:
        view_input(a.o, a.view)
    elif a.verb == "input":
        make_input(a.o, a.shape, a.side, a.missing)
    elif a.verb == "make":
        torch.set_num_threads(2)
        picture, z, _ = load_input(a.input, PUBLISHED["canvas"])
        model = calibrated(PUBLISHED, picture, z, a.seed)
        if a.kind == "silhouette":
            show_silhouette(model, picture)
        save_checkpoint(model, a.o, prefix=a.prefix, optimizer=a.optimizer, drop=a.drop)
    elif a.verb == "run":
        picture, z, _ = load_input(a.input, PUBLISHED["canvas"])
        model = Model(PUBLISHED).eval()
        state = torch.load(a.checkpoint, map_location="cpu", weights_only=True)["model_state_dict"]
        model.load_state_dict({k.replace("module.", ""): v for k, v in state.items()})
        del state
        _, report = run(model, picture, z, a.threads, a.o)
        print(json.dumps(report, indent=1))
    elif a.verb == "compare":
        compare(a.a, a.b)
    else:
        golden()


if __name__ == "__main__":
    main()
