"""trimesh's side of files_obj.ts: reads one file, prints seconds and peak memory as JSON.

    python tests/bench/files_obj_peer.py default|raw FILE     # needs trimesh, pillow

`default` is trimesh.load as people call it (it merges vertices), `raw` is process=False.
"""
import json
import sys
import time

import trimesh

mode, path = sys.argv[1:]
start = time.perf_counter()
mesh = trimesh.load(path, process=mode == "default")
seconds = time.perf_counter() - start
status = open("/proc/self/status").read()
peak = int(status.split("VmHWM:")[1].split()[0]) / 1024
print(json.dumps({"seconds": seconds, "peakMb": peak, "faces": len(mesh.faces)}))
