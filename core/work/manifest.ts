/**
 * `manifest.json`: what an artifact folder was made from and what it consists of. Put together from
 * the items' records in the order of their ids, so it is the same for any worker or shard count.
 */
import { join } from "./path.ts";
import { InputError } from "./errors.ts";
import { type FileRecord, reason } from "./hash.ts";
import type { Json } from "./json.ts";
import type { ItemRecord } from "./records.ts";
import { writeWhole } from "./scratch.ts";
import { sealedJson } from "./seal.ts";
import { SUITE_VERSION } from "./version.ts";

/** The artifact kinds that have a manifest. */
export type ManifestKind = "views" | "predictions" | "fits" | "model" | "dataset";

/** One item of a manifest. */
export interface ManifestItem {
  id: string;
  status: "ok" | "failed";
  reason?: string;
  hint?: string;
  warnings: string[];
  inputs: FileRecord[];
  outputs: FileRecord[];
  result?: Json;
}

/** The whole manifest. */
export interface Manifest {
  schema: "scan2score/manifest-1";
  kind: ManifestKind;
  /** Version of the suite that wrote the artifact. */
  suite: string;
  /** The command and its options that decide bytes. */
  command: string;
  options: Json;
  /** Files of the artifact that belong to no single item. */
  files: readonly FileRecord[];
  items: ManifestItem[];
}

/** Everything but the items. */
export type ManifestHead = Pick<Manifest, "kind" | "command" | "options" | "files">;

/** Writes `manifest.json` into `folder` and returns it. */
export async function writeManifest(
  folder: string,
  head: ManifestHead,
  records: readonly ItemRecord[],
): Promise<Manifest> {
  const items = records.map(({ key: _key, run: _run, ...item }) => item);
  const manifest: Manifest = {
    schema: "scan2score/manifest-1",
    suite: SUITE_VERSION,
    ...head,
    items,
  };
  await writeWhole(
    join(folder, "manifest.json"),
    sealedJson(manifest as unknown as { [key: string]: Json }),
  );
  return manifest;
}

/**
 * Reads the manifest of an artifact folder.
 *
 * @throws {InputError} If there is none, or it is not one.
 */
export async function readManifest(folder: string): Promise<Manifest> {
  const file = join(folder, "manifest.json");
  let manifest: Manifest;
  try {
    manifest = JSON.parse(await Deno.readTextFile(file)) as Manifest;
  } catch (cause) {
    const what = cause instanceof SyntaxError ? "it is not JSON" : reason(cause);
    throw new InputError(`Cannot read the manifest: ${what}`, { file, cause });
  }
  if (manifest.schema !== "scan2score/manifest-1" || !Array.isArray(manifest.items)) {
    throw new InputError(
      `Cannot read the manifest: schema is "${manifest.schema}", expected "scan2score/manifest-1"`,
      { file },
    );
  }
  return manifest;
}
