"""Independent forward pass of the open body model, from the published equations, in float64 numpy.

Writes tests/body/golden/forward.json: every 97th vertex and all joints of a few people, and of made
poses with large rotations. Run: python tests/crosscheck/body_forward.py (needs numpy).
"""
import json
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
HUMANS = ROOT / "fixtures" / "humans"
STEP = 97


def rodrigues(v):
    """Rotation matrix of an axis-angle vector, through the matrix exponential's closed form."""
    angle = np.linalg.norm(v)
    if angle == 0:
        return np.eye(3)
    x, y, z = v / angle
    k = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.eye(3) + np.sin(angle) * k + (1 - np.cos(angle)) * (k @ k)


def forward(m, betas, pose, transl, scale):
    shaped = m["v_template"] + np.einsum("vcb,b->vc", m["shapedirs"][:, :, : len(betas)], betas)
    joints = m["J_regressor"] @ shaped
    rot = np.stack([rodrigues(p) for p in pose])
    feature = (rot[1:] - np.eye(3)).reshape(-1)
    posed = shaped + np.einsum("vcp,p->vc", m["posedirs"], feature)
    parents = m["kintree_table"][0].astype(np.int64)
    world = np.zeros((len(pose), 4, 4))
    for j in range(len(pose)):
        local = np.eye(4)
        local[:3, :3] = rot[j]
        local[:3, 3] = joints[j] if j == 0 else joints[j] - joints[parents[j]]
        world[j] = local if j == 0 else world[parents[j]] @ local
    rest = np.tile(np.eye(4), (len(pose), 1, 1))
    rest[:, :3, 3] = -joints
    skin = world @ rest
    blended = np.einsum("vj,jab->vab", m["weights"], skin)
    out = np.einsum("vab,vb->va", blended[:, :3, :3], posed) + blended[:, :3, 3]
    t = np.asarray(transl)
    return scale * out + t, scale * world[:, :3, 3] + t


def main():
    with np.load(HUMANS / "open_body.npz") as f:
        m = {k: f[k].astype(np.float64) for k in f.files}
    cases = []
    for name in ["h01", "h06", "h13", "h20"]:
        body = json.loads((HUMANS / "subjects" / f"{name}.json").read_text())["body"]
        cases.append((name, body["betas"], body["pose"], body["transl"], body["scale"]))
    rng = np.random.default_rng(7)
    for i in range(3):
        pose = rng.normal(0, 0.8, (24, 3)).round(4).tolist()
        betas = rng.normal(0, 1.5, 10 if i < 2 else 4).round(4).tolist()
        cases.append((f"random{i}", betas, pose, rng.normal(0, 1, 3).round(4).tolist(), 1 + 0.25 * i))
    out = []
    for name, betas, pose, transl, scale in cases:
        v, j = forward(m, np.array(betas), np.array(pose), transl, scale)
        out.append({
            "name": name, "betas": betas, "pose": pose, "transl": transl, "scale": scale,
            "vertices": v[::STEP].round(9).reshape(-1).tolist(),
            "joints": j.round(9).reshape(-1).tolist(),
        })
    path = ROOT / "tests" / "body" / "golden" / "forward.json"
    path.write_text(json.dumps({"step": STEP, "cases": out}) + "\n")
    print(f"wrote {path.relative_to(ROOT)}: {len(out)} cases")


if __name__ == "__main__":
    main()
