/** The small body models of tests/body/golden, as Python wrote them. */
import { gunzipSync } from "node:zlib";
import { readBodyModel } from "../../../body/body_file.ts";
import type { BodyModel } from "../../../body/model.ts";
import { bytesSource } from "../../../core/files/source.ts";

const GOLDEN = new URL("../../body/golden/", import.meta.url);
const models = new Map<string, Promise<BodyModel>>();

/** Reads a small model once. */
export function smallModel(name: string): Promise<BodyModel> {
  let model = models.get(name);
  if (model === undefined) {
    model = Deno.readFile(new URL(`small_${name}.gz`, GOLDEN))
      .then((bytes) => readBodyModel(bytesSource(name, gunzipSync(bytes))));
    models.set(name, model);
  }
  return model;
}
