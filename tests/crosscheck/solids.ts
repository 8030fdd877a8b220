// deno-lint-ignore-file no-console -- a program
/**
 * What `solids.py` compares: for each bundled person given, its welded mesh as PLY, points and their
 * winding numbers; then feature sets and their distances. Arguments: FOLDER ID...
 */
import { writeMesh } from "../../core/files/mesh_file.ts";
import { boundsOf } from "../../core/geometry/mesh.ts";
import { selfIntersections } from "../../core/geometry/self_intersections.ts";
import { weldByPosition } from "../../core/geometry/weld.ts";
import { buildWindingTree, windingNumbers } from "../../core/geometry/winding.ts";
import { random } from "../../core/work/random.ts";
import { loadScan } from "../../datasets/load.ts";
import { openDataset } from "../../datasets/open.ts";
import { frechetDistance, kernelDistance } from "../../eval/metrics/feature_sets.ts";
import { boxPoints } from "../../eval/metrics/volume.ts";

const [folder, ...ids] = Deno.args;
const bytes = (data: Float64Array | Float32Array) =>
  new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
const dataset = await openDataset(new URL("../../fixtures/humans", import.meta.url).pathname);
const people = [];
for (const id of ids) {
  const { mesh } = await loadScan(dataset.subjects.find((one) => one.id === id)!, {
    textures: "skip",
  });
  const { weldedOf, firstOf } = weldByPosition(mesh.positions);
  const positions = new Float32Array(3 * firstOf.length);
  firstOf.forEach((v, i) => positions.set(mesh.positions.subarray(3 * v, 3 * v + 3), 3 * i));
  const welded = { positions, indices: mesh.indices.map((v) => weldedOf[v]) };
  await writeMesh(`${folder}/${id}.ply`, welded);
  const points = boxPoints(boundsOf(welded), { count: 5000, draw: random(0, id) });
  await Deno.writeFile(`${folder}/${id}_points.f64`, bytes(points));
  await Deno.writeFile(
    `${folder}/${id}_winding.f64`,
    bytes(windingNumbers(buildWindingTree(welded), points)),
  );
  const { pairs, faces } = selfIntersections(welded);
  people.push({ id, pairs, faces });
}
const sets = [];
for (const [a, b, dims] of [[40, 60, 96], [200, 200, 64]]) {
  const draw = random(0, "sets", a, b, dims);
  const set = (count: number, shift: number) => {
    const rows = Array.from(
      { length: count },
      () => Float32Array.from({ length: dims }, (_, k) => draw.normal() * (1 + k / dims) + shift),
    );
    return rows;
  };
  const x = set(a, 0), y = set(b, 0.3), name = `${a}_${b}_${dims}`;
  const flat = (rows: Float32Array[]) => Float32Array.from(rows.flatMap((row) => [...row]));
  await Deno.writeFile(`${folder}/${name}_a.f32`, bytes(flat(x)));
  await Deno.writeFile(`${folder}/${name}_b.f32`, bytes(flat(y)));
  const kid = kernelDistance(x, y).mean;
  sets.push({ name, a, b, dims, fid: frechetDistance(x, y), kid });
}
console.log(JSON.stringify({ people, sets }));
