import assert from "node:assert/strict";
import type { Mesh } from "../../../core/geometry/mesh.ts";
import { protocolNamed, protocolOf, PROTOCOLS } from "../../../eval/protocols/registry.ts";
import { isFieldProtocol } from "../../../eval/protocols/field_protocol.ts";
import { formulaPage, protocolsDocument } from "../../../eval/protocols/formula_page.ts";
import { protocolRecord, withConstants } from "../../../eval/protocols/protocol.ts";
import { identity } from "../../../core/geometry/transform.ts";
import { pairDistances } from "../../../eval/metrics/pair_distances.ts";
import { preparePrediction, prepareTruth, scorePair } from "../../../eval/score.ts";
import { blob, cube, icosphere, join, meshOf, moved } from "../../core/geometry/_shapes.ts";

/** A protocol with fewer points and smaller pictures, for speed. */
function quick(id: string, samples?: number) {
  const protocol = protocolNamed(id),
    { normalError } = protocol.constants as {
      normalError: { sizePx: number } | null;
    };
  return withConstants(protocol, {
    ...(samples === undefined ? {} : { samples }),
    ...(normalError === null ? {} : { normalError: { ...normalError, sizePx: 64 } }),
  });
}

async function scores(id: string, truth: Mesh, prediction: Mesh, samples?: number, seed = 0) {
  const ready = prepareTruth(truth, { subject: "s", seed });
  const found = await scorePair(ready, prediction, { protocol: quick(id, samples) });
  ready.release();
  return { ...found, none: found.scores.none };
}

const FIELD = PROTOCOLS.filter(isFieldProtocol);

Deno.test("every protocol has a note for every constant, labels that it computes, and a page", () => {
  for (const protocol of PROTOCOLS) {
    const { id, constants, notes, formulas, labels, rank } = protocol;
    assert.deepEqual(Object.keys(notes).sort(), Object.keys(constants).sort(), id);
    const keys = Object.keys(formulas).flatMap((names) => names.split(/[,;] /));
    for (const key of [...Object.values(labels), rank.key]) assert.ok(keys.includes(key), key);
    assert.ok(protocol.alignments.includes("none") && protocol.alignments[0] === "none");
    assert.ok(protocol.alignments.includes(rank.alignment));
    assert.ok(formulaPage(protocol).includes(`## ${id}`));
    assert.equal(protocolOf(protocolRecord(protocol)), protocol);
  }
  assert.equal(new Set(PROTOCOLS.map(({ id }) => id)).size, PROTOCOLS.length);
  assert.ok(protocolsDocument().includes("econ-2023"));
});

Deno.test("P2S is prediction → scan in PIFuHD's line of work, scan → prediction in ICON's", () => {
  const label = (id: string) => protocolNamed(id).labels.P2S;
  for (const id of ["pifuhd-2020", "2k2k-style", "human3diffusion-2024"]) {
    assert.equal(label(id), "p2s_cm");
  }
  for (const id of ["icon-2022", "econ-2023", "gta-2023", "sifu-2024", "hilo-2024"]) {
    assert.equal(label(id), "s2p_ndc100");
  }
});

Deno.test("concentric spheres: R − r both ways, its square, its sum, in every protocol's unit", async () => {
  const R = 0.9, r = 0.89, cm = 100 * (R - r), most = 0.02; // tessellation of level 5: under 0.1 mm
  const [truth, prediction] = [icosphere(5, R), icosphere(5, r)];
  const close = (found: number | null, wanted: number) =>
    assert.ok(Math.abs(found! / wanted - 1) < most, `${found}, expected ${wanted}`);
  const pifuhd = (await scores("pifuhd-2020", truth, prediction, 2000)).none;
  for (const key of ["p2s_cm", "s2p_cm", "chamfer_cm"]) close(pifuhd[key], cm);
  const icon = (await scores("icon-2022", truth, prediction, 500)).none;
  for (const key of ["p2s_ndc100", "s2p_ndc100", "chamfer_ndc100"]) {
    close(icon[key], 100 * (R - r) * 180 / (2 * R * 102.4)); // posed height 2R is 180, 102.4 is 1
  }
  const xavatar = (await scores("xavatar-2023", truth, prediction, 2000)).none;
  close(xavatar.chamfer_mm, 10 * cm);
  assert.ok(xavatar.nc! > 0.999);
  close(xavatar.box_iou, (r / R) ** 3);
  const squared = (await scores("integrated-pifu-2022", truth, prediction, 2000)).none;
  close(squared.chamfer_units2, (R - r) ** 2);
  const open3d = (await scores("open3d-0.20", truth, prediction)).none;
  close(open3d.chamfer_sum_m, 2 * (R - r));
  const sync = (await scores("synchuman", truth, prediction, 2000)).scores;
  close(sync.none.chamfer_axis100, 100 * (R - r) / (2 * R));
  assert.ok(sync.normalized.chamfer_axis100! < 0.01); // the size is divided away
});

