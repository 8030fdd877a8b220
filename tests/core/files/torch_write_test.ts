import assert from "node:assert/strict";
import { PickleName, readPickle } from "../../../core/files/pickle.ts";
import { bytesSource, readAll } from "../../../core/files/source.ts";
import { encodeTorch } from "../../../core/files/torch_write.ts";
import { openZip } from "../../../core/files/zip.ts";

Deno.test("encodeTorch() writes the archive that torch.load reads", async () => {
  const data = Float32Array.of(1, 0, 1, 0.5, 2, 3);
  const bytes = encodeTorch({ shape: [2, 3], dtype: "f4", data });
  assert.deepEqual(encodeTorch({ shape: [2, 3], dtype: "f4", data }), bytes);
  const zip = await openZip(bytesSource("v.pt", bytes));
  const member = async (name: string) =>
    new Uint8Array(await readAll(await zip.open(`archive/${name}`)));
  assert.deepEqual(new Float32Array((await member("data/0")).buffer), data);
  assert.equal(new TextDecoder().decode(await member("version")), "3\n");
  const calls: unknown[][] = [];
  const called = (name: string) => ({
    call: (args: readonly unknown[]) => {
      calls.push([name, ...args]);
      return name;
    },
  });
  let storage: unknown;
  readPickle(await member("data.pkl"), {
    globals: {
      "torch._utils _rebuild_tensor_v2": called("rebuild"),
      "torch FloatStorage": called("storage"),
      "collections OrderedDict": called("dict"),
    },
    persistentLoad: (id) => (storage = id, "values"),
  });
  const [kind, type, key, device, count] = storage as unknown[];
  assert.deepEqual([kind, key, device, count], ["storage", "0", "cpu", 6]);
  assert.ok(type instanceof PickleName);
  const rebuild = calls.find(([name]) => name === "rebuild")!;
  assert.deepEqual(rebuild.slice(1), ["values", 0, [2, 3], [3, 1], false, "dict"]);
});

Deno.test("encodeTorch() refuses values that do not fill the shape", () => {
  const data = new Float32Array(5);
  assert.throws(() => encodeTorch({ shape: [2, 3], dtype: "f4", data }), RangeError);
  const words = new Uint16Array(1);
  assert.throws(() => encodeTorch({ shape: [1], dtype: "u2", data: words }), RangeError);
});
