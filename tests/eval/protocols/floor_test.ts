import assert from "node:assert/strict";
import type { Mesh } from "../../../core/geometry/mesh.ts";
import { canonicalOrder } from "../../../core/geometry/canonical_order.ts";
import { protocolNamed, PROTOCOLS } from "../../../eval/protocols/registry.ts";
import { type FieldProtocol, isFieldProtocol } from "../../../eval/protocols/field_protocol.ts";
import { withConstants } from "../../../eval/protocols/protocol.ts";
import { prepareTruth, scorePair } from "../../../eval/score.ts";
import { icosphere, meshOf } from "../../core/geometry/_shapes.ts";

const SEEDS = 20;

/** Scores of a mesh as its own prediction, under each of 20 seeds. */
async function selfScores(id: string, mesh: Mesh, samples: number) {
  const protocol = withConstants(protocolNamed(id), {
    samples,
    ...("normalError" in protocolNamed(id).constants ? { normalError: null } : {}),
  });
  const found: Record<string, number | null>[] = [];
  for (let seed = 0; seed < SEEDS; seed++) {
    using truth = prepareTruth(mesh, { subject: "s", seed });
    found.push((await scorePair(truth, mesh, { protocol, alignments: ["none"] })).scores.none);
  }
  return (key: string) => found.map((scores) => scores[key]!);
}

/** Fails where the mean is more than three standard errors from what it should be. */
function within3StandardErrors(values: readonly number[], expected: number, what: string) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const error = Math.sqrt(squares / (values.length - 1) / values.length);
  assert.ok(error < 0.02 * expected, `${what}: standard error ${error}`); // the test can fail
  assert.ok(
    Math.abs(mean - expected) <= 3 * error,
    `${what}: ${mean}, expected ${expected} ± ${3 * error}`,
  );
}

const SPHERE = icosphere(4);
const AREA = (() => {
  const { cumulative, drawable } = canonicalOrder(SPHERE);
  return cumulative[drawable - 1];
})();

Deno.test("the scan as its own prediction: 0 to 1e-7 m wherever distances are to the surface", async () => {
  const surface = PROTOCOLS.filter(isFieldProtocol).filter(({ constants }) =>
    constants.target === "surface"
  );
  assert.ok(surface.length >= 7);
  for (const { id, constants } of surface as FieldProtocol[]) {
    const { unitFactor, space, exponent, rank: { key } } = { ...constants, ...protocolNamed(id) };
    const perMetre = { metres: 1, "file-units": 1, "longest-axis": 0.5, "height-180": 180 / 204.8 };
    const scores = await selfScores(id, icosphere(2), 300);
    const most = (unitFactor * perMetre[space as keyof typeof perMetre] * 1e-7) ** (exponent ?? 1);
    for (const value of scores(key)) assert.ok(value <= most, `${id} ${key} ${value}`);
  }
});

Deno.test("the scan as its own prediction, between points: ½ √(A/n), squared A/(π n)", async () => {
  const n = 1500, floorM = 0.5 * Math.sqrt(AREA / n);
  for (const id of ["sith-2024", "editable-humans-2023"]) {
    const scores = await selfScores(id, SPHERE, n);
    for (const key of ["p2s_mm", "s2p_mm", "chamfer_mm"]) {
      within3StandardErrors(scores(key), 1000 * floorM, `${id} ${key}`);
    }
  }
  const scores = await selfScores("pytorch3d", SPHERE, n);
  within3StandardErrors(scores("chamfer_sum_m2"), 2 * AREA / (Math.PI * n), "pytorch3d");
});

Deno.test("the scan as its own prediction, to edges: e / (6 √3) of equilateral triangles", async () => {
  const edge = 0.05, n = 24, height = n * edge * Math.sqrt(3) / 2;
  const at = (i: number, j: number) => j * (n + 1) + i;
  const vertices: number[][] = [], faces: number[][] = [];
  for (let j = 0; j <= n; j++) {
    for (let i = 0; i <= n; i++) {
      vertices.push([edge * (i + j / 2), edge * j * Math.sqrt(3) / 2, 0]);
      if (i === n || j === n) continue;
      faces.push([at(i, j), at(i + 1, j), at(i, j + 1)]);
      faces.push([at(i + 1, j), at(i + 1, j + 1), at(i, j + 1)]);
    }
  }
  const expected = 100 * edge / (6 * Math.sqrt(3)) * 180 / (102.4 * height);
  for (const id of ["econ-2023", "hilo-2024"]) {
    const scores = await selfScores(id, meshOf(vertices, faces), 1000);
    within3StandardErrors(scores("s2p_ndc100"), expected, id);
    for (const value of scores("s2p_surface_ndc100")) assert.ok(value < 1e-4, `${id} ${value}`);
  }
});