Deno.test("F(τ) is all or nothing on either side of R − r; Open3D's threshold is strict", async () => {
  const near = await scores("human3diffusion-2024", icosphere(4, 0.9), icosphere(4, 0.893), 500);
  assert.equal(near.none.f_1cm, 100);
  const far = await scores("human3diffusion-2024", icosphere(4, 0.9), icosphere(4, 0.885), 500);
  assert.equal(far.none.f_1cm, 0);
  // Two parallel squares exactly the threshold apart, seen from the one at z = 0, where samples
  // are exact: only ≤ counts them.
  const square = (z: number) =>
    meshOf([[0, 0, z], [4, 0, z], [4, 4, z], [0, 4, z]], [[0, 1, 2], [0, 2, 3]]);
  const at = 1 / 128, truth = prepareTruth(square(0), { subject: "s" });
  const strict = withConstants(protocolNamed("open3d-0.20"), { samples: 50, fScoreThresholdM: at });
  const loose = withConstants(strict, { fScoreStrict: "<=" });
  const recall = async (protocol: typeof strict) =>
    (await scorePair(truth, square(at), { protocol })).scores.none.recall_0p78125cm;
  assert.deepEqual([await recall(strict), await recall(loose)], [0, 100]);
});

Deno.test("a floater of the scan grows scan → prediction alone; ICON's P2S sees it, PIFuHD's does not", async () => {
  const prediction = icosphere(4),
    truth = join(prediction, moved(cube(0.3), ([x, y, z]) => [x + 6, y, z]));
  const found = (await scores("pifuhd-2020", truth, prediction, 2000)).none;
  assert.ok(found.p2s_cm! < 1e-5 && found.s2p_cm! > 10);
});

Deno.test("a floater of the prediction is dropped by those who score the largest piece, and said", async () => {
  const truth = icosphere(4),
    prediction = join(truth, moved(cube(0.3), ([x, y, z]) => [x + 6, y, z]));
  const icon = await scores("icon-2022", truth, prediction, 500);
  assert.ok(icon.none.p2s_ndc100! < 1e-4);
  assert.ok(icon.warnings.some((text) => text.startsWith("only the largest of 2 pieces")));
  assert.ok((await scores("econ-2023", truth, prediction, 500)).none.p2s_ndc100! > 10);
});

Deno.test("a mesh against itself: 0 to surfaces, ½ √(A/n) between points, edge / (6 √3) to edges", async () => {
  const mesh = icosphere(4); // 5120 triangles; A = 4π
  for (
    const id of ["pifuhd-2020", "icon-2022", "xavatar-2023", "open3d-0.20", "integrated-pifu-2022"]
  ) {
    const { none } = await scores(id, mesh, mesh, 1000);
    for (const [key, value] of Object.entries(none)) {
      if (/^(p2s|s2p|chamfer)/.test(key)) assert.ok(Math.abs(value!) < 1e-5, `${id} ${key}`);
    }
  }
  const n = 4000, floor = 0.5 * Math.sqrt(4 * Math.PI / n) * 1000;
  const { none } = await scores("editable-humans-2023", mesh, mesh, n);
  assert.ok(Math.abs(none.p2s_mm! / floor - 1) < 0.05, `${none.p2s_mm}, expected ${floor}`);

  // A flat patch of equilateral triangles with edge e: the mean distance to the nearest edge is a
  // third of the inradius, e / (6 √3). Its height is 180, so distances are in units of its own.
  const e = 0.05, n2 = 24, patch = equilateralPatch(e, n2), height = n2 * e * Math.sqrt(3) / 2;
  const econ = (await scores("econ-2023", patch, patch, 4000)).none;
  const expected = 100 * e / (6 * Math.sqrt(3)) * 180 / (102.4 * height);
  assert.ok(Math.abs(econ.s2p_ndc100! / expected - 1) < 0.03, `${econ.s2p_ndc100}, ${expected}`);
  assert.ok(econ.s2p_surface_ndc100! < 1e-4);
});

/** n × n rhombi of two equilateral triangles each, in the plane z = 0. */
function equilateralPatch(edge: number, n: number): Mesh {
  const vertices: number[][] = [], faces: number[][] = [];
  for (let j = 0; j <= n; j++) {
    for (let i = 0; i <= n; i++) {
      vertices.push([edge * (i + j / 2), edge * j * Math.sqrt(3) / 2, 0]);
    }
  }
  const at = (i: number, j: number) => j * (n + 1) + i;
  for (let j = 0; j < n; j++) {
    for (let i = 0; i < n; i++) {
      faces.push([at(i, j), at(i + 1, j), at(i, j + 1)], [
        at(i + 1, j),
        at(i + 1, j + 1),
        at(i, j + 1),
      ]);
    }
  }
  return meshOf(vertices, faces);
}

