/**
 * Two surfaces of about half a million triangles to measure distances between, made from the open
 * body: a person with wrinkles, and a smooth prediction of it that is a few millimetres off and cut
 * into other triangles. Seeded, so the same everywhere.
 */
import { bodyMesh, poseBody } from "../../body/forward.ts";
import { readBodyFile } from "../../body/body_file.ts";
import { angleWeightedNormals } from "../../core/geometry/normals.ts";
import type { Mesh } from "../../core/geometry/mesh.ts";
import { random } from "../../core/work/random.ts";

const HUMANS = new URL("../../fixtures/humans/", import.meta.url);

/** The pair: `human` about 500,000 triangles, `prediction` about as many. */
export async function benchPair(): Promise<{ human: Mesh; prediction: Mesh }> {
  const body = await walkingBody();
  return {
    // Waves of 12 to 50 mm, 0.8 mm high (root mean square): wrinkles.
    human: wavy(split(body, 0.0056), { seed: "wrinkles", rmsM: 0.0008, minM: 0.012, maxM: 0.05 }),
    // Waves of 15 to 60 cm, 6.5 mm high: what a reconstruction gets wrong.
    prediction: wavy(split(body, 0.0055), { seed: "errors", rmsM: 0.0065, minM: 0.15, maxM: 0.6 }),
  };
}

/** The body fit of person h03, who walks: closed, 26,756 triangles. */
async function walkingBody(): Promise<Mesh> {
  const model = await readBodyFile(new URL("open_body.npz", HUMANS).pathname);
  const { body } = JSON.parse(await Deno.readTextFile(new URL("subjects/h03.json", HUMANS)));
  const posed = poseBody(model, {
    kind: model.kind,
    betas: Float64Array.from(body.betas),
    globalOrient: Float64Array.from(body.pose[0]),
    bodyPose: Float64Array.from(body.pose.slice(1).flat()),
    transl: Float64Array.from(body.transl),
    scale: body.scale,
  });
  return bodyMesh(model, posed);
}

/** Cuts edges longer than `longestM` in the middle until there are none. */
function split(mesh: Mesh, longestM: number): Mesh {
  const positions = Array.from(mesh.positions);
  let faces = Array.from(mesh.indices);
  for (let cut = true; cut;) {
    cut = false;
    const middles = new Map<number, number>(), next: number[] = [];
    const middleOf = (a: number, b: number): number => {
      const d = [0, 1, 2].map((k) => positions[3 * a + k] - positions[3 * b + k]);
      if (Math.hypot(...d) <= longestM) return -1;
      const key = Math.min(a, b) * 2 ** 24 + Math.max(a, b);
      let middle = middles.get(key);
      if (middle === undefined) {
        middle = positions.length / 3;
        for (let k = 0; k < 3; k++) positions.push(positions[3 * b + k] + d[k] / 2);
        middles.set(key, middle);
      }
      return middle;
    };
    for (let i = 0; i < faces.length; i += 3) {
      const corners = faces.slice(i, i + 3);
      const cuts = corners.map((corner, k) => middleOf(corner, corners[(k + 1) % 3]));
      const found = cuts.filter((middle) => middle >= 0).length;
      if (found > 0) cut = true;
      // Turn the triangle so that one cut is on its first side, two are on the first and second.
      const turn = found === 1
        ? cuts.findIndex((m) => m >= 0)
        : (cuts.findIndex((m) => m < 0) + 1) % 3;
      const [a, b, c] = [0, 1, 2].map((k) => corners[(turn + k) % 3]);
      const [ab, bc, ca] = [0, 1, 2].map((k) => cuts[(turn + k) % 3]);
      if (found === 0) next.push(a, b, c);
      else if (found === 1) next.push(a, ab, c, ab, b, c);
      else if (found === 2) next.push(a, ab, c, ab, b, bc, ab, bc, c);
      else next.push(a, ab, ca, ab, b, bc, ca, bc, c, ab, bc, ca);
    }
    faces = next;
  }
  return { positions: Float32Array.from(positions), indices: Uint32Array.from(faces) };
}

/** Moves vertices along their normals by a sum of 24 waves. */
function wavy(
  mesh: Mesh,
  { seed, rmsM, minM, maxM }: { seed: string; rmsM: number; minM: number; maxM: number },
): Mesh {
  const draw = random(1, seed), count = 24;
  const waves = Array.from({ length: count }, () => {
    const direction = [draw.normal(), draw.normal(), draw.normal()];
    const length = minM * (maxM / minM) ** draw.float();
    const scale = 2 * Math.PI / (length * Math.hypot(...direction));
    return [...direction.map((value) => value * scale), 2 * Math.PI * draw.float()];
  });
  const normals = angleWeightedNormals(mesh.positions, mesh.indices);
  const positions = mesh.positions.slice();
  for (let i = 0; i < positions.length; i += 3) {
    const [px, py, pz] = mesh.positions.subarray(i, i + 3);
    let height = 0;
    for (const [x, y, z, phase] of waves) height += Math.sin(x * px + y * py + z * pz + phase);
    height *= rmsM * Math.sqrt(2 / count);
    for (let k = 0; k < 3; k++) positions[i + k] += height * normals[i + k];
  }
  return { positions, indices: mesh.indices };
}
