import assert from "node:assert/strict";
import { join } from "node:path";
import { readBodyFile } from "../../../body/body_file.ts";
import { restShape } from "../../../body/forward.ts";
import { vertexGroups } from "../../../body/vertex_groups.ts";
import type { Mesh } from "../../../core/geometry/mesh.ts";
import { SUITE_ROOT } from "../../../core/work/paths.ts";
import { withConstants } from "../../../eval/protocols/protocol.ts";
import { protocolNamed } from "../../../eval/protocols/registry.ts";
import { prepareTruth, scorePair } from "../../../eval/score.ts";
import { moved } from "../../core/geometry/_shapes.ts";

const model = await readBodyFile(join(SUITE_ROOT, "fixtures", "humans", "open_body.npz"));
const vertices = restShape(model, { betas: new Float64Array(0) });
const MESH: Mesh = { positions: Float32Array.from(vertices), indices: model.faces };
const XAVATAR = withConstants(protocolNamed("xavatar-2023"), { samples: 6000 });

async function score(prediction: Mesh, withBody = true) {
  const body = withBody ? { model, posed: { vertices } } : undefined;
  const truth = prepareTruth(MESH, { subject: "s", body });
  const { scores: { none } } = await scorePair(truth, prediction, { protocol: XAVATAR });
  return none;
}

Deno.test("xavatar-2023 scores hands and face apart: hands that are moved, a face that is not", async () => {
  const { l_hand, r_hand } = vertexGroups(model);
  let vertex = 0;
  const lifted = moved(MESH, ([x, y, z]) => {
    const hand = l_hand[vertex] + r_hand[vertex++] > 0;
    return [x, y + (hand ? 0.2 : 0), z];
  });
  const found = await score(lifted);
  // The hands' samples lie up to 200 mm from the other hand, those of a face on it.
  assert.ok(found.chamfer_xhands_mm! > 50, `${found.chamfer_xhands_mm} mm`);
  assert.ok(found.chamfer_max_xhands_mm! > found.chamfer_xhands_mm!);
  assert.ok(found.chamfer_xface_mm! < 1e-3, `${found.chamfer_xface_mm} mm`);
  assert.ok(found.nc_xface! > 0.999 && found.nc_xhands! < 0.95);
  assert.ok(found.box_iou_xface! > 0.8);
  assert.ok(
    found.chamfer_xface_mm! < found.chamfer_mm! && found.chamfer_mm! < found.chamfer_xhands_mm!,
  );
});

Deno.test("xavatar-2023 has no hands and no face without the subject's fit", async () => {
  const keys = Object.keys(await score(MESH, false));
  assert.deepEqual(keys.filter((key) => /xhands|xface/.test(key)), []);
  assert.ok(keys.includes("chamfer_mm"));
});