Deno.test("pytorch3d: squared sums between points, faces to points, normals", async () => {
  const R = 0.9, r = 0.85;
  const { none } = await scores("pytorch3d", icosphere(4, R), icosphere(4, r), 8000);
  // Between samples, in-plane distances add: about A / (π n) of a random set's mean square.
  assert.ok(none.chamfer_sum_m2! > 2 * (R - r) ** 2);
  assert.ok(none.chamfer_sum_m2! < 2 * (R - r) ** 2 * 1.6);
  assert.ok(Math.abs(none.face_point_m2! / (R - r) ** 2 - 1) < 0.4);
  assert.ok(none.normal_loss! >= 0 && none.normal_loss! < 0.02);
  assert.ok(Math.abs(none.point_mesh_m2! - none.point_face_m2! - none.face_point_m2!) < 1e-15);
});

Deno.test("sith-2024 moves, scales and mirrors the prediction back, and says so", async () => {
  const truth = blob(4);
  const small = moved(truth, (p) => p.map((v) => 0.7 * v));
  const found = await scores("sith-2024", truth, small, 1000);
  assert.ok(found.scores.icp.p2s_mm! < found.none.p2s_mm! / 2);
  assert.ok(
    found.warnings.some((text) => /^icp: the alignment scaled it: scale 1\.\d\d$/.test(text)),
  );
  const relief = reliefMesh(), mirrored = moved(relief, ([x, y, z]) => [x, y, -z]);
  const turned = await scores("sith-2024", relief, mirrored, 1000);
  assert.ok(turned.warnings.includes("icp: the alignment mirrored the prediction"));
  assert.equal(turned.transforms.icp.mirrored, true);
});

/** A shallow bumpy sheet: its mirror image's nearest vertices are its own. */
function reliefMesh(): Mesh {
  const n = 12, vertices: number[][] = [], faces: number[][] = [];
  for (let j = 0; j <= n; j++) {
    for (let i = 0; i <= n; i++) vertices.push([i / n, j / n, 0.01 * Math.sin(5 * i + 3 * j * j)]);
  }
  for (let j = 0; j < n; j++) {
    for (let i = 0; i < n; i++) {
      const a = j * (n + 1) + i, b = a + n + 1;
      faces.push([a, a + 1, b], [a + 1, b + 1, b]);
    }
  }
  return meshOf(vertices, faces);
}

Deno.test("scores do not depend on the order of protocols, and are those of the protocol alone", async () => {
  const truth = blob(3), prediction = blob(3, 1);
  const ready = prepareTruth(truth, { subject: "s" });
  const ids = ["hilo-2024", "xavatar-2023", "econ-2023", "pifuhd-2020"];
  for (const id of ids) {
    const shared = await scorePair(ready, prediction, { protocol: quick(id, 300) });
    assert.deepEqual(shared.scores.none, (await scores(id, truth, prediction, 300)).none);
  }
});

Deno.test("protocols share samples, trees and distances: what one measured the next does not", async () => {
  const truth = prepareTruth(blob(3), { subject: "s" });
  using prediction = preparePrediction(blob(3, 1), truth);
  const measured = (samples: number) =>
    pairDistances(truth, prediction, {
      placement: { name: "none", matrix: identity(), scale: 1 },
      settings: { samples, sampler: "area", target: "surface" },
    });
  await scorePair(truth, prediction, { protocol: quick("pifuhd-2020", 300) });
  const first = measured(300), trees = [truth.tree, prediction.tree];
  for (const id of ["xavatar-2023", "human3diffusion-2024", "2k2k-style", "econ-2023"]) {
    await scorePair(truth, prediction, { protocol: quick(id, 300) });
  }
  assert.equal(measured(300), first);
  assert.equal(truth.drawn("area", 300), first.ofTruth);
  assert.deepEqual([truth.tree, prediction.tree], trees);
  assert.notEqual(measured(200), first);
});

Deno.test("every protocol of the field scores a pair without a single number that is not finite", async () => {
  const ready = prepareTruth(blob(3), { subject: "s", metresPerUnit: 0.01 });
  for (const { id, constants } of FIELD) {
    const found = await scorePair(ready, blob(3, 2), {
      protocol: quick(id, Math.min(300, constants.samples)),
    });
    for (const scores of Object.values(found.scores)) {
      for (const [key, value] of Object.entries(scores)) {
        assert.ok(value === null || Number.isFinite(value), `${id} ${key} = ${value}`);
      }
    }
  }
});
