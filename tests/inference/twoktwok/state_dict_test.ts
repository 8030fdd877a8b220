import assert from "node:assert/strict";
import { sha256 } from "../../../core/work/hash.ts";
import { NET_KEYS, PUBLISHED_WIDTHS } from "../../../inference/twoktwok/architecture.ts";
import { NET_NAMES, stateEntries, valueCount } from "../../../inference/twoktwok/state_dict.ts";

const entries = stateEntries(PUBLISHED_WIDTHS);

Deno.test("stateEntries() lists the published checkpoint's tensors", () => {
  // Hash of the published list: every line "key shape dtype kind", sorted, joined by newlines; a
  // shape is its sizes with x between, "scalar" for none.
  const lines = entries.map(({ key, shape, dtype, kind }) =>
    `${key} ${shape.join("x") || "scalar"} ${dtype} ${kind}`
  );
  assert.equal(
    sha256(lines.sort().join("\n")),
    "c759e3f4c72f011d7e913bdb3580345772155ceb454a1003d27d8b5d932c0356",
  );
});

Deno.test("stateEntries() counts 868 parameters of 77,655,212 values and 636 buffers", () => {
  const parameters = entries.filter(({ kind }) => kind === "parameter");
  assert.equal(entries.length, 1504);
  assert.equal(parameters.length, 868);
  assert.equal(parameters.reduce((sum, entry) => sum + valueCount(entry), 0), 77_655_212);
});

Deno.test("stateEntries() gives each network its published number of parameters", () => {
  const counts = NET_NAMES.map((net) => [
    net,
    stateEntries(PUBLISHED_WIDTHS, [net]).filter(({ kind }) => kind === "parameter")
      .reduce((sum, entry) => sum + valueCount(entry), 0),
  ]);
  assert.deepEqual(Object.fromEntries(counts), {
    face: 8_653_679,
    upper: 8_653_679,
    arm: 8_653_679,
    leg: 8_653_679,
    shoe: 8_653_679,
    coarse_normal: 8_651_951,
    coarse_depth: 25_460_815,
    refine: 274_051,
  });
  assert.equal(stateEntries(PUBLISHED_WIDTHS, ["refine"]).length, 90);
  assert.deepEqual(Object.keys(NET_KEYS), NET_NAMES);
});

Deno.test("stateEntries() names no key twice", () => {
  assert.equal(new Set(entries.map(({ key }) => key)).size, entries.length);
});
