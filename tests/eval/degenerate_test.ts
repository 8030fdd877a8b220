import assert from "node:assert/strict";
import type { Mesh } from "../../core/geometry/mesh.ts";
import { InputError } from "../../core/work/errors.ts";
import { withConstants } from "../../eval/protocols/protocol.ts";
import { PROTOCOLS } from "../../eval/protocols/registry.ts";
import { isFieldProtocol } from "../../eval/protocols/field_protocol.ts";
import { prepareTruth, scorePair } from "../../eval/score.ts";
import { blob, cube, flipped, join, meshOf, moved } from "../core/geometry/_shapes.ts";

/** Every protocol with few points and small pictures. */
const QUICK = PROTOCOLS.map((protocol) => {
  const { normalError, samples } = protocol.constants as {
    normalError?: { sizePx: number } | null;
    samples: number;
  };
  return withConstants(
    protocol,
    isFieldProtocol(protocol)
      ? {
        samples: Math.min(samples, 400),
        ...(normalError ? { normalError: { ...normalError, sizePx: 48 } } : {}),
      }
      : protocol.id === "suite-1"
      ? { samples: 400, alignSamples: 300, viewSizePx: 48, detailSizePx: 48 }
      : { samples: 400, alignSamples: 300 },
  );
});

const SCAN = blob(3);

async function each(prediction: Mesh, look: (id: string, found: Found) => void, truth = SCAN) {
  const ready = prepareTruth(truth, { subject: "s" });
  for (const protocol of QUICK) {
    look(protocol.id, await scorePair(ready, prediction, { protocol }));
  }
  ready.release();
}
type Found = Awaited<ReturnType<typeof scorePair>>;

const split = (mesh: Mesh): Mesh =>
  meshOf(
    [...mesh.indices].map((v) => [...mesh.positions.subarray(3 * v, 3 * v + 3)]),
    Array.from({ length: mesh.indices.length / 3 }, (_, f) => [3 * f, 3 * f + 1, 3 * f + 2]),
  );

/** Scores of the prediction alone, by protocol. */
const plain = new Map<string, Found>();
const other = blob(3, 1);
await each(other, (id, found) => plain.set(id, found));

const distances = (found: Found) =>
  Object.entries(found.scores.none).filter(([key]) => /^(p2s|s2p|chamfer)_/.test(key));

Deno.test("an empty prediction, NaN, infinity and stray indices are refused by name", async () => {
  const nan = { ...other, positions: other.positions.slice() };
  nan.positions[7] = NaN;
  const infinite = { ...other, positions: other.positions.slice() };
  infinite.positions[8] = Infinity;
  const stray = { ...other, indices: other.indices.map((v, i) => i === 5 ? 1e9 : v) };
  const flat = meshOf([[0, 0, 0], [1, 1, 1], [2, 2, 2]], [[0, 1, 2]]);
  const cases: [Mesh, RegExp][] = [
    [meshOf([], []), /has no triangles/],
    [nan, /has vertex \d+ at \(.*NaN/],
    [infinite, /has vertex \d+ at \(.*Infinity/],
    [stray, /has a triangle with vertex 1000000000/],
    [flat, /area/],
  ];
  const ready = prepareTruth(SCAN, { subject: "s" });
  for (const [mesh, message] of cases) {
    for (const protocol of QUICK) {
      await assert.rejects(
        scorePair(ready, mesh, { protocol }),
        (error) => error instanceof InputError && message.test(error.message),
      );
    }
  }
  for (const [mesh, message] of cases) {
    assert.throws(() => prepareTruth(mesh, { subject: "s" }), message);
  }
});

Deno.test("NaN in a vertex that no triangle uses changes nothing", async () => {
  const unused = { ...other, positions: Float32Array.of(...other.positions, NaN, NaN, NaN) };
  const ready = prepareTruth(SCAN, { subject: "s" });
  for (const protocol of QUICK.filter(({ id }) => id === "suite-1" || id === "sith-2024")) {
    // The file readers refuse such vertices before; the engine has no need to.
    const found = await scorePair(ready, unused, { protocol }).catch((error) => error);
    if (found instanceof InputError) assert.match(found.message, /finite/);
    else assert.deepEqual(found.scores, plain.get(protocol.id)!.scores);
  }
});

Deno.test("triangles without area change no distance", async () => {
  const [a, b] = [other.indices[0], other.indices[1]];
  const indices = Uint32Array.of(...other.indices, a, b, a, a, a, a);
  await each({ ...other, indices }, (id, found) => {
    const wanted = new Map(distances(plain.get(id)!));
    for (const [key, value] of distances(found)) {
      assert.ok(Math.abs(value! - wanted.get(key)!) <= 1e-9 * wanted.get(key)!, `${id} ${key}`);
    }
  });
});

Deno.test("split vertices and an inside-out surface change no distance; only nc_signed tells", async () => {
  for (const mesh of [split(other), flipped(other)]) {
    await each(mesh, (id, found) => {
      if (id === "sith-2024") return; // its alignment counts vertices, so split ones weigh more
      const wanted = new Map(distances(plain.get(id)!));
      for (const [key, value] of distances(found)) {
        assert.ok(Math.abs(value! - wanted.get(key)!) <= 1e-9, `${id} ${key}`);
      }
    });
  }
  const ready = prepareTruth(SCAN, { subject: "s" });
  const signed = await scorePair(ready, flipped(other), { protocol: QUICK[0] });
  const { nc, nc_signed } = plain.get("suite-1")!.scores.none;
  assert.ok(Math.abs(signed.scores.none.nc_signed! + nc_signed!) < 1e-9);
  assert.ok(Math.abs(signed.scores.none.nc! - nc!) < 1e-9);
});

Deno.test("one triangle and a non-manifold fan are scored", async () => {
  const one = meshOf([[0, 0, 0], [1, 0, 0], [0, 1, 0]], [[0, 1, 2]]);
  const fan = meshOf(
    [[0, 0, 0], [0, 1, 0], [1, 0, 0], [-1, 0, 0], [0, 0, 1]],
    [[0, 1, 2], [0, 1, 3], [0, 1, 4]], // three triangles at one edge
  );
  for (const mesh of [one, fan]) {
    await each(mesh, (id, found) => {
      for (const [key, value] of distances(found)) {
        assert.ok(value === null || (Number.isFinite(value) && value > 0), `${id} ${key} ${value}`);
      }
    });
  }
});

Deno.test("a prediction in centimetres is scored as it is, and the row says so", async () => {
  await each(moved(other, (p) => p.map((v) => 100 * v)), (id, found) => {
    assert.ok(found.warnings.some((text) => text.includes("is it in another unit?")), id);
    if (id === "suite-volume-1") {
      assert.ok(found.scores.none.volume_precision! < 0.01, id);
      return;
    }
    const [[key]] = distances(found);
    assert.ok(found.scores.none[key]! > plain.get(id)!.scores.none[key]! * 10, `${id} ${key}`);
  });
});

Deno.test("a prediction far away keeps its distance", async () => {
  const far = moved(cube(0.5), ([x, y, z]) => [x + 1000, y, z]);
  const ready = prepareTruth(SCAN, { subject: "s" });
  const { scores } = await scorePair(ready, join(far), { protocol: QUICK[0] });
  assert.ok(Math.abs(scores.none.p2s_cm! / 100_000 - 1) < 0.01);
  assert.equal(scores.none.f_2cm, 0);
  assert.ok(scores.none.iou! < 0.1); // parallel rays along x still see both
});
