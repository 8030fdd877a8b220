"""Draws training curves as SVG from the logs of the trainers.

    python curves.py --out FILE.svg NAME=log.jsonl:KEY.PATH[,KEY.PATH]...
"""

import argparse
import json
from pathlib import Path

WIDTH, HEIGHT, LEFT, TOP, BOTTOM, RIGHT = 720, 240, 64, 30, 36, 170
COLOURS = ["#1b6ca8", "#c8553d", "#3a7d44", "#8d5a97"]


def value_of(line, path):
    for key in path.split("."):
        line = line.get(key) if isinstance(line, dict) else None
    return line


def panel(name, lines, paths, y0):
    series = {p: [(l["step"], value_of(l, p)) for l in lines if value_of(l, p) is not None] for p in paths}
    points = [q for s in series.values() for q in s]
    if not points:
        return ""
    xmax, top = max(q[0] for q in points), max(q[1] for q in points)
    low = min(q[1] for q in points)
    pad = 0.08 * (top - low or 1)
    low, top = low - pad, top + pad
    px = lambda x: LEFT + (WIDTH - LEFT - RIGHT) * x / xmax
    py = lambda y: y0 + TOP + (HEIGHT - TOP - BOTTOM) * (top - y) / (top - low)
    out = [f'<text x="{LEFT}" y="{y0 + 18}" font-weight="bold">{name}</text>']
    for k in range(4):
        y = low + (top - low) * k / 3
        out.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{py(y):.1f}" y2="{py(y):.1f}" stroke="#ddd"/>'
                   f'<text x="{LEFT - 6}" y="{py(y) + 4:.1f}" text-anchor="end">{y:.3g}</text>')
        x = xmax * k / 3
        out.append(f'<text x="{px(x):.1f}" y="{y0 + HEIGHT - 14}" text-anchor="middle">{x:.0f}</text>')
    for i, (path, s) in enumerate(series.items()):
        line = " ".join(f"{px(x):.1f},{py(y):.1f}" for x, y in s)
        out.append(f'<polyline points="{line}" fill="none" stroke="{COLOURS[i]}" stroke-width="2"/>'
                   f'<text x="{WIDTH - RIGHT + 10}" y="{y0 + 50 + 18 * i}" fill="{COLOURS[i]}">{path}</text>')
    return "".join(out)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", required=True)
    parser.add_argument("panels", nargs="+")
    a = parser.parse_args()
    parts = []
    for i, text in enumerate(a.panels):
        name, rest = text.split("=", 1)
        file, paths = rest.rsplit(":", 1)
        lines = [json.loads(line) for line in Path(file).read_text().splitlines()]
        parts.append(panel(name, lines, paths.split(","), i * HEIGHT))
    size = f'width="{WIDTH}" height="{HEIGHT * len(parts)}"'
    Path(a.out).write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="12">'
        f'<rect width="100%" height="100%" fill="white"/>{"".join(parts)}</svg>\n')


if __name__ == "__main__":
    main()
