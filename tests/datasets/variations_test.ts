/** The same data sets as other people keep them: packed, wrapped, linked, renamed by other systems. */
import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { dirname } from "node:path";
import { InputError } from "../../core/work/errors.ts";
import { loadScan } from "../../datasets/load.ts";
import { openDataset } from "../../datasets/open.ts";
import type { Dataset } from "../../datasets/subject.ts";
import { archiveOf, type Files, inFolder, writeFiles } from "../miniatures/files.ts";
import { miniatures } from "../miniatures/layouts.ts";

const all = await miniatures();

/** What a reader tells of a data set, without where it lies. */
function told({ format, subjects, broken }: Dataset): unknown {
  return {
    format,
    broken: broken.map(({ code }) => code),
    subjects: subjects.map((one) => ({
      id: one.id,
      fit: one.fit?.fit,
      keypoints: one.keypoints !== undefined,
      companions: one.companions.length,
      textured: one.textureFile !== undefined,
      unit: [one.unit, one.metresPerUnit],
      notes: one.notes.map(({ code }) => code),
    })),
  };
}

/** Writes files in a way, and gives the path to open. */
type Way = (files: Files, folder: string) => Promise<string>;

const WAYS: Record<string, Way> = {
  "below two more folders": async (files, folder) => {
    await writeFiles(`${folder}/download/Release v1.0`, files);
    return `${folder}/download`;
  },
  "in a .tar.gz": async (files, folder) => {
    await Deno.writeFile(`${folder}/d.tar.gz`, gzipSync(archiveOf(files, "tar", "Release v1.0")));
    return `${folder}/d.tar.gz`;
  },
  "as links into a store of blobs": async (files, folder) => {
    let count = 0;
    for (const [path, data] of Object.entries(files)) {
      const blob = `store/${count++}`, link = `${folder}/snapshot/${path}`;
      await writeFiles(folder, { [blob]: data });
      await Deno.mkdir(dirname(link), { recursive: true });
      await Deno.symlink(`${folder}/${blob}`, link);
    }
    return `${folder}/snapshot`;
  },
  "with Windows' line ends": async (files, folder) => {
    const text = /\.(?:obj|mtl|txt|json)$/i, decoder = new TextDecoder();
    const changed = Object.entries(files).map(([path, data]) => {
      if (!text.test(path)) return [path, data];
      const lines = typeof data === "string" ? data : decoder.decode(data);
      return [path, lines.replaceAll("\n", "\r\n")];
    });
    await writeFiles(folder, Object.fromEntries(changed));
    return folder;
  },
  "under a name of spaces and other scripts, beside empty folders": async (files, folder) => {
    const root = `${folder}/Männer & Frauen! 日本`;
    await writeFiles(root, files);
    await Deno.mkdir(`${root}/empty/smplx`, { recursive: true });
    return root;
  },
};

for (const [way, make] of Object.entries(WAYS)) {
  Deno.test(`openDataset() reads every layout ${way}`, async () => {
    for (const { format, files } of all) {
      await inFolder(async (folder) => {
        await writeFiles(`${folder}/plain`, files);
        await Deno.mkdir(`${folder}/other`);
        const path = await make(files, `${folder}/other`);
        const plain = await openDataset(`${folder}/plain`), other = await openDataset(path);
        assert.deepEqual(told(other), told(plain), format);
        const [a, b] = [plain.subjects[0], other.subjects[0]];
        const [wanted, found] = [await loadScan(a), await loadScan(b)];
        assert.deepEqual(found.mesh.positions, wanted.mesh.positions, format);
        assert.deepEqual(
          found.mesh.materials?.map(({ texture }) => texture?.data.length),
          wanted.mesh.materials?.map(({ texture }) => texture?.data.length),
          format,
        );
      });
    }
  });
}

Deno.test("openDataset() finds pictures and fits whose suffix is in capitals", async () => {
  // A data set's own map says exactly what it means, and the suite's JSON names its mesh.
  for (const { format, files } of all.filter(({ format }) => !/^(?:mapped|suite)$/.test(format))) {
    await inFolder(async (folder) => {
      const capitals = Object.entries(files).map(([path, data]) => [
        path.replace(
          /\.(?:png|jpe?g|obj|ply|glb)$|(?<=smplx_param)\.pkl$/,
          (suffix) => suffix.toUpperCase(),
        ),
        data,
      ]);
      await writeFiles(`${folder}/plain`, files);
      await writeFiles(`${folder}/capitals`, Object.fromEntries(capitals));
      const plain = await openDataset(`${folder}/plain`);
      const other = await openDataset(`${folder}/capitals`);
      assert.deepEqual(other.broken, [], format);
      other.subjects.forEach((subject, i) => {
        const { id, fit, textureFile } = plain.subjects[i];
        assert.deepEqual([subject.id, subject.fit?.fit], [id, fit?.fit], format);
        assert.equal(subject.textureFile !== undefined, textureFile !== undefined, format);
      });
      const { mesh } = await loadScan(other.subjects[0]),
        wanted = await loadScan(plain.subjects[0]);
      const textured = (mesh: typeof wanted.mesh) =>
        mesh.materials?.some(({ texture }) => texture !== undefined) ?? false;
      assert.equal(textured(mesh), textured(wanted.mesh), format);
    });
  }
});

Deno.test("openDataset() names the archive where a folder holds nothing else", async () => {
  await inFolder(async (folder) => {
    await Deno.writeFile(`${folder}/scans.zip`, archiveOf(all[0].files, "zip"));
    await assert.rejects(openDataset(folder), (error) => {
      assert.ok(error instanceof InputError);
      assert.match(error.hint!, /it holds the archive "scans\.zip": give that/);
      return true;
    });
  });
});
