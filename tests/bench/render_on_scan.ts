// deno-lint-ignore-file no-console -- a benchmark reports on the terminal
/**
 * Measures how far depth maps, taken back into space, lie from the scan: every covered pixel of
 * every bundled person at 2048², front and back, perspective at two yaws and orthographic.
 *
 *   deno run --allow-read --allow-env --allow-ffi --allow-sys tests/bench/render_on_scan.ts [IDS]
 */
import { buildTree } from "../../core/geometry/bvh.ts";
import { type Camera, unproject } from "../../core/geometry/camera.ts";
import { closestPoints } from "../../core/geometry/closest.ts";
import { invert, transformPoints } from "../../core/geometry/transform.ts";
import { framingOf, suiteCamera } from "../../render/cameras.ts";
import { drawScene } from "../../render/cpu/draw.ts";
import { prepareScene } from "../../render/cpu/scene.ts";
import { readFixture } from "../render/_fixture.ts";

const people = Array.from({ length: 24 }, (_, i) => `h${String(i + 1).padStart(2, "0")}`);
const ids = Deno.args[0]?.split(",") ?? [...people, "h03_dense"];
const views = [["persp50", 0], ["persp50", 150], ["ortho", 0]] as const;

let worstM = 0;
for (const id of ids) {
  const mesh = await readFixture(id);
  const scene = prepareScene(mesh), tree = buildTree(mesh), framing = framingOf(mesh);
  for (const [kind, yawDeg] of views) {
    const camera = suiteCamera(framing, { yawDeg, pitchDeg: 0 }, { camera: kind });
    const { depth, depth_back, stats } = drawScene(scene, camera, {
      maps: ["depth", "depth_back"],
    });
    const farthest = [depth!, depth_back!].map((map) =>
      closestPoints(tree, pointsOf(map, camera, stats.covered)).distance
        .reduce((most, distance) => Math.max(most, distance), 0)
    );
    worstM = Math.max(worstM, ...farthest);
    const [front, back] = farthest.map((distance) => (1e6 * distance).toFixed(3));
    console.log(`${id} ${kind} ${yawDeg}: ${stats.covered} px, front ${front} µm, back ${back} µm`);
  }
}
console.log(`farthest of all: ${(1e6 * worstM).toFixed(3)} µm`);

/** The points in the scan's frame that a depth map stands for, xyz interleaved. */
function pointsOf(depth: Float32Array, camera: Camera, covered: number): Float64Array {
  const points = new Float64Array(3 * covered);
  let n = 0;
  depth.forEach((depthM, at) => {
    if (depthM === 0) return;
    const u = at % camera.width + 0.5, v = Math.floor(at / camera.width) + 0.5;
    points.set(unproject(camera, u, v, depthM), 3 * n++);
  });
  return transformPoints(invert(camera.camFromScan), points);
}
