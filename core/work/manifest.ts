/**
 * `manifest.json`: what an artifact folder was made from and what it consists of. Put together from
 * the items' records in the order of their ids, so it is the same for any worker or shard count.
 */
import { z } from "zod";
import { join } from "./path.ts";
import type { FileRecord } from "./hash.ts";
import type { Json } from "./json.ts";
import type { ItemRecord } from "./records.ts";
import { open, readJson } from "./schema.ts";
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

const fileRecords = z.array(
  open({ role: z.string(), path: z.string(), bytes: z.number(), sha256: z.string() }),
);

/** What every reader of a manifest relies on. */
const manifestSchema = open({
  schema: z.literal("scan2score/manifest-1"),
  kind: z.string(),
  files: fileRecords,
  items: z.array(open({
    id: z.string(),
    status: z.enum(["ok", "failed"]),
    reason: z.string().optional(),
    warnings: z.array(z.string()),
    inputs: fileRecords,
    outputs: fileRecords,
  })),
});

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
  return await readJson(manifestSchema, file, { what: "the manifest" }) as unknown as Manifest;
}
