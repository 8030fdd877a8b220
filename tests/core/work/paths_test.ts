import assert from "node:assert/strict";
import { join } from "node:path";
import { FIXTURES, insideOf, portablePath, resolvePortable } from "../../../core/work/paths.ts";

Deno.test("portablePath() names fixtures by their own prefix from anywhere outside", () => {
  const scan = join(FIXTURES, "humans", "subjects", "h01.glb");
  assert.equal(portablePath(scan, "/data/out"), "fixtures:humans/subjects/h01.glb");
  assert.equal(portablePath(scan, join(FIXTURES, "humans")), "subjects/h01.glb");
  assert.equal(resolvePortable("fixtures:humans/subjects/h01.glb", "/elsewhere"), scan);
});

Deno.test("portablePath() and resolvePortable() are inverse for other files", () => {
  assert.equal(portablePath("/data/scans/a.obj", "/data/out/set"), "../../scans/a.obj");
  assert.equal(resolvePortable("../../scans/a.obj", "/data/out/set"), "/data/scans/a.obj");
});

Deno.test("insideOf() refuses paths that lead out of the folder", () => {
  assert.equal(insideOf("/data/set", "a/b.ply"), "/data/set/a/b.ply");
  for (const path of ["../x", "/etc/passwd", "a/../../x", "../set2/x"]) {
    assert.throws(() => insideOf("/data/set", path), /leads out of its folder/);
  }
});

Deno.test("resolvePortable() does not let a fixtures path leave the fixtures", () => {
  assert.throws(() => resolvePortable("fixtures:../deno.json", "/x"), /leads out/);
});
