import assert from "node:assert/strict";
import { describeKey } from "../../eval/keys.ts";
import { SUITE_1 } from "../../eval/protocols/suite_1.ts";

Deno.test("describeKey() reads direction, reduction and unit from the name", () => {
  const { title, unit, better, text } = describeKey("p2s_p95_cm");
  assert.deepEqual([title, unit, better], ["P2S 95 %", "cm", "lower"]);
  assert.match(text, /95th percentile of the distance from samples of the prediction/);
  assert.equal(describeKey("s2p_all_cm").title, "S2P all");
  assert.equal(describeKey("s2p_ndc100").unit, "NDC × 100");
  assert.equal(describeKey("p2s_units2").unit, "units²");
  assert.match(describeKey("chamfer_cm").text, /^Mean distance between prediction and scan/);
});

Deno.test("describeKey() reads the threshold of an F-score", () => {
  assert.deepEqual(
    ["f_0p5cm", "f_1cm", "f_2cm"].map((key) => describeKey(key).title),
    ["F@0.5 cm", "F@1 cm", "F@2 cm"],
  );
  const { better, unit } = describeKey("f_1cm");
  assert.deepEqual([better, unit], ["higher", "%"]);
});

Deno.test("describeKey() gives counts and flags no better direction", () => {
  for (const key of ["components", "watertight", "genus", "outer_share", "constructor"]) {
    assert.equal(describeKey(key).better, undefined);
  }
});

Deno.test("describeKey() reads keys that it does not know by their parts", () => {
  const info = describeKey("normal_error_ndc100");
  assert.deepEqual([info.title, info.unit, info.better], ["normal error", "NDC × 100", "lower"]);
});

Deno.test("describeKey() knows every key of suite-1", () => {
  const keys = Object.keys(SUITE_1.formulas).flatMap((names) => names.split(", "))
    .flatMap((name) => ["head", "hidden"].map((region) => name.replace("<region>", region)));
  const flags = new Set(["watertight", "components", "genus"]);
  for (const key of keys.filter((key) => !flags.has(key))) {
    assert.notEqual(describeKey(key).text, "", key);
  }
});
