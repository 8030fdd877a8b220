import assert from "node:assert/strict";
import { describeKey } from "../../eval/keys.ts";

Deno.test("describeKey() reads direction, reduction and unit from the name", () => {
  const { title, unit, better, text } = describeKey("p2s_p95_cm");
  assert.deepEqual([title, unit, better], ["P2S 95 %", "cm", "lower"]);
  assert.match(text, /95th percentile of the distance from samples of the prediction/);
  assert.equal(describeKey("s2p_all_cm").title, "S2P all");
  assert.equal(describeKey("s2p_ndc100").unit, "NDC × 100");
  assert.equal(describeKey("p2s_units2").unit, "units²");
  assert.match(describeKey("chamfer_cm").text, /^Mean distance between prediction and scan/);
});

Deno.test("describeKey() writes the formula of a reduction with its direction", () => {
  const formulas = ["p2s_cm", "s2p_rms_cm", "p2s_p95_cm", "chamfer_cm"].map((key) =>
    describeKey(key).formula
  );
  assert.deepEqual(formulas, [
    "mean d(x, S)",
    "√ mean d(y, P)²",
    "95 % quantile of d(x, S)",
    "½ (P2S + S2P)",
  ]);
});

Deno.test("describeKey() reads the threshold of an F-score", () => {
  assert.deepEqual(
    ["f_0p5cm", "f_1cm", "f_2cm"].map((key) => describeKey(key).title),
    ["F@0.5 cm", "F@1 cm", "F@2 cm"],
  );
  assert.equal(describeKey("f_1cm").better, "higher");
});

Deno.test("describeKey() gives counts and flags no better direction", () => {
  for (const key of ["components", "watertight", "genus"]) {
    assert.equal(describeKey(key).better, undefined);
  }
});

Deno.test("describeKey() reads keys that it does not know by their parts", () => {
  const info = describeKey("normal_error_ndc100");
  assert.deepEqual([info.title, info.unit, info.better], ["normal error", "NDC × 100", "lower"]);
});
