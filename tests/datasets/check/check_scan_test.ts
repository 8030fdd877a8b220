import assert from "node:assert/strict";
import { encodePly } from "../../../core/files/ply_write.ts";
import type { Mesh } from "../../../core/geometry/mesh.ts";
import { join } from "../../../core/work/path.ts";
import { checkSubject } from "../../../datasets/check/check_subject.ts";
import type { Subject } from "../../../datasets/subject.ts";
import { plainSubject } from "../_subject.ts";

/** A box of 0.5 × 1.7 × 0.3: as large as a person. */
function box(colors: "colored" | "grey" = "colored"): Mesh {
  const corners = [0, 1, 2, 3, 4, 5, 6, 7].flatMap((i) => [
    (i & 1) * 0.5,
    (i >> 1 & 1) * 1.7,
    (i >> 2 & 1) * 0.3,
  ]);
  // deno-fmt-ignore
  const indices = Uint32Array.of(
    0, 2, 1, 1, 2, 3,  4, 5, 6, 5, 7, 6,  0, 1, 4, 1, 5, 4,
    2, 6, 3, 3, 6, 7,  0, 4, 2, 2, 4, 6,  1, 3, 5, 3, 7, 5,
  );
  const positions = Float32Array.from(corners);
  return colors === "grey"
    ? { positions, indices }
    : { positions, indices, colors: new Uint8Array(32).fill(200) };
}

async function check(
  file: string,
  bytes: Uint8Array | string,
  more: Partial<Subject> = {},
): Promise<{ codes: string[]; texts: string; verdict: string; unit: string | null }> {
  const folder = await Deno.makeTempDir();
  try {
    const scanFile = join(folder, file);
    if (typeof bytes === "string") await Deno.writeTextFile(scanFile, bytes);
    else await Deno.writeFile(scanFile, bytes);
    const { report } = await checkSubject(plainSubject("someone", scanFile, more));
    const { faults, verdict, unit } = report;
    return {
      codes: faults.map(({ code }) => code),
      texts: faults.map(({ text, hint }) => `${text}; ${hint}`).join("\n"),
      verdict,
      unit,
    };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("checkSubject() warns of a scan without a fit and finds nothing else", async () => {
  const { codes, verdict } = await check("a.ply", encodePly(box()));
  assert.deepEqual([codes, verdict], [["fit-missing"], "warning"]);
});

Deno.test("checkSubject() names empty scans and scans with NaN", async () => {
  const empty = { positions: new Float32Array(9), indices: new Uint32Array() };
  assert.deepEqual((await check("a.ply", encodePly(empty))).codes, ["mesh-empty"]);
  const holed = box();
  holed.positions[4] = NaN;
  const { codes, verdict } = await check("a.ply", encodePly(holed));
  assert.deepEqual([codes, verdict], [["mesh-nan"], "bad"]);
});

Deno.test("checkSubject() names files that are cut short or no meshes", async () => {
  const whole = encodePly(box());
  for (const bytes of [whole.subarray(0, whole.length - 30), new Uint8Array(), "no mesh at all"]) {
    const { codes, verdict, texts } = await check("a.ply", bytes);
    assert.deepEqual([codes, verdict], [["scan-unreadable"], "bad"]);
    assert.match(texts, /^Cannot read/);
  }
});

Deno.test("checkSubject() names a missing texture, and scans without any colour", async () => {
  const obj = "mtllib a.mtl\nusemtl skin\nv 0 0 0\nv 0.5 0 0\nv 0 1.7 0\nvt 0 0\nvt 1 0\nvt 0 1\n" +
    "f 1/1 2/2 3/3\n";
  const missing = await check("a.obj", obj);
  assert.ok(missing.codes.includes("mtl-missing"), `found ${missing.codes}`);
  const grey = await check("a.ply", encodePly(box("grey")));
  assert.deepEqual(grey.codes, ["texture-missing", "fit-missing"]);
  assert.equal(grey.verdict, "warning");
});

Deno.test("checkSubject() tells the unit by the scan's size", async () => {
  const scaled = (factor: number) => ({
    ...box(),
    positions: box().positions.map((v) => v * factor),
  });
  const cm = await check("a.ply", encodePly(scaled(100)));
  assert.deepEqual(cm.codes, ["unit", "fit-missing"]);
  assert.equal(cm.unit, "cm");
  assert.match(cm.texts, /looks like centimetres: the scan is 170 m long.*\n?.*--unit cm/);
  assert.equal((await check("a.ply", encodePly(scaled(1000)))).unit, "mm");
  const declared = await check("a.ply", encodePly(scaled(100)), { unit: "cm" });
  assert.deepEqual(declared.codes, ["fit-missing"]);
  const none = await check("a.ply", encodePly(scaled(5)));
  assert.deepEqual(none.codes, ["size", "fit-missing"]);
  assert.equal(none.unit, null);
});
