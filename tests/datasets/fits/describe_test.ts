import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import { encodePickle } from "../../../core/files/pickle_write.ts";
import { bytesSource } from "../../../core/files/source.ts";
import { stableJson } from "../../../core/work/json.ts";
import {
  bodyDescriptionText,
  describeBody,
  describeBodyFile,
} from "../../../datasets/fits/describe.ts";

const OPEN = new URL("../../../fixtures/humans/open_body.npz", import.meta.url).pathname;
const GOLDEN = new URL("../../body/golden/", import.meta.url);

async function small(name: string) {
  const bytes = gunzipSync(await Deno.readFile(new URL(`small_${name}.gz`, GOLDEN)));
  // A name that lies: nothing may come from it.
  return await describeBody(bytesSource("SMPL_FEMALE.obj", bytes));
}

Deno.test("describeBody() says what the open body is and what it is good for", async () => {
  const { model, fit, fault, keys, ...file } = await describeBodyFile(OPEN);
  assert.equal(file.sha256, "6b8fc8b0e2bfc471c933781d8dbce49ea6e5991cb634208a4aab532aab9d452e");
  assert.equal(file.bytes, 2381521);
  assert.equal(file.container, "npz");
  assert.deepEqual([fit, fault], [undefined, undefined]);
  assert.equal(keys.length, 10);
  assert.deepEqual(keys.find((key) => key.name === "posedirs")?.shape, [13380, 3, 207]);
  assert.equal(model?.kind, "smpl");
  assert.equal(model?.gender, "unknown");
  assert.equal(model?.topology, "open-body");
  assert.ok(Math.abs(model!.heightM - 1.665) < 1e-3); // the README says about 1.67 m
});

Deno.test("describeBody() tells kinds, forms and genders by content", async () => {
  const smpl = await small("smpl_python2.pkl");
  assert.equal(smpl.model?.kind, "smpl");
  assert.equal(smpl.container, "pickle");
  assert.equal(smpl.keys.find((key) => key.name === "J_regressor")?.dtype, "sparse");
  const smplh = await small("smplh.npz");
  assert.deepEqual([smplh.model?.kind, smplh.model?.gender], ["smplh", "male"]);
  const smplx = await small("smplx.npz");
  assert.deepEqual([smplx.model?.betas, smplx.model?.expressions], [300, 100]);
  assert.deepEqual([smplx.model?.landmarks, smplx.model?.contour], [51, 17]);
  assert.equal(smplx.keys.find((key) => key.name === "joint2num")?.dtype, "object");
});

Deno.test("describeBody() describes fits with the ways to read them", async () => {
  const { cases } = JSON.parse(
    await Deno.readTextFile(new URL("./golden/files.json", import.meta.url)),
  );
  const { file } = cases.find((c: { name: string }) => c.name === "thuman2-smplx");
  const { fit, keys } = await describeBody(bytesSource("a.pkl", Uint8Array.fromBase64(file)));
  assert.equal(fit?.format, "thuman2-smplx");
  assert.equal(fit?.scale, 0.416);
  assert.equal(fit?.conventions.length, 12);
  assert.equal(
    fit?.conventions[0],
    "scale before translation, hands from the mean hand, 12 hand components, male model",
  );
  assert.deepEqual(keys.find((key) => key.name === "body_pose"), {
    name: "body_pose",
    shape: [1, 63],
    dtype: "f4",
  });
});

Deno.test("describeBody() says why a file is neither, and never throws for its content", async () => {
  const text = (t: string) => bytesSource("x", new TextEncoder().encode(t));
  const faults: [ReturnType<typeof text>, RegExp][] = [
    [text("v 0 0 0\n"), /neither an .npz nor a pickle nor JSON/],
    [text(""), /neither/],
    [text('{"a": 1}'), /no body_pose, pose or poses/],
    [text("cos\nsystem\n(S'echo'\ntR."), /asks for os.system, which is not allowed/],
    [bytesSource("x", encodePickle({ v_template: [[0, 0, 0]] })), /array "f" is missing/],
    [bytesSource("x", encodePickle({ other: 1 })), /no body_pose/],
  ];
  for (const [source, wanted] of faults) {
    const description = await describeBody(source);
    assert.match(description.fault?.text ?? "", wanted);
    assert.match(bodyDescriptionText(description), /neither a body model nor a fit/);
  }
});

Deno.test("bodyDescriptionText() and JSON show the same facts", async () => {
  const description = await describeBodyFile(OPEN);
  const lines = bodyDescriptionText(description).split("\n");
  assert.ok(lines.includes("  13380 vertices, 26756 faces, 24 joints, 10 betas, 0 expressions"));
  assert.ok(lines.includes("  v_template: 13380 × 3 f4"));
  // deno-lint-ignore no-explicit-any
  const json = JSON.parse(stableJson(description as any));
  assert.equal(json.schema, "scan2score/body-info-1");
  assert.equal(json.model.vertices, 13380);
});
