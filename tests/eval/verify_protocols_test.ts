import assert from "node:assert/strict";
import { join } from "node:path";
import { writeMesh } from "../../core/files/mesh_file.ts";
import type { Json } from "../../core/work/json.ts";
import { sealedJson } from "../../core/work/seal.ts";
import { openDataset } from "../../datasets/open.ts";
import { evaluate } from "../../eval/evaluate.ts";
import { openPredictions } from "../../eval/predictions.ts";
import { verify } from "../../eval/verify.ts";
import { blob, moved } from "../core/geometry/_shapes.ts";

const PROTOCOLS = [
  "pifuhd-2020",
  "icon-2022",
  "hilo-2024",
  "sith-2024",
  "pytorch3d",
  "suite-volume-1",
];

/** Scores one small prediction of one small scan under several protocols, with few points. */
async function scored(folder: string): Promise<string> {
  const scans = join(folder, "scans"), mine = join(folder, "mine");
  for (const place of [scans, mine]) await Deno.mkdir(place);
  const small = (p: number[]) => p.map((v) => 0.4 * v); // as large as a person
  await writeMesh(join(scans, "s1.ply"), moved(blob(3), small));
  await writeMesh(join(mine, "s1.ply"), moved(blob(3, 1), small));
  const truth = await openDataset(scans);
  const normalError = { sizePx: 32, yawsDeg: [0], window: "ndc", space: "camera" };
  const tiny = { ...normalError, background: "white", gridPaddingPx: 0, over: "image", times: 1 };
  await evaluate(join(folder, "results.json"), {
    truth: {
      ...truth,
      subjects: truth.subjects.map((subject) => ({ ...subject, unit: "m" as const })),
    },
    sets: await openPredictions(mine),
    protocols: PROTOCOLS.map((id) => ({
      id,
      changes: { samples: 200, ...(/^(pifuhd|icon|hilo)/.test(id) ? { normalError: tiny } : {}) },
    })),
    seed: 3,
  });
  return join(folder, "results.json");
}

async function change(file: string, edit: (value: Record<string, Json>) => void): Promise<string> {
  const value = JSON.parse(await Deno.readTextFile(file));
  edit(value);
  const changed = file.replace(/results\.json$/, "changed.json");
  await Deno.writeTextFile(changed, sealedJson(value)); // whoever forges a score forges its seal
  return changed;
}

Deno.test("verify() recomputes every protocol, and finds a changed score, constant and mesh", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const file = await scored(folder);
    const [clean] = await verify(file);
    assert.deepEqual(clean.findings, []);
    assert.ok(clean.scores > 60, `${clean.scores} scores`);

    const findings = async (path: string) => (await verify(path))[0].findings;
    const score = await change(file, ({ rows }) => {
      const row = (rows as { protocol: string; scores: Record<string, Record<string, number>> }[])
        .find(({ protocol }) => protocol === "sith-2024")!;
      row.scores.icp.p2s_mm *= 1.001;
    });
    assert.deepEqual((await findings(score)).map(({ code }) => code), ["score"]);

    const constant = await change(file, ({ protocols }) => {
      (protocols as { id: string; unitFactor: number }[])
        .find(({ id }) => id === "icon-2022")!.unitFactor = 101;
    });
    const [found] = await findings(constant);
    assert.equal(found.code, "protocol");
    assert.match(found.at, /icon-2022/);

    // One flipped bit, the lowest of a float64, in every number of every protocol.
    let flipped = 0;
    const numbersIn = (at: Json, path: (string | number)[]): (string | number)[][] =>
      typeof at === "number" && at !== 0
        ? [path]
        : typeof at === "object" && at !== null
        ? Object.entries(at).flatMap(([key, value]) => numbersIn(value ?? null, [...path, key]))
        : [];
    const { protocols } = JSON.parse(await Deno.readTextFile(file));
    for (const path of numbersIn(protocols, ["protocols"])) {
      const forged = await change(file, (value) => {
        let place = value as Record<string, Json>;
        for (const key of path.slice(0, -1)) place = place[key] as Record<string, Json>;
        const last = path.at(-1)!, bits = new DataView(new ArrayBuffer(8));
        bits.setFloat64(0, place[last] as number);
        bits.setUint8(7, bits.getUint8(7) ^ 1);
        place[last] = bits.getFloat64(0);
      });
      assert.deepEqual((await findings(forged)).map(({ code }) => code), ["protocol"], `${path}`);
      flipped++;
    }
    assert.ok(flipped > 40, `${flipped} constants`);

    const mesh = join(folder, "mine", "s1.ply"), bytes = await Deno.readFile(mesh);
    bytes[bytes.length - 3000] ^= 1;
    await Deno.writeFile(mesh, bytes);
    assert.ok((await findings(file)).some(({ code }) => code === "changed"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
