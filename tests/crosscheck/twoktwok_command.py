"""Measures the 2k2k commands themselves, each a process: CPU seconds, peak memory, wall seconds.

  python twoktwok_command.py import -o DIR [--checkpoint FILE]
  python twoktwok_command.py infer  -o DIR --model MODEL VIEW_OR_PHOTO [infer's options]

`import` takes a checkpoint of the published size with optimizer state; without one it makes it (random
weights, 0.3 GB, removed again). `infer` runs once as it is and once with --memory low, with all files but
no mesh, which would be one of noise. Exit 1 where memory is above what docs/models.md promises. Takes the command from
deno.json, with the task's flags and environment; `deno` must be on the path.

Needs tests/crosscheck/requirements.txt (torch) to make a checkpoint.
"""
import argparse
import json
import os
import shlex
import shutil
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent

# Megabytes (10^6) that a command may take.
LIMITS = {"import": 600, "infer": 1000, "infer --memory low": 700}


def command():
    """The task's words and environment."""
    tasks = json.loads((ROOT / "deno.json").read_text())["tasks"]
    words, settings = shlex.split(tasks["scan2score"]["command"]), dict(os.environ)
    while "=" in words[0]:
        name, value = words.pop(0).split("=", 1)
        settings[name] = value
    return [str(ROOT / word) if word == "tools/main.ts" else word for word in words], settings


def measured(name, arguments):
    """Runs the command, prints what it took and says whether its memory was within the limit."""
    started = time.monotonic()
    words, settings = command()
    pid = os.posix_spawnp(words[0], words + arguments, settings)
    _, status, use = os.wait4(pid, 0)
    if status != 0:
        sys.exit(f"{name} ended with {os.waitstatus_to_exitcode(status)}")
    peak = use.ru_maxrss * 1024 / 1e6
    cpu, wall = use.ru_utime + use.ru_stime, time.monotonic() - started
    limit = LIMITS[name]
    print(f"{name}: {cpu:.1f} CPU s, {wall:.1f} s, peak {peak:.0f} MB (at most {limit})", flush=True)
    return peak <= limit


def random_checkpoint(path):
    import torch
    from twoktwok_network import PUBLISHED, Model
    from twoktwok_reference import save_checkpoint
    torch.manual_seed(1)
    save_checkpoint(Model(PUBLISHED), path, optimizer=True)


def run_import(a):
    path = a.checkpoint or a.o / "random.pth.tar"
    if a.checkpoint is None:
        # In a process of its own: memory that was torch's is not the command's.
        pid = os.fork()
        if pid == 0:
            random_checkpoint(path)
            os._exit(0)
        os.waitpid(pid, 0)
    print(f"{path.name}: {path.stat().st_size / 1e6:.0f} MB")
    shutil.rmtree(a.o / "model", ignore_errors=True)
    good = measured("import", ["model", "import", str(path), "-o", str(a.o / "model"), "--quiet"])
    if a.checkpoint is None:
        path.unlink()
    return good


def run_infer(a):
    good = True
    for name, more in (("infer", []), ("infer --memory low", ["--memory", "low"])):
        out = a.o / name.replace(" ", "_")
        shutil.rmtree(out, ignore_errors=True)
        arguments = ["infer", a.input, "-o", str(out), "--method", "2k2k", "--model", a.model]
        arguments += ["--mesher", "none"]
        good &= measured(name, arguments + ["--quiet"] + more + a.options)
    return good


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="what", required=True)
    p = commands.add_parser("import")
    p.add_argument("-o", type=Path, required=True)
    p.add_argument("--checkpoint", type=Path)
    p = commands.add_parser("infer")
    p.add_argument("-o", type=Path, required=True)
    p.add_argument("--model", required=True)
    p.add_argument("input")
    p.add_argument("options", nargs=argparse.REMAINDER)
    parsed = parser.parse_args()
    parsed.o.mkdir(parents=True, exist_ok=True)
    sys.exit(0 if (run_import if parsed.what == "import" else run_infer)(parsed) else 1)
