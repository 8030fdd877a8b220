/**
 * Packs a set of training figures for this repository: positions to 14 bits of the figure's box (about
 * 0.1 mm), texture coordinates to 11, no normals (training never uses them), order for size, deflated.
 *
 * ```text
 * deno run -A inference/training/pack_figures.ts --data FOLDER --out fixtures/humans_train
 * ```
 *
 * Writes `subjects_<n>.zip`, each below 18 MB. Unzipped into one folder with `open_body.npz` of
 * `fixtures/humans` they are a data set again. The same figures give the same bytes.
 */
import { parseArgs } from "node:util";
import { type Document, Logger, NodeIO } from "@gltf-transform/core";
import { EXTMeshoptCompression, KHRMeshQuantization } from "@gltf-transform/extensions";
import { dequantize, prune, quantize, reorder } from "@gltf-transform/functions";
import { MeshoptDecoder, MeshoptEncoder } from "meshoptimizer";
import { encodeZip } from "../../core/files/zip_write.ts";
import { join } from "../../core/work/path.ts";

/** Bytes of an archive before its directory. */
const MOST_BYTES = 18e6;

/** Bits a coordinate. */
const POSITION_BITS = 14, TEXTURE_BITS = 11;

const { values } = parseArgs({ options: { data: { type: "string" }, out: { type: "string" } } });
const folder = join(values.data!, "subjects"), out = values.out!;
await Promise.all([MeshoptDecoder.ready, MeshoptEncoder.ready]);
const io = new NodeIO()
  .registerExtensions([EXTMeshoptCompression, KHRMeshQuantization])
  .registerDependencies({ "meshopt.decoder": MeshoptDecoder, "meshopt.encoder": MeshoptEncoder });

const names: string[] = [];
for await (const { name } of Deno.readDir(folder)) {
  if (name.endsWith(".glb")) names.push(name.slice(0, -".glb".length));
}
await Deno.mkdir(out, { recursive: true });
let files: [string, Uint8Array][] = [], bytes = 0, archive = 1;
for (const name of names.sort()) {
  const glb = await packed(await Deno.readFile(join(folder, `${name}.glb`)));
  const json = await Deno.readFile(join(folder, `${name}.json`));
  const size = deflatedSize([[`${name}.glb`, glb], [`${name}.json`, json]]);
  if (bytes + size > MOST_BYTES) await write();
  files.push([`subjects/${name}.glb`, glb], [`subjects/${name}.json`, json]);
  bytes += size;
}
await write();

/** A figure's file, smaller. */
async function packed(glb: Uint8Array): Promise<Uint8Array> {
  const document: Document = await io.readBinary(glb);
  document.setLogger(new Logger(Logger.Verbosity.SILENT));
  for (const mesh of document.getRoot().listMeshes()) {
    for (const primitive of mesh.listPrimitives()) primitive.setAttribute("NORMAL", null);
  }
  await document.transform(
    dequantize(),
    reorder({ encoder: MeshoptEncoder, target: "size" }),
    quantize({ quantizePosition: POSITION_BITS, quantizeTexcoord: TEXTURE_BITS }),
    prune(),
  );
  document.createExtension(EXTMeshoptCompression).setRequired(true).setEncoderOptions({
    method: EXTMeshoptCompression.EncoderMethod.QUANTIZE,
  });
  return await io.writeBinary(document);
}

function deflatedSize(list: readonly (readonly [string, Uint8Array])[]): number {
  return encodeZip(list, { level: 9 }).length;
}

/** Writes what has been gathered. */
async function write(): Promise<void> {
  const zip = encodeZip(files, { level: 9 });
  await Deno.writeFile(join(out, `subjects_${archive}.zip`), zip);
  await Deno.stdout.write(
    new TextEncoder().encode(
      `subjects_${archive}.zip: ${files.length / 2} figures, ${zip.length} bytes\n`,
    ),
  );
  files = [], bytes = 0, archive++;
}
